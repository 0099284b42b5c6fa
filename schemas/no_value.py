"""What exports, spreadsheets and programs write where there is no value; a declaration can set another list.

Whole texts, compared by key: letter case and white space do not count.
"""

from typing import Final

NETSUITE_EMPTY: Final = (
    *("- None -", "- Keine -", "- Kein -", "- Keiner -", "- Aucun -", "- Aucune -", "- Ninguno -", "- Ninguna -"),
    *("- Nenhum -", "- Nenhuma -", "- Nessuno -", "- Nessuna -", "- Geen -", "- Ingen -", "- Ingenting -"),
    *("- Žádný -", "- Žádné -", "- Ei mitään -", "- Yok -", "- Hiçbiri -", "- Нет -", "- Tidak ada -", "- Không có -"),
    *("- Brak -", "- Nic -", "- ללא -", "- بلا -", "- Bez -"),
    *("- なし -", "- 없음 -", "- 无 -", "- 無 -", "- ไม่มี -"),
)
"""What NetSuite's own exports show for an empty field, in its languages."""

_SPREADSHEET_ERRORS: Final = (
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#ERROR!"),
    *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#N/D", "#VALORE!", "#RIF!", "#NOME?"),
    *("#VALOR!", "#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#GETAL!", "#ARG!", "#ADR!", "#SAKNAS!", "#Н/Д", "#ССЫЛКА!"),
    *("#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#BUSY!", "#GETTING_DATA", "#PYTHON!", "#EXTERNAL!"),
    *(f"Err:{number}" for number in range(501, 541)),
    *("ERROR: Field Not Found", "ERROR: Invalid Expression"),
    *("#¡VALOR!", "#¡REF!", "#¿NOMBRE?", "#¡DIV/0!", "#¡NUM!", "#¡NULO!", "#¡CAMPO!", "#¡CALC!", "#¡DESBORDAMIENTO!"),
    *("#FELD!", "#ÜBERLAUF!", "#KALK!", "#BLOCKIERT!", "#UNBEKANNT!", "#CHAMP!", "#EPARS!", "#NUL!", "#CAMPO!"),
    *("#NÚM!",),
    *("#N/DISP", "#HODNOTA!", "#ODKAZ!", "#NÁZEV?", "#ČÍSLO!", "#DĚLENÍ_NULOU!", "#NENÍ_K_DISPOZICI", "#LICZBA!"),
    *("#NAZWA?", "#DZIEL/0!", "#YOK", "#DEĞER!", "#BAŞV!", "#AD?", "#SAYI!", "#SAYI/0!", "#VÄRDEFEL!", "#REFERENS!"),
    *("#NAMN?", "#I/T", "#VÆRDI!", "#VERDI!", "#NAVN?", "#PUUTTUU!", "#VIITTAUS!", "#ARVO!", "#NIMI?", "#ЗНАЧ!"),
    *("#ИМЯ?",),
    *("#ДЕЛ/0!", "#ЧИСЛО!", "#ПУСТО!"),
)
"""As English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Turkish, Nordic and Russian ones do,
LibreOffice with a number, and a formula of a NetSuite saved search in words."""

NO_VALUE: Final = (
    *("N/A", "n.a.", "NA", "null", "nil", "undefined", "None", "nan", "NaT", "-", "--", "---", "–", "—"),
    *("undefined undefined", "null null", "None None", "nan nan", "N/A N/A", "- -", "null undefined", "undefined null"),
    *("(null)", "<null>", "[null]", "(none)", "<NA>", r"\N", "(blank)", "(empty)", "[object Object]"),
    *NETSUITE_EMPTY,
    *_SPREADSHEET_ERRORS,
)
"""The list that is built in. Two in a row are a first and a last name that nobody gave."""
NO_VALUE_LOWERED: Final = tuple(word.lower() for word in NO_VALUE)
"""The same for texts in lower case, where no key is made."""

_WITHOUT_A_WORD: Final = (
    *(sign * count for sign in ".?*_#-=~" for count in range(1, 9)),
    *(sign * count for sign in "?#_" for count in range(9, 41)),
    *("0.0", "0.00", "0000-00-00", "00000000-0000-0000-0000-000000000000"),
    *("/", "//", "\\", "|", "@", "@@", ",", ";", ":", "!", "'", "''", '"', '""', "()", "[]", "{}", "<>", "-/-", "-.-"),
    *("・", "。", "ー", "－", "＿", "？"),
    *("\u00ad", "\u200c", "\u200d", "\u200e", "\u200f", "\u2800", "\u3164", "\uffa0"),
)
"""Signs alone, letters that a wrong encoding has turned into question marks, and characters that nobody sees."""

_FORMS: Final = (
    *("{}-{}-{}", "({}){}-{}", "({})-{}-{}", "{}.{}.{}", "+1{}{}{}", "1-{}-{}-{}", "+1-{}-{}-{}", "+1({}){}-{}"),
)
"""Of phone numbers as they are written where no country code is needed; white space does not count."""

_PARTS: Final = (("123", "456", "7890"), *((digit * 3, digit * 3, digit * 4) for digit in "0123456789"))
_NUMBERS: Final = (
    *("0" * count for count in range(1, 16)),
    *(digit * count for digit in "123456789" for count in range(9, 12)),
    *("12345678", "123456789", "1234567890", "0123456789", "12-3456789", "XX-XXXXXXX"),
    *(f"{digit * 2}-{digit * 7}" for digit in "0123456789"),
    *(form.format(*parts) for form in _FORMS for parts in _PARTS),
)
"""What people type where a number is asked for that they do not have, also as phone and tax numbers are written."""

_NAMES: Final = (
    *("unknown", "(unknown)", "unnamed", "unspecified", "no name", "(no name)", "noname"),
    *("anonymous", "unknown unknown"),
    *("not provided", "not applicable", "not specified", "not set", "(not set)", "not available", "no company"),
    *("no email", "no e-mail", "no phone", "noemail", "nomail", "TBD", "TBA", "to be determined", "pending", "dummy"),
    *("-none-", "--none--", "- none", "none -", "<none>", "<empty>", "<unknown>", "#none", "Loading..."),
    *("x", "xx", "x x", "asdf", "qwerty", "exempt", "applied for"),
    *("[email protected]", "redacted", "[redacted]", "[masked]", "[encrypted]", "[hidden]"),
    *("- Unassigned -", "- Select -", "-- Select --", "Please select", "Select...", "Choose...", "- All -"),
    *("- New -", "- Custom -", "- Default -", "- Other -"),
    *("Bitte wählen", "Bitte auswählen", "Sélectionner", "Choisir"),
    *("Seleccionar", "Seleccione", "Selecione", "Seleziona", "選択してください", "请选择", "선택"),
    *("same as above", "see above", "see notes", "various", "missing", "not found", "error"),
    *("string", "your name", "your company", "company name", "customer name", "first last", "lorem ipsum"),
    *("guest", "guest guest", "guest user", "guest customer", "test", "test test", "test user", "test customer"),
    *("testkunde",),
    *("customer", "client", "kunde", "klient", "cliente", "klant", "zákazník", "müşteri", "顧客", "客户", "고객"),
    *("cash customer", "cash sale", "cash sales", "walk-in customer", "walk in customer", "walk-in", "Laufkundschaft"),
    *("Barverkauf", "client de passage", "client comptant", "cliente contado", "consumidor final"),
    *("público en general",),
    *(
        "テスト",
        "テスト テスト",
        "测试",
        "測試",
        "테스트",
        "тест",
        "prueba",
        "prueba prueba",
        "teste",
        "essai",
        "test kunde",
    ),
    *("unknown customer", "anonymous customer", "unnamed customer", "deleted", "deleted customer", "duplicate"),
    *("do not use", "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Inc", "Inc.", "LLC", "Ltd", "Ltd.", "GmbH", "AG", "Corp"),
    *("unbekannt", "keine", "keine Angabe", "keine Angaben", "k.A.", "nicht angegeben", "ohne Namen", "entfällt"),
    *("inconnu", "inconnue", "non renseigné", "non précisé", "non communiqué", "sans nom", "aucun", "aucune", "néant"),
    *("desconocido", "desconocida", "sin nombre", "no disponible", "no especificado", "ninguno", "ninguna"),
    *("desconhecido", "desconhecida", "sem nome", "não informado", "não disponível", "nenhum", "nenhuma"),
    *("sconosciuto", "sconosciuta", "senza nome", "non disponibile", "nessuno", "nessuna", "onbekend", "n.v.t."),
    *("okänd", "ukendt", "ukjent", "tuntematon", "neznámý", "nieznany", "nieznana", "brak", "bilinmiyor"),
    *("неизвестно", "неизвестный", "нет данных", "なし", "無し", "無", "不明", "未設定", "未定", "未入力", "未登録"),
    *("匿名", "未知", "未填", "暂无", "无", "没有", "없음", "미정", "미상", "알 수 없음"),
)
"""What people write where nobody gave a name, in the languages of most accounts."""

_BLANKS: Final = ("{{{}}}", "%{}%", "[{}]", "<{}>", "<<{}>>", "«{}»", "#{}#", "${}$", "${}", "__{}__", "@@{}@@", "~{}~")
_FIELDS: Final = (
    *("email", "name", "phone", "company", "customer", "firstname", "first_name", "lastname", "last_name", "fname"),
    *("lname", "company_name", "company name", "customer_name", "customer name", "customer_email", "customer.email"),
    *("first name", "last name", "contact.email", "contact.name", "user.email"),
)
_TEMPLATES: Final = (*(blank.format(field) for blank in _BLANKS for field in _FIELDS),)
"""What a template has where nothing was filled in, in signs that names have, too; the rest is known by its form."""

_TYPED: Final = (
    *("none", "null", "na", "nil", "undefined", "unknown", "noemail", "no-email", "nomail", "noreply", "test"),
    *("guest", "deleted", "removed", "redacted", "anonymous", "anonymized", "anonymised"),
    *("no-reply", "email", "mail", "xxx", "asdf", "dummy", "fake", "nobody", "notprovided", "not-provided"),
    *("keine", "kein", "keinemail", "sincorreo", "sinemail", "aucun", "sansemail", "nessuno", "nenhum", "geen"),
)
_ENDS: Final = (
    *("", ".com", ".org", ".net", ".co", ".io", ".de", ".fr", ".es", ".it", ".nl", ".eu", ".us", ".ca", ".co.uk"),
    *(".com.br", ".com.mx", ".com.au", ".local", ".test", ".invalid"),
)
_SHORTER_THAN_ANY: Final = ("a", "x", "na", "no", "abc", "xxx", "none", "test", "asdf", "fake", "dummy", "email")
"""Gmail's addresses have six characters or more before the `@` (Google's help, "Create a username")."""

_MAILS: Final = (
    *(f"{word}@{word}{end}" for word in _TYPED for end in _ENDS),
    *(f"{word}@gmail.com" for word in _SHORTER_THAN_ANY),
    *(f"{word}@{host}.de" for word in ("kein", "keine", "keinemail", "keine-email") for host in ("email", "mail")),
    *(f"{word}@{word}.com" for word in ("a", "x", "abc", "123", "example", "placeholder", "n/a")),
    *(f"{word}@{host}.com" for word in ("no", "none", "na", "noemail", "unknown") for host in ("email", "mail")),
    *(f"{word}@example.com" for word in ("user", "test", "email", "name", "noemail", "noreply", "none", "nobody")),
    *("a@a", "x@x", "none@", "noemail@", "no@", "na@", "@none.com", "@noemail.com"),
)
"""Addresses that are typed where one has to be given."""

NOBODY: Final = (*_WITHOUT_A_WORD, *_NUMBERS, *_NAMES, *_TEMPLATES, *_MAILS)
"""What people write for nobody: by these nobody is found. In a link field, or as a flag, they are words like others."""
