"""An answer that hides, repeats or moves rows is found out, and a read that cannot be right ends with its reason."""

from datetime import UTC, datetime

import pytest

from resources.netsuite_api import PreviousRead
from resources.netsuite_api.reading.columns import Page, page_frame
from resources.netsuite_api.reading.pages import IDS_ONLY, Query, _Pages, _Part
from sandbox.netsuite_standin import STANDARD_COLUMNS, Column, Fault, SavedSearch
from schemas.errors import TieoutError, TransientError
from schemas.words import InternalId
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, connected
from tests.resources.netsuite_api.reading_customers import read, world_of


@pytest.mark.rule("X10")
def test_an_answer_that_hides_rows_is_found_out() -> None:
    world = world_of(500)
    with connected(world, rows_per_call=100) as (client, server):
        server.script = server.script.changed(
            "ids.push(taken.after);", "if (taken.after === 300) continue; ids.push(taken.after);"
        )
        with pytest.raises(TransientError, match="499 read, 500 counted"):
            read(client)


@pytest.mark.rule("X10")
def test_an_answer_in_another_order_is_found_out() -> None:
    with connected(world_of(50)) as (client, server):
        server.script = server.script.changed(
            "return { ids, values: cells", "return { ids: ids.reverse(), values: cells"
        )
        with pytest.raises(TransientError, match="order"):
            read(client)


@pytest.mark.rule("X10")
@pytest.mark.parametrize(
    ("answered", "says"),
    [
        (
            "ids: [], values: columns.map(() => []), texts: columns.map(() => null), more: true",
            "says that there are more",
        ),
        ("ids: [1], values: columns.map(() => ['x']), texts: columns.map(() => null), more: true", "begins with id 1,"),
        (
            "ids: [9e15], values: columns.map(() => ['x']), texts: columns.map(() => null), more",
            "begins with id 9,000,000,000,000,000",
        ),
        ("ids: ids.concat([9e15]), values, texts, more", "ends with id 9,000,000,000,000,000"),
        ("ids: ids.concat(ids.slice(-1)), values, texts, more", "not the agreed form"),
        ("ids: ids.map(String), values, texts, more", "not the agreed form"),
        ("ids, values: values.map((v) => v.map(() => 7)), texts, more", "not the agreed form"),
        ("ids, values: 7, texts, more", "not the agreed form"),
        ("ids: Array(5001).fill(ids[0]), values: columns.map(() => Array(5001).fill('x')), texts, more", "5,001 rows"),
    ],
)
def test_a_page_that_cannot_be_right_fails_the_read_with_its_reason(answered: str, says: str) -> None:
    with connected(world_of(50), rows_per_call=5) as (client, server):
        server.script = server.script.changed(
            "return { columns: columns.map(columnOf), ...taken.answer() };",
            "const { ids, values, texts, more } = taken.answer(); const described = columns.map(columnOf); "
            f"return taken.after > 20 && ids.length ? {{ columns: described, {answered} }} "
            ": { columns: described, ids, values, texts, more };",
        )
        with pytest.raises(TransientError, match=says):
            read(client)
        assert len(server.calls_of("search")) < 20


@pytest.mark.rule("X10")
@pytest.mark.parametrize(
    ("answered", "says"),
    [
        (
            "more: true, ids: [], values: described.map(() => []), texts: described.map(() => null)",
            "says that there are more",
        ),
        ("ids: [1]", "begins with id 1,"),
        ("values: []", "not the agreed form"),
        ("rows: 'many'", "not the agreed form"),
        ("start: -1", "not the agreed form"),
        ("start: undefined, last: 'none'", "not the agreed form"),
        ("now: 'today'", "not the agreed form"),
        ("columns: described.slice(1)", "columns of the saved search were changed|no column labelled"),
    ],
)
def test_the_beginning_of_a_part_that_cannot_be_right_fails_the_read(answered: str, says: str) -> None:
    with connected(world_of(50), rows_per_call=5) as (client, server):
        server.script = server.script.changed(
            "rows, last, ...taken.answer() };",
            f"rows, last, ...taken.answer(), ...(part ? {{ {answered} }} : {{}}) }};",
        )
        with pytest.raises(TieoutError, match=says):
            read(client)


@pytest.mark.rule("X10")
def test_a_search_that_never_ends_is_ended_at_a_bound_that_is_named() -> None:
    with connected(world_of(2), concurrency=1) as (client, server):
        server.script = server.script.changed(
            "return rows.length ? String(rows[0].id) : null;", "return '900000000000000';"
        )
        server.script = server.script.changed(
            "taken.answer = () => {",
            "taken.answer = () => {"
            "const all = Array.from({ length: 5000 }, (_, n) => after + 1 + n);"
            "return { ids: all, values: columns.map(() => all.map(() => '')), "
            "texts: columns.map(() => null), more: true };",
        )
        with pytest.raises(TransientError, match="15,000 rows, where 2 were counted and 10,004 are taken at most"):
            read(client)


@pytest.mark.rule("X10")
@pytest.mark.parametrize("count", ["-1", "'many'", "null", "NaN", "2.5"])
def test_a_count_that_is_none_fails_the_read(count: str) -> None:
    with connected(world_of(2)) as (client, server):
        server.script = server.script.changed("described, count, now", f"described, count: {count}, now")
        with pytest.raises(TransientError, match="not the agreed form"):
            read(client)


@pytest.mark.rule("X10")
def test_ids_that_were_not_asked_for_do_not_exist() -> None:
    with connected(world_of(2)) as (client, server):
        server.script = server.script.changed(
            "return { ids: found.run()", "return { ids: ['77'].concat([]), x: found.run()"
        )
        with pytest.raises(TransientError, match="1 customer that was not asked for"):
            client.existing([InternalId(1)])


@pytest.mark.rule("X10")
def test_customers_that_come_and_go_meanwhile_do_not_hide_others() -> None:
    world = world_of(500)

    def meanwhile() -> None:
        world.delete(3)
        world.insert(4)
        world.insert(1_498)
        world.insert(1_499)

    world.interfere("search.getRange", meanwhile, skip=6)
    with connected(world, rows_per_call=50) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
    steady = {n * 3 for n in range(2, 501)}
    ids = extract.frame["internal_id"].to_list()
    assert steady <= set(ids)
    assert ids == sorted(set(ids))


@pytest.mark.rule("X10")
@pytest.mark.parametrize("columns", [STANDARD_COLUMNS[::-1], STANDARD_COLUMNS[:-1]], ids=["reordered", "fewer"])
@pytest.mark.parametrize("quick", [False, True])
def test_columns_that_a_person_moves_meanwhile_are_found_out(columns: tuple[Column, ...], quick: bool) -> None:
    with connected(world_of(500), rows_per_call=100) as (client, server):
        whole = client.read_customers(SEARCH, FIELDS)
        known = PreviousRead(whole.frame, whole.read_at) if quick else None
        moved = SavedSearch(columns=columns)
        world = server.world
        world.interfere("search.getRange", lambda: server.searches.update({SEARCH: moved}), skip=3)
        # Parts are asked for side by side: where the one with fewer columns comes first, the others are not looked at.
        is_fewer = len(columns) < len(STANDARD_COLUMNS)
        said = "columns of the saved search were changed" + ("|has no column labelled" if is_fewer else "")
        with pytest.raises(TieoutError, match=said):
            client.read_customers(SEARCH, FIELDS, known)
        assert client.read_customers(SEARCH, {"internal_id": "Internal ID", "email": "Email"}).frame.height == 500


@pytest.mark.rule("X10")
def test_of_a_page_that_was_overtaken_only_its_own_rows_are_kept() -> None:
    with connected() as (client, _):
        pages = _Pages(client._restlet, Query(SEARCH, lambda _: IDS_ONLY, 100, {}), None, None)
        pages._parts.append(_Part(count=5, columns=[], now=datetime.now(UTC), start=0, rows=5, last=8))
        for ids, after, until in (([3, 4, 5], 3, 9), ([1, 2, 3, 4], 0, 3), ([8], 5, 7)):
            pages._keep(page_frame(Page(ids, [], []), IDS_ONLY), after, until)
        assert pages.rows().lazy().collect()["internal_id"].to_list() == [1, 2, 3, 4, 5]


def test_a_read_that_ends_half_way_gives_nothing_but_the_reason() -> None:
    with connected(world_of(500), rows_per_call=50) as (client, server):
        server.fail(Fault(kind="unavailable", action="search", skip=5, times=100))
        with pytest.raises(TransientError, match="nothing was found out"):
            read(client)
