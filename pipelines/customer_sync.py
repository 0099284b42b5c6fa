"""The component that turns one declaration into assets, checks and jobs."""

from collections.abc import Mapping, Sequence
from typing import Final

import dagster as dg

from assets.brakes import build_brakes
from assets.customer_checks import build_customer_checks
from assets.customer_matches import build_customer_matches
from assets.link_checks import build_link_checks
from assets.links import build_links
from assets.netsuite_customers import build_netsuite_customers
from assets.reading_check import build_reading_check
from assets.reconciliation import Reconciliation
from assets.reconciliation_report import build_reconciliation_report
from assets.review_queue import build_review_queue
from assets.stripe_customers import build_stripe_customers, further_fields, metadata_keys
from assets.write_plan import PlanSettings, build_write_plan
from pipelines.declarations import Located, read_declarations
from pipelines.jobs import build_jobs
from resources.api_doors import NetsuiteApiDoor, StripeApiDoor
from resources.doors import NetsuiteDoor, NetsuiteExportDoor, StripeDoor, StripeExportDoor
from resources.netsuite import LinkName
from resources.parquet_io import ORIGIN
from resources.places import Places
from schemas.declaration import Declaration
from schemas.rules import stripe_columns


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
        return build_defs(reconciliation(found.declaration, Places.from_environment(), found.unset))


_ALL_SET: Final[Mapping[str, str]] = {}


def reconciliation(declaration: Declaration, places: Places, unset: Mapping[str, str] = _ALL_SET) -> Reconciliation:
    """Open the doors that a declaration names.

    Args:
        declaration: what a person wrote.
        places: the folders of the installation.
        unset: key → the variable that it names and that is not set (`pipelines.declarations.Located`).
    """
    stripe, netsuite = _stripe_door(declaration, places, unset), _netsuite_door(declaration, places, unset)
    return Reconciliation(declaration, stripe, netsuite, places)


def _stripe_door(declaration: Declaration, places: Places, unset: Mapping[str, str]) -> StripeDoor:
    source, keys, further = declaration.stripe, metadata_keys(declaration), further_fields(declaration)
    if source.export is None:
        return StripeApiDoor(source, keys, unset, further)
    required = list(stripe_columns(declaration.rules))
    return StripeExportDoor(
        places.root, source.export, source.first_month, keys, required, further, source.encoding, source.dates
    )


def _netsuite_door(declaration: Declaration, places: Places, unset: Mapping[str, str]) -> NetsuiteDoor:
    source, fields = declaration.netsuite, declaration.netsuite_fields
    if source.export is None:
        return NetsuiteApiDoor(source, fields, _written(declaration), unset, declaration.words)
    return NetsuiteExportDoor(places.root, source.export, fields, declaration.words, source.encoding)


def _written(declaration: Declaration) -> frozenset[LinkName]:
    """The NetSuite fields that a declaration writes over the API."""
    may = PlanSettings.of(declaration)
    names: dict[LinkName, bool] = {
        "stripe_id": may.stripe_id,
        "external_id": may.external_id,
        "comments": may.comments,
    }
    return frozenset(name for name, is_written in names.items() if is_written and declaration.can_write)


def build_defs(sync: Reconciliation) -> dg.Definitions:
    """The assets, checks and jobs of one reconciliation, whatever its doors are."""
    assets = [
        build_stripe_customers(sync),
        build_netsuite_customers(sync),
        build_customer_matches(sync),
        build_review_queue(sync),
        build_write_plan(sync),
    ]
    checks = [*build_customer_checks(sync), build_link_checks(sync), build_reading_check(sync)]
    shown = [spec for definition in (*assets, *checks) for spec in definition.check_specs]
    report = build_reconciliation_report(sync, shown)
    writes, brakes = (build_links(sync), [build_brakes(sync)]) if sync.declaration.can_write else ([], [])
    own = dg.Definitions(assets=_of_origin(sync, [*assets, report, *writes]), asset_checks=[*checks, *brakes])
    return dg.Definitions.merge(own, build_jobs(sync))


def _of_origin(sync: Reconciliation, assets: Sequence[dg.AssetsDefinition]) -> Sequence[dg.AssetsDefinition]:
    """Let each asset name the origin of its frame, for the IO manager, which knows no declaration."""
    return dg.map_asset_specs(
        lambda spec: spec.merge_attributes(metadata={ORIGIN: sync.origin(spec.key.path[-1])}), assets
    )
