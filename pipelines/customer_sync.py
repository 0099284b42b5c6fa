"""The component that turns one declaration into assets, checks and jobs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import dagster as dg

from assets.extract.customer_checks import build_customer_checks
from assets.extract.netsuite_customers import build_netsuite_customers
from assets.extract.netsuite_sync import build_netsuite_sync
from assets.extract.stripe_customers import build_stripe_customers, fields_of_rules, further_fields, metadata_keys
from assets.extract.stripe_transactions import build_stripe_transactions
from assets.matching.customer_matches import build_customer_matches
from assets.matching.link_audit import build_link_checks
from assets.matching.reading_check import build_reading_check
from assets.matching.stripe_matches import build_stripe_matches
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.planning.brakes import build_brakes
from assets.planning.plan_asset import build_write_plan
from assets.planning.portal_asset import build_portal_links
from assets.planning.preflight_check import build_preflight_check
from assets.planning.review_asset import build_review_queue
from assets.planning.settings import PlanSettings
from assets.planning.stripe_preflight import build_stripe_preflight_check
from assets.reconciliation import Reconciliation
from assets.report.reconciliation_report import build_reconciliation_report
from assets.sources import build_sources
from assets.write_back.assets import build_links
from pipelines.declarations import Located, read_declarations
from pipelines.described import described
from pipelines.init.scaffolder import CustomerSyncScaffolder
from pipelines.jobs import build_jobs
from pipelines.notifications import build_notifications
from pipelines.notifications.notifier import notifier_of
from pipelines.sync_requests import build_sync_requests
from pipelines.workers.settings import on_workers
from resources.exports.parameters import ParametersExportReader
from resources.exports.readers import NetsuiteExportReader, StripeExportReader
from resources.exports.stripe_fields import Further
from resources.memory import MEMORY
from resources.readers import NetsuiteReader, ParametersReader, StripeReader
from resources.storage.folders import Folders
from resources.storage.frame_standing import ORIGIN
from schemas.declaration import Declaration
from schemas.declaration.rules import stripe_columns
from schemas.link_fields import ADDRESS_FIELDS


@dg.scaffold_with(CustomerSyncScaffolder)
class CustomerSync(Declaration, dg.Component):
    """Reconciles the customers of one Stripe account with those of one NetSuite account or subsidiary.

    Gives, under the declaration's name: the assets from the two extracts to the report, their checks, and the job
    `<name>_reconcile`, which writes nothing outside of this machine. Over two APIs also the assets that write, and the
    jobs that apply an approved plan, take one back, or do both every day within the brakes.
    """

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Dagster's entry point. It builds what `pipelines.declarations` makes of the file, as `make check` does.

        Dagster's own reading of it has lost which variables of the environment are not set.
        """
        in_file = (each for each in read_declarations(context.path) if each.declaration.name == self.name)
        found = next(in_file, Located(context.path, 1, self))
        sync = reconciliation(found.declaration, Folders.from_environment(), found.unset)
        return build_defs(sync, (found.file, found.line))


_ALL_SET: Final[Mapping[str, str]] = {}


def reconciliation(declaration: Declaration, folders: Folders, unset: Mapping[str, str] = _ALL_SET) -> Reconciliation:
    """Open the readers that a declaration names.

    Args:
        declaration: what a person wrote.
        folders: the folders of the installation.
        unset: key → the variable that it names and that is not set (`pipelines.declarations.Located`).
    """
    stripe, netsuite = _stripe_reader(declaration, folders, unset), _netsuite_reader(declaration, folders, unset)
    parameters = _parameters_reader(declaration, folders, unset)
    return Reconciliation(declaration, stripe, netsuite, folders, parameters, notifier=notifier_of(declaration, unset))


def _stripe_reader(declaration: Declaration, folders: Folders, unset: Mapping[str, str]) -> StripeReader:
    source, keys, further = declaration.stripe, metadata_keys(declaration), further_fields(declaration)
    if source.export is None:
        from resources.stripe_api.reading.reader import StripeApiReader  # noqa: PLC0415 (late: what reads export files does without it)

        return StripeApiReader(source, keys, unset, further)
    of_rules, who_paid = fields_of_rules(declaration), PlanSettings.of(declaration).who_paid
    return StripeExportReader(
        folders.root,
        source.export,
        since=source.first_month,
        metadata_keys=keys,
        required=list(stripe_columns(declaration.rules)),
        further=Further(of_rules, [name for name in further if name not in of_rules], who_paid),
        encoding=source.encoding,
        dates=source.dates,
        labels=source.labels,
        account=source.account,
        mode=source.mode,
    )


def _netsuite_reader(declaration: Declaration, folders: Folders, unset: Mapping[str, str]) -> NetsuiteReader:
    source, fields = declaration.netsuite, declaration.netsuite_fields
    if source.export is None:
        from resources.netsuite_api.reading.reader import NetsuiteApiReader  # noqa: PLC0415 (late: what reads export files does without it)

        return NetsuiteApiReader(source, fields, _written(declaration), unset, declaration.words)
    return NetsuiteExportReader(folders.root, source.export, fields, declaration.words, source.encoding)


def _parameters_reader(declaration: Declaration, folders: Folders, unset: Mapping[str, str]) -> ParametersReader | None:
    block, source = declaration.to_stripe, declaration.netsuite
    if block is None:
        return None
    if block.export is not None:
        label = declaration.netsuite_fields["internal_id"]
        return ParametersExportReader(folders.root, block.export, label, block.sync_path, source.encoding)
    from resources.netsuite_api.reading.reader import NetsuiteApiReader  # noqa: PLC0415 (late: as above)
    from resources.netsuite_api.reading.sync_search import NetsuiteParametersReader  # noqa: PLC0415

    netsuite = NetsuiteApiReader(source, declaration.netsuite_fields, frozenset(), unset, declaration.words)
    return NetsuiteParametersReader(netsuite, block.mass_search or "", block.sync_path, block.single_search)


def _written(declaration: Declaration) -> frozenset[str]:
    """The NetSuite fields that a declaration writes over the API."""
    allowed = PlanSettings.of(declaration).written if declaration.can_write else ()
    addresses = ADDRESS_FIELDS if declaration.can_write and declaration.portal else ()
    return frozenset(field.name for field in (*allowed, *addresses) if field.system == "netsuite")


def build_defs(sync: Reconciliation, declared: tuple[Path, int] | None = None) -> dg.Definitions:
    """The assets, checks and jobs of one reconciliation, whatever its readers are.

    Args:
        sync: the declaration with its readers.
        declared: the file and the line where it begins.
    """
    assets = [
        build_stripe_customers(sync),
        build_netsuite_customers(sync),
        build_customer_matches(sync, on_workers()),
        *([build_stripe_transactions(sync)] if sync.declaration.asks_who_transacted else []),
        *_to_stripe(sync),
        build_review_queue(sync),
        build_write_plan(sync),
    ]
    checks = [*build_customer_checks(sync), build_link_checks(sync), build_reading_check(sync)]
    if sync.declaration.can_write and sync.declaration.makes_customers:
        checks.append(build_preflight_check(sync))
    if sync.declaration.can_write and (way := ToStripeSettings.of(sync.declaration)) is not None and way.creates:
        checks.append(build_stripe_preflight_check(sync, way))
    shown = [spec for definition in (*assets, *checks) for spec in definition.check_specs]
    report = build_reconciliation_report(sync, shown)
    writes, brakes = (build_links(sync), [build_brakes(sync)]) if sync.declaration.can_write else ([], [])
    made = described(sync, [*assets, report, *writes], declared, metadata=lambda name: _for_frames(sync, name))
    sources = described(sync, build_sources(sync), declared, "source")
    own = dg.Definitions(assets=[*made, *sources], asset_checks=[*checks, *brakes])
    jobs = build_jobs(sync)
    return dg.Definitions.merge(own, jobs, build_notifications(sync, jobs), build_sync_requests(sync))


def _to_stripe(sync: Reconciliation) -> list[dg.AssetsDefinition]:
    """What is read and matched for the way to Stripe, where a declaration has one."""
    settings = ToStripeSettings.of(sync.declaration)
    portal = sync.declaration.portal
    links = [] if portal is None else [build_portal_links(sync, portal)]
    return [] if settings is None else [build_netsuite_sync(sync), build_stripe_matches(sync, settings), *links]


def _for_frames(sync: Reconciliation, asset: str) -> dict[str, str]:
    """The origin of an asset's frame and its memory, for the IO manager, which knows no declaration."""
    memory = {} if sync.declaration.memory is None else {MEMORY: sync.declaration.memory}
    return {ORIGIN: sync.origin(asset), **memory}
