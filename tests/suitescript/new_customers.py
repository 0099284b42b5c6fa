"""New customers as a script is asked for them."""

from typing import Any

from sandbox.netsuite_standin import STRIPE_FIELD, Account, Options, World
from tests.suitescript.restlet import FIELDS, ask

ONE_WORLD = Account(subsidiaries=frozenset({"2"}))


EUROS = Account(currencies={"1": "USD", "3": "EUR"}, multicurrency=True)


SEES_CURRENCIES = Options(permissions={"LIST_CUSTJOB": 3, "LIST_FIND": 1, "LIST_CURRENCY": 1})


def item(key: str = "cus_1", /, *, book: list[dict[str, object]] | None = None, **fields: object) -> dict[str, Any]:
    links = {"externalid": key, STRIPE_FIELD: key, "comments": key}
    body = {"companyname": f"Company {key}", "entityid": f"Company {key}", "isperson": "F", **links, **fields}
    record = {"fields": {name: value for name, value in body.items() if value is not None}}
    return {"key": key, "record": record | ({"addressbook": book} if book else {})}


def create(world: World, *items: object, options: Options | None = None, action: str = "create") -> Any:  # noqa: ANN401
    return ask(world, {"action": action, "fields": FIELDS, "records": list(items)}, options)


def made(world: World, *items: object, options: Options | None = None) -> Any:  # noqa: ANN401
    [outcome] = create(world, *items, options=options)["outcomes"]
    return outcome
