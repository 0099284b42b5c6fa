"""What waits for a person, worked through in a real browser, offline: found, compared, decided, and saved as a file."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
import yaml
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from assets.report.inputs import ReportInputs, Workplace
from assets.report.page import render_report
from tests.assets.report.report_world import matches, review, stripe, world

HOSTILE = "=cmd|'x'</script><script>document.title='x'</script>"
NETSUITE = "https://1234567.app.netsuite.com/app/common/entity/custjob.nl?id="


def _waiting(count: int) -> ReportInputs:
    """Return a world where so many more wait, two in three for a record; `cus_4` has candidates and a hostile name."""
    more = pl.DataFrame({"stripe_customer_id": [f"cus_w{i:05}" for i in range(count)]}).with_columns(
        outcome=pl.Series([("conflict", "ambiguous", "broken")[i % 3] for i in range(count)]),
        reason=pl.Series([f"e-mail equals; {i} other records share it" for i in range(count)]),
        name=pl.Series([f"Waiting {count - i:05}" for i in range(count)]),
        what_to_do=pl.lit("Decide for one candidate (column decision, or job acme_override)."),
    )
    name = pl.when(pl.col("stripe_customer_id") == "cus_4").then(pl.lit(HOSTILE)).otherwise("name")
    told = pl.concat([review().with_columns(name=name), more], how="diagonal")
    candidates = pl.when(pl.col("outcome") == "ambiguous").then(pl.lit("40 41"))
    inputs = world(
        review=told.with_columns(candidate_ids=candidates, decided=pl.lit(None, pl.String)),
        stripe=stripe().with_columns(livemode=pl.col("id") != "cus_6", name=pl.lit("Rëcord 40")),
        matches=matches(),
    )
    return replace(inputs, header=replace(inputs.header, workplace=Workplace(netsuite=NETSUITE)))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("work") / "report.html"
    file.write_text(render_report(_waiting(117)), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A tab of its own, for what decides."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, offline=True)
    page.goto(address)
    yield page
    page.close()


def _shown(page: Page) -> list[str]:
    return page.locator(".work-row code").all_inner_texts()


def _found(page: Page) -> str:
    return page.locator("[data-work=found]").inner_text()


def _choice(page: Page, name: str) -> Locator:
    return page.locator("[data-work=root]").get_by_role("combobox", name=name, exact=True)


def _row(page: Page, customer: str) -> Locator:
    page.get_by_label("Search what waits").fill(customer)
    row = page.locator(".work-row").filter(has=page.get_by_text(customer, exact=True))
    row.get_by_text("Compare and decide").click()
    return row


def _saved(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save decisions as a file").click()
    assert download.value.suggested_filename == "decisions-acme.csv"
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_come_a_page_at_a_time_in_the_order_of_the_review(view: Page) -> None:
    assert _shown(view)[:4] == ["cus_4", "cus_6", "cus_7", "cus_w00000"]
    assert (len(_shown(view)), _found(view)) == (50, "1 to 50 of 120 rows")
    view.get_by_role("button", name="Next").click()
    assert _found(view) == "51 to 100 of 120 rows"
    assert view.evaluate("document.activeElement.dataset.work") == "list"
    view.get_by_role("button", name="Next").click()
    assert (len(_shown(view)), _found(view)) == (20, "101 to 120 of 120 rows")
    assert view.get_by_role("button", name="Next").is_disabled()


def test_rows_are_searched_filtered_and_sorted_by_outcome_and_reason(view: Page) -> None:
    view.get_by_label("Search what waits").fill("WAITING  00003")
    assert (_shown(view), _found(view)) == (["cus_w00114"], "1 to 1 of 1 row, of 120 rows on this page")
    view.get_by_label("Search what waits").fill("")
    _choice(view, "Outcome").select_option("broken")
    assert _found(view) == "1 to 40 of 40 rows, of 120 rows on this page"
    _choice(view, "Order").select_option("name")
    assert _shown(view)[0] == "cus_7"
    assert _shown(view)[1] == "cus_w00116"
    _choice(view, "Why").select_option("e-mail equals; … other records share it")
    assert _found(view) == "1 to 39 of 39 rows, of 120 rows on this page"
    _choice(view, "Outcome").select_option("")
    _choice(view, "Order").select_option("outcome")
    assert view.locator(".work-row .outcome").first.inner_text() == "ambiguous"
    view.get_by_label("Search what waits").fill("nobody of this name")
    assert _found(view) == "No row fits, of 120 rows on this page"


def test_a_pair_stands_side_by_side_with_what_differs_marked(view: Page) -> None:
    pair = _row(view, "cus_w00001").locator(".pairing").first
    assert pair.get_by_role("rowheader").all_inner_texts() == ["Name"]
    assert pair.get_by_role("cell").all_inner_texts() == ["Waiting 00116", "Record 40", "different"]
    assert "".join(pair.get_by_role("cell").nth(1).locator("mark").all_inner_texts()) != ""
    assert pair.get_by_role("link").get_attribute("href") == f"{NETSUITE}40"


def test_names_stay_text(view: Page) -> None:
    assert view.locator(".work-row strong").first.inner_text() == HOSTILE
    assert view.title() == "Reconciliation report: acme"


def test_links_lead_to_the_mode_of_the_customer(view: Page) -> None:
    links = view.locator(".work-row").get_by_role("link").all()
    assert links[0].get_attribute("href") == "https://dashboard.stripe.com/customers/cus_4"
    assert links[1].get_attribute("href") == "https://dashboard.stripe.com/test/customers/cus_6"
    assert {link.get_attribute("rel") for link in links} == {"noopener noreferrer"}


def test_an_id_is_copied_and_that_is_said(view: Page) -> None:
    view.locator(".work-row").get_by_role("button", name="Copy cus_6").click()
    expect(view.locator("#said")).to_have_text("Copied cus_6")
    view.get_by_label("Search what waits").focus()
    view.keyboard.press("Control+V")
    assert view.get_by_label("Search what waits").input_value() == "cus_6"


def test_decisions_are_saved_with_the_columns_of_the_review(page: Page) -> None:
    row = _row(page, "cus_4")
    row.get_by_label("Link to record 41, Record 41").check()
    row.get_by_label("Why").fill("=asked them")
    _row(page, "cus_7").get_by_label("Never link it").check()
    _row(page, "cus_w00002").get_by_label("Later").check()
    _row(page, "cus_w00003").get_by_label("Internal id of another record").fill("4711")
    assert page.locator("[data-work=saved]").inner_text() == "4 decisions, 3 without a reason."
    page.get_by_label("Why, where nothing is said").fill("test, data")
    saved = _saved(page)
    assert [(each["stripe_customer_id"], each["decision"], each["why"]) for each in saved] == [
        ("cus_4", "41", "'=asked them"),
        ("cus_7", "never", "test, data"),
        ("cus_w00002", "later", "test, data"),
        ("cus_w00003", "4711", "test, data"),
    ]
    assert saved[0]["name"] == "'" + HOSTILE
    assert saved[3]["what_to_do"] == "Decide for one candidate (column decision, or job acme_override)."
    page.get_by_label("Search what waits").fill("")
    _choice(page, "Decided").select_option("yes")
    assert _shown(page) == ["cus_4", "cus_7", "cus_w00002", "cus_w00003"]


@pytest.mark.rule("C1")
def test_a_new_record_is_offered_where_one_can_be_made(browser: Browser, tmp_path: Path) -> None:
    inputs, place = _waiting(5), Workplace(creates=("ambiguous",))
    is_held = pl.when(pl.col("stripe_customer_id") == "cus_w00004")
    doubts = is_held.then(pl.lit("chosen_id: the id imported with it is the external id of record 9"))
    inputs = replace(inputs, review=inputs.review.with_columns(doubt=doubts))
    file = tmp_path / "report.html"
    file.write_text(render_report(replace(inputs, header=replace(inputs.header, workplace=place))), encoding="utf-8")
    page = browser.new_page(offline=True)
    page.goto(file.as_uri())
    for who in ("cus_w00000", "cus_w00004"):  # of no such outcome; one whose id a record holds
        assert _row(page, who).get_by_label("Make a new record").count() == 0
    _row(page, "cus_w00001").get_by_label("Make a new record").check()
    [saved] = _saved(page)
    assert (saved["stripe_customer_id"], saved["decision"]) == ("cus_w00001", "create")
    page.close()


def test_a_decision_leads_to_its_form_in_the_ui_filled_in(page: Page) -> None:
    row = _row(page, "cus_4")
    form = row.get_by_role("link", name="The form in the UI that records the decision on cus_4")
    expect(form).to_be_hidden()
    row.get_by_label("Link to record 41, Record 41").check()
    row.get_by_label("Why").fill('"$&" # they: said {record}')
    expect(form).to_be_visible()
    [config] = parse_qs(urlsplit(form.get_attribute("href") or "").query)["config"]
    filled_in = yaml.safe_load(config)["ops"]["acme__decide"]["config"]
    assert filled_in == {"customer": "cus_4", "record": "41", "who": None, "why": '"$&" # they: said {record}'}
    row.get_by_label("Why").fill(" ")
    [config] = parse_qs(urlsplit(form.get_attribute("href") or "").query)["config"]
    assert yaml.safe_load(config)["ops"]["acme__decide"]["config"]["why"] is None, "so that the form asks for it"
    row.get_by_label("Later").check()
    expect(form).to_be_hidden()


def test_a_decision_is_made_and_taken_back_by_keyboard_alone(page: Page) -> None:
    page.get_by_label("Search what waits").fill("cus_w00001")
    page.locator(".work-row summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Not decided").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.locator(".ticked").inner_text() == "✓ never"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("[data-work=saved]").inner_text() == "Nothing is decided yet."
    assert page.get_by_role("button", name="Save decisions as a file").is_disabled()


def test_what_is_no_internal_id_is_no_decision(page: Page) -> None:
    row = _row(page, "cus_w00002")
    row.get_by_label("Internal id of another record").fill("4.93E+11")
    assert row.get_by_role("alert").inner_text() == "An internal id is a whole number, without anything else."
    assert page.locator("[data-work=saved]").inner_text() == "Nothing is decided yet."


def test_ticks_outlive_a_reload_and_no_tab(page: Page, browser: Browser, address: str) -> None:
    _row(page, "cus_w00002").get_by_label("Never link it").check()
    _saved(page)  # else the browser asks before it leaves
    page.reload()
    assert page.locator("[data-work=saved]").inner_text() == "1 decision, 1 without a reason."
    other = browser.new_page(offline=True)
    other.goto(address)
    assert other.locator("[data-work=saved]").inner_text() == "Nothing is decided yet."
    other.close()


def test_leaving_with_unsaved_decisions_is_asked_about(page: Page, address: str) -> None:
    _row(page, "cus_w00002").get_by_label("Later").check()
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.goto(address)
    assert asked == ["beforeunload"]


def test_on_paper_every_row_is_there(view: Page) -> None:
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert (len(_shown(view)), _found(view)) == (120, "120 rows")
    view.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(_shown(view)) == 50


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_an_opened_row_scrolls_nothing_sideways(tab: Page, address: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(address)
    for summary in tab.locator(".work-row summary").all()[:5]:
        summary.click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_of_fifty_thousand_rows_a_page_is_in_the_document(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render_report(_waiting(50_000)), encoding="utf-8")
    assert file.stat().st_size < 20_000_000
    page = browser.new_page(offline=True)
    page.goto(file.as_uri())
    assert _found(page) == "1 to 50 of 50,000 rows"
    assert "On this page are 50,000 of 50,003 rows, the urgent first." in page.locator("main").inner_text()
    page.get_by_label("Search what waits").fill("cus_w49996")
    assert _shown(page) == ["cus_w49996"]
    page.close()
