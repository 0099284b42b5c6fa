"""`make check` of a declaration that creates customers says what would refuse them, and ends with 1 if that is all."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines.creating_check import creating_is_checked
from sandbox.netsuite_standin import Account, Options
from sandbox.stripe_standin import ApiKey
from tests.pipelines.api_world import Site, site

AT_ONCE = {"when": "at_once"}
MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})


@contextmanager
def creating(folder: Path, options: Options = MAY_DELETE, **create: Any) -> Iterator[Site]:  # noqa: ANN401  the block
    with site(folder, options=options, on_none="create", create={**AT_ONCE, **create}) as at:
        yield at


def checked(at: Site) -> tuple[int, str]:
    """Check; give the code that the command ends with and what was printed. Nothing is saved for it."""
    said = StringIO()
    code = creating_is_checked(at.sync, Console(file=said, width=200))
    assert (at.netsuite.saves, len(at.netsuite.customers)) == ([], 3)
    return code, said.getvalue()


def test_an_account_that_takes_every_customer_is_said_to(tmp_path: Path) -> None:
    with creating(tmp_path) as at:
        code, said = checked(at)
    assert (code, said.startswith("✓ creating customers: every mandatory field is filled")) == (0, True)


def test_what_refuses_every_customer_ends_the_command_with_one(tmp_path: Path) -> None:
    with creating(tmp_path, subsidiary=9, defaults={"custentity_none": "x"}) as at:
        at.netsuite.account = Account(subsidiaries=frozenset({"3"}))
        code, said = checked(at)
    assert code == 1
    assert "✗" in said
    assert "create.subsidiary" in said
    assert "9 does not exist in the list of subsidiary, or this role cannot see it" in said
    assert "customers have no field custentity_none that this role can see" in said
    assert "nothing was saved" in said


@pytest.mark.parametrize(
    ("options", "mark", "sentence"),
    [
        (Options(), "!", "it may not delete customers, as create.undo wants: it needs Lists > Customers (Full)"),
        (MAY_DELETE, "?", "whether 13 exists could not be checked"),
    ],
)
def test_what_refuses_not_everybody_is_shown_and_no_failure(
    tmp_path: Path, options: Options, mark: str, sentence: str
) -> None:
    with creating(tmp_path, options, entity_status=13) as at:
        at.netsuite.account = Account(most_options=3 if mark == "!" else 2)
        code, said = checked(at)
    assert (code, mark in said, sentence in said) == (0, True, True)


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("permissions", "lacking"),
    [
        ({"customer_write", "event_read", "charge_read", "invoice_read"}, None),
        ({"customer_write", "event_read", "charge_read"}, "invoice"),
        ({"customer_write", "event_read", "invoice_read"}, "charge"),
    ],
)
def test_whether_the_key_shows_who_has_transacted_is_a_row_for_each_list(
    tmp_path: Path, permissions: set[str], lacking: str | None
) -> None:
    with creating(tmp_path, when="first_transaction") as made:
        key = made.world.add_key(ApiKey("rk_test_some", permissions=frozenset(permissions)))
        at = made.redeclared(stripe={"api_key": key.secret})
        code, said = checked(at)
    assert code == (0 if lacking is None else 1)
    for kind in ("charge", "invoice"):
        [row] = [line for line in said.splitlines() if f"Stripe {kind}s" in line]
        assert ("✗" in row) == (kind == lacking)
        assert ("the key can read them" in row) == (kind != lacking)
    assert ("Read" in said) == (lacking is not None)


def test_a_declaration_that_creates_nobody_is_not_asked_about(tmp_path: Path) -> None:
    with site(tmp_path) as at:
        assert checked(at) == (0, "")
