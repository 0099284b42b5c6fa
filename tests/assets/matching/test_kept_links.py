"""Whose a match is, found by the order in which matching had the customers, or without it."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest

from assets.matching.kept_links import customers_of
from assets.matching.known_keys import ORDER
from assets.reconciliation import Reconciliation
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage

MONTHS = ["2024-01-01", "2024-02-01"]


@pytest.mark.parametrize("order", [None, [2, 0, 1], [0, 1, 2], [1, 0]], ids=["unknown", "theirs", "other", "shorter"])
def test_the_customer_of_each_match_is_found_whatever_order_is_said_to_be_theirs(
    tmp_path: Path, order: list[int] | None
) -> None:
    frames = FrameStore(LocalStorage(tmp_path))
    created = [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)]
    frames.write_months(
        "stripe_customers", pl.DataFrame({"id": ["cus_b", "cus_c", "cus_a"], "created": created}), MONTHS
    )
    frames.write("customer_matches", pl.DataFrame({"stripe_customer_id": ["cus_a", "cus_b", "cus_c"]}))
    held = frames.held("stripe_customers", MONTHS)
    assert held
    if order is not None:
        held.beside[ORDER] = pl.DataFrame({"row": order}, schema={"row": pl.UInt32})
    sync = cast("Reconciliation", SimpleNamespace(frames=frames, month_keys=lambda: MONTHS))
    assert customers_of(sync).to_list() == [2, 0, 1]
