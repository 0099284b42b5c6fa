#!/usr/bin/env python3
"""Writes two more pairs of exports, whose saved searches have the labels and words of German and Japanese.

Both NetSuite files are as spreadsheets of these countries write them: not UTF-8, and the German one with semicolons.
Names are written by hand in two systems, so some differ by a letter, an accent or a legal form. All companies are
invented. Running this again gives the same bytes.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

_STRIPE: Final = ("id", "Email", "Name", "Created (UTC)", "Phone", "netsuite_customer_id (metadata)")

# company, domain, town, postal code
_GERMAN: Final = """
Bäckerei Lindner GmbH|Lindner|Bamberg|96047
Autohaus Köster KG|Koester|Oldenburg|26122
Gärtnerei Blütezeit|bluetezeit|Erfurt|99084
Schröder & Söhne OHG|schroeder|Lübeck|23552
Weingut Höfer|hoefer|Trier|54290
Möbelhaus Jäger AG|jaeger|Kassel|34117
Zahnarztpraxis Dr. Über|praxis-ueber|Jena|07743
Straßenbau Nordheim GmbH|strassenbau|Bremen|28195
Kaffeerösterei Äquator|aequator|Köln|50667
Fahrradladen Pedal|pedal|Münster|48143
Buchhandlung Lesezeichen|lesezeichen|Mainz|55116
Elektro Grünwald GmbH|gruenwald|Ulm|89073
Tischlerei Holzwürmer|holzwurm|Rostock|18055
Verlag Morgenröte|morgenroete|Leipzig|04109
Spedition Überland GmbH|ueberland|Hamm|59065
Käserei Allgäuer Tal eG|allgaeuer-tal|Kempten|87435
"""

_JAPANESE: Final = """
株式会社青空製作所|aozora
有限会社みどり工業|midori
さくら商事株式会社|sakura
合同会社ひかり|hikari
株式会社東山書店|higashiyama
カメヤ食品株式会社|kameya
株式会社ナカノ電機|nakano
富士見印刷株式会社|fujimi
株式会社こもれび|komorebi
海野水産株式会社|unno
株式会社ツバメ運輸|tsubame
山の手設計事務所|yamanote
"""


def german() -> tuple[bytes, bytes]:
    """Return the Stripe and the NetSuite file of the German pair."""
    stripe, netsuite = [], []
    for at, (name, domain, town, zip_code) in enumerate(_rows(_GERMAN), 1):
        email = f"rechnung@{domain.lower()}.example"
        stripe.append(
            _customer(at, "DE", email, _as_typed(name, at), f"+49 30 5550{at:03}", 400 + at if at % 8 == 1 else "")
        )
        shown = "" if at % 3 == 0 else f"Buchhaltung@{domain}.example"
        theirs = email if at % 3 == 1 else shown
        stripe_id = f"cus_DE{at:04}" if at % 8 == 2 else ""  # noqa: PLR2004 (one in eight)
        netsuite.append(
            [400 + at, "", stripe_id, "ruft an; zahlt spät" if at % 4 == 0 else "", theirs, name, f"030/5550{at:03}",
             "KUNDE-Abgeschlossen gewonnen", "Nein", f"DE{810000000 + at * 37}", zip_code, town]
        )  # fmt: skip
    netsuite.append(
        [499, "", "", "", "info@interessent.example", "Interessenten GmbH", "", "INTERESSENT-Neu", "Nein", "", "", ""]
    )
    labels = ("Interne ID", "Externe ID", "Stripe-Kunden-ID", "Kommentare", "E-Mail", "Firmenname", "Telefon", "Phase",
              "Inaktiv", "USt-IdNr.", "PLZ", "Ort")  # fmt: skip
    return _csv(_STRIPE, stripe).encode(), _csv(labels, netsuite, ";").encode("cp1252")


def japanese() -> tuple[bytes, bytes]:
    """Return the Stripe and the NetSuite file of the Japanese pair."""
    stripe, netsuite = [], []
    for at, (name, domain) in enumerate(_rows(_JAPANESE), 1):
        email = f"keiri@{domain}.example"
        written = name.replace("株式会社", "(株)") if at % 4 == 3 else name  # noqa: PLR2004 (one in four)
        stripe.append(_customer(at, "JP", email, written, f"+81 3 5550 {at:04}", 70 + at if at % 6 == 1 else ""))
        netsuite.append(
            [70 + at, "", "", "", "" if at % 2 else email, name, f"03-5550-{at:04}", "顧客-成約済", "いいえ"]
        )  # fmt: skip
    labels = ("内部ID", "外部ID", "Stripe顧客ID", "コメント", "電子メール", "会社名", "電話番号", "ステージ", "無効")
    return _csv(_STRIPE, stripe).encode(), _csv(labels, netsuite).encode("cp932")


def _rows(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.split("\n") if line]


def _customer(at: int, country: str, email: str, name: str, phone: str, linked: int | str) -> Sequence[object]:
    return [f"cus_{country}{at:04}", email, name, f"2024-{at % 12 + 1:02}-{at:02} 09:{at:02}", phone, linked]


def _as_typed(name: str, at: int) -> str:
    """A name as a person types it who has no time."""
    match at % 5:
        case 0:
            return name.replace("ö", "o").replace("ä", "a").replace("ü", "u")
        case 2:
            return name.replace(" GmbH", "").replace(" KG", "").replace(" AG", "")
        case 4:
            return name[:3] + name[4:]
    return name


def _csv(labels: Iterable[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    text = StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(labels)
    writer.writerows(rows)
    return text.getvalue()


def make(folder: Path) -> None:
    """Write the four files into folders `german` and `japanese` of a folder."""
    for name, pair in (("german", german()), ("japanese", japanese())):
        (folder / name).mkdir(exist_ok=True)
        for system, content in zip(("stripe", "netsuite"), pair, strict=True):
            (folder / name / f"{system}.csv").write_bytes(content)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
