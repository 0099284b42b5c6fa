"""How languages say yes and no: what an export shows for a checkbox, and how a spreadsheet rewrites it.

A word that means yes in one language and no in another is in neither list (`jo` of Swedish and Albanian): it is named
to a person, who can declare it. Nor are words for the state itself (`Active`), whose sense depends on the column.
"""

from typing import Final

YES_WORDS: Final = (
    *("Yes", "Y", "True", "T", "1", "On", "X", "✓", "✔", "☑"),
    *("Ja", "Oui", "Sí", "Sì", "Sim", "Kyllä", "Ano", "Tak", "Evet", "Ya", "Có", "Igen", "Da", "Jah"),
    *("Já", "Jā", "Taip"),
    *("Да", "Так", "Ναι", "כן", "نعم", "हाँ", "हां", "はい", "예", "네", "是", "ใช่"),
    *("Wahr", "Vrai", "Verdadero", "Verdadeiro", "Vero", "Waar", "Sant", "Sand", "Sann", "Tosi", "Pravda", "Prawda"),
    *("Doğru", "Benar", "Igaz", "Истина", "真", "참", "จริง"),
)
NO_WORDS: Final = (
    *("No", "N", "False", "F", "0", "Off", "☐"),
    *("Nein", "Non", "Não", "Nee", "Nej", "Nei", "Ei", "Ne", "Nie", "Hayır", "Tidak", "Không", "Nem", "Nu", "Nē"),
    *("Нет", "Ні", "Не", "Όχι", "לא", "لا", "नहीं", "いいえ", "아니요", "아니오", "否", "不是", "ไม่", "ไม่ใช่"),
    *("Falsch", "Faux", "Falso", "Onwaar", "Falskt", "Falsk", "Usann", "Epätosi", "Nepravda", "Fałsz", "Yanlış"),
    *("Salah", "Hamis", "Ложь", "假", "偽", "거짓", "เท็จ"),
)
