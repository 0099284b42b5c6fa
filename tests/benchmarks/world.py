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


def write_world(folder: Path, rows: int, script: Script = "mixed", linked: int = 5) -> None:
    """Write `stripe.parquet` and `netsuite.parquet`, both in an order of their own, a part at a time.

    Args:
        folder: is there.
        rows: customers, and as many records and some more.
        script: of the names and e-mails.
        linked: how many of a hundred are linked already, in each place in which a link can be.
    """
    numbers = pl.int_range(rows, eager=True)
    people = _shuffled(pl.DataFrame({"at": numbers}), 1).with_columns(**_person(script))
    stripe = people.select(
        "id",
        "email",
        "name",
        *_metadata(linked),
        created=pl.datetime(2024, 1, 1, time_zone="UTC") + pl.duration(seconds="at"),
    )
    stripe.sink_parquet(folder / "stripe.parquet")
    twins = pl.select(at=numbers).filter(chance(16, 5))
    both = pl.concat([pl.DataFrame({"at": numbers}), twins]).with_columns(is_twin=pl.int_range(pl.len()) >= rows)
    owners = _shuffled(both, 2).with_columns(**_person(script))
    with_link_columns(_records(owners, rows, linked)).sink_parquet(folder / "netsuite.parquet")


def _shuffled(people: pl.DataFrame, seed: int) -> pl.LazyFrame:
    return people.sample(fraction=1, shuffle=True, seed=seed).lazy()


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
        "id": pl.format("cus_{}{}", (pl.col("at").hash(3) % 10**6).cast(pl.String).str.zfill(6), at.str.zfill(8)),
        "email": pl.lit("ap@example.com") if script == "shared" else pl.when(~chance(4, 4)).then(mail),
        "name": pl.format("{} {} {} Ltd", pl.lit("Acme"), at, rare),
    }


def _metadata(linked: int) -> list[pl.Expr]:
    named = pl.when(chance(5, linked)).then(pl.col("at") + 1).cast(pl.String)
    keys = {"netsuite_customer_id": named, "netsuite_block_integration": pl.lit(None, pl.String)}
    keys["netsuite_allow_integration"] = pl.lit(None, pl.String)
    return [expr.alias(f"metadata.{key}") for key, expr in keys.items()]


def _records(people: pl.LazyFrame, rows: int, linked: int) -> pl.LazyFrame:
    """A record of each person, and of a twin another one that has the e-mail alone."""
    email, is_twin = pl.col("email"), pl.col("is_twin")
    spelled = pl.when(chance(6, 30)).then(email.str.to_uppercase()).when(chance(7, 5)).then(pl.format(" {} ", email))
    noted = pl.format("Contact since 2020: {}.", pl.col("id"))
    own = {
        "stripe_id": pl.when(chance(10, linked)).then("id"),
        "external_id": pl.when(chance(11, linked)).then("id"),
        "comments": pl.when(chance(12, linked)).then(noted).when(chance(13, 10)).then(pl.lit("Pays late. Call first.")),
        "company_name": pl.when(chance(15, 50)).then("name").otherwise(pl.format("Other {}", "at")),
    }
    return people.select(
        internal_id=pl.when(is_twin).then(pl.col("at") + rows).otherwise(pl.col("at")) + 1,
        is_customer=is_twin | ~chance(8, 2),
        inactive=~is_twin & chance(9, 2),
        email=pl.when(is_twin).then(email).when(chance(14, 75)).then(spelled.otherwise(email)),
        **{name: pl.when(~is_twin).then(value) for name, value in own.items()},
    )
