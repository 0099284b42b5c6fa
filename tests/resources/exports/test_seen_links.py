"""Whether the labels of an export show the links that exist."""

import pytest

from resources.exports.seen_links import deleted_label, link_column, unseen_links

LINK, BLOCK = "netsuite_customer_id (metadata)", "netsuite_block_integration (metadata)"
ALLOW = "netsuite_allow_integration (metadata)"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ((LINK,), "there"),
        ((LINK, "NetSuite_Customer_ID (metadata)"), "there"),
        (("id", "Email"), "missing"),
        ((BLOCK,), "missing"),
        (("NetSuite_Customer_ID (metadata)",), "renamed"),
        (("metadata__netsuite_customer_id",), "renamed"),
        (("metadata.netsuite_customer_id",), "renamed"),
        (("metadata[netsuite_customer_id]",), "renamed"),
        (("netsuite_customer_id",), "renamed"),
        (("NetSuite Customer ID",), "renamed"),
        (("netsuite_customer_id (Metadaten)",), "renamed"),
        (("netsuite_customer_id（メタデータ）",), "renamed"),
        (("netsuite_customer_id (métadonnées)",), "renamed"),
        (("Customer netsuite_customer_id (metadata)",), "renamed"),
        (("netsuite_customer_id (customer metadata)",), "renamed"),
        *(((f"{key} (metadata)",), "renamed") for key in ("netsuite_id", "netsuite_internal_id", "ns_customer_id")),
        *(((f"{key} (metadata)",), "renamed") for key in ("netsuite_customer", "NetSuite ID", "netsuite_cusotmer_id")),
        *(((f"{key} (metadata)",), "missing") for key in ("netsuite", "netsuite_invoice_id", "ns", "internal_id")),
        (("netsuite_customer_id_old (metadata)",), "missing"),
    ],
)
def test_the_column_with_the_links_is_there_missing_or_renamed(labels: tuple[str, ...], said: str) -> None:
    assert link_column(labels) == said


def test_every_near_miss_is_named() -> None:
    assert unseen_links("s.csv", (LINK, BLOCK)) == ()
    [said] = unseen_links("s.csv", (LINK, "Netsuite_Block_Integration (metadata)"))
    assert said.startswith(
        "s.csv has a column 'Netsuite_Block_Integration (metadata)', which is not read: the name is "
        "'netsuite_block_integration (metadata)'"
    )
    assert said.endswith("and Stripe tells the case of keys apart.")
    assert len(unseen_links("s.csv", ("id", "metadata__netsuite_allow_integration"))) == 2
    [said] = unseen_links("s.csv", ("netsuite_customer_id (Metadaten)",))
    assert said.endswith(
        "; if that is it, write `labels: {metadata.netsuite_customer_id: 'netsuite_customer_id (Metadaten)'}` beside "
        "`export`."
    )


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("netsuite_block_integrations (metadata)", BLOCK),
        ("netsuite_blok_integration (metadata)", BLOCK),
        ("netsuite_block_intergation", BLOCK),
        ("netsuite block integration (metadata)", BLOCK),
        ("Netsuite_Block_Integration (metadata)", BLOCK),
        ("netsuite_integration_blocked (metadata)", BLOCK),
        ("block_netsuite (metadata)", BLOCK),
        ("NetSuite blocked", BLOCK),
        ("netsuite_allow_integratoin (metadata)", ALLOW),
        ("allow_integration (metadata)", ALLOW),
        *(("netsuite_allowance (metadata)", None), ("Blocked", None), ("card_block (metadata)", None)),
    ],
)
def test_a_flag_mistyped_or_in_other_words_is_named(label: str, key: str | None) -> None:
    said = unseen_links("s.csv", (LINK, label))
    assert [f"the name is {key!r}" in each and repr(label) in each for each in said] == [True] * (key is not None)


def test_the_ways_out_of_a_mistyped_flag_are_shown() -> None:
    [said] = unseen_links("s.csv", (LINK, BLOCK, "netsuite_block (metadata)"))
    assert said == (
        "s.csv has a column 'netsuite_block (metadata)', which is not read: the name is 'netsuite_block_integration "
        "(metadata)'; if that is it, correct the key in Stripe, or write `labels: {metadata.netsuite_block_integration:"
        " 'netsuite_block (metadata)'}` beside `export`."
    )


@pytest.mark.parametrize(
    ("label", "says"),
    [
        *(("Deleted", True), ("deleted", True), ("Is Deleted", True), ("Deleted (UTC)", True), ("Deleted Date", True)),
        *(
            ("Gelöscht", True),
            ("Supprimé", True),
            ("削除済み", True),
            ("Delinquent", False),
            ("deleted (metadata)", False),
        ),
    ],
)
def test_the_column_that_says_deleted(label: str, *, says: bool) -> None:
    assert deleted_label(("id", label)) == (label if says else None)
