"""The same matching as a person would write it with pandas: merges and groups, no reasons, no lists of candidates.

A contender of the benchmark, kept apart for its length. Keys are made by `lower`, which equals ours on ASCII only.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl

FOUND = ["id", "record", "candidates"]


def read(path: Path) -> pd.DataFrame:
    return pd.DataFrame(pl.read_parquet(path).drop("created", strict=False).to_dict(as_series=False))


def match(stripe: pd.DataFrame, netsuite: pd.DataFrame) -> pd.DataFrame:
    """Return `stripe_customer_id`, `outcome`, `netsuite_internal_id` and `candidates`."""
    records = netsuite[netsuite["is_customer"]]
    decided = [_existing(stripe, records)]
    still = stripe[~stripe["id"].isin(decided[0]["id"])]
    for found, one in (
        (_noted, "linked"),
        (_by("email", "email"), "matched"),
        (_by("name", "company_name"), "matched"),
    ):
        rows = found(still, records)
        decided.append(rows.assign(outcome=rows["candidates"].gt(1).map({True: "ambiguous", False: one})))
        still = still[~still["id"].isin(rows["id"])]
    decided.append(still[["id"]].assign(outcome="unmatched", record=None, candidates=0))
    names = {"id": "stripe_customer_id", "record": "netsuite_internal_id"}
    result = pd.concat([part.astype(object) for part in decided]).rename(columns=names)
    columns = ["stripe_customer_id", "outcome", "netsuite_internal_id", "candidates"]
    return result[columns]


def _existing(stripe: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    known = pd.Series(records["internal_id"].to_numpy(), index=records["internal_id"].astype(str))
    named = stripe.dropna(subset="metadata.netsuite_customer_id")
    traces = [
        pd.DataFrame({"id": named["id"], "record": named["metadata.netsuite_customer_id"].str.strip().map(known)})
    ]
    for field in ("stripe_id", "external_id"):
        filled = records.dropna(subset=field)
        rows = pd.DataFrame({"id": filled[field].str.strip(), "record": filled["internal_id"]})
        traces.append(rows[rows["id"].isin(stripe["id"])])
    groups = pd.concat(traces).groupby("id")["record"]
    found = pd.DataFrame(
        {"record": groups.min(), "candidates": groups.nunique(), "whole": groups.count() == groups.size()}
    )
    outcome = found["candidates"].gt(1).map({True: "conflict", False: "linked"}).where(found["whole"], "broken")
    found = found.assign(outcome=outcome, candidates=found["candidates"].where(found["whole"], 0))
    return found.assign(record=found["record"].where(outcome == "linked")).reset_index().drop(columns="whole")


def _noted(stripe: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    filled = records[records["comments"].str.contains("cus_", na=False, regex=False)]
    tokens = filled.assign(id=filled["comments"].str.findall(r"\w+")).explode("id")[["id", "internal_id"]]
    return _grouped(tokens[tokens["id"].isin(stripe["id"])].drop_duplicates(), "id").reset_index()[FOUND]


def _by(ours: str, theirs: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    def found(stripe: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
        active = records[~records["inactive"]]
        groups = _grouped(active.assign(key=_key(active[theirs])).dropna(subset="key"), "key")
        return stripe.assign(key=_key(stripe[ours])).merge(groups, left_on="key", right_index=True)[FOUND]

    return found


def _grouped(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    groups = rows.groupby(by)["internal_id"]
    return pd.DataFrame({"record": groups.min(), "candidates": groups.size()})


def _key(column: pd.Series) -> pd.Series:
    key = column.str.lower().str.replace(r"\s", "", regex=True)
    return key.where(key != "")
