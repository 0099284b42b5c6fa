"""One rule over all customers that are still open: whose key equals the key of which records.

Keys are looked up by a 64-bit hash (`hash_table`), for a third of the price of a join of strings, and then compared as
strings, so the answer is exact whatever the hash does. Records that share a hash are grouped before they are joined: a
value that half of all rows share costs no more than one that nobody shares.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import polars as pl

from assets.matching.findings import group_records
from assets.matching.hash_table import may_be_among, meet
from assets.matching.match_rule import Found, Side, join_found
from schemas.repeated import at_rows
from schemas.rule_kinds import AS_IT_IS, RULE_KINDS

_ROUNDS: Final = 3
"""Tables for one rule: a tenth of the records is left after each, so that few are left to join as strings."""
_FEW: Final = 1_000
"""Records that are not worth a table of their own, as each costs some milliseconds."""


@dataclass(frozen=True)
class Rule:
    """What must have equal keys (M1): a field of each side, or as many on both.

    `stripe` is a column of the Stripe extract (id, email, name, description, phone, `metadata.<key>`, or another one
    that the declaration names), `netsuite` any column of the NetSuite extract, custom ones and `internal_id` included.
    """

    stripe: str | tuple[str, ...]
    netsuite: str | tuple[str, ...]
    kind: str = AS_IT_IS.name
    country: str | None = None
    separators: str = ""

    says: ClassVar[str] = "equal"

    @property
    def stripe_side(self) -> Side:
        """What is compared of Stripe's side."""
        kind = RULE_KINDS[self.kind]
        return Side(_parts(self.stripe), kind if kind.side == "both" else AS_IT_IS, self.country, self.separators)

    @property
    def netsuite_side(self) -> Side:
        """What is compared of NetSuite's side."""
        return Side(_parts(self.netsuite), RULE_KINDS[self.kind], self.country, self.separators)

    @property
    def is_by_one_key(self) -> bool:
        """Whether a customer and a record have one key each, as they have where a field holds one value."""
        return not self.separators

    def find(self, customers: pl.DataFrame, records: pl.DataFrame, /) -> Found:
        """Return the records whose keys equal those of each customer."""
        return find_by_any(customers, records) if self.separators else find_equal_keys(customers, records)

    def __str__(self) -> str:
        """Return the rule as it is written in results.

        >>> str(Rule("email", "email"))
        'email = email'
        >>> str(Rule(("name", "phone"), ("company_name", "phone"), "phone"))
        'name and phone = company_name and phone as phone'
        """
        kind = "" if self.kind == AS_IT_IS.name else f" as {self.kind}"
        return f"{' and '.join(_parts(self.stripe))} = {' and '.join(_parts(self.netsuite))}{kind}"


def _parts(side: str | tuple[str, ...]) -> tuple[str, ...]:
    return (side,) if isinstance(side, str) else side


def find_equal_keys(left: pl.DataFrame, right: pl.DataFrame, rounds: int = _ROUNDS) -> Found:
    """Return what each customer finds.

    Args:
        left: `position`, `key`, `hash` of customers, as `side_keys` returns them.
        right: `record`, `key`, `hash` of records.
        rounds: how often those who lost their slot get a table of their own.
    """
    if not rounds:
        return _find_equal_texts(left, right)
    if 2 * left.height < right.height:
        right = right.filter(may_be_among(right.get_column("hash"), left.get_column("hash")))
    right = right.rechunk()  # a gather over many chunks costs ten times one over a single chunk
    met = meet(left.get_column("hash"), right.get_column("hash"))
    ours, at = left.filter(met.is_found), met.found.filter(met.is_found)
    keys, records = right.get_column("key"), right.get_column("record")
    is_equal = ours.get_column("key") == keys.gather(at)
    is_twin = keys.gather(met.twins) == keys.gather(met.holders)
    twins, holders = met.twins.filter(is_twin), met.holders.filter(is_twin)
    is_crowded = is_equal & at_rows(holders, right.height).gather(at)
    is_alone = is_equal & ~is_crowded
    positions = ours.get_column("position")
    single = pl.DataFrame([positions.filter(is_alone), records.gather(at.filter(is_alone))])
    crowded = pl.DataFrame([positions.filter(is_crowded), at.filter(is_crowded).alias("holder")])
    shared, groups = _crowds(crowded, twins, holders, records)
    left_over = pl.concat([met.without_slot, met.twins.filter(~is_twin)])
    rest = find_equal_keys(ours.filter(~is_equal), right[left_over], rounds - 1 if left_over.len() > _FEW else 0)
    return join_found([Found(single, shared, groups), rest])


def _crowds(
    crowded: pl.DataFrame, twins: pl.Series, holders: pl.Series, records: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return who found several records, and these, as `shared` and `groups` of what is found.

    Args:
        crowded: `position` of customers, and the row of one of their records, the `holder`.
        twins: rows of the other records of holders.
        holders: the row of the holder of each twin.
        records: the record of each row.
    """
    is_asked = at_rows(crowded.get_column("holder"), records.len()).gather(holders)
    twins, holders = twins.filter(is_asked), holders.filter(is_asked)
    alone = holders.unique()
    rows, of = pl.concat([twins, alone]), pl.concat([holders, alone])
    pairs = pl.DataFrame([of.alias("holder"), records.gather(rows)])
    groups = group_records(pairs.lazy(), "holder").collect(engine="streaming").with_row_index("group")
    of_holder = pl.repeat(0, records.len(), dtype=pl.UInt32, eager=True)
    of_holder = of_holder.scatter(groups.get_column("holder"), groups.get_column("group"))
    shared = crowded.select("position", group=of_holder.gather(crowded.get_column("holder")))
    return shared, groups.drop("group", "holder")


def _find_equal_texts(left: pl.DataFrame, right: pl.DataFrame) -> Found:
    """Find equal keys as strings, whatever their hashes are."""
    left = left.filter(may_be_among(left.get_column("hash"), right.get_column("hash")))
    asked = right.lazy().join(left.lazy(), on="key", how="semi")
    groups = group_records(asked, "key").collect(engine="streaming").with_row_index("group")
    members = left.lazy().select("position", "key").join(groups.lazy().drop("shown"), on="key")
    rows = members.collect(engine="streaming")
    is_several = pl.col("candidates") > 1
    single = rows.filter(~is_several).select("position", record="lowest")
    return Found(single, rows.filter(is_several).select("position", "group"), groups.drop("group", "key"))


def find_by_any(left: pl.DataFrame, right: pl.DataFrame) -> Found:
    """Return what customers find of whom several values are compared: every record that one of them equals.

    Args:
        left: as for `equal_keys`, but several rows of a customer, each with another key.
        right: likewise of records.
    """
    found = find_equal_keys(left, right)
    hits = pl.concat([found.single.select("position"), found.shared.select("position")])
    crowded = hits.filter(pl.col("position").is_duplicated()).unique()
    if crowded.is_empty():
        return found
    theirs = left.lazy().join(crowded.lazy(), on="position", how="semi")
    pairs = theirs.join(right.lazy(), on="key").select("position", "record").unique()
    groups = group_records(pairs, "position").collect(engine="streaming")
    is_one = pl.col("candidates") == 1
    offset = found.groups.height
    several = groups.filter(~is_one).with_row_index("group", offset=offset)
    others = [frame.join(crowded, on="position", how="anti") for frame in (found.single, found.shared)]
    return Found(
        pl.concat([others[0], groups.filter(is_one).select("position", record="lowest")]),
        pl.concat([others[1], several.select("position", pl.col("group").cast(others[1].schema["group"]))]),
        pl.concat([found.groups, several.select(found.groups.columns)]),
    )
