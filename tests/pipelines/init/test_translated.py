"""A Stripe export whose labels a person has translated: known by its words and its values, and read as declared."""

from pathlib import Path

import pytest

from resources.exports.file import Declared
from resources.exports.stripe import read_stripe_export
from schemas.errors import ExportError, UserError
from tests.pipelines.init.two_exports import NETSUITE, STRIPE, declared, write
from tests.resources.exports.test_stripe import SINCE, UNTIL

ROWS = STRIPE.partition("\n")[2]
LABELS = {
    "German": "Kunden-ID,E-Mail,Kundenname,Erstellt (UTC),netsuite_customer_id (Metadaten)",
    "French": "ID client,Adresse e-mail,Nom,Date de création (UTC),netsuite_customer_id (métadonnées)",
    "Spanish": "ID de cliente,Correo electrónico,Nombre,Creado (UTC),netsuite_customer_id (metadatos)",
    "Japanese": "顧客ID,メールアドレス,名前,作成日時,netsuite_customer_id（メタデータ）",
}


@pytest.mark.rule("X13")
@pytest.mark.parametrize("language", LABELS)
def test_labels_that_a_person_translated_are_declared_and_read(tmp_path: Path, language: str) -> None:
    written = write(tmp_path, f"{LABELS[language]}\n{ROWS}")
    assert "stripe.csv: 3 Stripe customers." in written.counted
    found = declared(written.file)
    names = ("id", "email", "name", "created", "metadata.netsuite_customer_id")
    assert found.stripe.labels == dict(zip(names, LABELS[language].split(","), strict=True))
    assert found.stripe.since == "2026-06"
    assert [rule.stripe for rule in found.rules] == [["email"], ["name"]]
    assert (written.recognized.notes, written.questions) == ([], ())


@pytest.mark.rule("X13")
def test_labels_that_say_nothing_are_known_by_what_stands_below_and_the_rest_is_asked_for(tmp_path: Path) -> None:
    written = write(tmp_path, f"A,B,C,D,E\n{ROWS}")
    assert declared(written.file).stripe.labels == {"id": "A", "created": "D", "email": "B"}
    assert written.recognized.notes == [
        "No column of stripe.csv is known to be name; if one of these is, say so as COLUMNS='stripe.name=…': C, E."
    ]


@pytest.mark.rule("X13")
@pytest.mark.parametrize(("label", "end"), [("created", ""), ("created_at", "000"), ("Created", ".0")])
def test_seconds_since_1970_are_taken_for_moments_where_the_label_says_so(tmp_path: Path, label: str, end: str) -> None:
    rows = f"cus_1,ap@acme.example,4155550101,1780272000{end}\ncus_2,pay@bee.example,4155550102,1783000000{end}\n"
    found = declared(write(tmp_path, f"id,email,name,{label}\n{rows}").file)
    assert (found.stripe.labels["created"], found.stripe.dates, found.stripe.since) == (label, "epoch", "2026-06")
    (tmp_path / "others").mkdir()
    with pytest.raises(UserError, match=r"no column 'Created \(UTC\)'"):
        write(tmp_path / "others", f"id,email,name,number\n{rows}")


def test_a_person_says_which_column_of_stripes_file_is_which(tmp_path: Path) -> None:
    columns = {"stripe.name": "C", "stripe.metadata.netsuite_customer_id": "E", "city": "Phone"}
    written = write(tmp_path, f"A,B,C,D,E\n{ROWS}", columns=columns)
    found = declared(written.file)
    assert found.stripe.labels == {
        "name": "C", "metadata.netsuite_customer_id": "E", "id": "A", "created": "D", "email": "B",
    }  # fmt: skip
    assert found.netsuite_fields["city"] == "Phone"
    assert (written.recognized.notes, written.questions) == ([], ())


def test_what_a_person_says_is_a_column_of_that_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no column 'Z' of that label alone, which COLUMNS names for stripe"):
        write(tmp_path, f"A,B,C,D,E\n{ROWS}", columns={"stripe.name": "Z"})


def test_the_usual_labels_are_not_declared(tmp_path: Path) -> None:
    assert declared(write(tmp_path).file).stripe.labels == {}


def test_translated_files_that_are_swapped_or_of_payments_are_refused(tmp_path: Path) -> None:
    german = f"{LABELS['German']}\n{ROWS}"
    with pytest.raises(UserError, match="is a Stripe customer export, not a NetSuite saved search; swap the two files"):
        write(tmp_path, NETSUITE, german)
    payments = "id,Kunden-ID,Erstellt (UTC)\nch_1,cus_1,2026-06-13 00:00\nch_2,cus_1,2026-06-14 00:00\n"
    with pytest.raises(UserError, match="is an export of payments, invoices or the like"):
        write(tmp_path, payments)


def test_a_file_is_read_by_the_labels_that_are_declared_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "stripe.csv"
    file.write_text("Nr,E-Mail,Email,Erstellt (Europe/Berlin),Name\ncus_1,a@a.example,old,2026-07-01 01:30,Acme\n")
    labels = {"id": "Nr", "email": "E-Mail", "created": "Erstellt (Europe/Berlin)"}
    found = read_stripe_export(
        file, since=SINCE, until=UNTIL, metadata_keys=(), declared=Declared(dates="local", labels=labels)
    ).frame
    assert found.select("id", "email", "name").rows() == [("cus_1", "a@a.example", "Acme")]
    assert f"{found['created'][0]:%Y-%m-%d %H:%M}" == "2026-06-30 23:30"
    with pytest.raises(ExportError, match=r"no column 'Mail', which stripe\.labels names; its columns are: Nr, E-Mail"):
        read_stripe_export(
            file, since=SINCE, until=UNTIL, metadata_keys=(), declared=Declared(labels={**labels, "email": "Mail"})
        )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("cus_2,,,9/31/26,", "cus_2 has no date of the form .* under 'Erstellt .UTC.'"),
        ("sub_1Nx,,,2026-07-31 23:59,", "Line 3 of .* has 'sub_1Nx' under 'Kunden-ID'"),
        ("Kunden-ID,E-Mail,Kundenname,Erstellt (UTC),x", "Line 3 of .* is a second line of labels"),
        ("Bericht,,,,", "Line 3 of .* has nothing but a text under 'Kunden-ID'"),
    ],
)
def test_a_row_that_is_refused_is_told_by_the_labels_of_the_file(tmp_path: Path, row: str, said: str) -> None:
    rows = f"{ROWS.splitlines()[0]}\n{row}\n"
    with pytest.raises(UserError, match=said):
        write(
            tmp_path,
            f"{LABELS['German']}\n{rows}",
            columns={"stripe.id": "Kunden-ID", "stripe.created": "Erstellt (UTC)"},
        )
