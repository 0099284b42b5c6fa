"""What NetSuite's texts become in Stripe: cut, left out or refused where they do not fit, each with a note.

A blank column is no value, and so is a placeholder. A country is its code, as Stripe's tax wants it, and a language its
tag.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import polars as pl

from assets.keys import INVISIBLE, folded_expr
from assets.mapping.to_netsuite.countries import SEVERAL, country_expr, state_code_expr
from assets.mapping.to_netsuite.limits import EMAIL, UNSEEN, Fitted, note
from assets.mapping.to_netsuite.texts import one_line
from assets.mapping.to_stripe.languages import language_tag
from assets.no_values import is_no_value
from schemas.stripe_parameters import LENGTHS, METADATA_LENGTH, TAX_EXEMPT, is_parameter, metadata_key

_SHIPPING: Final = "shipping."
_PLACES: Final = (".state", ".country")
_NA: Final = "na"
"""The key of a placeholder that is Namibia as a country, and Naples as a province."""

_OMITTED: Final = frozenset({"phone", "shipping.phone"})
"""What is left out where it is too long, as a part of it would be another value."""

_COPIED: Final = {"email": rf"[{INVISIBLE}]", "phone": r"\p{Cf}", "shipping.phone": r"\p{Cf}"}
"""What nobody sees, and came along from where a value was copied; of an e-mail, by which customers are found, only what
its key has not either."""

_NOT_WRITTEN: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""Control characters but tab and line ends; NetSuite parts several values of one field by one of them."""


def fitted(rows: pl.LazyFrame, no_value: frozenset[str], of_nobody: frozenset[str] = frozenset()) -> pl.LazyFrame:
    """Make the values that Stripe takes.

    Args:
        rows: `internal_id`, and a String column for each parameter by its path; other columns are left out.
        no_value: keys of placeholders, which are no values.
        of_nobody: keys of what people write for nobody, which is no e-mail and no phone.

    Returns:
        `internal_id`, each path with its value or null, `blank <path>` where NetSuite has nothing, `notes` on what was
        cut or left out, and `refused`, why no customer can be made of this row; both null where there is nothing.
    """
    paths = [name for name in rows.collect_schema().names() if is_parameter(name)]
    words = {path: no_value | of_nobody if path in _COPIED else no_value for path in paths}
    texts = rows.select("internal_id", *(_text(path, words[path]) for path in paths))
    said = texts.with_columns(pl.col(path).is_null().alias(f"blank {path}") for path in paths)
    found = {path: _fitted(path) for path in paths}
    notes = [one for fit in found.values() for one in fit.notes]
    values = said.with_columns(
        *(fit.value.alias(path) for path, fit in found.items()),
        _joined(notes).alias("notes"),
        _email_refused(paths).alias("refused"),
    )
    return _whole_shipping(values, paths)


def same_in_stripe(path: str, ours: pl.Expr, theirs: pl.Expr) -> pl.Expr:
    """Return whether Stripe's text says the same: as it is, but countries and states by what they mean.

    Args:
        path: of the parameter.
        ours: the value that fits.
        theirs: the text that Stripe has.
    """
    text = theirs.str.strip_chars(UNSEEN)
    if path.endswith(".country"):
        text = country_expr(text)
    elif path.endswith(".state"):
        country = pl.col(f"{path.removesuffix('state')}country") if path == "address.state" else None
        return (text == ours) | (_short_state(text, country) == _short_state(ours, country)).fill_null(value=False)
    return (text == ours).fill_null(value=False)


def _short_state(state: pl.Expr, country: pl.Expr | None) -> pl.Expr:
    return state if country is None else state_code_expr(state, country)


def _text(path: str, no_value: frozenset[str]) -> pl.Expr:
    text = pl.col(path).cast(pl.String)
    if path in _COPIED:
        text = text.str.replace_all(_COPIED[path], "")
    text = text.str.strip_chars(UNSEEN)
    has_lines = path == "description" or metadata_key(path)
    line = text.str.replace_all(_NOT_WRITTEN, " ").str.strip_chars(UNSEEN) if has_lines else one_line(text)
    words = no_value - {_NA} if path.endswith(_PLACES) else no_value
    is_value = (line.str.len_bytes() > 0) & ~is_no_value(folded_expr(line), words)
    return pl.when(is_value).then(line).alias(path)


def _fitted(path: str) -> Fitted:
    value = pl.col(path)
    for is_of_kind, fit in _KINDS.items():
        if is_of_kind(path):
            return fit(path, value)
    limit = METADATA_LENGTH if metadata_key(path) else LENGTHS.get(path)
    if limit is None:
        return Fitted(value)
    is_long = value.str.len_chars() > limit
    if path in _OMITTED or metadata_key(path):
        return Fitted(
            pl.when(~is_long).then(value), (note(f"{path} left out: longer than {limit} characters", is_long),)
        )
    cut = pl.when(is_long).then(value.str.slice(0, limit).str.strip_chars_end(UNSEEN)).otherwise(value)
    return Fitted(cut, (note(f"{path} cut to {limit} characters", is_long),))


def _email(path: str, value: pl.Expr) -> Fitted:
    """An e-mail that is none is no value; a customer without its e-mail is refused."""
    is_good = _is_address(value)
    return Fitted(pl.when(is_good).then(value), (note(f"{path} left out: it is not one address", ~is_good),))


def _country(path: str, value: pl.Expr) -> Fitted:
    code = country_expr(value)
    is_known = code.is_not_null() & (code != SEVERAL)
    said = f"{path} left out: it is not the code or the English name of one country"
    unknown = note(said, value.is_not_null() & ~is_known)
    return Fitted(pl.when(is_known).then(code), (unknown,))


def _locale(path: str, value: pl.Expr) -> Fitted:
    def tags(texts: pl.Series) -> pl.Series:
        different = texts.drop_nulls().unique()
        known = pl.Series(map(language_tag, different), dtype=pl.String)
        return texts.replace_strict(different, known, return_dtype=pl.String)

    tag = value.map_batches(tags, return_dtype=pl.String)
    said = f"{path} left out: it is not the tag or the name of one language"
    return Fitted(tag, (note(said, value.is_not_null() & tag.is_null()),))


def _tax_exempt(path: str, value: pl.Expr) -> Fitted:
    word = value.str.to_lowercase()
    is_known = word.is_in([*TAX_EXEMPT])
    return Fitted(
        pl.when(is_known).then(word), (note(f"{path} left out: expected {' or '.join(TAX_EXEMPT)}", ~is_known),)
    )


def _is_address(value: pl.Expr) -> pl.Expr:
    return value.str.contains(EMAIL) & (value.str.len_chars() <= LENGTHS["email"])


def _email_refused(paths: Iterable[str]) -> pl.Expr:
    if "email" not in paths:
        return pl.lit(None, pl.String)
    said = f"its e-mail is not one address of at most {LENGTHS['email']} visible characters"
    return pl.when(~pl.col("blank email") & ~_is_address(pl.col("email")).fill_null(value=False)).then(pl.lit(said))


def _whole_shipping(values: pl.LazyFrame, paths: Iterable[str]) -> pl.LazyFrame:
    """Stripe takes a name and an address for shipping together, or neither."""
    mine = [path for path in paths if path.startswith(_SHIPPING)]
    if not mine:
        return values
    address = [pl.col(path).is_not_null() for path in mine if path.startswith("shipping.address.")]
    name = pl.col("shipping.name").is_not_null() if "shipping.name" in mine else pl.lit(value=False)
    is_whole = name & (pl.any_horizontal(address) if address else pl.lit(value=False))
    has_some = pl.any_horizontal(pl.col(path).is_not_null() for path in mine)
    said = note("shipping left out: Stripe takes a name and an address, or neither", has_some & ~is_whole)
    return values.with_columns(
        *(pl.when(is_whole).then(pl.col(path)).alias(path) for path in mine),
        _joined([pl.col("notes"), said]).alias("notes"),
    )


def _joined(notes: Iterable[pl.Expr]) -> pl.Expr:
    said = pl.concat_str(pl.lit(None, pl.String), *notes, separator="; ", ignore_nulls=True)
    return pl.when(said != "").then(said)


_KINDS: Final[Mapping[Callable[[str], bool], Callable[[str, pl.Expr], Fitted]]] = {
    lambda path: path == "email": _email,
    lambda path: path.endswith(".country"): _country,
    lambda path: path.startswith("preferred_locales"): _locale,
    lambda path: path == "tax_exempt": _tax_exempt,
}
