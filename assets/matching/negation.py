"""Comments that hold a Stripe id in order to say that it is *not* this customer's: `NOT cus_A1`, `wrong: cus_A1`.

Only a small list of words decides, in the languages that such comments are written in, within the sentence around the
id; so this is a doubt for a person, and never an answer.
"""

from typing import Final

import polars as pl

_WORDS: Final = (
    *("not", "no longer", "never", "isn't", "isnt", "don't", "wrong", "incorrect", "mistake", "mistaken", "false"),
    *("removed", "unlinked", "former", "formerly", "previously", "old", "obsolete", "replaced", "duplicate"),
    *("deleted", "deprecated", "outdated", "superseded", "until", "used to be", "moved from", "migrated from"),
    *("merged into", "another customer", "other customer", "other company", "another company"),
    *("gelöscht", "gekündigt", "ersetzt", "veraltet", "doppelt", "dublette", "bis"),
    *("supprimé", "remplacé", "obsolète", "doublon", "eliminado", "reemplazado", "duplicado"),
    *("obsoleto", "hasta", "excluído", "substituído", "até", "eliminato", "sostituito", "doppione"),
    *("verwijderd", "vervangen", "dubbel", "oud", "oude", "gammal", "gammel", "stary", "stara", "старый", "удален"),
    *("nicht", "kein", "keine", "falsch", "falsche", "falscher", "irrtümlich", "ehemals", "früher", "alt", "alte"),
    *("pas", "faux", "fausse", "mauvais", "mauvaise", "erreur", "ancien", "ancienne", "incorrecte"),
    *("no es", "incorrecto", "incorrecta", "equivocado", "equivocada", "erróneo", "errónea", "antiguo", "antigua"),
    *("non", "sbagliato", "sbagliata", "errato", "errata", "niet", "geen", "fout", "verkeerd", "verkeerde"),
    *("não", "nao", "errado", "errada", "inte", "fel", "ikke", "feil", "forkert", "nie", "błędny", "не", "неверно"),
)
_SIGNS: Final = (
    *("誤", "違", "ではな", "じゃな", "旧", "削除", "重複", "不是", "错误", "錯誤", "舊", "已删", "已刪", "重复"),
    *("作废", "作廢"),
    *("아님", "아니", "삭제", "중복", "이전"),
)
"""Words of scripts that put no space between words."""

_END = r"[.;](?:\s|$)|[\r\n\x{3002}\x{FF1B}]"
_ANY_WORD = "|".join(word.replace(" ", r"\s+").replace("'", "['\u2019]") for word in _WORDS)
_NEGATED = rf"(?:^|[^\p{{L}}\p{{M}}\p{{N}}_])(?:{_ANY_WORD})(?:$|[^\p{{L}}\p{{M}}\p{{N}}_-])|{'|'.join(_SIGNS)}"


def may_negate(note: pl.Expr) -> pl.Expr:
    """Return whether there is a word that negates anywhere in a text."""
    return note.str.to_lowercase().str.contains(_NEGATED)


def find_negated(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows whose comments have, in one sentence, their id and a word that negates.

    Args:
        rows: `position`, `note`, and `text`, the id that stands in them.
    """
    sentences = pl.col("note").str.replace_all(_END, "\n").str.split("\n")
    # Most comments have no such word anywhere, so only the others are taken apart.
    suspect = rows.filter(may_negate(pl.col("note")))
    said = suspect.with_columns(sentence=sentences).explode("sentence")
    about = said.filter(pl.col("sentence").str.contains(pl.col("text"), literal=True))
    return about.filter(may_negate(pl.col("sentence"))).unique("position").drop("sentence")
