"""The jobs of one declaration, a file each, and its schedules.

From export files there is nothing to apply: `<name>_reconcile`, `<name>_override`, `<name>_override_file`,
`<name>_replay`, `<name>_compare` and `<name>_prune` are all there is. Over two APIs there are `<name>_apply`,
`<name>_undo`, `<name>_daily` too, and with `to_stripe` `<name>_sync_one`.
"""

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.jobs.apply import build_apply
from pipelines.jobs.compare import build_compare
from pipelines.jobs.daily import build_daily
from pipelines.jobs.override import build_override
from pipelines.jobs.override_file import build_override_file
from pipelines.jobs.prune import build_prune
from pipelines.jobs.reconcile import build_reconcile
from pipelines.jobs.replay import build_replay
from pipelines.jobs.sync_one import build_sync_one
from pipelines.jobs.undo import build_undo

__all__ = ["build_jobs"]

_ALWAYS = (build_reconcile, build_override, build_override_file, build_replay, build_compare, build_prune)
_WRITING = (build_apply, build_undo, build_daily)


def build_jobs(sync: Reconciliation) -> dg.Definitions:
    """The jobs and the schedules that a declaration's sources allow."""
    builders = (*_ALWAYS, *_WRITING) if sync.declaration.can_write else _ALWAYS
    builders = (*builders, build_sync_one) if sync.declaration.syncs_one else builders
    return dg.Definitions.merge(*(build(sync) for build in builders))
