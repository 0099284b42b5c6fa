"""`python -m sandbox.stripe_standin`: serve a file of customers, or an example account, until interrupted."""

import argparse
import gc
from pathlib import Path

from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.server import serve
from sandbox.stripe_standin.world import StripeWorld, load_customers, uneven_book


def main(argv: list[str] | None = None) -> None:
    """Read the command line and serve."""
    options = _parser().parse_args(argv)
    world = StripeWorld()
    if options.customers is not None:
        world.book().load(load_customers(options.customers))
    else:
        uneven_book(world.book(), options.generate)
    gc.freeze()  # the world stays: collecting garbage must not walk it again and again
    rate = options.rate or None
    serve(
        world,
        StandInOptions(latency=options.latency, endpoint_rate=rate, test_rate=rate),
        port=options.port,
        ready=lambda url: print(f"Stripe stand-in: {url} (test key {world.test_key})", flush=True),  # noqa: T201
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe_standin", description=__doc__)
    parser.add_argument(
        "--customers", type=Path, help="a Dashboard export (.csv) or a list of customer objects (.json)"
    )
    parser.add_argument("--generate", type=int, default=1_000, help="without a file: how many customers to make up")
    parser.add_argument("--port", type=int, default=8421)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each answer takes")
    parser.add_argument("--rate", type=int, default=25, help="requests a second for each endpoint; 0 for no limit")
    return parser


if __name__ == "__main__":
    main()
