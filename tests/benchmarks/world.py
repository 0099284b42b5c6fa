"""Made-up accounts of any size for benchmarks: the same rows on every machine, since all chance comes from hashes.

Seven in ten customers have a record with their e-mail, often in another spelling; 5 % share it with another record;
some are linked already (metadata, fields, comments); half of the rest have their name on a record. Written as Parquet
and read back, so that text lies in memory as it does after an extract.
"""

from pathlib import Path
from typing import Literal, get_args

import polars as pl

from tests.link_columns import with_link_columns

Script = Literal["ascii", "mixed", "accented", "japanese", "shared"]
SCRIPTS: tuple[Script, ...] = get_args(Script)
"""`mixed` has 3 % of names beyond ASCII; in `shared` all customers and records have one e-mail."""


def write_world(folder: Path, rows: int, script: Script = "mixed") -> None:
    """Write `stripe.parquet` and `netsuite.parquet`, both in an order of their own."""
    people = pl.LazyFrame({"at": pl.int_range(rows, eager=True)}).with_columns(**_person(script))
    stripe = people.select(
        "id",
        "email",
        "name",
        *_metadata(),
        created=pl.datetime(2024, 1, 1, time_zone="UTC") + pl.duration(seconds="at"),
    )
    netsuite = with_link_columns(pl.concat([_records(people), _twins(people, rows)]))
    for name, frame in {"stripe": stripe, "netsuite": netsuite}.items():
        shuffled = frame.collect(engine="streaming").sample(fraction=1, shuffle=True, seed=len(name))
        shuffled.write_parquet(folder / f"{name}.parquet")


def chance(seed: int, percent: int) -> pl.Expr:
    """Return true in so many of a hundred rows."""
    return pl.col("at").hash(seed) % 100 < percent


def _person(script: Script) -> dict[str, pl.Expr]:
    at = pl.col("at").cast(pl.String)
    word = {"accented": "Bücklér Ñandú", "japanese": "株式会社ヤマダ電機ガス"}.get(script, "Buckler Widgets")
    rare = pl.when(chance(1, 3) & (script == "mixed")).then(pl.lit("Émile Straße")).otherwise(pl.lit(word))
    local = {"accented": "réné", "japanese": "山田ガ"}.get(script, "user")
    mail = pl.format("{}{}@example{}.com", pl.lit(local), at, pl.col("at").hash(2) % 5_000)
    return {
        "id": pl.format("cus_{}", (pl.col("at").hash(3) % 10**14).cast(pl.String).str.zfill(14)),
        "email": pl.lit("ap@example.com") if script == "shared" else pl.when(~chance(4, 4)).then(mail),
        "name": pl.format("{} {} {} Ltd", pl.lit("Acme"), at, rare),
    }


def _metadata() -> list[pl.Expr]:
    named = pl.when(chance(5, 5)).then(pl.col("at") + 1).cast(pl.String)
    keys = {"netsuite_customer_id": named, "netsuite_block_integration": pl.lit(None, pl.String)}
    keys["netsuite_allow_integration"] = pl.lit(None, pl.String)
    return [expr.alias(f"metadata.{key}") for key, expr in keys.items()]


def _records(people: pl.LazyFrame) -> pl.LazyFrame:
    email = pl.col("email")
    spelled = pl.when(chance(6, 30)).then(email.str.to_uppercase()).when(chance(7, 5)).then(pl.format(" {} ", email))
    noted = pl.format("Contact since 2020: {}.", pl.col("id"))
    return people.select(
        internal_id=pl.col("at") + 1,
        is_customer=~chance(8, 2),
        inactive=chance(9, 2),
        stripe_id=pl.when(chance(10, 5)).then("id"),
        external_id=pl.when(chance(11, 5)).then("id"),
        comments=pl.when(chance(12, 5)).then(noted).when(chance(13, 10)).then(pl.lit("Pays late. Call first.")),
        email=pl.when(chance(14, 75)).then(spelled.otherwise(email)),
        company_name=pl.when(chance(15, 50)).then("name").otherwise(pl.format("Other {}", "at")),
    )


def _twins(people: pl.LazyFrame, rows: int) -> pl.LazyFrame:
    nothing = pl.lit(None, pl.String)
    return people.filter(chance(16, 5)).select(
        internal_id=pl.col("at") + rows + 1,
        is_customer=pl.lit(value=True),
        inactive=pl.lit(value=False),
        stripe_id=nothing,
        external_id=nothing,
        comments=nothing,
        email="email",
        company_name=nothing,
    )
