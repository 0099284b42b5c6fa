"""One rule over all customers that are still open: whose key equals the key of which records.

Keys are looked up by a 64-bit hash (`hash_table`), for a third of the price of a join of strings, and then compared as
strings, so the answer is exact whatever the hash does. Records that share a hash are grouped before they are joined: a
value that half of all rows share costs no more than one that nobody shares.
"""

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from assets.matching.findings import group_records
from assets.matching.hash_table import may_be_among, meet
from assets.matching.match_rule import Found, Side
from schemas.rule_kinds import AS_IT_IS, RULE_KINDS


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


def find_equal_keys(left: pl.DataFrame, right: pl.DataFrame) -> Found:
    """Return what each customer finds.

    Args:
        left: `position`, `key`, `hash` of customers, as `side_keys` returns them.
        right: `record`, `key`, `hash` of records.
    """
    if 2 * left.height < right.height:
        right = right.filter(may_be_among(right.get_column("hash"), left.get_column("hash")))
    right = right.rechunk()  # a gather over many chunks costs ten times one over a single chunk
    met = meet(left.get_column("hash"), right.get_column("hash"))
    ours, at = left.filter(met.is_found), met.found.filter(met.is_found)
    is_equal, is_shared = ours.get_column("key") == right.get_column("key").gather(at), met.is_shared.gather(at)
    is_alone = is_equal & ~is_shared
    records = right.get_column("record").gather(at.filter(is_alone))
    single = ours.select(pl.col("position").filter(is_alone)).with_columns(records)
    others = ours.filter(~is_equal)
    shared = right.filter(met.is_shared)
    has_shared = others.get_column("hash").is_in(shared.get_column("hash").implode())
    crowded = pl.concat([ours.filter(is_equal & is_shared), others.filter(has_shared)])
    crowd = shared.join(crowded.select("hash"), on="hash", how="semi")
    groups = group_records(crowd.lazy(), "key").collect(engine="streaming").with_row_index("group")
    members = crowded.lazy().select("position", "key").join(groups.lazy().drop("shown"), on="key")
    singles = pl.concat([single, _verified(others, right[met.without_slot])])
    return _found(singles, members.collect(engine="streaming"), groups)


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


def _verified(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Return `position` and `record` of the few rows whose hashes are equal, and then their keys."""
    # Not in one plan, which would join by the strings, too.
    hits = left.lazy().join(right.rename({"key": "other"}).lazy(), on="hash").collect(engine="streaming")
    return hits.filter(pl.col("key") == pl.col("other")).select("position", "record")


def _found(single: pl.DataFrame, members: pl.DataFrame, groups: pl.DataFrame) -> Found:
    """Sort out those that only seemed to find several, because two keys had one hash."""
    is_several = pl.col("candidates") > 1
    apart = members.filter(~is_several).select("position", record="lowest")
    return Found(
        pl.concat([single, apart]), members.filter(is_several).select("position", "group"), groups.drop("group", "key")
    )
