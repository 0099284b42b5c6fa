"""The address book of a new customer: Stripe's shipping and billing addresses as lines of it (C9, C10)."""

from typing import Final

import polars as pl

from assets.mapping.to_netsuite.canonical import joined, json_column, list_expr, object_pieces, same, text
from assets.mapping.to_netsuite.countries import SEVERAL, country_expr, state_code_expr
from assets.mapping.to_netsuite.few import altered
from assets.mapping.to_netsuite.limits import Fitted, fitted, fitted_phone, note, words_of
from assets.mapping.to_netsuite.settings import CreateSettings

_PARTS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
_PREFIX: Final = {"shipping": "shipping.address.", "billing": "address."}
_PLACE: Final = ("addr1", "addr2", "city", "state", "zip", "country")
_FIELDS: Final = {"shipping": ("addressee", "addrphone", *_PLACE), "billing": _PLACE}

ADDRESS_PATHS: Final = (
    *(f"{prefix}{part}" for prefix in _PREFIX.values() for part in _PARTS),
    "shipping.name",
    "shipping.phone",
)
"""The Stripe paths that are read."""


def with_address_book(customers: pl.LazyFrame, settings: CreateSettings) -> pl.LazyFrame:
    """Add `address book`, the JSON of its lines, null where there is none, and notes.

    Equal addresses are one line that is both defaults. An address without any part is no line. The billing address has
    neither a name nor a phone in Stripe, so those of the shipping address stand on the common line only if they are the
    customer's own.
    """
    customers = _or_of_card(customers)
    sides = [*_PREFIX]
    has = [pl.any_horizontal(pl.col(f"{_PREFIX[side]}{part}").is_not_null() for part in _PARTS) for side in sides]
    placed = customers.with_columns(found.alias(f"has {side}") for side, found in zip(sides, has, strict=True))
    placed = placed.with_columns(_meaning(side) for side in sides)
    placed = placed.with_columns(_country(side, settings) for side in sides)
    placed = placed.with_columns(_state(side) for side in sides)
    placed = placed.with_columns(column for side in sides for column in _whole(side, settings))
    placed = placed.with_columns(column for side in sides for column in _fields(side, settings))
    is_common = pl.all_horizontal(
        "has shipping",
        *(pl.col(f"shipping {field}").eq_missing(pl.col(f"billing {field}")) for field in _PLACE),
        _is_own("shipping.name", "name"),
        _is_own("shipping.phone", "phone"),
    )
    placed = placed.with_columns(is_common.alias("is common"))
    is_second = pl.col("has billing") & ~pl.col("is common")
    placed = placed.with_columns(
        pl.when("has shipping").then(_shipping_line()).alias("shipping line"),
        pl.when(is_second).then(_billing_line()).alias("billing line"),
    )
    return placed.with_columns(list_expr([pl.col(f"{side} line") for side in sides]).alias("address book"))


def _or_of_card(customers: pl.LazyFrame) -> pl.LazyFrame:
    """Take the whole address of the card where the customer has none of its own, and add a note (C9)."""
    parts = {part: f"card.address.{part}" for part in _PARTS}
    there = [path for path in parts.values() if path in customers.collect_schema()]
    if not there:
        return customers
    has_none = pl.all_horizontal(pl.col(f"address.{part}").is_null() for part in _PARTS)
    is_of_card = has_none & pl.any_horizontal(pl.col(there).is_not_null())
    filled = [
        pl.when(is_of_card).then(pl.col(path)).otherwise(pl.col(f"address.{part}")).alias(f"address.{part}")
        for part, path in parts.items()
        if path in there
    ]
    return customers.with_columns(*filled, note("billing address is that of the card", is_of_card).alias("note 59"))


def _meaning(side: str) -> pl.Expr:
    return country_expr(pl.col(f"{_PREFIX[side]}country")).alias(f"{side} meaning")


def _state(side: str) -> pl.Expr:
    return state_code_expr(pl.col(f"{_PREFIX[side]}state"), pl.col(f"{side} country")).alias(f"{side} whole state")


def _country(side: str, settings: CreateSettings) -> pl.Expr:
    """The code; empty text for a country that is not known, null where the account's own is to be taken."""
    said = pl.col(f"{_PREFIX[side]}country")
    is_known = (pl.col(f"{side} meaning") != SEVERAL).fill_null(value=False)
    code = pl.when(is_known).then(f"{side} meaning").otherwise(pl.lit(""))
    resolved = pl.when(said.is_null()).then(pl.lit(settings.country, pl.String)).otherwise(code)
    return pl.when(f"has {side}").then(resolved).alias(f"{side} country")


def _whole(side: str, settings: CreateSettings) -> list[pl.Expr]:
    """The two lines of the street, and who is there, each as it came; to be fitted."""
    prefix = _PREFIX[side]
    first, rest = _overflow(pl.col(f"{prefix}line1"), pl.col(f"{prefix}line2"), settings.limit("addr1") or 0)
    whole = {"addr1": first, "addr2": rest}
    if side == "shipping":
        is_there = pl.col("has shipping")
        whole |= {
            "addressee": pl.when(is_there).then("shipping.name"),
            "addrphone": pl.when(is_there).then("shipping.phone"),
        }
    return [value.alias(f"{side} whole {field}") for field, value in whole.items()]


def _fields(side: str, settings: CreateSettings) -> list[pl.Expr]:
    """A column for each field of the line, and a column for each note."""
    prefix = _PREFIX[side]

    def fit(column: str, field: str) -> Fitted:
        return fitted(pl.col(column), field, settings, f"{side} {words_of(field)}")

    fields = {
        "addr1": fit(f"{side} whole addr1", "addr1"),
        "addr2": fit(f"{side} whole addr2", "addr2"),
        "city": fit(f"{prefix}city", "city"),
        "state": fit(f"{side} whole state", "state"),
        "zip": fit(f"{prefix}postal_code", "zip"),
    }
    if side == "shipping":
        fields["addressee"] = fit("shipping whole addressee", "addressee")
        fields["addrphone"] = fitted_phone(pl.col("shipping whole addrphone"), "addrphone", settings, "shipping phone")
    values = [found.value.alias(f"{side} {field}") for field, found in fields.items()]
    notes = [*(one for found in fields.values() for one in found.notes), *_country_notes(side, settings)]
    number = 40 if side == "shipping" else 60
    return [*values, *(one.alias(f"note {number + place}") for place, one in enumerate(notes))]


def _overflow(line1: pl.Expr, line2: pl.Expr, limit: int) -> tuple[pl.Expr, pl.Expr]:
    """Let a first line that is too long go on in an empty second one, if possible from a word on."""
    is_long = (line1.str.len_chars() > limit) & line2.is_null()

    def head(long: pl.Expr) -> pl.Expr:
        whole_words = long.str.slice(0, limit + 1).str.extract(r"(?s)^(.*\S)\s")
        return pl.coalesce(whole_words, long.str.slice(0, limit))

    def rest(long: pl.Expr) -> pl.Expr:
        return long.str.slice(head(long).str.len_chars()).str.strip_chars()

    return altered(line1, is_long, head), pl.coalesce(altered(pl.when(is_long).then(line1), is_long, rest), line2)


def _country_notes(side: str, settings: CreateSettings) -> list[pl.Expr]:
    said = pl.col(f"{_PREFIX[side]}country")
    is_unknown = pl.col(f"{side} country") == ""
    is_several = (pl.col(f"{side} meaning") == SEVERAL).fill_null(value=False)
    stands_in = "the account's country" if settings.country is None else settings.country
    notes = [
        note(f"{side} country is {stands_in}: Stripe has none", pl.col(f"has {side}") & said.is_null()),
        note(f"{side} country left empty: its name means several countries", is_several),
        note(f"{side} country left empty: it is no ISO code or name", is_unknown & ~is_several),
    ]
    if side == "shipping":
        for part in ("name", "phone"):
            is_lost = ~pl.col("has shipping") & pl.col(f"shipping.{part}").is_not_null()
            notes.append(note(f"shipping {part} left out: there is no shipping address", is_lost))
    return notes


def _is_own(shipping: str, own: str) -> pl.Expr:
    """Whether the name or phone of the shipping address is none, or the customer's own."""
    return pl.col(shipping).is_null() | pl.col(shipping).eq_missing(pl.col(own))


def _shipping_line() -> pl.Expr:
    members = {field: text(pl.col(f"shipping {field}")) for field in _FIELDS["shipping"]}
    members |= {
        "defaultbilling": json_column(pl.when("is common").then(pl.lit("true"))),
        "defaultshipping": same(value=True),
    }
    return joined(object_pieces(members, always="defaultshipping"))


def _billing_line() -> pl.Expr:
    members = {field: text(pl.col(f"billing {field}")) for field in _FIELDS["billing"]}
    return joined(object_pieces(members | {"defaultbilling": same(value=True)}, always="defaultbilling"))
