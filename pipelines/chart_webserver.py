"""Our web server where Dagster's Helm chart starts `dagster-webserver`, whose command no value of the chart replaces.

    dagster-webserver -h 0.0.0.0 -p 3000 -w /dagster-workspace/workspace.yaml

The image has a program of that name (`deploy/bin`), so that nobody meets Dagster's without the guard.
"""

import argparse
import sys

from pipelines import webserver

_STARTED_AS = "dagster-webserver"


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog=_STARTED_AS, description=__doc__, add_help=False, allow_abbrev=False)
    parser.add_argument("-h", dest="host", required=True, help="address to listen on")
    parser.add_argument("-p", dest="port", required=True, help="port to listen on")
    parser.add_argument("-w", dest="workspace", required=True, help="where the code locations are")
    options, others = parser.parse_known_args(arguments)
    if others:
        sys.stderr.write(
            f"✗ {_STARTED_AS} is Tieout's here, and knows no {others[0]}: take the value of the chart away that "
            "asks for it.\n"
        )
        return 1
    return webserver.main(["--host", options.host, "--port", options.port, "--workspace", options.workspace])


if __name__ == "__main__":
    sys.exit(main())
