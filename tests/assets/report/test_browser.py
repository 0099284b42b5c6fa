"""The page in a real browser, offline: it opens without a request or a complaint, searches, and fits a phone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page

from assets.advice.advice import Advice
from assets.next_step.next_step import NextStep
from assets.next_step.shown import section
from assets.next_step.standing import Standing
from assets.plan_history import PlanMade, PlanNumbers
from assets.report.advice_page import render_advice
from assets.report.inputs import FieldProgress
from assets.report.page import render_report
from tests.assets.report.report_world import HEADER, matches, stripe, world

SCHEMES = ("light", "dark")
MADE = PlanMade("a" * 64, datetime(2026, 9, 3, tzinfo=UTC), "run", PlanNumbers(changes=12))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report on sixty customers, one of them with a hostile and very long name."""
    extra = [f"cus_x{i:02}" for i in range(52)]
    copies = pl.DataFrame({"stripe_customer_id": extra}).join(matches().head(1).drop("stripe_customer_id"), how="cross")
    people = pl.DataFrame({"id": extra}).join(stripe().head(1).drop("id"), how="cross")
    hostile = pl.when(pl.col("id") == "cus_3").then(pl.lit("<script>document.title='x'</script>" + "W" * 300))
    inputs = world(
        matches=matches().vstack(copies.select(matches().columns)),
        stripe=stripe().vstack(people.select(stripe().columns)).with_columns(name=hostile.otherwise("name")),
        header=replace(
            HEADER,
            previous_plan="a" * 64,
            progress=[
                FieldProgress("netsuite", field, 1, 2, 3, ("10412", "10413")) for field in ("stripe_id", "comments")
            ],
            next_step=section(
                NextStep("acme", Standing(MADE), 3, is_by_hand=True, results=f"/home/{'folder' * 9}/out")
            ),
        ),
    )
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_report(inputs), encoding="utf-8")
    return file.as_uri()


def _visible(page: Page, table: str) -> list[str]:
    return page.locator(f"#{table} tbody tr:visible td:first-child code").all_inner_texts()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_opens_offline_without_a_request_or_a_complaint(browser: Browser, address: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address, wait_until="load")
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [address]
    assert page.title() == "Reconciliation report: acme"
    page.close()


def test_search_narrows_the_table_whatever_the_case_and_spaces(view: Page) -> None:
    view.locator('[data-search="matches"]').fill("COMPANY  cus_5")
    assert _visible(view, "matches") == ["cus_5"]
    assert view.locator('[data-found="matches"]').inner_text() == "1 of the 60 rows on this page"


def test_filter_shows_one_outcome(view: Page) -> None:
    view.locator('[data-filter="matches"]').select_option("broken")
    assert _visible(view, "matches") == ["cus_7"]


def test_search_and_filter_together_can_find_nothing(view: Page) -> None:
    view.locator('[data-filter="matches"]').select_option("broken")
    view.locator('[data-search="matches"]').fill("cus_5")
    assert _visible(view, "matches") == []
    assert view.locator('[data-found="matches"]').inner_text() == "0 of the 60 rows on this page"


def test_a_table_opens_short_and_shows_all_when_asked(view: Page) -> None:
    assert len(_visible(view, "matches")) == 25
    view.get_by_role("button", name="Show all 60 rows").click()
    assert len(_visible(view, "matches")) == 60


def test_search_looks_through_the_rows_that_are_not_shown(view: Page) -> None:
    view.locator('[data-search="matches"]').fill("cus_x51")
    assert _visible(view, "matches") == ["cus_x51"]


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_scrolls_sideways(tab: Page, address: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(address)
    tab.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_of_advice_fits_a_phone(tab: Page, tmp_path: Path) -> None:
    row = (1, "metadata.some_key", "a_column_of_the_search", 1_000_000, 900_000, 12_345, 98_765, 4_321)
    table = pl.DataFrame(
        [row], schema=["rule", "stripe", "netsuite", "links", "only", "ambiguous", "agree", "against"], orient="row"
    )
    (tmp_path / "advice.html").write_text(render_advice("acme", Advice(table, (), 2, 1)), encoding="utf-8")
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto((tmp_path / "advice.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("width", "shown", "hidden"), [(360, "narrow", "wide"), (1280, "wide", "narrow")])
def test_the_chart_that_fits_is_shown(tab: Page, address: str, width: int, shown: str, hidden: str) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(address)
    assert tab.locator(f"figure div.{shown} svg").is_visible()
    assert not tab.locator(f"figure div.{hidden} svg").is_visible()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_its_ground(browser: Browser, address: str, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1 at least."""
    page = browser.new_page(color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    page.goto(address)
    colours = {name: page.evaluate(COLOUR, name) for name in (*TEXTS, "paper", "card")}
    page.close()
    for ground in ("paper", "card"):
        assert {text for text in TEXTS if _contrast(colours[text], colours[ground]) < 4.5} == set()


TEXTS = ("ink", "muted", "accent", "good", "warn", "bad")

COLOUR = """(name) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).map(Number);
}"""


def _contrast(one: list[int], other: list[int]) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: list[int]) -> float:
    red, green, blue = ((c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
