#!/usr/bin/env python3
"""Writes the two example exports: a small, invented, realistically messy world.

What lives here and in `unsettled.py` is the story: one function per situation that a real pair of books contains, each
adding its Stripe and its NetSuite rows. How a row, a name or an id looks is in `world.py`. The files are kept in the
repository; running this again gives the same bytes. Only the standard library is used, and nothing of Tieout.
"""

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

from unsettled import (
    crossed_links,
    doubled_field,
    held_back,
    lead_elsewhere,
    link_that_is_no_number,
    link_to_a_lead,
    long_comments,
    longer_token,
    malformed_email,
    merged_away,
    new_with_address,
    new_without_payment,
    only_a_lead,
    only_inactive,
    two_records,
    unknown_in_netsuite,
    unknown_in_stripe,
)
from world import World

STRIPE_FILE = "stripe_customers.csv"
NETSUITE_FILE = "netsuite_customers.csv"


def make(folder: Path) -> None:
    """Write both example files into `folder`."""
    world = World(seed=20190501)
    for situation, times in SITUATIONS:
        for _ in range(times):
            situation(world)
    world.write(folder / STRIPE_FILE, folder / NETSUITE_FILE)


def tied_out(w: World) -> None:
    """Both sides name each other everywhere: nothing is left to do."""
    company = w.company()
    s, n = w.stripe(company), w.netsuite(company)
    s["netsuite_customer_id (metadata)"] = n["Internal ID"]
    n["Stripe Customer Id"] = n["External ID"] = s["id"]
    n["Comments"] = w.note(s["id"])


def linked_by_metadata(w: World) -> None:
    """Stripe knows the record; NetSuite has no trace of it."""
    company = w.company()
    w.stripe(company)["netsuite_customer_id (metadata)"] = w.netsuite(company)["Internal ID"]


def linked_by_stripe_id(w: World) -> None:
    """Only the Stripe-id field of the record is filled, sometimes with a space; the e-mail has changed since."""
    company = w.company()
    w.netsuite(company, Email=company.mail("old"))["Stripe Customer Id"] = w.stripe(company)["id"] + w.pick(("", " "))


def linked_by_external_id(w: World) -> None:
    """Only the external id holds the Stripe id."""
    company = w.company()
    w.netsuite(company, Email="")["External ID"] = w.stripe(company)["id"]


def linked_by_comments(w: World) -> None:
    """Somebody noted the Stripe id by hand."""
    company = w.company()
    w.netsuite(company, Email="")["Comments"] = w.note(w.stripe(company)["id"])


def same_email(w: World) -> None:
    """The e-mail is the same but for case and stray spaces; the names differ as names do."""
    company = w.company()
    w.stripe(company, Email=w.mess(company.email))
    w.netsuite(company, Email=w.mess(company.email), **{"Company Name": company.short_name})


def same_email_other_system(w: World) -> None:
    """As above, and the external id already belongs to another system."""
    company = w.company()
    w.stripe(company)
    w.netsuite(company)["External ID"] = f"CRM-{w.number(1000, 99999):06d}"


def same_name(w: World) -> None:
    """The e-mails differ; the name is the same but for case and spaces."""
    company = w.company()
    w.stripe(company, Name=w.mess(company.name))
    w.netsuite(company, Email=company.mail("accounts"), **{"Company Name": w.mess(company.name)})


def same_name_no_email(w: World) -> None:
    """Stripe never asked for an e-mail."""
    company = w.company()
    w.stripe(company, Email="")
    w.netsuite(company)


def same_name_in_another_writing(w: World) -> None:
    """Accents composed and decomposed, ß and SS, ideographic spaces, final sigma: equal keys, different bytes."""
    for stripe_name, netsuite_name in EQUAL_NAMES:
        company = w.company(stripe_name)
        w.stripe(company)
        w.netsuite(company, Email=company.mail("accounts"), **{"Company Name": netsuite_name})


def lookalike_names(w: World) -> None:
    """Full-width against plain letters, a near miss, a missing accent: exact means exact, so these stay apart."""
    for stripe_name, netsuite_name in DIFFERENT_NAMES:
        company = w.company(stripe_name)
        w.stripe(company)
        w.netsuite(company, Email=company.mail("accounts"), **{"Company Name": netsuite_name})


def formula_like_text(w: World) -> None:
    """Names and notes that a spreadsheet would run. They match by e-mail."""
    for text in FORMULAS:
        company = w.company(text)
        w.stripe(company, Description=text)
        w.netsuite(company, Comments=text)


def group_with_one_mailbox(w: World) -> None:
    """Three subsidiaries share ap@: two of them are customers in Stripe, all three in NetSuite."""
    group = w.company()
    for country in ("Nordic", "Iberia", "Alpine"):
        name = {"Company Name": f"{group.short_name} {country}"}
        w.netsuite(group, Email=group.mail("ap"), **name)
    for division in ("Shop", "Events"):
        w.stripe(group, Email=group.mail("ap"), Name=f"{group.short_name} {division}")


def same_name_twice(w: World) -> None:
    """NetSuite holds the company twice under one name, with other e-mails."""
    company = w.company()
    w.stripe(company, Email=company.mail("shop"))
    for box in ("accounts", "office"):
        w.netsuite(company, Email=company.mail(box))


def ids_of_different_length(w: World) -> None:
    """Two candidates, one on each side of 10000: the lowest is the lowest as a number."""
    company = w.company()
    w.stripe(company)
    for internal_id in ("10004", "9998"):
        w.netsuite(company, **{"Internal ID": internal_id})


def two_customers_of_one_company(w: World) -> None:
    """One customer per currency in Stripe, one record in NetSuite: the older claims the fields, both the comments."""
    company = w.company()
    for _ in ("usd", "eur"):
        w.stripe(company)
    w.netsuite(company)


SITUATIONS: tuple[tuple[Callable[[World], None], int], ...] = (
    (ids_of_different_length, 1),
    (tied_out, 96),
    (linked_by_metadata, 22),
    (linked_by_stripe_id, 14),
    (linked_by_external_id, 11),
    (linked_by_comments, 9),
    (same_email, 112),
    (same_email_other_system, 9),
    (same_name, 26),
    (same_name_no_email, 7),
    (same_name_in_another_writing, 1),
    (lookalike_names, 1),
    (formula_like_text, 1),
    (group_with_one_mailbox, 5),
    (same_name_twice, 4),
    (two_customers_of_one_company, 5),
    (unknown_in_netsuite, 19),
    (unknown_in_stripe, 36),
    (only_a_lead, 5),
    (only_inactive, 4),
    (longer_token, 2),
    (lead_elsewhere, 12),
    (two_records, 4),
    (doubled_field, 2),
    (crossed_links, 1),
    (merged_away, 6),
    (link_to_a_lead, 1),
    (link_that_is_no_number, 1),
    (held_back, 7),
    (long_comments, 1),
    (malformed_email, 1),
    (new_with_address, 1),
    (new_without_payment, 2),
)
"""What happens in the example world, and how often."""

EQUAL_NAMES = (
    ("Crèmerie de l'Éléphant Bleu", unicodedata.normalize("NFD", "CRÈMERIE DE L'ÉLÉPHANT BLEU")),
    (unicodedata.normalize("NFD", "Piñata Añil S.L."), "Piñata  Añil S.L. "),
    ("Blumengroßhandel Strauß & Söhne", "BLUMENGROSSHANDEL STRAUSS & SÖHNE"),
    ("Straßenbahnkino GmbH", "Strassenbahnkino\u00a0GmbH"),
    ("Żółty Żuraw Sp. z o.o.", unicodedata.normalize("NFD", "żółty żuraw sp. z o.o.")),
    ("Όμιλος Γαλάζιος Φάρος", "ΌΜΙΛΟΣ ΓΑΛΆΖΙΟΣ ΦΆΡΟΣ"),
    ("株式会社あおぞら傘店", "株式会社\u3000あおぞら傘店"),
    ("有限会社みずたまボタン製作所", unicodedata.normalize("NFD", "有限会社みずたまボタン製作所")),
    ("ＴＡＮＵＫＩ珈琲株式会社", "Ｔａｎｕｋｉ珈琲 株式会社"),
    ("합자회사 종이배 문구", unicodedata.normalize("NFD", "합자회사종이배문구")),
)
"""Pairs of names (Stripe, NetSuite) whose keys are equal."""

DIFFERENT_NAMES = (
    ("ＡＯＺＯＲＡ商事株式会社", "AOZORA商事株式会社"),
    ("ﾈｺﾉﾃ印刷株式会社", "ネコノテ印刷株式会社"),
    ("Café Nébuleuse SARL", "Cafe Nebuleuse SARL"),
    ("Paper Comet Ltd", "Paper Comet Ltd (UK)"),
)
"""Pairs of names (Stripe, NetSuite) that look alike and have different keys."""

FORMULAS = (
    '=HYPERLINK("https://shop.example/?q=1","Open invoice")',
    "+Plus Minus Studio",
    "-10% Outlet, Everything",
    "@home Lampshades",
    "=1+1 Tutoring",
)
"""Names that a spreadsheet would take for formulas."""


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
