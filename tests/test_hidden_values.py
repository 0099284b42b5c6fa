"""Canaries: what comes from the environment is in no sentence, log, repr or trace, wherever a declaration puts it."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets.reconciliation import failures_for_people
from pipelines.declarations import read_folder
from pipelines.hiding import hide_secrets
from resources.traces import keep_traces
from sandbox.netsuite_standin import NetsuiteStandIn, World
from sandbox.stripe_standin import StripeStandIn, StripeWorld
from schemas.errors import TransientError
from schemas.secrets import masked, remember, remember_url
from tests.in_process import command, lay_out
from tests.installed import drive, install
from tests.reconciling import NETSUITE, STRIPE
from tests.test_bad_input import DECLARED

CANARY = "canary-Zk3v9Qx7"
EXPORTS = yaml.safe_load(DECLARED)["attributes"] | {"daily": {"at": "05:30", "time_zone": "UTC"}}
APIS = EXPORTS | {
    "stripe": {"api_key": "k", "since": "2026-06", "account": "acct_1", "mode": "test", "refresh": "full",
               "base_url": "https://api.stripe.com", "proxy": "http://proxy.example:3128"},
    "netsuite": {"account": "1", "mass_search": "customsearch_1", "client_id": "a", "certificate_id": "b",
                 "private_key": "c", "script": "d", "deployment": "e", "stripe_id_field": "f", "refresh": "full",
                 "base_url": "https://gateway.example", "concurrency": "4"},
}  # fmt: skip


def with_canary(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    """The value with the canary in place of each text in it, one after the other, and in place of each name."""
    template = "{{ env.TIEOUT_CANARY }}"
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from ((where, {**value, name: other}) for where, other in with_canary(inner, (*path, name)))
            yield ".".join((*path, name, "as a list")), {**value, name: [template]}
            yield ".".join((*path, "beside", name)), {**value, "unknown": template}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for where, other in with_canary(inner, (*path, str(index))):
                yield where, [*value[:index], other, *value[index + 1 :]]
    else:
        yield ".".join(path), template
        yield ".".join((*path, "within")), f"a {template}"


PLACES = [(f"{kind} {where}", changed) for kind, whole in (("exports", EXPORTS), ("apis", APIS))
          for where, changed in with_canary(whole)]  # fmt: skip


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TIEOUT_CANARY", CANARY)
    return CANARY


@pytest.mark.usefixtures("planted")
def test_no_sentence_or_repr_shows_a_value_wherever_it_is_put(tmp_path: Path) -> None:
    assert len(PLACES) > 100
    file = tmp_path / "acme" / "defs.yaml"
    file.parent.mkdir()
    shown = []
    for where, attributes in PLACES:
        file.write_text(yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes}))
        declared = read_folder(tmp_path)
        said = [
            *(str(each) + repr(each) for each in declared.broken),
            *map(repr, declared.good),
            *map(str, declared.good),
        ]
        said += [str(located.declaration) + f"{located.declaration!r}" for located in declared.good]
        shown += [(where, text) for text in said if CANARY in text]
    assert shown == []


def test_the_name_of_the_variable_stands_in_its_place(planted: str) -> None:
    remember("TIEOUT_CANARY", planted)
    assert str(TransientError(f"{planted} does not answer.")) == "{{ env.TIEOUT_CANARY }} does not answer."


@pytest.mark.parametrize("value", ["5", "test", "true", "", " ", "12345"])
def test_short_values_stay_as_they_turn_up_everywhere(value: str) -> None:
    remember("SHORT", value)
    assert masked("5 test rows of 12345 are true") == "5 test rows of 12345 are true"


def test_a_value_of_a_few_letters_is_hidden_as_a_word_only() -> None:
    remember("NAME", "stripe")
    assert masked("stripe: stripe_customers, 'stripe'") == "{{ env.NAME }}: stripe_customers, '{{ env.NAME }}'"


def test_each_line_of_a_key_and_its_other_forms_are_hidden() -> None:
    remember("PEM", "-----BEGIN KEY-----\nMIIEvQIBADAN/+=gkqhkiG\n-----END KEY-----\n")
    for text in ("MIIEvQIBADAN/+=gkqhkiG", "MIIEvQIBADAN%2F%2B%3DgkqhkiG", repr("x\nMIIEvQIBADAN/+=gkqhkiG\ny")):
        assert "MIIEvQ" not in masked(f"not a key: {text}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg2://u:p@w@db:5432/x", "postgresql+psycopg2://***@db:5432/x"),
        ("at postgresql://db/x?sslmode=require&password=hunter2.", "at postgresql://db/x?sslmode=require&password=***"),
        ("https://host/a?api_key=k&page=2#x", "https://host/a?api_key=***&page=2#x"),
        ("https://host/a?SIGNATURE=k'", "https://host/a?SIGNATURE=***'"),
        ("write to ap@acme.example, see https://host/docs", "write to ap@acme.example, see https://host/docs"),
    ],
)
def test_passwords_of_urls_are_hidden_wherever_they_came_from(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_the_password_of_a_database_is_hidden_by_itself_too() -> None:
    remember_url("TIEOUT_LEDGER_URL", "postgresql://tieout:s%40cret-word@db/x?password=other-word")
    assert masked("s%40cret-word s@cret-word other-word") == " ".join(["{{ env.TIEOUT_LEDGER_URL }}"] * 3)


def _divide(planted: str) -> None:
    try:
        {}[planted]  # type: ignore[index]
    except KeyError as error:
        raise ZeroDivisionError(f"no {planted}") from error


def test_the_path_of_a_url_is_hidden_where_a_server_repeats_it_without_the_host() -> None:
    remember("GATEWAY", "https://gateway.example:8080/tenant-4711-x/")
    assert masked("no such page: GET /tenant-4711-x/v1/customers") == "no such page: GET {{ env.GATEWAY }}/v1/customers"
    remember("SERVICE", "https://api.example/v1")
    assert masked("GET /v1/customers") == "GET /v1/customers"


def test_an_error_that_nobody_foresaw_keeps_its_name_and_its_words_are_in_a_file(planted: str, tmp_path: Path) -> None:
    remember("TIEOUT_CANARY", planted)
    keep_traces(tmp_path)
    with pytest.raises(RuntimeError, match="they are in ") as caught, failures_for_people():
        _divide(planted)
    assert (type(caught.value).__name__, caught.value.__cause__) == ("ZeroDivisionError", None)
    assert caught.value.__suppress_context__
    [file] = (tmp_path / "errors").iterdir()
    assert str(file) in str(caught.value)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "ZeroDivisionError: no {{ env.TIEOUT_CANARY }}\n" in file.read_text()
    os.utime(file, (0, 0))
    with pytest.raises(RuntimeError), failures_for_people():
        _divide(planted)
    assert file not in [*file.parent.iterdir()]


def test_its_words_are_shown_nowhere_if_they_can_be_kept_nowhere(planted: str, tmp_path: Path) -> None:
    keep_traces(tmp_path / "not there")
    with pytest.raises(RuntimeError, match="they were kept nowhere"), failures_for_people():
        _divide(planted)


def test_a_failure_that_shows_a_value_loses_it_and_keeps_its_words(planted: str) -> None:
    remember("TIEOUT_CANARY", planted)
    with pytest.raises(RuntimeError, match=r"^no \{\{ env\.TIEOUT_CANARY"), failures_for_people():
        raise dg.DagsterInvariantViolationError(f"no {planted}")
    with pytest.raises(dg.Failure, match="as it was"), failures_for_people(), failures_for_people():
        raise dg.Failure("as it was")


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What a handler of anybody's shows."""
    made, shown = logging.getLogRecordFactory(), StringIO()
    hooks = sys.excepthook
    hide_secrets()
    handler = logging.StreamHandler(shown)
    logging.getLogger("anybody").addHandler(handler)
    yield shown
    logging.getLogger("anybody").removeHandler(handler)
    logging.setLogRecordFactory(made)
    sys.excepthook = hooks


def test_logs_of_anybody_and_their_traces_are_masked(planted: str, log: StringIO) -> None:
    remember("TIEOUT_CANARY", planted)
    logger = logging.getLogger("anybody")
    logger.warning("asked %s for %d", planted, 3)
    logger.warning({"key": planted})
    logger.warning("%s is fine", "this")
    logger.error("failed", exc_info=ValueError(planted))
    assert planted not in log.getvalue()
    assert "asked {{ env.TIEOUT_CANARY }} for 3\n" in log.getvalue()
    assert "this is fine\n" in log.getvalue()
    assert "ValueError: {{ env.TIEOUT_CANARY }}\n" in log.getvalue()


REFUSED_STRIPE = {
    "api_key": "{{ env.C1 }}",
    "base_url": "{{ env.C2 }}",
    "account": "acct_{{ env.C3 }}",
    "since": "2026-06",
}
REFUSED_NETSUITE = {
    "account": "{{ env.C4 }}",
    "mass_search": "customsearch_{{ env.C5 }}",
    "consumer_key": "{{ env.C6 }}",
    "consumer_secret": "{{ env.C7 }}",
    "token_id": "{{ env.C8 }}",
    "token_secret": "{{ env.C9 }}",
    "script": "customscript_{{ env.C10 }}",
    "base_url": "{{ env.C11 }}",
}
FAILING: Mapping[str, Mapping[str, object]] = {
    "an export that is not there": {"stripe": {"export": "{{ env.C3 }}/stripe.csv"}},
    "a label that is not there": {"netsuite_fields": EXPORTS["netsuite_fields"] | {"email": "{{ env.C4 }}"}},
    "a Stripe that refuses": {"stripe": REFUSED_STRIPE},
    "a NetSuite that refuses": {"netsuite": REFUSED_NETSUITE},
    "a wrong place": {"on_several": "{{ env.C5 }}"},
}


def _document(changes: Mapping[str, object]) -> str:
    attributes = {name: value for name, value in EXPORTS.items() if name != "daily"} | dict(changes)
    return yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes})


DEFS = "pipelines/defs/acme/defs.yaml"


def test_failing_runs_leave_no_value_in_what_they_say_or_remember(tmp_path: Path) -> None:
    install(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: _document({})})
    environment = {f"C{number}": f"{CANARY}{number}" for number in range(1, 11)} | {"C1": f"rk_test_{CANARY}"}
    failing = {case: {DEFS: _document(changes)} for case, changes in FAILING.items()}
    with NetsuiteStandIn(World()) as netsuite, StripeStandIn(StripeWorld()) as stripe:
        environment |= {"C2": f"{stripe.url}/{CANARY}", "C11": f"{netsuite.url}/{CANARY}"}
        found, printed = drive(tmp_path, {"good": {}, **failing}, environment)
    assert {case: each["code"] for case, each in found.items()} == {"good": 0} | dict.fromkeys(FAILING, 1)
    assert [case for case in FAILING if found[case]["errors"].count("\n") != 1] == []
    assert_no_canary(tmp_path, printed)


def test_a_ledger_that_cannot_be_opened_leaves_no_password(tmp_path: Path) -> None:
    lay_out(tmp_path, {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, DEFS: _document({})})
    url = f"postgresql+psycopg2://u:{CANARY}@127.0.0.1:9/x?password={CANARY}"
    ended = command(tmp_path, "run", "acme", environment={"TIEOUT_LEDGER_URL": url})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    assert_no_canary(tmp_path, ended.stdout + ended.stderr)


def assert_no_canary(folder: Path, said: str) -> None:
    assert CANARY not in said
    kept = [path for path in (folder / "home").rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if CANARY.encode() in path.read_bytes()] == []
