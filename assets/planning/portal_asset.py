"""The links to the customer portal as an asset, for declarations that keep one in NetSuite (P7).

Asked of Stripe or NetSuite for the records whose portal is known. A portal that nobody activated, or that is not set up
in NetSuite, is a sentence of a check: nothing is planned for it then, and everything else goes on.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import dagster as dg
import polars as pl

from assets.api_readers import netsuite_api, stripe_api
from assets.check_results import SCHEMA_CHECK, blocking_checks, report_checks, schema_result
from assets.matching.directions import both_ways
from assets.matching.stripe_matches import STRIPE_MATCHES
from assets.planning.portal_links import held_by_others, who_gets_a_link
from assets.planning.settings import PlanSettings
from assets.reconciliation import FRAME, IO_MANAGER_KEY, Reconciliation, failures_for_people
from assets.table_columns import table_columns
from schemas.declaration.portal import PortalTerms
from schemas.errors import AccessError, TransientError, UserError
from schemas.portal import PortalLinks
from schemas.secrets import masked
from schemas.validation import violations
from schemas.words import InternalId, many_do

if TYPE_CHECKING:
    from resources.netsuite_api import LinkTerms
    from resources.stripe_api.reading.portal import PortalPage

PORTAL_LINKS: Final = "portal_links"
"""The name of the asset, where a declaration has it."""

_READY: Final = "The customer portal is activated in Stripe, and set up in NetSuite where its Suitelet is used (P7)."
_FREE: Final = "No record holds somebody else's address in the field of the portal link; it would be left as it is."
_IDS_SHOWN: Final = 20
_SCHEMA: Final = {"netsuite_internal_id": pl.Int64, "stripe_customer_id": pl.String, "link": pl.String}


def build_portal_links(sync: Reconciliation, terms: PortalTerms) -> dg.AssetsDefinition:
    """The asset `portal_links` of one declaration over two APIs."""
    settings = PlanSettings.of(sync.declaration)
    key = sync.key(PORTAL_LINKS)

    @dg.asset(
        key=key,
        group_name=sync.name,
        kinds={"netsuite" if terms.portal == "suitelet" else "stripe", "polars"},
        io_manager_key=IO_MANAGER_KEY,
        dagster_type=FRAME,
        metadata=table_columns(PortalLinks),
        ins=sync.inputs("stripe_customers", "netsuite_customers", "customer_matches", STRIPE_MATCHES),
        check_specs=blocking_checks(key, {"schema": SCHEMA_CHECK, "portal_ready": _READY, "fields_free": _FREE}),
    )
    def portal_links(
        context: dg.AssetExecutionContext,
        stripe_customers: pl.LazyFrame,
        netsuite_customers: pl.LazyFrame,
        customer_matches: pl.LazyFrame,
        stripe_matches: pl.LazyFrame,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        """For each NetSuite customer that is linked: the stable link to its customer portal.

        Links are keys or addresses, never sessions: a session is made at each click. What a record holds is compared
        with them in `write_plan`, and only what differs is planned.
        """
        with failures_for_people():
            who = who_gets_a_link(
                stripe_customers,
                netsuite_customers,
                both_ways(customer_matches, stripe_matches),
                settings.no_value,
                sets_stripe_ids="stripe_id" in settings.fields,
            ).collect()
            frame, why_none = links_for(sync, terms, who, context.log.info)
            others = held_by_others(frame.lazy(), netsuite_customers, settings.no_value).collect()
            checks = [
                schema_result(violations(PortalLinks, frame, "netsuite_internal_id")),
                _ready_result(why_none),
                _free_result(others.get_column("netsuite_internal_id")),
            ]
            yield from report_checks(PORTAL_LINKS, checks)
            yield dg.MaterializeResult(value=frame, metadata={"links": frame.height, "linked_records": who.height})

    return portal_links


def portal_sentence(sync: Reconciliation, terms: PortalTerms) -> str:
    """Ask whether links can be made, and say in a sentence what was found.

    Raises:
        UserError: they cannot; the sentence says what to do.
        TransientError: a service could not be asked.
    """
    if terms.portal == "login_link":
        stripe_api(sync).portal().needs_login()
        return "customer portal: Stripe's login page is activated."
    page = _page_if_it_may_be_read(sync)
    with netsuite_api(sync).test_client() as client:
        client.portal_links([InternalId(1)], _terms_of(terms))
    found = "its settings could not be read with this key" if page is None else "its settings are saved in Stripe"
    return f"customer portal: the Suitelet's links can be made, {found}."


def links_for(
    sync: Reconciliation, terms: PortalTerms, who: pl.DataFrame, on_progress: Callable[[str], None]
) -> tuple[pl.DataFrame, str]:
    """The links, and why there are none: what a person has to do, or which service could not be asked."""
    on_progress(f"{many_do(who.height, 'record', 'has', 'have')} a customer portal")
    try:
        links = _login_links(sync, terms, who) if terms.portal == "login_link" else _signed_links(sync, terms, who)
    except (UserError, TransientError) as error:
        return pl.DataFrame(schema=_SCHEMA), str(error)
    return who.with_columns(link=links).select(list(_SCHEMA)), ""


def _login_links(sync: Reconciliation, terms: PortalTerms, who: pl.DataFrame) -> pl.Series:
    address = stripe_api(sync).portal().needs_login()
    if not terms.portal_email:
        return pl.repeat(address, who.height, dtype=pl.String, eager=True)
    emails = (None if email is None else email.strip() for email in who.get_column("email"))
    filled = [f"{address}?prefilled_email={quote(email, safe='')}" if email else address for email in emails]
    return pl.Series(filled, dtype=pl.String)


def _signed_links(sync: Reconciliation, terms: PortalTerms, who: pl.DataFrame) -> pl.Series:
    _page_if_it_may_be_read(sync)
    ids = [InternalId(number) for number in who.get_column("netsuite_internal_id")]
    with netsuite_api(sync).client() as client:
        links = client.portal_links(ids, _terms_of(terms))
    return pl.Series([links[number] for number in ids], dtype=pl.String)


def _terms_of(terms: PortalTerms) -> "LinkTerms":
    from resources.netsuite_api import LinkTerms  # noqa: PLC0415 (late: what reads export files does without it)

    return LinkTerms(terms.portal_generation, terms.portal_until)


def _page_if_it_may_be_read(sync: Reconciliation) -> "PortalPage | None":
    """See that sessions can be made. The Suitelet has a key of its own, so that ours need not read this."""
    try:
        page = stripe_api(sync).portal()
    except AccessError:
        return None
    page.needs_settings()
    return page


def _ready_result(why_none: str) -> dg.AssetCheckResult:
    said = f"No portal link is planned: {masked(why_none)}" if why_none else "Links can be made."
    return dg.AssetCheckResult(
        check_name="portal_ready", passed=not why_none, severity=dg.AssetCheckSeverity.WARN, description=said
    )


def _free_result(others: pl.Series) -> dg.AssetCheckResult:
    ids = " ".join(map(str, others.head(_IDS_SHOWN))) + (" …" if others.len() > _IDS_SHOWN else "")
    return dg.AssetCheckResult(
        check_name="fields_free",
        passed=others.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{many_do(others.len(), 'record', 'holds', 'hold')} an address that is not ours in the field of "
        "the portal link, which stays. Empty the field there, or let the declaration name another one "
        "(netsuite.portal_link_field)."
        if others.len()
        else "None does.",
        metadata={"found": others.len(), **({"ids": ids} if others.len() else {})},
    )
