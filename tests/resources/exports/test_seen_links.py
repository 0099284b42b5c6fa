"""Whether the labels of an export show the links that exist."""

import pytest

from resources.exports.seen_links import deleted_label, link_column, unseen_links

LINK, BLOCK = "netsuite_customer_id (metadata)", "netsuite_block_integration (metadata)"


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
