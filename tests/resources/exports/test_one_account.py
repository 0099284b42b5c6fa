"""Exports of data and answers of the API say whose their customers are: those of two accounts or modes are refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from resources.exports.file import Declared
from resources.exports.stripe import read_stripe_export
from resources.extracts.extract import Extract
from schemas.errors import ExportError
from tests.resources.exports.both_ways import both_ways

SINCE, UNTIL = datetime(2019, 5, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
LINK = "netsuite_customer_id (metadata)"


def read(folder: Path, label: str, *values: str, account: str | None = None, mode: str | None = None) -> Extract:
    path = folder / "stripe.csv"
    rows = (f'cus_{at},2020-01-01 00:00,,"{value}"\n' for at, value in enumerate(values, 1))
    path.write_text("".join([f"id,Created (UTC),{LINK},{label}\n", *rows]))
    keys, declared = ("netsuite_customer_id", "netsuite_block_integration"), Declared(account=account, mode=mode)
    return both_ways(
        lambda disk: read_stripe_export(
            path, since=SINCE, until=UNTIL, metadata_keys=keys, declared=declared, disk=disk
        ),
        folder / "disk",
    )


@pytest.mark.parametrize("label", ["livemode", "Livemode", "live_mode"])
def test_the_mode_of_customers_is_read(label: str, tmp_path: Path) -> None:
    assert read(tmp_path, label, "true", "").frame.get_column("livemode").to_list() == [True, None]
    assert read(tmp_path, label, "f", "FALSE", mode="test").frame.get_column("livemode").to_list() == [False, False]


def test_a_file_of_test_mode_says_so_unless_it_is_meant(tmp_path: Path) -> None:
    [sentence] = read(tmp_path, "livemode", "false", "").warnings
    assert sentence.startswith("The customers are of test mode, as 'livemode' says: nobody of them pays.")
    assert "`mode: test` beside `export`" in sentence
    assert not read(tmp_path, "livemode", "false", mode="test").warnings
    assert not read(tmp_path, "livemode", "true", "").warnings


def test_a_mode_may_be_a_word(tmp_path: Path) -> None:
    assert read(tmp_path, "Mode", "Live", "card").frame.get_column("livemode").to_list() == [True, None]
    with pytest.raises(ExportError, match="test mode and of live mode under 'Mode'"):
        read(tmp_path, "Mode", "Live", "Test mode")


def test_customers_of_two_modes_or_of_another_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"test mode and of live mode under 'livemode', such as cus_1 and cus_3; exp"):
        read(tmp_path, "livemode", "true", "true", "false")
    with pytest.raises(ExportError, match=r"of test mode, and the declaration says `mode: live`, .* such as cus_1; e"):
        read(tmp_path, "livemode", "false", mode="live")


@pytest.mark.parametrize("label", ["account", "merchant_id", "Connected Account ID"])
def test_customers_of_several_accounts_or_of_another_one_are_refused(label: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=rf"of 2 accounts under '{label}', such as cus_1 and cus_2; export and"):
        read(tmp_path, label, "acct_1A", "acct_1B")
    with pytest.raises(ExportError, match=r"another account than acct_1B, which the declaration names, under"):
        read(tmp_path, label, "acct_1A", account="acct_1B")


def test_an_account_that_is_none_of_stripes_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "account", "acct_1A", " acct_1A ", "", account="acct_1A").frame.height == len("123")
    assert read(tmp_path, "Account", "Bee", "Cee", account="acct_1A").frame.height == len("12")


@pytest.mark.parametrize("label", ["metadata", "Metadaten"])
@pytest.mark.parametrize("text", ['{""netsuite_block_integration"": ""true""}', "NetSuite_customer_id=7"])
def test_keys_of_ours_in_one_text_with_others_are_links_that_cannot_be_seen(
    label: str, text: str, tmp_path: Path
) -> None:
    extract = read(tmp_path, label, "{}", text)
    assert extract.link_column == "renamed"
    [sentence] = extract.unseen_links
    assert f"has a column '{label}' with netsuite_… among other keys in one text, which is not read" in sentence


def test_a_text_of_other_keys_hides_nothing(tmp_path: Path) -> None:
    extract = read(tmp_path, "metadata", '{""tier"": ""gold""}')
    assert (extract.link_column, extract.unseen_links) == ("there", ())
