"""A declaration is written from two files, says why beside every line, and is the one that a person would write."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from schemas.errors import UserError
from tests.pipelines.init.two_exports import NETSUITE, STRIPE, declared, write
from tests.reconciling import CHECKOUT

FIELDS = {
    "internal_id": "Internal ID",
    "external_id": "External ID",
    "comments": "Comments",
    "email": "Email",
    "company_name": "Company Name",
    "phone": "Phone",
    "stage": "Stage",
    "inactive": "Inactive",
}


@pytest.mark.rule("X13")
def test_a_declaration_holds_back_what_is_several_or_doubted_and_names_what_both_files_have(tmp_path: Path) -> None:
    found = declared(write(tmp_path).file)
    assert found.netsuite_fields == FIELDS
    assert [(rule.stripe, rule.netsuite) for rule in found.rules] == [
        (["email"], ["email"]),
        (["name"], ["company_name"]),
    ]
    assert (found.on_several, found.on_doubt, found.writes.mode) == ("refuse", "refuse", "review")
    assert found.stripe.export == ["stripe.csv"]
    assert found.stripe.since == "2026-06"


@pytest.mark.rule("X13")
@pytest.mark.parametrize(
    ("folder", "labels", "encoding"),
    [
        ("german", ["Interne ID", "E-Mail", "Firmenname", "Phase", "Inaktiv"], "cp1252"),
        ("japanese", ["内部ID", "電子メール", "会社名", "ステージ", "無効"], "cp932"),
    ],
)
def test_labels_of_other_languages_and_files_of_other_encodings_are_recognised(
    tmp_path: Path, folder: str, labels: list[str], encoding: str
) -> None:
    examples = CHECKOUT / "examples" / folder
    written = write(tmp_path, (examples / "stripe.csv").read_bytes(), (examples / "netsuite.csv").read_bytes())
    found = declared(written.file)
    names = ("internal_id", "email", "company_name", "stage", "inactive")
    assert [found.netsuite_fields[name] for name in names] == labels
    assert found.netsuite.encoding == encoding
    assert (written.recognized.open, written.recognized.notes, written.questions) == ([], [], ())


def test_an_address_of_another_record_is_taken_for_the_customers_own_only_if_a_person_says_so(tmp_path: Path) -> None:
    written = write(tmp_path, netsuite=NETSUITE.replace(",Email,", ",Sales Rep : Email,"))
    [asked] = written.recognized.open
    assert (asked.field, asked.labels) == ("email", ("Sales Rep : Email",))
    assert asked.why == "its values are e-mail addresses, and its label, with ':', says that they are another record's"
    assert "email" not in declared(written.file).netsuite_fields


def test_every_field_says_why_it_was_taken(tmp_path: Path) -> None:
    lines = write(tmp_path).file.read_text("utf-8").splitlines()
    fields = [line for line in lines if line.strip().partition(":")[0] in FIELDS]
    assert len(fields) == len(FIELDS)
    assert all("# by its label (English)" in line for line in fields)


@pytest.mark.parametrize(
    ("before", "after", "field", "label"),
    [
        ("Email", "Kontakt", "email", "Kontakt"),
        ("Stage", "Zustand", "stage", "Zustand"),
        ("External ID", "Altes System", "stripe_id", "Altes System"),
    ],
)
def test_columns_of_unknown_labels_are_recognised_by_their_values(
    tmp_path: Path, before: str, after: str, field: str, label: str
) -> None:
    found = declared(write(tmp_path, netsuite=NETSUITE.replace(before, after, 1)).file)
    assert found.netsuite_fields[field] == label


def test_a_name_of_an_unknown_label_is_recognised_by_the_names_of_stripe(tmp_path: Path) -> None:
    same = STRIPE.replace(",Cee,", ",Lead,")
    written = write(tmp_path, same, NETSUITE.replace("Company Name", "Kontoinhaber"))
    assert written.recognized.labels["company_name"] == "Kontoinhaber"
    [taken] = [each for each in written.recognized.taken if each.field == "company_name"]
    assert taken.why == "3 of its values are in Stripe's column 'Name'"


def test_a_label_is_not_believed_against_its_values(tmp_path: Path) -> None:
    written = write(
        tmp_path, netsuite=NETSUITE.replace("Lead,No", "Lead,1 May").replace("Customer,No", "Customer,2 May")
    )
    assert "inactive" not in declared(written.file).netsuite_fields
    assert written.recognized.notes == [
        "'Inactive' was not taken for inactive, as its label says: its words are neither yes nor no."
    ]


def test_netsuites_own_names_are_compared_without_their_number(tmp_path: Path) -> None:
    numbered = (
        NETSUITE.replace("Company Name", "Name").replace(",Acme,", ",CUST1 Acme,").replace(",Bee,", ",CUST2 Bee,")
    )
    found = declared(write(tmp_path, netsuite=numbered).file)
    assert found.netsuite_fields["name"] == "Name"
    assert [rule.kind for rule in found.rules] == ["text", "netsuite_name"]


TWO = NETSUITE.replace("Phone", "Bemerkung").replace(",,Customer", ",x,Customer")


def test_of_two_columns_that_may_be_a_link_none_is_taken_and_the_file_asks(tmp_path: Path) -> None:
    written = write(tmp_path, netsuite=TWO)
    assert "comments" not in declared(written.file).netsuite_fields
    text = written.file.read_text("utf-8")
    assert "# QUESTION: which column is comments: Comments or Bemerkung (each has a label that says so)?" in text
    assert "\n    # comments: Comments\n" in text


def test_at_a_terminal_a_person_is_asked_and_the_answer_is_taken(tmp_path: Path) -> None:
    asked = []

    def ask(question: str, answers: Sequence[str]) -> str | None:
        asked.append(question)
        return answers[1]

    found = declared(write(tmp_path, netsuite=TWO, ask=ask).file)
    assert found.netsuite_fields["comments"] == "Bemerkung"
    assert len(asked) == 1


def test_words_that_are_in_no_list_are_asked_for_and_declared(tmp_path: Path) -> None:
    odd = NETSUITE.replace("9,,,pay@lead.example,Lead,,Lead", "9,,,pay@lead.example,Lead,,Altbestand")
    asked = write(tmp_path, netsuite=odd)
    assert asked.questions == (
        "stage has words that are in no list: 'Altbestand' (1 row); say in the declaration what they mean.",
    )
    assert "# stage_words: {customer: [Altbestand]}" in asked.file.read_text("utf-8")
    asked.file.unlink()
    asked.file.parent.rmdir()
    told = write(tmp_path, netsuite=odd, ask=lambda _, answers: answers[1])
    assert told.questions == ()
    assert declared(told.file).stage_words.lead == ["Altbestand"]


def test_words_that_nobody_knows_under_a_label_that_is_known_are_asked_for_and_not_left_out(tmp_path: Path) -> None:
    odd = (
        NETSUITE.replace(",Customer,", ",Klientas,")
        .replace(",Lead,,Lead,", ",Lead,,Galimas,")
        .replace(",No", ",Veikia")
    )
    written = write(tmp_path, netsuite=odd)
    assert [question.partition(" (")[0] for question in written.questions] == [
        "stage has words that are in no list: 'Klientas'",
        "inactive has words that are in no list: 'Veikia'",
    ]
    text = written.file.read_text("utf-8")
    assert "stage: Stage # by its label (English); its words are in no list" in text
    assert "inactive: Inactive # by its label (English); its words are in no list" in text


def test_links_that_cannot_be_seen_are_a_question_and_a_person_can_say_that_there_are_none(tmp_path: Path) -> None:
    unseen = "\n".join(line.rpartition(",")[0] for line in STRIPE.splitlines()) + "\n"
    written = write(tmp_path, unseen)
    assert declared(written.file).links_visible
    assert "# links_visible: false" in written.file.read_text("utf-8")
    assert "has no column of the metadata key netsuite_customer_id" in written.questions[0]
    written.file.unlink()
    written.file.parent.rmdir()
    assert not declared(write(tmp_path, unseen, ask=lambda _, answers: answers[0]).file).links_visible


def test_what_a_person_says_beforehand_goes_before_labels(tmp_path: Path) -> None:
    said = {"comments": "Bemerkung", "region": "Email"}
    found = declared(write(tmp_path, netsuite=TWO, columns=said).file)
    assert {name: found.netsuite_fields[name] for name in said} == said
    assert "email" not in found.netsuite_fields


def test_columns_that_nobody_knows_stand_as_remarks_that_load_when_the_sign_is_taken_away(tmp_path: Path) -> None:
    odd = NETSUITE.replace("Phone", "'Größe: [klein], #2'")
    written = write(tmp_path, netsuite=odd.replace("'Größe: [klein], #2'", '"Größe: [klein], #2"'))
    line = next(line for line in written.file.read_text("utf-8").splitlines() if "klein" in line)
    assert yaml.safe_load(line.strip().removeprefix("# ")) == {"gr_e_klein_2": "Größe: [klein], #2"}


def test_a_declaration_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    first = write(tmp_path).file
    before = first.read_bytes()
    with pytest.raises(
        UserError, match=r"There is a declaration 'acme' already, in .*; take another NAME, or remove it"
    ):
        write(tmp_path, netsuite=TWO)
    assert first.read_bytes() == before


def test_a_subsidiary_that_imports_may_need_is_pointed_at_where_it_stands_unused(tmp_path: Path) -> None:
    netsuite = NETSUITE.splitlines()
    widened = "\n".join([f"{netsuite[0]},Subsidiary", *(f"{row},Parent : UK" for row in netsuite[1:])])
    text = write(tmp_path, STRIPE, f"{widened}\n").file.read_text("utf-8")
    assert "in a rule, or to have it in the import files (subsidiary), take away the # before it:\n" in text
    assert "    # subsidiary: Subsidiary\n" in text
