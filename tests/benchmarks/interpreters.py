"""Which Python runs what is ours: one without the peers' packages, of which ours would load some if they were there.

pandera, for one, loads pandas wherever it is: a second of CPU and 80 MB of every process. `make bench` is run from an
environment that has the peers, inside the project's own; what is measured of ours is run from the latter.
"""

import sys
from pathlib import Path
from typing import Final

PEERS_FOLDER: Final = "peers"

_prefix = Path(sys.prefix)
_is_of_peers = _prefix.name == PEERS_FOLDER and (_prefix.parent / "pyvenv.cfg").exists()
OURS: Final = str(_prefix.parent / "bin" / "python") if _is_of_peers else sys.executable
