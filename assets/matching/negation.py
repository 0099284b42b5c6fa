"""Comments that hold a Stripe id in order to say that it is not this customer's, or may not be: `NOT cus_A1`, `cus_1?`.

Only a small list of words decides, in the languages that such comments are written in, within the sentence around the
id; so this is a doubt for a person, and never an answer.
"""

from typing import Final

import polars as pl

_WORDS: Final = (
    *("not", "no longer", "never", "isn't", "don't", "doesn't", "wasn't", "aren't", "didn't", "can't", "cannot"),
    *("wrong", "incorrect", "mistake", "mistaken", "false", "mismatch"),
    *("mixed up", "swapped", "no match", "dup", "dupe"),
    *("removed", "unlinked", "former", "formerly", "previously", "old", "obsolete", "replaced", "duplicate"),
    *("deleted", "deprecated", "outdated", "superseded", "until", "used to be", "moved from", "migrated from"),
    *("merged into", "another customer", "other customer", "other company", "another company"),
    *("gelöscht", "gekündigt", "ersetzt", "veraltet", "doppelt", "dublette", "bis"),
    *("supprimé", "remplacé", "obsolète", "doublon", "eliminado", "reemplazado", "duplicado"),
    *("obsoleto", "hasta", "excluído", "substituído", "até", "eliminato", "sostituito", "doppione"),
    *("verwijderd", "vervangen", "dubbel", "oud", "oude", "gammal", "gammel", "stary", "stara", "старый", "удален"),
    *("nicht", "kein", "keine", "falsch", "falsche", "falscher", "irrtümlich", "ehemals", "früher", "alt", "alte"),
    *("pas", "faux", "fausse", "mauvais", "mauvaise", "erreur", "ancien", "ancienne", "incorrecte"),
    *("no es", "no corresponde", "no pertenece", "no vincular", "no usar"),
    *("ne correspond", "verwechselt", "vertauscht"),
    *("incorrecto", "incorrecta", "equivocado", "equivocada", "erróneo", "errónea", "antiguo", "antigua"),
    *("non", "sbagliato", "sbagliata", "errato", "errata", "niet", "geen", "fout", "verkeerd", "verkeerde"),
    *("não", "nao", "errado", "errada", "inte", "fel", "ikke", "feil", "forkert", "nie", "błędny", "не", "неверно"),
    *("in error", "n'est plus", "n'était", "es un error", "por error", "ya no", "borrar", "por engano", "já não"),
    *("není", "neni", "nepatří", "chybně", "chybný", "omylem", "starý", "zrušeno", "smazáno", "błędnie", "usunięty"),
    *("değil", "deği\u0307l", "yanl\u0131ş", "yanliş", "hatal\u0131", "eski", "silindi"),
    *("ei", "väärä", "nem", "hibás", "téves"),
    *("nije", "nu este", "greșit", "ошибка", "ошибочно", "помилка", "удалён", "δεν", "λάθος", "không phải", "bukan"),
    *("לא", "אינו", "שגוי", "טעות", "ليس", "ليست", "خطأ"),
)
_DOUBTING: Final = (
    *("maybe", "perhaps", "possibly", "probably", "presumably", "might be", "unsure", "unclear", "tbc", "tbd"),
    *("to be confirmed", "belongs to", "see also", "unrelated", "instead of", "merged with", "no customer"),
    *("different from", "moved to record", "moved to customer"),
    *("vielleicht", "evtl", "eventuell", "vermutlich", "wahrscheinlich", "unklar", "gehört zu", "statt", "peut-être"),
    *("probablement", "appartient", "quizás", "quizá", "tal vez", "pertenece", "talvez", "pertence", "forse"),
    *("appartiene", "misschien", "hoort bij", "kanske", "kanskje", "måske", "może", "возможно"),
)
_STATES: Final = (
    *("legacy", "historical", "expired", "closed", "cancelled", "canceled", "inactive", "archived", "void", "voided"),
    *("excluded", "test", "test mode", "sandbox", "archiviert", "storniert", "inaktiv", "annulé", "fermé", "inactif"),
    *("anulado", "cancelado", "inactivo", "cerrado", "inativo", "encerrado", "annullato", "inattivo"),
    *("geannuleerd", "inactief"),
)
_BEFORE_IT: Final = (
    *("was", "were", "ex", "prev", "previous", "prior", "past", "exclude", "except", "without", "related"),
    *("paid by", "billed to", "parent", "parent company", "child"),
    *("subsidiary", "sister company", "affiliate", "reseller", "partner"),
    *("war", "vormals", "vorher", "ohne", "mutter", "muttergesellschaft", "tochter", "tochtergesellschaft"),
    *("était", "précédent", "filiale", "maison mère", "era", "anterior", "filial", "matriz"),
    *("referred by", "introduced by", "recommended by", "copied from", "empfohlen von", "recommandé par"),
    *("precedente", "vorige", "tidigare", "tidligere", "poprzedni", "бывший"),
    *("以前", "以前の", "以前的", "前の", "원래", "예전"),
)
"""Words that say it only where they stand beside the id: a card may have expired, and an invoice be past due."""
_REFERRING: Final = ("see", "siehe", "voir", "ver", "vedi", "zie")
"""Words that lead to somebody else, but not in `see Stripe cus_1`, which leads to Stripe."""
_SIGNS: Final = (
    *("誤", "違", "ではな", "じゃな", "旧", "削除", "重複", "不是", "错误", "錯誤", "舊", "已删", "已刪", "重复"),
    *("作废", "作廢"),
    *("아님", "아니", "삭제", "중복", "이전", "不属于", "不屬於", "并非", "並非", "有误", "有誤"),
    *("\u2260", "\u2717", "\u2718", "\u2716", "\u274c", "\u274e", "\U0001f6ab", "\u26d4"),
    *("間違", "ではあり", "じゃあり", "でない", "ไม่ใช่", "ไม่ถูกต้อง", "ผิดพลาด"),
)
"""Words of scripts that put no space between words, and signs that need none: an unequal sign, crosses."""

_GOES_ON = r":\s*[\r\n]+"
_END = r"[.;](?:\s|$)|[\r\n\x{3002}\x{FF1B}]"
_BEFORE = r"(?:^|[^\p{L}\p{M}\p{N}_])"


def _any_of(words: tuple[str, ...]) -> str:
    found = "|".join(word.replace(" ", r"\s+").replace("'", "['\u2019]?") for word in words)
    return f"(?:{found})"


_WORD_ENDS = r"(?:$|[^\p{L}\p{M}\p{N}_-])"
_NO_QUERY = "(?:$|[^0-9a-z])"
_BETWEEN = r"[\s:=(\[\x{2013}\-]"
_NAMED = r"(?:\s+(?:customer|account|kunde|client|cliente|id))*"
_NAMED_THERE = r"(?:\s+(?:stripe|customer|account|kunde|client|cliente|id))*"


def _negating(group: str) -> str:
    """The pattern of what negates, with the words in groups, or in none."""
    return "|".join(
        (
            f"{_BEFORE}{group}{_any_of((*_WORDS, *_DOUBTING))}){_WORD_ENDS}",
            f"{_BEFORE}{group}{_any_of((*_STATES, *_BEFORE_IT))}){_NAMED_THERE}{_BETWEEN}*cus_",
            f"{_BEFORE}{group}{_any_of(_REFERRING)}){_NAMED}{_BETWEEN}*cus_",
            rf"cus_[0-9a-z]+(?:{_BETWEEN}+{group}{_any_of(_STATES)}){_WORD_ENDS}|\s*{group}\?){_NO_QUERY})",
            rf"cus_[0-9a-z]+\s*{group}~~|</(?:s|del|strike)>)",
            f"{group}{'|'.join(_SIGNS)})",
        )
    )


_NEGATED = _negating("(?:")
_WHAT_NEGATES = _negating("(")
_GROUPS = 7


def may_negate(note: pl.Expr) -> pl.Expr:
    """Return whether there is a word that negates anywhere in a text."""
    return note.str.to_lowercase().str.contains(_NEGATED)


def find_negated(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows whose comments have, in one sentence, their id and a word that negates, with this as `word`.

    Args:
        rows: `position`, `note`, and `text`, the id that stands in them.
    """
    sentences = pl.col("note").str.replace_all(_GOES_ON, ": ").str.replace_all(_END, "\n").str.split("\n")
    # Most comments have no such word anywhere, so only the others are taken apart.
    suspect = rows.filter(may_negate(pl.col("note")))
    said = suspect.with_columns(sentence=sentences).explode("sentence")
    about = said.filter(pl.col("sentence").str.contains(pl.col("text"), literal=True))
    lower = pl.col("sentence").str.to_lowercase()
    word = pl.coalesce(lower.str.extract(_WHAT_NEGATES, group) for group in range(1, _GROUPS + 1))
    negated = about.with_columns(word=word).drop_nulls("word")
    return negated.sort("position", "word").unique("position", keep="first", maintain_order=True).drop("sentence")
