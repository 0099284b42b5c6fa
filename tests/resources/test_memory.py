"""What a process may take is the machine's memory, or the least that a control group around it allows."""

from collections.abc import Mapping

import pytest

from resources.memory import SHARE, Memory, memory_here, memory_limit

GB = 10**9
V1, V2 = "/sys/fs/cgroup/memory", "/sys/fs/cgroup"


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        pytest.param({}, 16 * GB, id="no control groups, as on a Mac"),
        pytest.param({"/proc/self/cgroup": "0::/\n", f"{V2}/memory.max": "max\n"}, 16 * GB, id="v2 without a limit"),
        pytest.param({"/proc/self/cgroup": "0::/\n", f"{V2}/memory.max": f"{4 * GB}\n"}, 4 * GB, id="a container, v2"),
        pytest.param(
            {"/proc/self/cgroup": "0::/a.slice/b.service\n", f"{V2}/a.slice/b.service/memory.max": "3000000000"},
            3 * GB,
            id="v2 of a unit",
        ),
        pytest.param(
            {
                "/proc/self/cgroup": "0::/a.slice/b.service\n",
                f"{V2}/a.slice/memory.max": "2000000000",
                f"{V2}/a.slice/b.service/memory.max": "3000000000",
            },
            2 * GB,
            id="v2 of the slice above",
        ),
        pytest.param(
            {
                "/proc/self/cgroup": "5:cpu:/\n4:memory:/d/1f\n",
                f"{V1}/d/1f/memory.limit_in_bytes": "5000000000",
            },
            5 * GB,
            id="v1",
        ),
        pytest.param(
            {"/proc/self/cgroup": "4:cpu,memory:/docker/1f\n", f"{V1}/memory.limit_in_bytes": "6000000000\n"},
            6 * GB,
            id="v1 in a container, which sees itself as the root",
        ),
        pytest.param(
            {"/proc/self/cgroup": "4:memory:/\n", f"{V1}/memory.limit_in_bytes": "9223372036854771712"},
            16 * GB,
            id="v1 without a limit",
        ),
        pytest.param(
            {"/proc/self/cgroup": "nonsense\n0::/\n", f"{V2}/memory.max": "0"}, 16 * GB, id="what cannot be understood"
        ),
        pytest.param(
            {"/proc/self/cgroup": "0::/../../x\n", "/sys/memory.max": "1"}, 16 * GB, id="nothing outside is asked"
        ),
    ],
)
def test_the_least_limit_counts(files: Mapping[str, str], limit: int) -> None:
    assert memory_limit(16 * GB, files.get) == limit


def test_half_of_it_is_for_a_run_unless_more_or_less_is_declared() -> None:
    assert Memory.of(None) == Memory(round(SHARE * memory_here()))
    assert Memory.of("4GB") == Memory(4 * GB)


def test_frames_and_a_stage_share_what_a_run_may_take() -> None:
    memory = Memory(4 * GB)
    assert (memory.of_frames, memory.of_a_stage) == (GB, 3 * GB)


def test_more_than_there_is_gets_a_sentence() -> None:
    assert Memory(4 * GB).problem(4 * GB) == ""
    assert "`memory` is 64 GB, and there are 16 GB for a process" in Memory(64 * GB).problem(16 * GB)
