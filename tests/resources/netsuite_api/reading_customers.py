"""Reading the customers of a saved search of a small world."""

from typing import Any

import polars as pl

from resources.netsuite_api import NetsuiteClient
from sandbox.netsuite_standin import World
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH


def read(client: NetsuiteClient, **given: Any) -> pl.DataFrame:  # noqa: ANN401
    return client.read_customers(SEARCH, FIELDS, **given).frame


def world_of(count: int, step: int = 3) -> World:
    world = World()
    for n in range(1, count + 1):
        world.insert(n * step, email=f"{n}@example.com")
    return world
