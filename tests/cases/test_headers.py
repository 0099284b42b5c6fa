"""Labels, titles and totals: found as a person sees them, or the sentence names what stands in their place."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from resources.exports.stripe import check_stripe_export
from schemas.errors import ExportError
from tests.cases.running import planned, reported

pytestmark = pytest.mark.rule("X17")


@pytest.mark.parametrize("name", ["label_at", "label_cus", "wide", "hdr_nbsp"])
def test_a_label_may_look_like_data_or_have_odd_blanks_and_there_may_be_thousands(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.records == {"A1": 11}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("hdr_case", "Did you mean 'Internal Id'?"),
        (
            "label_comma",
            "input should be a valid string, and is nothing; write a text with : # or , in quotes",
        ),
        (
            "label_colon",
            "line 8: this is not YAML (mapping values are not allowed here); write a text with a colon in quotes",
        ),
        ("label_hash", "write the label in quotes, 'CRM #'"),
        ("title_rows", "begins with title lines: its column labels are in line 5"),
        ("concat", "Line 3 of {folder}/stripe.csv is a second line of labels: two exports were joined"),
        (
            "totals_first",
            "netsuite.csv is a totals row (take the line or the summary of the search out): it has 'Overall Total'",
        ),
        ("totals_last", "Line 3 of {folder}/netsuite.csv has nothing (a totals row"),
        ("total_stripe", "Line 3 of {folder}/stripe.csv is a totals row: it has 'Total'"),
        ("cust_id_label", "is an export of payments, invoices or the like"),
    ],
)
def test_a_refusal_names_the_true_cause(name: str, says: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert says.format(folder=tmp_path / name) in case.refusal


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (
            "Kunden-ID,Email,Created (UTC)",
            "or, if it is 'Kunden-ID', write `labels: {id: 'Kunden-ID'}` beside `export`",
        ),
        (
            "id,Email,Erstellt (UTC)",
            "or, if it is 'Erstellt (UTC)', write `labels: {created: 'Erstellt (UTC)'}` beside",
        ),
        ("id,Email,Created date (UTC)", "write `labels: {created: 'Created date (UTC)'}` beside `export`"),
        ("id,Email,created_at", "write `labels: {created: 'created_at'}` beside `export`"),
        (
            "id,E-Mail,Created (UTC)",
            "or take the rule out, or, if it is 'E-Mail', write `labels: {email: 'E-Mail'}` besid",
        ),
    ],
)
def test_a_label_that_may_be_meant_is_shown_with_the_way_to_declare_it(labels: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "stripe.csv"
    path.write_text(f"{labels}\n")
    with pytest.raises(ExportError) as refused:
        check_stripe_export(path, metadata_keys=(), required=["email"])
    assert says in str(refused.value)


def test_metadata_beyond_the_64th_kilobyte_of_the_labels_holds_a_customer_back(tmp_path: Path) -> None:
    with planned("wide", tmp_path) as case:
        assert case.site is not None
        source = tmp_path / "wide" / "stripe.csv"
        labels, row = source.read_text().splitlines()
        source.write_text(f"{labels},netsuite_block_integration (metadata)\n{row},true\n")
        assert case.site.up_to("write_plan").success
        assert case.outcomes == {"A1": "held"}


def test_a_link_that_is_no_plain_number_says_so(tmp_path: Path) -> None:
    with reported("meta_forms", tmp_path) as case:
        written = (
            "a number with separators, decimals, exponent, apostrophe or leading zeros: write the internal id alone"
        )
        reasons = {
            key: case.waiting[key].removeprefix("metadata: netsuite_customer_id ")
            for key in ("A1", "B2", "C3", "E5", "F6", "G7")
        }
        assert [reasons[key] for key in ("A1", "B2", "E5", "G7")] == [
            f"is {text}, {written}" for text in ("99.0", "1,234", "'99", "0099")
        ]
        assert reasons["C3"].startswith("is an address: write the internal id alone")
        assert reasons["F6"].endswith("a whole number without anything else")


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ("Internal ID^Email^Company Name", "has '^' between its labels in line 1, which separate no columns"),
        ("Internal ID\x1fEmail\x1fCompany Name", r"has '\x1f' between its labels"),
        ("Internal ID^E-mail^Company", "has '^' between its labels in line 1"),
        ("Internal ID (old)", "has no column 'Internal ID'"),
        ("Internal ID ~ Email ~ Company Name", "has ' ~ ' between its labels"),
        ("Internal ID    Email    Company Name", "has blanks between its labels"),
        ("'Internal ID','Email','Company Name'", "has its labels in quotes of another kind (')"),
        ("Internal ID,Email / Company Name", "has no column 'Email', 'Company Name'"),
    ],
)
def test_labels_that_are_parted_or_quoted_in_another_way_are_told_so(labels: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_text(f"{labels}\n1,a@a.example,A\n")
    fields = {"internal_id": "Internal ID", "email": "Email", "company_name": "Company Name"}
    with pytest.raises(ExportError) as error:
        read_netsuite_export(path, fields)
    assert says in str(error.value)
