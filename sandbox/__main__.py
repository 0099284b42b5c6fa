"""`make sandbox`: both stand-ins on loopback with the example data, and the environment that a declaration needs.

The environment is printed, and kept in a file for another terminal to read; `examples/sandbox.yaml` is a declaration
that fits. What the file says stays true when the sandbox is started again: the key, and the ports where they are free.
"""

import argparse
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sandbox.netsuite_standin.export import serve_export
from sandbox.netsuite_standin.options import Options, Permission
from sandbox.portal import connect
from sandbox.stripe_standin import StripeStandIn, StripeWorld, load_customers, load_payments

_CHECKOUT = Path(__file__).resolve().parent.parent
_EXAMPLES = _CHECKOUT / "examples"
_ROLE: Final[dict[str, Permission]] = {"LIST_CUSTJOB": 4, "LIST_FIND": 1}
"""What the integration's role may: everything about customers, so that an undo can delete those that were made."""
_ENVIRONMENT = _CHECKOUT / ".dagster" / "sandbox.env"


def main(argv: list[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="make sandbox", description=__doc__)
    parser.add_argument("--stripe", type=Path, default=_EXAMPLES / "stripe_customers.csv", help="a Dashboard export")
    parser.add_argument("--netsuite", type=Path, default=_EXAMPLES / "netsuite_customers.csv", help="a search's export")
    parser.add_argument("--environment", type=Path, default=_ENVIRONMENT, help="the file for other terminals")
    options = parser.parse_args(argv)
    world, before = StripeWorld(), _published(options.environment)
    world.book().load(load_customers(options.stripe))
    if options.stripe.suffix == ".csv":
        load_payments(options.stripe, world.book())
    netsuite, environment = serve_export(
        options.netsuite,
        _port(before, "NETSUITE_BASE_URL"),
        Options(permissions=_ROLE),
        private_key=before.get("NETSUITE_PRIVATE_KEY"),
    )
    with StripeStandIn(world, port=_port(before, "STRIPE_BASE_URL")) as stripe, netsuite:
        connect(netsuite, stripe)
        environment |= {"STRIPE_API_KEY": world.test_key, "STRIPE_BASE_URL": stripe.url}
        _publish(environment, options.environment)
        threading.Event().wait()


def _published(file: Path) -> Mapping[str, str]:
    """The environment of the last start; nothing if there was none."""
    try:
        words = shlex.split(file.read_text())
    except (OSError, ValueError):
        return {}
    return {name: value for name, _, value in (word.partition("=") for word in words) if value}


def _port(environment: Mapping[str, str], name: str) -> int:
    """The port of the last start, if it can be had again; else 0, which is any."""
    try:
        port = urlsplit(environment.get(name, "")).port or 0
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, ValueError):
        return 0
    return port


def _publish(environment: dict[str, str], file: Path) -> None:
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items()))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(lines)
    print(f"{lines}# In another terminal:  . {file}", flush=True)  # noqa: T201 (this is what it is for)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.stderr.write("✗ The sandbox has ended.\n")
        sys.exit(128 + signal.SIGINT)
