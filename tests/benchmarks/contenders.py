"""Ways to match two accounts, each run alone in a process of its own: ours, the floor under it, and the peers.

The floor is a bare inner join on one key column that was prepared beforehand: no keys made, no links, no ambiguity, no
reasons. The peers get the same semantics without the reasons, as far as they can express it.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from assets.keys import key_expr
from assets.matching import NO_OVERRIDES, MatchSettings, Rule, match_customers, match_with_doubts
from assets.matching.comparison import Comparison
from tests.assets.matching.oracle import Customer, Record, World
from tests.benchmarks.peak import peak_memory

SETTINGS = MatchSettings((Rule("email", "email"), Rule("name", "company_name")))

_STATUS = Path("/proc/self/status")

Prepared = Callable[[], object]


def floor(folder: Path) -> Prepared:
    stripe, netsuite = (pl.read_parquet(folder / f"{side}_keys.parquet") for side in ("stripe", "netsuite"))
    left, right = stripe.lazy().select("id", key="email"), netsuite.lazy().select("internal_id", key="email")
    return lambda: left.join(right, on="key").collect(engine="streaming")


def ours(
    folder: Path, names: str = "{}.parquet", comparison: Comparison | None = None, settings: MatchSettings = SETTINGS
) -> Prepared:
    stripe, netsuite = (pl.read_parquet(folder / names.format(side)).lazy() for side in ("stripe", "netsuite"))
    return lambda: match_customers(stripe, netsuite, NO_OVERRIDES, settings, comparison).collect()


def ours_with_doubts(folder: Path) -> Prepared:
    stripe, netsuite = (pl.read_parquet(folder / f"{side}.parquet").lazy() for side in ("stripe", "netsuite"))
    return lambda: match_with_doubts(stripe, netsuite, NO_OVERRIDES, SETTINGS).collect()


def ours_with_keys_made(folder: Path) -> Prepared:
    return ours(folder, "{}_keys.parquet", Comparison(key=lambda rows: rows.rename({"text": "key"})))


def ours_with_six_rules(folder: Path) -> Prepared:
    more = [("email", "company_name"), ("name", "email"), ("id", "email"), ("id", "company_name")]
    return ours(folder, settings=MatchSettings((*SETTINGS.rules, *(Rule(*pair) for pair in more))))


def duckdb(folder: Path) -> Prepared:
    import duckdb as engine  # noqa: PLC0415

    connection = engine.connect()
    connection.execute("SET threads = 2")
    for side in ("stripe", "netsuite"):
        connection.execute(f"CREATE TABLE {side} AS FROM '{folder / f'{side}.parquet'}'")
    return lambda: pl.DataFrame(connection.sql(DUCKDB_SQL))


def splink(folder: Path) -> Prepared:
    """Return the pairs of the six kinds of evidence as blocking rules, each pair under the first that finds it."""
    import duckdb as engine  # noqa: PLC0415
    import splink as peer  # noqa: PLC0415

    connection = engine.connect()
    connection.execute("SET threads = 2")
    for side in ("stripe", "netsuite"):
        connection.execute(f"CREATE TABLE {side}_rows AS FROM '{folder / f'{side}.parquet'}'")
    api = peer.DuckDBAPI(connection=connection)
    rules: list[Any] = [peer.block_on(column) for column in SPLINK_RULES]
    settings = peer.SettingsCreator("link_only", blocking_rules_to_generate_predictions=rules)

    def link() -> pl.DataFrame:
        connection.execute(SPLINK_TABLES)
        tables = [api.register("stripe"), api.register("netsuite")]
        return pl.DataFrame(peer.Linker(tables, settings).inference.deterministic_link().as_duckdbpyrelation())

    return link


def pandas(folder: Path) -> Prepared:
    from tests.benchmarks import matching_in_pandas as peer  # noqa: PLC0415

    stripe, netsuite = (peer.read(folder / f"{side}.parquet") for side in ("stripe", "netsuite"))
    return lambda: peer.match(stripe, netsuite)


CONTENDERS: dict[str, Callable[[Path], Prepared]] = {
    "floor": floor,
    "ours": ours,
    "doubts": ours_with_doubts,
    "keys made": ours_with_keys_made,
    "six rules": ours_with_six_rules,
    "duckdb": duckdb,
    "splink": splink,
    "pandas": pandas,
}

PEERS = frozenset({"duckdb", "splink", "pandas"})

DUCKDB_SQL = r"""
WITH keyed AS (SELECT *, nullif(lower(regexp_replace(email, '\s', '', 'g')), '') AS k1,
                      nullif(lower(regexp_replace(name, '\s', '', 'g')), '') AS k2 FROM stripe),
records AS (SELECT *, nullif(lower(regexp_replace(email, '\s', '', 'g')), '') AS k1,
                   nullif(lower(regexp_replace(company_name, '\s', '', 'g')), '') AS k2
            FROM netsuite WHERE is_customer),
named AS (SELECT id, internal_id, trim("metadata.netsuite_customer_id") AS text
          FROM stripe LEFT JOIN records ON internal_id::VARCHAR = trim("metadata.netsuite_customer_id")
          WHERE "metadata.netsuite_customer_id" IS NOT NULL),
traces AS (SELECT id, internal_id, 0 AS source FROM named
           UNION ALL SELECT id, internal_id, 1 FROM records JOIN stripe ON trim(stripe_id) = id
           UNION ALL SELECT id, internal_id, 2 FROM records JOIN stripe ON trim(external_id) = id),
existing AS (SELECT id, CASE WHEN bool_or(internal_id IS NULL) THEN 'broken' WHEN count(DISTINCT internal_id) > 1
                    THEN 'conflict' ELSE 'linked' END AS outcome, min(internal_id) AS record,
                    count(DISTINCT internal_id) AS candidates FROM traces GROUP BY id),
tokens AS (SELECT internal_id, unnest(regexp_extract_all(comments, '\w+')) AS id
           FROM records WHERE contains(comments, 'cus_')),
noted AS (SELECT id, CASE WHEN count(DISTINCT internal_id) > 1 THEN 'ambiguous' ELSE 'linked' END AS outcome,
                 min(internal_id) AS record, count(DISTINCT internal_id) AS candidates
          FROM tokens SEMI JOIN stripe USING (id) ANTI JOIN existing USING (id) GROUP BY id),
open1 AS (SELECT id, k1, k2 FROM keyed ANTI JOIN existing USING (id) ANTI JOIN noted USING (id)),
groups1 AS (SELECT k1, min(internal_id) AS record, count(*) AS candidates, min(internal_id, 50) AS shown
            FROM records WHERE NOT inactive AND k1 IS NOT NULL GROUP BY k1),
found1 AS (SELECT id, record, candidates, shown FROM open1 JOIN groups1 USING (k1)),
groups2 AS (SELECT k2, min(internal_id) AS record, count(*) AS candidates, min(internal_id, 50) AS shown
            FROM records WHERE NOT inactive AND k2 IS NOT NULL GROUP BY k2),
found2 AS (SELECT id, record, candidates, shown FROM open1 ANTI JOIN found1 USING (id) JOIN groups2 USING (k2)),
found AS (SELECT id, CASE WHEN candidates > 1 THEN 'ambiguous' ELSE 'matched' END AS outcome, record, candidates, shown
          FROM (FROM found1 UNION ALL FROM found2)),
decided AS (SELECT id, outcome, record, candidates, NULL AS shown FROM existing
            UNION ALL SELECT id, outcome, record, candidates, NULL FROM noted UNION ALL FROM found)
SELECT stripe.id AS stripe_customer_id, coalesce(outcome, 'unmatched') AS outcome,
       CASE WHEN outcome IN ('broken', 'conflict') THEN NULL ELSE record END AS netsuite_internal_id,
       coalesce(CASE WHEN outcome = 'broken' THEN 0 ELSE candidates END, 0)::UINTEGER AS candidates,
       array_to_string(shown, ' ') AS candidate_ids
FROM stripe LEFT JOIN decided USING (id)
"""
"""Keys by `lower`, which is not folding: equal to ours on ASCII only, and cheaper for it."""

SPLINK_RULES = ("record", "field", "external", "noted", "email", "name")
"""One column per kind of evidence, in the order in which they count."""

SPLINK_TABLES = r"""
CREATE OR REPLACE TABLE stripe AS
SELECT id AS unique_id, trim("metadata.netsuite_customer_id") AS record, id AS field, id AS external, id AS noted,
       nullif(lower(regexp_replace(email, '\s', '', 'g')), '') AS email,
       nullif(lower(regexp_replace(name, '\s', '', 'g')), '') AS name
FROM stripe_rows;
CREATE OR REPLACE TABLE netsuite AS
SELECT internal_id::VARCHAR AS unique_id, internal_id::VARCHAR AS record, trim(stripe_id) AS field,
       trim(external_id) AS external, nullif(regexp_extract(comments, '\bcus_\w+'), '') AS noted,
       CASE WHEN NOT inactive THEN nullif(lower(regexp_replace(email, '\s', '', 'g')), '') END AS email,
       CASE WHEN NOT inactive THEN nullif(lower(regexp_replace(company_name, '\s', '', 'g')), '') END AS name
FROM netsuite_rows WHERE is_customer
"""
"""Keys as in `DUCKDB_SQL`. Of several ids in one record's comments, only the first is looked at."""


def write_keys(folder: Path) -> None:
    """Write both sides with keys in the place of the values that the rules compare."""
    for side, columns in {"stripe": ("email", "name"), "netsuite": ("email", "company_name")}.items():
        keyed = pl.scan_parquet(folder / f"{side}.parquet").with_columns(key_expr(pl.col(name)) for name in columns)
        keyed.collect(engine="streaming").write_parquet(folder / f"{side}_keys.parquet")


def as_oracle_world(folder: Path) -> World:
    """Return a small world in the oracle's words."""
    stripe, netsuite = (pl.read_parquet(folder / f"{side}.parquet").to_dicts() for side in ("stripe", "netsuite"))
    customers = [Customer(row.pop("id"), row.pop("created"), row) for row in stripe]
    records = [Record(row.pop("internal_id"), row.pop("is_customer"), row.pop("inactive"), row) for row in netsuite]
    return World(customers, records, {}, SETTINGS)


def _measure(name: str, folder: Path) -> dict[str, float]:
    act = CONTENDERS[name](folder)
    _forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    return {"seconds": seconds, "cpu": cpu_seconds, "peak": _peak()}


def _forget_peak() -> None:
    """Let the peak begin here (proc(5), clear_refs), so that reading the input does not hide what the work needs."""
    if _STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Return the most memory this process held, in MB, its input included."""
    return peak_memory() / 2**20


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201
