"""What the tests of the RESTlet share: the shipped files run without HTTP, and short answers."""

from typing import Any

from sandbox.netsuite_standin import STANDARD_COLUMNS, STRIPE_FIELD, Options, SavedSearch, Script, World, engine
from sandbox.netsuite_standin.script import Host

FIELDS = {"stripe_id": STRIPE_FIELD, "external_id": "externalid", "comments": "comments"}
SEARCH = SavedSearch(columns=STANDARD_COLUMNS)
SHIPPED = Script.shipped()


def ask(world: World, body: Any, options: Options | None = None, search: SavedSearch = SEARCH) -> Any:  # noqa: ANN401  as the script answers
    """Post a body, whatever it is, and give the answer."""
    return ask_as(Host(world, options or Options(), {search.id: search}), body)


def ask_as(host: Host, body: Any) -> Any:  # noqa: ANN401  as the script answers
    """Post a body for a host, which remembers what was logged."""
    return engine.run(SHIPPED, "post", body, host)


def host_of(world: World, options: Options | None = None) -> Host:
    """Make the host of a request in an account that has the saved search."""
    return Host(world, options or Options(), {SEARCH.id: SEARCH})


def apply(world: World, *changes: object, options: Options | None = None, fields: object = FIELDS) -> Any:  # noqa: ANN401
    """Ask for changes."""
    return ask(world, {"action": "apply", "fields": fields, "changes": list(changes)}, options)


def short(answer: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """Give of each outcome its customer, field, outcome, and the code or what was found."""
    return [(o["id"], o["field"], o["outcome"], o.get("code") or o.get("found")) for o in answer["outcomes"]]


def link(internal_id: int, stripe_id: str) -> dict[str, object]:
    """Make the change that links an unlinked customer in all three fields."""
    sets = {name: {"old": None, "new": stripe_id} for name in ("stripe_id", "external_id")}
    return {"id": internal_id, "set": sets, "append": {"comments": stripe_id}}
