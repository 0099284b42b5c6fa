"""Opens everything that a run writes with: its turn at the systems, the ledger, both clients, the writers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from assets.api_readers import netsuite_api, stripe_api
from assets.no_values import is_placeholder_of
from assets.planning.settings import PlanSettings
from assets.reconciliation import Reconciliation
from assets.write_back.executor import WriteBack
from resources.ledger import Decisions, Journal
from resources.writers import Writer, registry
from schemas.words import System


@contextmanager
def open_write_back(
    sync: Reconciliation, run_id: str, on_progress: Callable[[str], None], *systems: System
) -> Iterator[WriteBack]:
    """Everything that a run writes with, open while the body runs, alone at these systems.

    Raises:
        InternalError: a side of the declaration is an export file.
    """
    from assets.write_back.held_since import held_since  # noqa: PLC0415 (as below)
    from assets.write_back.living_customers import LivingOnly  # noqa: PLC0415 (late: what reads export files does without it)
    from assets.write_back.spread import Spread  # noqa: PLC0415 (as above)
    from assets.write_back.unclaimed_records import UnclaimedOnly  # noqa: PLC0415
    from resources.netsuite_api import NetsuiteCreates, NetsuiteEdits  # noqa: PLC0415
    from resources.stripe_api import StripeConnection, StripeCreates, StripeEdits  # noqa: PLC0415

    stripe, netsuite = stripe_api(sync), netsuite_api(sync)
    account = stripe.account()
    with ExitStack() as stack:
        for system in systems:
            stack.enter_context(sync.exclusive(system, run_id, on_progress))
        ledger, client = stack.enter_context(sync.ledger()), stack.enter_context(netsuite.client())
        connection = stack.enter_context(StripeConnection(account, on_progress))
        # What was made is taken back, and what a run left open is settled, even where nothing is made any more.
        settings, how = PlanSettings.of(sync.declaration), sync.declaration.creation.undo
        decisions, by_key_alone = Decisions(ledger, sync.name), settings.new_by_key_alone
        since = held_since(settings.matching, decisions)
        of_netsuite: list[Writer] = [NetsuiteEdits(client), NetsuiteCreates(client, how, by_key_alone=by_key_alone)]
        creates = UnclaimedOnly(Spread(StripeCreates(connection)), client, is_placeholder_of(sync.declaration))
        of_stripe: list[Writer] = [Spread(StripeEdits(connection)), creates]
        yield WriteBack(
            Journal(ledger, sync.declared_accounts),
            registry([*(LivingOnly(writer, connection, since) for writer in of_netsuite), *of_stripe]),
            run_id,
            decisions,
            on_progress=on_progress,
        )
