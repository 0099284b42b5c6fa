"""What a run can be started for, and what has started: each job of a declaration, or one of its assets by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

NAME = "sandbox"
"""The declaration over both stand-ins."""


@dataclass(frozen=True)
class Work:
    """What a run is to do: a job of the declaration's, or some of its assets by hand."""

    job: str
    config: Mapping[str, object] = field(default_factory=dict)
    assets: tuple[str, ...] = ()
    partition: str | None = None

    @property
    def tags(self) -> dict[str, str]:
        return {"dagster/partition": self.partition} if self.partition else {}


@dataclass(frozen=True)
class Started:
    """A run that was started, and how it is killed."""

    run_id: str
    kill: Callable[[], None]


Start = Callable[[Work], Started]


RECONCILE, DAILY = Work(f"{NAME}_reconcile"), Work(f"{NAME}_daily")
BY_HAND = Work("__ASSET_JOB", assets=("stripe_customers",), partition="2026-09-01")


def apply(plan: str, at_most: int | None = None) -> Work:
    part = {"plan": plan, "who": "ada"} | ({"at_most": at_most} if at_most else {})
    return Work(f"{NAME}_apply", {"ops": {f"{NAME}__netsuite_links": {"config": part}}})


def undo(plan: str) -> Work:
    return Work(f"{NAME}_undo", {"ops": {f"{NAME}__undo_plan": {"config": {"plan": plan, "who": "ada"}}}})


def decide(customer: str, record: str) -> Work:
    given = {"customer": customer, "record": record, "who": "ada", "why": "by phone"}
    return Work(f"{NAME}_override", {"ops": {f"{NAME}__decide": {"config": given}}})
