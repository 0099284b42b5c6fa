"""What exports, spreadsheets and programs write where there is no value; a declaration can set another list.

Whole texts, compared by key: letter case and white space do not count.
"""

from typing import Final

NETSUITE_EMPTY: Final = (
    *("- None -", "- Keine -", "- Kein -", "- Keiner -", "- Aucun -", "- Aucune -", "- Ninguno -", "- Ninguna -"),
    *("- Nenhum -", "- Nenhuma -", "- Nessuno -", "- Nessuna -", "- Geen -", "- Ingen -", "- Ingenting -"),
    *("- Žádný -", "- Žádné -", "- Ei mitään -", "- Yok -", "- Hiçbiri -", "- Нет -", "- Tidak ada -", "- Không có -"),
    *("- なし -", "- 없음 -", "- 无 -", "- 無 -", "- ไม่มี -"),
)
"""What NetSuite's own exports show for an empty field, in its languages."""

_SPREADSHEET_ERRORS: Final = (
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#ERROR!"),
    *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#N/D", "#VALORE!", "#RIF!", "#NOME?"),
    *("#VALOR!", "#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#GETAL!", "#ARG!", "#ADR!", "#SAKNAS!", "#Н/Д", "#ССЫЛКА!"),
    *("#¡VALOR!", "#¡REF!", "#¿NOMBRE?", "#¡DIV/0!", "#¡NUM!"),
)
"""As English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish and Russian ones write them."""

NO_VALUE: Final = (
    *("N/A", "n.a.", "NA", "null", "nil", "undefined", "None", "nan", "NaT", "-", "--", "---", "–", "—"),
    *("undefined undefined", "null null", "None None", "nan nan", "N/A N/A", "- -", "null undefined", "undefined null"),
    *("(null)", "<null>", "[null]", "(none)", "<NA>", r"\N", "(blank)", "(empty)", "[object Object]"),
    *NETSUITE_EMPTY,
    *_SPREADSHEET_ERRORS,
)
"""The list that is built in. Two in a row are a first and a last name that nobody gave."""
