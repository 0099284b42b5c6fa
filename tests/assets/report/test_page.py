"""The page as text: complete, self-contained, safe against what names contain, and small."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from assets.report import wording
from assets.report.inputs import Check, ReportInputs
from assets.report.page import render_report
from tests.assets.report.report_world import HEADER, empty_world, matches, plan, review, stripe, world

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)> & \'Sons\' {{ 7*7 }} </style> "'


class _Page(HTMLParser):
    """Collects the tags, the attributes, and the text outside of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] not in {"script", "style"}:
            self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


@pytest.fixture(scope="module")
def html() -> str:
    return render_report(world())


@pytest.fixture(scope="module")
def page(html: str) -> _Page:
    return _Page(html)


def test_headline_says_how_many_tie_out_and_how_many_wait(page: _Page) -> None:
    assert "3 of 8 customers tie out once the plan is applied" in page.words
    assert "3 customers wait for a person." in page.words


def test_header_names_the_run(page: _Page) -> None:
    for words in ("acme", "04 March 2026, 05:06 UTC", "stripe.csv", "netsuite.csv", "0123456789abcdef"):
        assert words in page.words


def test_missing_months_are_said(page: _Page) -> None:
    assert "The picture is incomplete. 1 month of Stripe customers has not been loaded: 2024-03." in page.words


@pytest.mark.rule("W5")
def test_customers_without_a_trace_are_said(page: _Page) -> None:
    assert HEADER.traces in page.words


def test_checks_tell_a_failure_from_something_worth_a_look(page: _Page) -> None:
    assert "Unique ids passed" in page.words
    assert "Email form worth a look" in page.words
    assert "Sum of outcomes failed" in page.words
    assert page.words.index("Sum of outcomes failed") < page.words.index("Email form worth a look")
    assert "1 check passed" in page.words
    assert "stripe 1,234" in page.words


def test_files_are_listed_with_what_they_hold(page: _Page) -> None:
    assert "netsuite_import_2.csv for NetSuite's CSV Import Assistant" in page.words


def test_every_reason_is_on_the_page(page: _Page) -> None:
    assert all(reason in page.words for reason in matches()["reason"])


def test_page_refers_to_nothing_outside(html: str, page: _Page) -> None:
    assert not {"iframe", "object", "embed", "img", "base"} & set(page.tags)
    references = [value for name, value in page.attributes if name in {"src", "href", "action", "xlink:href"}]
    there = ("#", "data:", "https://dashboard.stripe.com/customers/cus_")  # to be followed by a person, never loaded
    assert all(value and value.startswith(there) for value in references)
    assert not re.search(r"@import|url\(", html)


def test_ids_are_unique_and_labels_point_to_them(page: _Page) -> None:
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value for name, value in page.attributes if name == "aria-labelledby"} <= set(ids)


def test_foreign_text_stays_text() -> None:
    hostile = pl.lit(HOSTILE)
    clean = _Page(render_report(world()))
    page = _Page(
        render_report(
            world(
                stripe=stripe().with_columns(name=hostile, email=hostile),
                matches=matches().with_columns(reason=hostile),
                plan=plan().with_columns(old_value=hostile, reason=hostile),
                review=review().with_columns(name=hostile, reason=hostile, what_to_do=hostile),
            )
        )
    )
    assert page.tags.count("script") == clean.tags.count("script") == 2
    assert "img" not in page.tags
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert HOSTILE in page.text


def test_an_appended_text_leaves_the_old_one_and_a_set_one_replaces_it(html: str) -> None:
    assert "<span>Net 30.</span><ins>cus_3</ins>" in html
    assert "<del>" not in html
    replaced = render_report(world(plan=plan().with_columns(old_value=pl.lit("10"), action=pl.lit("set"))))
    assert "<del>10</del><ins>20</ins>" in replaced


def test_an_empty_world_makes_a_page() -> None:
    words = _Page(render_report(empty_world())).words
    assert "0 of 0 customers tie out" in words
    assert "The plan is empty" in words
    assert "Nothing waits for a person." in words


def test_when_nothing_is_planned_the_headline_speaks_of_today() -> None:
    words = _Page(render_report(world(plan=plan().clear()))).words
    assert "2 of 8 customers tie out That is" in words


def test_page_of_a_large_run_stays_small() -> None:
    many = _large_world(20_000)
    html = render_report(many)
    assert len(html.encode()) < 2_000_000
    assert "Shown are 500 of 20,000 rows" in _Page(html).words


def test_same_inputs_make_the_same_page(html: str) -> None:
    assert render_report(world()) == html


def _large_world(count: int) -> ReportInputs:
    ids = pl.DataFrame({"stripe_customer_id": [f"cus_{i}" for i in range(count)]})
    reason = pl.lit("very long words " * 40)
    return world(
        matches=ids.join(matches().drop("stripe_customer_id").head(1), how="cross").with_columns(reason=reason),
        review=ids.join(review().drop("stripe_customer_id").head(1), how="cross").with_columns(reason=reason),
        plan=ids.join(plan().drop("stripe_customer_id").head(1), how="cross").with_columns(old_value=reason),
    )


def test_kinds_of_which_a_check_found_none_are_named_in_a_line() -> None:
    counts = {"doubt/twin": 1200, "doubt/near_key": 0, "doubt/chosen_id": 0, "reading/parts": 0, "found": 0, "of": 8}
    check = Check("evidence_agrees", passed=False, severity="WARN", description="It agrees.", counts=counts)
    words = _Page(render_report(replace(world(), checks=(check,)))).words
    said = words[words.index("It agrees.") :]
    assert said.startswith(
        "It agrees. doubt twin 1,200 found 0 of 8 doubt, none of: chosen id, near key reading, none of: parts"
    )


def test_each_file_is_described_as_what_it_is() -> None:
    """One name may begin like another."""
    assert "whole new comments" in wording.file("netsuite_import_comments.csv")
    assert wording.file("netsuite_import_2.csv") == wording.file("netsuite_import.csv")
    assert "no Stripe customer" in wording.file("netsuite_unmatched.csv")
    assert wording.file("notes_of_mine.csv") == ""


def test_what_to_know_before_importing_is_a_list_of_its_own() -> None:
    inputs = world()
    notes = ("Made of what is old.", "Read <first>.")
    page = render_report(replace(inputs, header=replace(inputs.header, import_notes=notes, netsuite_unmatched=2)))
    assert "<li>Made of what is old.</li><li>Read &lt;first&gt;.</li>" in page
    assert "2 NetSuite customers without a Stripe customer" in page
    assert "Before you import" not in render_report(inputs)
