"""`make ui`: Dagster's UI and daemons on every declaration, on loopback."""

import os
import sys

import dagster as dg

from pipelines.home import prepare_home
from pipelines.turns import end_killed
from resources.places import Places


def main() -> None:
    """Become `dagster dev`. PORT says where to listen; default 3000."""
    places = Places.from_environment()
    prepare_home(places)
    with dg.DagsterInstance.get() as instance:
        end_killed(places, instance)
    port = os.environ.get("PORT", "3000")
    workspace = str(places.root / "workspace.yaml")
    command = [sys.executable, "-m", "dagster", "dev", "--workspace", workspace, "--host", "127.0.0.1", "--port", port]
    os.execv(sys.executable, command)  # noqa: S606 (our own interpreter, fixed arguments)


if __name__ == "__main__":
    main()
