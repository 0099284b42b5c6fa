"""A field that a declaration writes must be the field that its saved search shows: said by `make check` and a read."""

from pathlib import Path

import pytest

from schemas.errors import UserError
from tests.pipelines.api_world import sentences, site

FIELDS = {"internal_id": "Internal ID", "email": "Email", "comments": "Phone"}
SAID = "shows the field phone under “Phone” (for comments), but what is written is comments"


@pytest.mark.rule("W11")
def test_a_column_of_another_field_is_refused_before_anything_is_planned(tmp_path: Path) -> None:
    with site(tmp_path, netsuite_fields=FIELDS) as at:
        with pytest.raises(UserError) as raised:
            at.sync.netsuite.test()
        assert SAID in str(raised.value)
        [said] = sentences(at.run("reconcile"))
        assert SAID in said


def test_what_is_not_written_may_be_shown_from_anywhere(tmp_path: Path) -> None:
    with site(tmp_path, netsuite_fields=FIELDS, writes={"comments": False}) as at:
        assert "every column is there" in at.sync.netsuite.test()
        at.reconcile()
