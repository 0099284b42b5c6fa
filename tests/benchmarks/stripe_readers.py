"""The readers that `stripe_read` compares, each started as a process: `stripe_readers.py READER URL CUSTOMERS RATE`.

It prints one line of JSON. A reader imports only what it needs, because the peer lives in an environment without ours.
"""

import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEY = "sk_test_standin"
YEARS = 7 * 365
FOUND = dict[str, float]
LIMIT = "100"


def tieout(url: str, customers: int, rate: int, folder: Path | None = None) -> FOUND:
    import pipelines  # noqa: F401, PLC0415 (as in each run, which looks for garbage seldom from here on)
    from resources.extracts.on_disk import Disk  # noqa: PLC0415
    from resources.stripe_api import ListProgress, StripeAccount, StripeConnection, read_customers  # noqa: PLC0415

    points: list[ListProgress] = []
    account = StripeAccount(api_key=KEY, base_url=url, requests_per_second=rate)
    until = datetime.now(UTC)
    with StripeConnection(account) as connection:
        start = _start()
        extract = read_customers(
            connection,
            until - timedelta(days=YEARS),
            until,
            ["netsuite_customer_id"],
            on_progress=points.append,
            disk=Disk(folder, 0) if folder else None,
        )
        found = _stop(start, extract.customers)
    assert extract.customers == customers
    return {**found, "requests": extract.reads, **_steady(points)}


def tieout_disk(url: str, customers: int, rate: int) -> FOUND:
    with tempfile.TemporaryDirectory() as folder:
        return tieout(url, customers, rate, Path(folder))


def sdk(url: str, customers: int, _rate: int) -> FOUND:
    import stripe  # noqa: PLC0415

    stripe.enable_telemetry = False
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=2)
    start, read = _start(), 0
    for customer in client.v1.customers.list({"limit": 100}).auto_paging_iter():
        read += bool(customer.id)
        if read == customers:
            break
    return _stop(start, read)


def raw(url: str, customers: int, _rate: int) -> FOUND:
    import stripe  # noqa: PLC0415

    stripe.enable_telemetry = False
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=2)
    start, read, cursor = _start(), 0, ""
    while read < customers:
        page = client.raw_request("get", f"/v1/customers?limit=100{cursor}").data
        read += len(page["data"])
        cursor = f"&starting_after={page['data'][-1]['id']}"
    return _stop(start, read)


def tap(url: str, customers: int, _rate: int) -> FOUND:
    """Let the tap sync from where its windows are full of customers, and stop it when it has written enough."""
    import stripe  # noqa: PLC0415
    import tap_stripe  # noqa: PLC0415

    stripe.api_base, stripe.api_key = url, KEY
    imported = datetime.now(UTC) - timedelta(days=2 * 365, hours=1)
    context = tap_stripe.Context
    context.config = {"start_date": imported.isoformat(), "account_id": "acct_standin", "client_secret": KEY}
    context.catalog, context.new_counts = tap_stripe.discover(), {"customers": 0}
    for entry in context.catalog["streams"]:
        entry["metadata"].append({"breadcrumb": (), "metadata": {"selected": entry["stream"] == "customers"}})
    lines = _Enough(customers)
    start = _start()
    try:
        with redirect_stdout(lines):
            tap_stripe.sync_stream("customers")
    except EOFError:
        pass
    return _stop(start, lines.records)


class _Enough(io.StringIO):
    """Counts what the tap writes, and ends it after enough records."""

    def __init__(self, enough: int) -> None:
        super().__init__()
        self.enough, self.records = enough, 0

    def write(self, text: str) -> int:
        self.records += '"RECORD"' in text
        if self.records >= self.enough:
            raise EOFError
        return len(text)


def _start() -> tuple[float, float, float]:
    return time.monotonic(), _cpu(), _mib()


def _stop(start: tuple[float, float, float], customers: int) -> FOUND:
    then, cpu, mib = start
    return {"customers": customers, "seconds": time.monotonic() - then, "cpu": _cpu() - cpu, "mib": _mib() - mib}


def _steady(points: list) -> FOUND:  # type: ignore[type-arg]
    """Customers a second between the first and the last tenth of the time."""
    end = points[-1].seconds
    middle = [point for point in points if end * 0.1 <= point.seconds <= end * 0.9]
    if len(middle) < 2:
        return {}
    return {"steady": (middle[-1].rows - middle[0].rows) / (middle[-1].seconds - middle[0].seconds)}


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


READERS: dict[str, Callable[[str, int, int], FOUND]] = {
    "tieout": tieout,
    "tieout-disk": tieout_disk,
    "sdk": sdk,
    "raw": raw,
    "tap": tap,
}

if __name__ == "__main__":
    name, address, count, pace = sys.argv[1:]
    print(json.dumps(READERS[name](address, int(count), int(pace))))  # noqa: T201 - its result
