"""Records whose name or comments say that they are not to be used any more: `DO NOT USE - Acme`, `Acme (duplicate)`.

Where no record may be deleted, one that was replaced is renamed, and goes on having its e-mail. Only a list of words
decides, so this is a doubt for a person, and never an answer.
"""

import re
from typing import Final

import polars as pl

_NAMES: Final = (
    *("do not use", "don't use", "dont use", "donotuse", "do_not_use", "dnu", "not in use", "duplicate", "duplicated"),
    *("merged", "inactive", "obsolete", "deprecated", "deleted", "superseded", "to be deleted", "old record"),
    *("nicht verwenden", "nicht benutzen", "dublette", "inaktiv", "gelöscht", "veraltet"),
    *("fusionado", "fusionada", "fusionné", "fusionnée", "zusammengeführt"),
    *("ne pas utiliser", "doublon", "inactif", "no usar", "no utilizar", "duplicado", "inactivo", "eliminado"),
    *("não usar", "nao usar", "inativo", "non usare", "non utilizzare", "duplicato", "doppione", "inattivo"),
    *("niet gebruiken", "inactief", "använd ej", "brug ikke", "ikke bruk", "nie używać", "не использовать"),
    *(
        "nepoužívat",
        "neaktivní",
        "duplicitní",
        "kullanmay\u0131n",
        "kullanmayin",
        "kullanmay\u0131n\u0131z",
        "mükerrer",
    ),
    *("älä käytä", "ne használja", "nu folosiți", "không sử dụng", "لا تستخدم", "לא לשימוש", "לא בשימוש"),
)
_SIGNS: Final = (
    *("使用禁止", "使用不可", "使用しない", "重複", "不要使用", "请勿使用", "勿用", "重复", "作废"),
    *("사용금지", "사용 금지", "중복", "使用停止", "停用", "弃用", "棄用", "ห้ามใช้", "เลิกใช้"),
)
_ASIDE: Final = (
    *("old", "closed", "defunct", "do not use", "alt", "gesperrt", "geschlossen", "ancien", "ancienne", "fermé"),
    *("antiguo", "antigua", "cerrado", "cerrada", "antigo", "fechado", "chiuso", "gesloten", "旧", "舊", "廃止"),
)
"""Words that say so only in brackets, or behind a dash at the end: a company may be called Old Mill."""
_PAIRS: Final = ("()", "[]", "{}", "\uff08\uff09", "\u3010\u3011")
_MARKS: Final = tuple(f"{left}{word}{right}" for left, right in _PAIRS for word in _ASIDE)
_BEHIND: Final = tuple(f"{dash}{word}" for dash in (" -", " - ", " \u2013 ", " \u2014 ") for word in _ASIDE)
_COMMENTS: Final = (
    *("do not use this", "duplicate of", "merged into", "superseded by"),
    *("dublette von", "doublon de", "duplicado de", "duplicato di"),
)
_LAST: Final = r"^\s*(?:z{3,}|zz\s?[_\-.:*]|x{3,}[\s_\-.:*]|old\s?[_\-:]\s)"
"""What puts a record to the end of every list, or before its name as `OLD - Acme`."""

_AT_THE_END: Final = rf"(?:{'|'.join(map(re.escape, _BEHIND))})[\s.!*]*$"
_ANYWHERE: Final = "|".join((*map(re.escape, (*_SIGNS, *_MARKS)), _AT_THE_END))
_WORDS: Final = rf"(?:^|[^\p{{L}}\p{{N}}])(?:{'|'.join(_NAMES)})(?:$|[^\p{{L}}\p{{N}}])|{_ANYWHERE}"
_CASES: Final = (str.lower, str.upper, str.title, str.capitalize)
_WRITTEN: Final = (*_NAMES, *_MARKS, *_BEHIND)
_SOUGHT: Final = (*(case(word) for word in _WRITTEN if not word.isascii() for case in _CASES), *_WRITTEN, *_SIGNS)
"""What is looked for in any case: beyond ASCII in each that people write."""


def find_retired(records: pl.LazyFrame) -> pl.LazyFrame:
    """Return the records that seem to be retired: `record`.

    Args:
        records: `internal_id`, and `company_name` and `comments`, where they are there.
    """
    there = records.collect_schema().names()
    looks = {"company_name": _is_named_so, "comments": _is_noted_so}
    found = [looks[name](pl.col(name).cast(pl.String)) for name in looks if name in there]
    is_retired = pl.any_horizontal(pl.lit(value=False), *(each.fill_null(value=False) for each in found))
    return records.filter(is_retired).select(record="internal_id")


def retired_names(names: pl.Series) -> pl.Series:
    """Return where the names of Stripe customers are, of these, that say that they are not to be used any more.

    >>> retired_names(pl.Series(["Acme", None, "DO NOT USE - Acme"])).to_list()
    [2]
    """
    return pl.select(_is_named_so(pl.lit(names.cast(pl.String)))).to_series().fill_null(value=False).arg_true()


def _is_named_so(name: pl.Expr) -> pl.Expr:
    # Hardly any name has such letters, so only these are looked at by words.
    may_be = name.str.contains_any([*_SOUGHT], ascii_case_insensitive=True)
    shown = pl.when(may_be).then(name).str.to_lowercase()
    return shown.str.contains(_WORDS).fill_null(value=False) | name.str.contains(f"(?i-u:{_LAST})")


def _is_noted_so(comments: pl.Expr) -> pl.Expr:
    return comments.str.contains_any([*_COMMENTS], ascii_case_insensitive=True)
