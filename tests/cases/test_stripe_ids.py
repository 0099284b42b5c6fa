"""What stands under `id` and is none: refused with its line, before it is written into NetSuite as a customer's."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from resources.exports.stripe import read_stripe_export
from resources.extracts.extract import Extract
from schemas.errors import ExportError

pytestmark = pytest.mark.rule("X17")

SINCE, UNTIL = datetime(2011, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def ids_of(folder: Path, *rows: str) -> list[str]:
    return extract_of(folder, *rows).frame.get_column("id").to_list()


def extract_of(folder: Path, *rows: str) -> Extract:
    path = folder / "stripe.csv"
    path.write_text("\n".join(["id,Email,Created (UTC)", "cus_Z9,z@z.example,2026-09-03 10:15", *rows, ""]))
    return read_stripe_export(path, since=SINCE, until=UNTIL, metadata_keys=())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#N/A", "stands for nothing"),
        ("undefined", "stands for nothing"),
        ("1.23E+05", "a number that a spreadsheet has rewritten"),
        ("https://dashboard.stripe.com/customers/cus_A1", "an address; write the id alone"),
        ("acct_1/customers/cus_A1", "an address; write the id alone"),
        ("'cus_A1", "an id with other text"),
        ("cus_A1 (old)", "an id with other text"),
        ('"cus_A1,cus_B2"', "more than one id"),
        ("cus_A1;cus_B2", "more than one id"),
        ("\u0441us_A1", "letters that only look like those of an id"),
        ("cus_\u04101", "letters that only look like those of an id"),
        ("cus\uff3fA1", "letters that only look like those of an id"),
        ("cus A1", "an id that was torn, doubled or rewritten"),
        ("CUS\nA1", "an id that was torn, doubled or rewritten"),
        ("cus_cus_A1", "an id that was torn, doubled or rewritten"),
        ("CUS_NFFRFEUFNV2HIB", "an id that was torn, doubled or rewritten"),
        ("sub_1Nx", "the id of a subscription, a charge or the like"),
        ("ch_3MmlLrLkdIwHu7ix0", "the id of a subscription, a charge or the like"),
    ],
)
def test_what_is_no_id_is_refused_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    quoted = f'"{text}"' if "\n" in text else text
    with pytest.raises(ExportError, match=rf"^Line 3 of .*stripe\.csv has .* under 'id', .*{says}"):
        ids_of(tmp_path, f"{quoted},a@one.example,2026-09-03 10:15")


def test_other_rows_are_counted(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"Line 3 .*'#N/A' under 'id' \(1 other rows likewise\), which stands for"):
        ids_of(tmp_path, *["#N/A,a@one.example,2026-09-03 10:15"] * 2)


@pytest.mark.parametrize("text", ["1001", "paid", "user-12", "ch_12", "12E5", "CUS_A1", "gcus_1", "a.b@c", "cus_A1-x"])
def test_ids_that_an_import_may_have_chosen_are_read(text: str, tmp_path: Path) -> None:
    assert text in ids_of(tmp_path, f"{text},a@one.example,2026-09-03 10:15")


def test_a_remark_below_the_list_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"Line 3 of .* has nothing but a text under 'id', as a remark or a totals"):
        ids_of(tmp_path, "Generated 2026-09-03,,")


@pytest.mark.parametrize("text", ["CUS_A1", "Cus_A1", "cus-A1", "CUS-1001", "NffrFeUfNV2Hib"])
def test_an_id_that_is_nearly_one_of_stripes_is_read_and_said(text: str, tmp_path: Path) -> None:
    [sentence] = extract_of(tmp_path, f"{text},a@one.example,2026-09-03 10:15").warnings
    assert sentence.startswith(f"1 id under 'id' is nearly one of Stripe's, such as {text!r}: if it was not chosen so")


@pytest.mark.parametrize("text", ["1001", "paid", "customer12", "cus_A1-x", "ACMEHOLDINGLTD", "0015g00000XyZab", "c1"])
def test_an_id_that_is_like_none_of_stripes_is_read_without_a_word(text: str, tmp_path: Path) -> None:
    assert not extract_of(tmp_path, f"{text},a@one.example,2026-09-03 10:15").warnings


def test_ids_whose_letters_were_made_small_are_said(tmp_path: Path) -> None:
    lower = [f"cus_nffrfeufnv2hi{at},,2026-09-03 10:15" for at in "abc"]
    [sentence] = extract_of(tmp_path, *lower).warnings
    assert sentence.startswith("Most ids under 'id' have no capital letter, such as 'cus_nffrfeufnv2hia'")
    assert not extract_of(tmp_path, *lower[1:]).warnings
    others = (f"cus_NffrFeUfNV2Hi{at},,2026-09-03 10:15" for at in "abc")
    assert not extract_of(tmp_path, *lower, *others).warnings
