"""The process that is killed: it applies or undoes a plan against two stand-ins, and dies at the moment it is given.

It is forked from a clean parent that has imported everything, so that hundreds of them cost little.
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stamina.instrumentation import set_on_retry_hooks

from assets.write_back.executor import WriteBack
from assets.write_back.living_customers import LivingOnly
from assets.write_back.run import apply_step, undo_part
from assets.write_back.selection import STEPS, Filters, Part
from assets.write_back.spread import Spread
from assets.write_back.unclaimed_records import UnclaimedOnly
from resources.ledger import Journal, Ledger
from resources.netsuite_api import (
    NetsuiteClient,
    NetsuiteCreates,
    NetsuiteEdits,
    NetsuiteSettings,
    RetryPolicy,
    Timeouts,
    TokenLogin,
)
from resources.stripe_api import StripeAccount, StripeConnection, StripeCreates, StripeEdits
from resources.writers import registry
from schemas.change import Change
from schemas.words import DeclaredAccounts

DECLARATION = DeclaredAccounts("acme")
CONSUMER, TOKEN = ("consumer", "consumer-secret"), ("token", "token-secret")


@dataclass(frozen=True)
class Task:
    """What a child does, and when it dies: at its so-manieth checkpoint, counted from 1; never for None."""

    what: Literal["apply", "undo"]
    plan: str
    changes: Sequence[Change]
    ledger_url: str
    folder: Path
    netsuite_url: str
    stripe_url: str
    stripe_key: str
    run_id: str
    dies_at: int | None = None
    filters: Filters = field(default_factory=Filters)
    retry_seconds: float = 20.0


def carry_out(task: Task) -> None:
    """Do the task in this process."""
    set_on_retry_hooks([])  # the failures are ordered; nobody needs to hear of each
    netsuite = NetsuiteSettings(
        account="1234567_SB1",
        login=TokenLogin(
            consumer_key=CONSUMER[0], consumer_secret=CONSUMER[1], token_id=TOKEN[0], token_secret=TOKEN[1]
        ),
        concurrency=2,
        base_url=task.netsuite_url,
        retry_policy=RetryPolicy(attempts=6, first_wait=0.005, longest_wait=0.01),
        timeouts=Timeouts(connect_seconds=5, answer_seconds=20),
    )
    stripe = StripeAccount.model_validate(
        {
            "api_key": task.stripe_key,
            "base_url": task.stripe_url,
            "requests_per_second": 1_000,
            "longest_wait": 0.01,
            "max_in_flight": 2,
            "retry_seconds": task.retry_seconds,
        }
    )
    with (
        Ledger.open(task.ledger_url, task.folder) as ledger,
        NetsuiteClient(netsuite) as client,
        StripeConnection(stripe) as connection,
    ):
        work = WriteBack(
            Journal(ledger, DECLARATION),
            registry(
                [
                    LivingOnly(NetsuiteCreates(client, records_per_batch=2), connection),
                    LivingOnly(NetsuiteEdits(client, records_per_batch=2), connection),
                    Spread(StripeEdits(connection), records_per_batch=2),
                    UnclaimedOnly(Spread(StripeCreates(connection), records_per_batch=2), client, lambda _: False),
                ]
            ),
            task.run_id,
            checkpoint=_fuse(task.dies_at),
        )
        part = Part(task.plan, task.changes, task.filters)
        if task.what == "apply":
            for step in STEPS:
                apply_step(work, part, step)
        else:
            undo_part(work, part)


def _fuse(dies_at: int | None) -> Callable[[str], None]:
    lock, passed = threading.Lock(), 0

    def checkpoint(_: str) -> None:
        nonlocal passed
        with lock:
            passed += 1
            if passed == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint
