"""The component that turns one declaration into assets, checks and jobs."""

from pathlib import Path

import dagster as dg

from assets.customer_checks import build_customer_checks
from assets.customer_matches import build_customer_matches
from assets.link_checks import build_link_checks
from assets.netsuite_customers import build_netsuite_customers
from assets.reconciliation import Reconciliation
from assets.reconciliation_report import build_reconciliation_report
from assets.review_queue import build_review_queue
from assets.stripe_customers import build_stripe_customers, metadata_keys
from assets.write_plan import build_write_plan
from pipelines.jobs import build_jobs
from resources.doors import NetsuiteExportDoor, StripeExportDoor
from resources.places import Places
from schemas.declaration import Declaration


class CustomerSync(Declaration, dg.Component):
    """Reconciles the customers of one Stripe account with those of one NetSuite account or subsidiary.

    Gives, under the declaration's name: the assets from the two extracts to the report, their checks, and the job
    `<name>_reconcile`, which writes nothing outside of this machine.
    """

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:  # noqa: ARG002 (the interface)
        """Dagster's entry point."""
        return build_defs(reconciliation(self, Places.from_environment()))


def reconciliation(declaration: Declaration, places: Places) -> Reconciliation:
    """Open the doors that a declaration names."""
    return Reconciliation(
        declaration=declaration,
        stripe=StripeExportDoor(
            path=_from(places.root, declaration.stripe.export),
            since=declaration.stripe.first_month,
            metadata_keys=metadata_keys(declaration),
            required=[rule.stripe for rule in declaration.rules],
        ),
        netsuite=NetsuiteExportDoor(
            path=_from(places.root, declaration.netsuite.export), fields=declaration.netsuite_fields
        ),
        places=places,
    )


def build_defs(sync: Reconciliation) -> dg.Definitions:
    """The assets, checks and jobs of one reconciliation, whatever its doors are."""
    assets = [
        build_stripe_customers(sync),
        build_netsuite_customers(sync),
        build_customer_matches(sync),
        build_review_queue(sync),
        build_write_plan(sync),
    ]
    checks = [*build_customer_checks(sync), build_link_checks(sync)]
    shown = [spec for definition in (*assets, *checks) for spec in definition.check_specs]
    own = dg.Definitions(assets=[*assets, build_reconciliation_report(sync, shown)], asset_checks=checks)
    return dg.Definitions.merge(own, build_jobs(sync))


def _from(root: Path, path: str) -> Path:
    return root / Path(path).expanduser()
