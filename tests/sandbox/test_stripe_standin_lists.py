"""The stand-in's lists behave as the documentation and the recordings say, asked over real HTTP."""

from collections.abc import Iterator, Mapping

import pytest
import requests

from sandbox.stripe_standin import ApiKey, StandInOptions, StripeStandIn, StripeWorld

UNLIMITED = {"endpoint_rate": None, "live_rate": None, "test_rate": None}
NOW = 1_700_000_000


class Asker:
    """Asks one stand-in as one key."""

    def __init__(self, server: StripeStandIn, key: str) -> None:
        self.server, self.key, self.book = server, key, server.world.book()

    def get(
        self, path: str, params: dict[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        return requests.get(self.server.url + path, params=params, headers=sent, timeout=5)

    def ids(self, params: dict[str, str] | None = None) -> list[str]:
        return [row["id"] for row in self.get("/v1/customers", params).json()["data"]]

    def error(self, params: dict[str, str]) -> tuple[int, dict[str, str]]:
        response = self.get("/v1/customers", params)
        return response.status_code, response.json()["error"]


def asker(**options: object) -> Iterator[Asker]:
    world = StripeWorld(clock=lambda: NOW)
    world.book().load((f"cus_{n}", NOW - 10 + n, {"email": f"u{n}@example.com"}) for n in range(5))
    with StripeStandIn(world, StandInOptions(**{**UNLIMITED, **options})) as server:  # type: ignore[arg-type]
        yield Asker(server, world.test_key)


@pytest.fixture
def ask() -> Iterator[Asker]:
    yield from asker()


def test_newest_come_first(ask: Asker) -> None:
    assert ask.ids() == ["cus_4", "cus_3", "cus_2", "cus_1", "cus_0"]


def test_list_has_its_four_keys_and_says_whether_there_is_more(ask: Asker) -> None:
    body = ask.get("/v1/customers", {"limit": "2"}).json()
    assert set(body) == {"object", "data", "has_more", "url"}
    assert (body["object"], body["url"], body["has_more"]) == ("list", "/v1/customers", True)


def test_cursors_go_both_ways(ask: Asker) -> None:
    assert ask.ids({"limit": "2", "starting_after": "cus_3"}) == ["cus_2", "cus_1"]
    assert ask.ids({"limit": "2", "ending_before": "cus_1"}) == ["cus_3", "cus_2"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"created[gte]": NOW - 8, "created[lt]": NOW - 6}, ["cus_3", "cus_2"]),
        ({"created[gt]": NOW - 8, "created[lte]": NOW - 6}, ["cus_4", "cus_3"]),
        ({"created": NOW - 9}, ["cus_1"]),
    ],
)
def test_created_filters(ask: Asker, bounds: dict[str, int], expected: list[str]) -> None:
    assert ask.ids({name: str(value) for name, value in bounds.items()}) == expected


def test_email_filter_is_exact_and_case_sensitive(ask: Asker) -> None:
    assert ask.ids({"email": "u1@example.com"}) == ["cus_1"]
    assert ask.ids({"email": "U1@example.com"}) == []


@pytest.mark.parametrize(("limit", "rows"), [("0", 1), ("-3", 1), ("101", 5)])
def test_limit_is_clamped(ask: Asker, limit: str, rows: int) -> None:
    assert len(ask.ids({"limit": limit})) == rows


def test_limit_can_be_made_strict() -> None:
    for ask in asker(clamps_limit=False):
        assert ask.get("/v1/customers", {"limit": "101"}).status_code == 400


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"limit": "abc"}, "parameter_invalid_integer", "limit"),
        ({"foo": "1"}, "parameter_unknown", "foo"),
        ({"created[foo]": "1"}, "parameter_unknown", "created[foo]"),
        ({"starting_after": "cus_nope"}, "resource_missing", "starting_after"),
    ],
)
def test_wrong_parameters_are_named(ask: Asker, params: dict[str, str], code: str, param: str) -> None:
    status, error = ask.error(params)
    assert (status, error["code"], error["param"]) == (400, code, param)


def test_both_cursors_are_refused(ask: Asker) -> None:
    status, error = ask.error({"starting_after": "cus_1", "ending_before": "cus_2"})
    assert status == 400
    assert "both starting_after and ending_before" in error["message"]


def test_cursor_outside_the_filter_is_a_place_in_the_order(ask: Asker) -> None:
    assert ask.ids({"created[lt]": str(NOW - 8), "starting_after": "cus_4"}) == ["cus_1", "cus_0"]


def test_deleted_customers_leave_the_list_and_their_cursor_stays(ask: Asker) -> None:
    ask.book.delete("cus_2")
    assert ask.ids() == ["cus_4", "cus_3", "cus_1", "cus_0"]
    assert ask.ids({"starting_after": "cus_2"}) == ["cus_1", "cus_0"]


def test_cursor_of_a_deleted_customer_can_be_made_an_error() -> None:
    for ask in asker(deleted_cursor_resolves=False):
        ask.book.delete("cus_2")
        assert ask.error({"starting_after": "cus_2"})[0] == 400


def test_carried_cursor_can_be_made_an_empty_page() -> None:
    window = {"limit": "2", "created[lt]": str(NOW - 5)}
    for ask in asker(carried_cursor_is_empty=True):
        assert ask.ids({**window, "limit": "2"}) == ["cus_4", "cus_3"]
        assert ask.ids({**window, "starting_after": "cus_3"}) == ["cus_2", "cus_1"]
        assert ask.ids({"created[lt]": str(NOW - 6), "starting_after": "cus_3"}) == []


def test_inserts_during_a_walk_do_not_shift_pages(ask: Asker) -> None:
    first = ask.ids({"limit": "2"})
    ask.book.create({"email": "late@example.com"}, created=NOW)
    assert first + ask.ids({"starting_after": first[-1]}) == ["cus_4", "cus_3", "cus_2", "cus_1", "cus_0"]


def test_customers_of_a_test_clock_are_left_out(ask: Asker) -> None:
    clocked = ask.book.create({"test_clock": "clock_1"}, created=NOW)
    assert clocked not in ask.ids()
    assert ask.ids({"test_clock": "clock_1"}) == [clocked]


def test_unset_fields_without_a_default_are_absent(ask: Asker) -> None:
    row = ask.get("/v1/customers/cus_1").json()
    assert "business_name" not in row
    assert (row["name"], row["metadata"], row["livemode"]) == (None, {}, False)


def test_events_are_newest_first_and_filtered_by_type(ask: Asker) -> None:
    ask.book.update("cus_1", {"metadata": {"k": "v"}}, key="why")
    ask.book.delete("cus_0")
    all_of_them = ask.get("/v1/events", {"type": "customer.*"}).json()["data"]
    assert [event["type"] for event in all_of_them] == ["customer.deleted", "customer.updated"]
    updated = ask.get("/v1/events", {"types[]": "customer.updated"}).json()["data"]
    assert updated == all_of_them[1:]
    assert updated[0]["data"]["previous_attributes"] == {"metadata": {"k": None}}
    assert updated[0]["request"]["idempotency_key"] == "why"
    assert "deleted" not in all_of_them[0]["data"]["object"]


def test_events_older_than_thirty_days_are_gone() -> None:
    now = NOW
    world = StripeWorld(clock=lambda: now)
    world.book().create({}, customer_id="cus_old")
    with StripeStandIn(world, StandInOptions()) as server:
        ask = Asker(server, world.test_key)
        assert len(ask.get("/v1/events").json()["data"]) == 1
        now += 31 * 86_400
        assert ask.get("/v1/events").json()["data"] == []


def test_answers_are_compressed_and_named(ask: Asker) -> None:
    response = ask.get("/v1/customers", headers={"Stripe-Version": "2026-10-28.endive"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Request-Id"].startswith("req_")
    assert response.headers["Stripe-Version"] == "2026-10-28.endive"


def test_connected_account_has_a_book_of_its_own(ask: Asker) -> None:
    ask.server.world.add_key(ApiKey("sk_test_platform", connected=frozenset({"acct_two"})))
    ask.server.world.book("acct_two").create({}, customer_id="cus_two")
    ask.key = "sk_test_platform"
    rows = ask.get("/v1/customers", headers={"Stripe-Account": "acct_two"}).json()["data"]
    assert [row["id"] for row in rows] == ["cus_two"]
    assert ask.get("/v1/customers", headers={"Stripe-Account": "acct_three"}).status_code == 403


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        (ApiKey("sk_test_other", expired=True), 401, "Expired API Key"),
        (ApiKey("pk_test_browser"), 403, "publishable"),
        (ApiKey("rk_test_events", permissions=frozenset({"event_read"})), 403, "('customer_read')"),
        (ApiKey("rk_test_writer", permissions=frozenset({"customer_write"})), 200, ""),
    ],
)
def test_keys_open_what_they_may(ask: Asker, key: ApiKey, status: int, words: str) -> None:
    ask.key = ask.server.world.add_key(key).secret
    response = ask.get("/v1/customers")
    assert response.status_code == status
    assert words in response.text


def test_unknown_and_absent_keys_are_refused(ask: Asker) -> None:
    assert requests.get(ask.server.url + "/v1/customers", timeout=5).headers["WWW-Authenticate"].startswith("Bearer")
    ask.key = "sk_test_unknown"
    assert ask.get("/v1/customers").status_code == 401


def test_customer_of_the_other_mode_is_missing_and_says_so(ask: Asker) -> None:
    ask.server.world.book(livemode=True).create({}, customer_id="cus_live")
    response = ask.get("/v1/customers/cus_live")
    assert response.status_code == 404
    assert "exists in live mode" in response.json()["error"]["message"]
