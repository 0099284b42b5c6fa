"""A NUL in a value of a system holds up nobody else's row, on either ledger."""

from pathlib import Path

import pytest

from resources.ledger import LEDGER_URL
from tests.pipelines.api_world import sentences, site
from tests.resources.ledger.ledgers import BACKENDS, ledger_url


@pytest.mark.rule("W8")
@pytest.mark.parametrize("backend", BACKENDS)
def test_values_with_nul_are_read_compared_and_kept(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEDGER_URL, ledger_url(backend, tmp_path))
    with site(tmp_path) as at:
        at.netsuite.edit(1, comments="VIP\0since 2019")
        plan = at.plan()
        at.netsuite.edit(2, externalid="ERP\0 2")
        result = at.apply(plan)
        assert result.success, sentences(result)
        links = at.links()
        assert links["1"] == ("cus_1", "cus_1", "VIP\0since 2019\ncus_1")
        assert (links["2"][0], links["cus_3"]) == ("ERP\0 2", ("3",))
        assert sorted(at.statuses(plan).values()) == ["applied"] * 10 + ["conflict"]
        assert at.metadata("netsuite_external_ids")["changes/conflict"] == 1
        assert at.undo(plan).success
        assert at.links()["1"] == (None, None, "VIP\0since 2019")
