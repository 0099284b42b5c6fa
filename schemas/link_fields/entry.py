"""What a link field is: a field of one system that says which customer of the other one it is the same as.

Plain data: no polars and no I/O. How such a field is read, planned and written follows from what it holds.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.words import Action, System

Holds = Literal["value", "words", "address"]
"""`value`: one id, set while the field is empty. `words`: a text in which ids stand, and to which they are appended.
`address`: where something of a linked customer is to be found; it is no evidence, and is set anew when it changes."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What people read of a link field.

    Attributes:
        label: its name in tables.
        evidence: as what led to a record.
        coverage: the records that it covers.
        asset: what its asset holds, as a sentence; of a field of NetSuite.
        by_hand: what a person does about an id that cannot be written, where there is such a thing.
    """

    label: str
    evidence: str
    coverage: str
    asset: str = ""
    by_hand: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkField:
    """One field in which a link can stand.

    Attributes:
        name: in the declaration, in a plan, and as a column of its side's extract.
        system: where it is.
        evidence: what matching, review and report call it.
        rank: its place in the order in which evidence is believed, the smallest first.
        holds: one value, words of a text, or an address.
        asset: the asset that shows what was written into it; several fields can share one.
        texts: what people read of it.
        script_id: NetSuite's own name of the field, unless `setting` gives another one.
        setting: the key under `netsuite` with which a declaration names another field of the account.
        foreign_values: it may hold numbers of anybody, so that only what looks like one of Stripe's ids is a link.
        unique_in_account: NetSuite refuses a value that any other entity has, whatever its case.
        optional: few accounts have it: where all fields are shown, it is only where some record holds something.
        by_override: a person's decision replaces what it holds; all others are left alone.
        most_characters: how long a text of words can be.
        waives: codes of refusals that say nothing against the pair.
    """

    name: str
    system: System
    evidence: str
    rank: int
    holds: Holds
    asset: str
    texts: Texts
    script_id: str = ""
    setting: str | None = None
    foreign_values: bool = False
    unique_in_account: bool = False
    optional: bool = False
    by_override: bool = False
    most_characters: int = 0
    waives: frozenset[str] = frozenset()

    @property
    def action(self) -> Action:
        """How it is changed."""
        return "append" if self.holds == "words" else "set"

    @property
    def is_evidence(self) -> bool:
        """Whether what it holds says which two customers are the same."""
        return self.holds != "address"

    @property
    def metadata_key(self) -> str:
        """The key of Stripe's metadata under which a field of Stripe stands."""
        return self.name.removeprefix("metadata.")

    @property
    def names_owner(self) -> bool:
        """Whether a record belongs to the customer that it names: it is for Stripe's ids alone."""
        return self.system == "netsuite" and self.holds == "value" and not self.foreign_values

    def field_id(self, settings: object) -> str:
        """NetSuite's name of the field, under settings such as `schemas.declaration.sources.NetsuiteSource`."""
        return str(getattr(settings, self.setting)) if self.setting else self.script_id
