"""Values as a person who is not careful writes them: without accents, punctuation, legal forms, the order of words.

Only for suggestions; what is matched is compared by `assets.keys`.
"""

from functools import cache
from typing import Final

import polars as pl

from schemas.rule_kinds.public_mail_hosts import is_everybodys

_LEGAL_FORMS: Final = """
inc incorporated corp corporation co company llc llp lp ltd limited plc pty pte pvt private gmbh ag kg ohg ug gbr mbh ev
eg se sa sas sarl sarlu sasu eurl sl slu srl srls spa sapa snc bv nv vof ab as asa aps oy oyj kft zrt bt sro doo dd jsc
ojsc ooo oao zao pao pp tov spzoo spolka zoo sp ltda me eireli cv sc kk gk yk the and und et y e i
"""
IGNORED: Final = frozenset({*_LEGAL_FORMS.split(), "www", "http", "https", ""})
"""Words that say nothing of who somebody is."""

_EASTERN_FORMS: Final = (
    *("株式会社", "有限会社", "合同会社", "合資会社", "(株)", "(有)", "(同)", "有限公司", "股份有限公司", "주식회사"),
    *("유한회사", "(주)", "ООО", "ооо", "ОАО", "оао", "ЗАО", "зао", "ИП "),
)
_WEB: Final = r"(?i)^\s*(?:https?://)?www\."
_NOT_JUST_WORDS: Final = r"^ | $|  |[^A-Za-z0-9 ]"
_MARKS: Final = r"[\u0300-\u036f]"
_LEAST_DIGITS: Final = 7
_DIGITS: Final = 8
_SHORTEST: Final = 5


def spaced(name: pl.Expr) -> pl.Expr:
    """Return the words of a name in lower case, without accents and punctuation, a space between.

    >>> pl.select(spaced(pl.lit("Café-Zürich  G.m.b.H."))).item()
    'cafe zurich gmbh'
    """
    name = name.str.replace(_WEB, "")
    is_ascii = name.str.len_bytes() == name.str.len_chars()
    other = pl.when(~is_ascii).then(name).str.normalize("NFKD").str.to_lowercase().str.replace_all(_MARKS, "")
    eastern = other.str.replace_many([*_EASTERN_FORMS], [" "]).str.replace_many(
        ["ß", "æ", "ø", "ł"], ["ss", "ae", "o", "l"]
    )
    plain = pl.coalesce(eastern, name.str.to_lowercase())
    joined = plain.str.replace_all(r"[.'’`´]", "")  # as in G.m.b.H. and O'Neill
    return joined.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(" ")


def spaced_names(names: pl.Series) -> pl.Series:
    """Return `spaced` of names. Most are words with a space between as they stand, which is soon seen.

    >>> spaced_names(pl.Series(["Acme Ltd", "G.m.b.H."])).to_list()
    ['acme ltd', 'gmbh']
    """
    rows = names.str.contains(_NOT_JUST_WORDS).arg_true()
    others = names.gather(rows).to_frame("name").select(spaced(pl.col("name"))).to_series()
    return names.str.to_lowercase().scatter(rows, others)


def words_keys(spaced_names: pl.Series) -> pl.Series:
    """Return a number that names with the same words have, whatever their order and legal form; null without words.

    >>> keys = words_keys(pl.Series(["acme trading ltd", "trading acme", "ltd", None]))
    >>> (keys[0] == keys[1], keys.is_null().to_list())
    (True, [False, False, True, True])
    """
    words = spaced_names.fill_null("").str.split(" ")
    hashes = words.explode().hash(7)
    told = hashes.zip_with(~hashes.is_in(_ignored_hashes().implode()), pl.Series([0], dtype=pl.UInt64))
    # A sum goes round where it is too large, so that of each name is what it has added to that of all.
    until = told.cum_sum().gather(words.list.len().cum_sum() - 1)
    total = until - until.shift(fill_value=0)
    return total.set(total == 0, None)


@cache
def _ignored_hashes() -> pl.Series:
    """Made when wanted: to hash starts threads, and a worker, which forks for each step, may have none when it does."""
    return pl.Series(sorted(IGNORED)).hash(7)


def compact(spaced_name: pl.Expr) -> pl.Expr:
    """Return a name without spaces, if it is long enough that one other letter is likely to be a mistake."""
    text = spaced_name.str.replace_all(" ", "", literal=True)
    return pl.when(text.str.len_chars() >= _SHORTEST).then(text)


def host(email: pl.Expr) -> pl.Expr:
    """Return the host of an e-mail.

    >>> pl.select(host(pl.lit(" me@WWW.Acme.com "))).item()
    'acme.com'
    """
    parts = email.str.splitn("@", 2)
    return parts.struct.field("field_1").str.strip_chars_end().str.to_lowercase().str.strip_prefix("www.")


def own(hosts: pl.Expr) -> pl.Expr:
    """Return hosts, unless anybody can have an address there."""
    return pl.when(~is_everybodys(hosts) & (hosts.str.len_bytes() > 0)).then(hosts)


def last_digits(phone: pl.Expr) -> pl.Expr:
    """Return the last digits of a phone number, which are there with and without a country code."""
    digits = phone.str.replace_all(r"[^0-9]", "")
    return pl.when(digits.str.len_bytes() >= _LEAST_DIGITS).then(digits.str.tail(_DIGITS))


def letters_and_digits(text: pl.Expr) -> pl.Expr:
    """Return a number of any kind without what stands between its parts; null if it is too short to tell anything."""
    bare = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(bare.str.len_chars() >= _SHORTEST).then(bare)


def postcode_and_number(postcode: pl.Expr, line: pl.Expr) -> pl.Expr:
    """Return a postcode with the number of the house."""
    code = postcode.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.concat_str(code, line.str.extract(r"(\d+)"), separator=" ")
