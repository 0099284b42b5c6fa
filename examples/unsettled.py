# ruff: noqa: INP001 - stands beside a script, not in a package
"""The situations of the example world that no link and no rule settles: for people, or for new records."""

from world import World


def unknown_in_netsuite(w: World) -> None:
    """A Stripe customer nobody has entered in NetSuite."""
    w.stripe(w.company())


def unknown_in_stripe(w: World) -> None:
    """A NetSuite customer that pays by other means."""
    w.netsuite(w.company())


def only_a_lead(w: World) -> None:
    """The e-mail fits, but the record is no customer yet, so it does not count (M2)."""
    company = w.company()
    w.stripe(company)
    w.netsuite(company, Stage=w.pick(("Lead", "Prospect")))


def only_inactive(w: World) -> None:
    """The e-mail fits, but the record is inactive."""
    company = w.company()
    w.stripe(company)
    w.netsuite(company, Inactive="Yes")


def longer_token(w: World) -> None:
    """The comments hold a longer word that begins with the Stripe id: not the same token (W3)."""
    company = w.company()
    s = w.stripe(company)
    w.netsuite(w.company(), Comments=f"see {s['id']}7 and x{s['id']}, company ID {s['id']}_old")


def lead_elsewhere(w: World) -> None:
    """A lead that has nothing to do with Stripe."""
    w.netsuite(w.company(), Stage=w.pick(("Lead", "Prospect")))


def two_records(w: World) -> None:
    """Stripe's metadata names one record, the Stripe-id field is filled on another."""
    company = w.company()
    s, named, other = w.stripe(company), w.netsuite(company), w.netsuite(company, Email=company.mail("office"))
    s["netsuite_customer_id (metadata)"] = named["Internal ID"]
    other["Stripe Customer Id"] = s["id"]


def doubled_field(w: World) -> None:
    """A copied record took the Stripe id with it."""
    company = w.company()
    s = w.stripe(company)
    w.netsuite(company)["Stripe Customer Id"] = s["id"]
    w.netsuite(company)["External ID"] = s["id"]


def crossed_links(w: World) -> None:
    """Two customers whose links point at each other's record."""
    one, two = w.company(), w.company()
    s1, s2, n1, n2 = w.stripe(one), w.stripe(two), w.netsuite(one), w.netsuite(two)
    s1["netsuite_customer_id (metadata)"], s2["netsuite_customer_id (metadata)"] = n2["Internal ID"], n1["Internal ID"]
    n1["Stripe Customer Id"], n2["Stripe Customer Id"] = s1["id"], s2["id"]


def merged_away(w: World) -> None:
    """The linked record was merged into another, which has the same e-mail."""
    company = w.company()
    w.stripe(company)["netsuite_customer_id (metadata)"] = w.internal_id()
    w.netsuite(company)


def link_to_a_lead(w: World) -> None:
    """The linked record exists but is a lead."""
    company = w.company()
    w.stripe(company)["netsuite_customer_id (metadata)"] = w.netsuite(company, Stage="Lead")["Internal ID"]


def link_that_is_no_number(w: World) -> None:
    """Somebody typed the record's name where its internal id belongs."""
    company = w.company()
    w.stripe(company)["netsuite_customer_id (metadata)"] = company.short_name
    w.netsuite(company)


def held_back(w: World) -> None:
    """The metadata says: not yet."""
    company = w.company()
    w.stripe(company)["netsuite_block_integration (metadata)"] = "true"
    w.netsuite(company)


def long_comments(w: World) -> None:
    """Comments around the limit of 4,000 characters: 3,981 leave just enough room for an id, 3,982 do not."""
    for length in (3600, 3981, 3982, 3995, 4000):
        company = w.company()
        w.stripe(company)
        w.netsuite(company, Comments=w.history(length))


def malformed_email(w: World) -> None:
    """An address that is none, and one of a single no-break space."""
    for email in (f"office(at){w.company().domain}", "\u00a0"):
        company = w.company()
        w.stripe(company, Email=email)
        w.netsuite(company)


def new_with_address(w: World) -> None:
    """Nobody has entered them yet, and they have paid: each becomes a whole new record, as far as its values fit."""
    for name, (line, city, state, code, country) in NEW_CUSTOMERS:
        company = w.company(name)
        w.stripe(
            company,
            **{"Payment Count": "3", "Total Spend": "147.00", "Shipping Name": company.name},
            **{"Shipping Address Line1": line, "Shipping Address City": city, "Shipping Address State": state},
            **{"Shipping Address Postal Code": code, "Shipping Address Country": country},
        )


def new_without_payment(w: World) -> None:
    """Signed up and never paid: no record is made before the first transaction (C2)."""
    w.stripe(w.company(), **{"Payment Count": "0", "Total Spend": "0.00"})


NEW_CUSTOMERS = (
    ("Harbour Lantern Works Ltd", ("14 Quay Street", "Bristol", "", "BS1 4DJ", "GB")),
    ("Kindled Teapot LLC", ("900 Sample Avenue, Suite 12", "Springfield", "Illinois", "62701", "US")),
    ("Twin Pines Trading", ("1 Pine Road", "Perth", "Western Australia", "6000", "Australia")),
    ("Twin Pines Trading", ("Beispielgasse 7", "Graz", "", "8010", "AT")),
    ("Far Away Outfitters", ("5 Back Lane", "Nowhere", "", "00000", "Narnia")),
)
"""Customers that NetSuite lacks, with their addresses: two share a name, one lives in no country."""
