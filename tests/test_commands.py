"""The commands behind `make`, as a person runs them: what they say, and with which code they end."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.interrupts import COMMANDS
from sandbox.netsuite_standin import NetsuiteStandIn
from sandbox.netsuite_standin.export import serve_export
from sandbox.stripe_standin import StripeStandIn, StripeWorld, load_customers
from tests.in_process import command, lay_out
from tests.installed import install, run_python
from tests.reconciling import CHECKOUT
from tests.test_bad_input import DECLARED, EXPORTS

EXAMPLES = CHECKOUT / "examples"
DEFS = "pipelines/defs/sandbox/defs.yaml"


@dataclass
class Services:
    """Both stand-ins with the example's customers, and the environment that opens them."""

    netsuite: NetsuiteStandIn
    environment: dict[str, str]


@pytest.fixture
def services() -> Iterator[Services]:
    world = StripeWorld()
    world.book().load(load_customers(EXAMPLES / "stripe_customers.csv"))
    netsuite, environment = serve_export(EXAMPLES / "netsuite_customers.csv")
    with StripeStandIn(world) as stripe:
        yield Services(netsuite, environment | {"STRIPE_API_KEY": world.test_key, "STRIPE_BASE_URL": stripe.url})


def run(folder: Path, environment: dict[str, str], *options: str) -> tuple[int, str, str]:
    lay_out(folder, {DEFS: (EXAMPLES / "sandbox.yaml").read_text("utf-8")})
    ended = command(folder, "run", "sandbox", *options, environment=environment)
    return ended.returncode, ended.stdout, ended.stderr


def test_check_says_of_both_sides_that_they_can_be_read(services: Services, tmp_path: Path) -> None:
    with services.netsuite:
        code, output, errors = run(tmp_path, services.environment, "--check")
    assert (code, errors) == (0, "")
    assert "✓ Stripe API test: the key opens test mode" in output
    assert "the RESTlet answers" in output


def test_check_of_a_service_that_does_not_answer_ends_in_a_sentence(services: Services, tmp_path: Path) -> None:
    with services.netsuite:
        pass
    code, output, errors = run(tmp_path, services.environment, "--check")
    assert code == 1
    assert "✓ Stripe" in output
    *meanwhile, last = errors.splitlines()
    assert last.startswith("✗ NetSuite does not answer (the connection is refused)")
    assert [
        line for line in meanwhile if "does not answer (the connection is refused)" in line and "next try in" in line
    ]
    assert len(meanwhile) <= 2


def test_check_without_an_environment_names_the_variable_to_set(tmp_path: Path) -> None:
    assert run(tmp_path, {}, "--check") == (
        1,
        "",
        "✗ There is no Stripe API key: set STRIPE_API_KEY (stripe.api_key).\n",
    )


def test_run_without_a_secret_names_the_variable_to_set(services: Services, tmp_path: Path) -> None:
    del services.environment["NETSUITE_PRIVATE_KEY"], services.environment["NETSUITE_ACCOUNT"]
    with services.netsuite:
        code, _, errors = run(tmp_path, services.environment)
    assert code == 1
    assert errors == (
        "✗ The NetSuite login lacks account, private_key: set NETSUITE_ACCOUNT (netsuite.account), "
        "NETSUITE_PRIVATE_KEY (netsuite.private_key).\n"
    )


def test_definitions_load_without_a_warning(tmp_path: Path) -> None:
    install(tmp_path, {DEFS: (EXAMPLES / "sandbox.yaml").read_text("utf-8")})
    load = "from pipelines.definitions import defs; defs.get_repository_def().asset_checks_defs_by_key"
    ended = run_python(tmp_path, "-c", load)
    assert (ended.returncode, ended.stderr) == (0, "")


ONE_AFTER_THE_OTHER = """
import runpy, sys
for line in sys.stdin:
    sys.argv = line.split()
    try:
        runpy.run_module(sys.argv[0], run_name="__main__")
    except SystemExit as ended:
        print(sys.argv[0], ended.code)
"""
STARTED = {
    "pipelines.run": "nobody",
    "pipelines.init": "Nobody",
    "pipelines.advise": "nobody",
    "pipelines.apply_stripe": "nobody updates.csv",
    "pipelines.replay": "nobody",
    "pipelines.compare": "nobody",
    "pipelines.into_store": "nobody",
    "pipelines.results": "nobody",
    "pipelines.prune": "nobody",
    "pipelines.operate": "plans nobody",
}


def test_each_command_is_a_module_that_starts_by_itself_and_ends_in_its_sentence(tmp_path: Path) -> None:
    install(tmp_path, {"updates.csv": "id,netsuite_customer_id\ncus_1,7\n"})
    given = "\n".join(f"{module} {words}" for module, words in STARTED.items())
    ended = run_python(tmp_path, "-W", "ignore", "-c", ONE_AFTER_THE_OTHER, given=given)
    assert STARTED.keys() == COMMANDS.keys()
    assert ended.stdout.splitlines() == [f"{module} 1" for module in STARTED], ended.stderr
    said = ended.stderr.splitlines()
    assert said.pop(1).startswith("✗ 'Nobody' is no name for a declaration: ")
    assert said == ["✗ There is no declaration 'nobody'; there are: none."] * (len(STARTED) - 1)


def make(folder: Path, *arguments: str) -> int:
    shutil.copyfile(CHECKOUT / "Makefile", folder / "Makefile")
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, check=False).returncode


def test_clean_keeps_what_an_undo_needs_and_forget_wants_to_be_sure(tmp_path: Path) -> None:
    for name in (".dagster", "out", ".venv"):
        (tmp_path / name).mkdir()
    assert make(tmp_path, "clean") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dagster", "Makefile"]
    assert make(tmp_path, "forget") != 0
    assert (tmp_path / ".dagster").exists()
    assert make(tmp_path, "forget", "SURE=yes") == 0
    assert not (tmp_path / ".dagster").exists()


BROKEN_BESIDE = {
    **EXPORTS,
    "pipelines/defs/b/defs.yaml": DECLARED.replace("name: acme", "name: beta") + "  on_severl: first\n  writes: no\n",
    "pipelines/defs/c/defs.yaml": "type: [",
    "pipelines/defs/d/defs.yaml": "type: nobody.Knows\n",
}


def test_broken_declarations_leave_the_good_ones_alone(tmp_path: Path) -> None:
    lay_out(tmp_path, BROKEN_BESIDE)
    good = command(tmp_path, "run", "acme")
    assert good.returncode == 0, good.stderr
    start = f"! Left out, as it is broken: {tmp_path}/pipelines/defs/"
    assert [line.removeprefix(start)[0] for line in good.stderr.splitlines()] == ["b", "c", "d"]
    bad = command(tmp_path, "run", "beta")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith(f"✗ {tmp_path}/pipelines/defs/b/defs.yaml, line ")
    assert "did you mean on_several?" in bad.stderr
    assert bad.stderr.count("\n") == 1
    validated = command(tmp_path, "run", "--validate")
    assert (validated.returncode, validated.stdout) == (1, "The others are good: acme.\n")
    assert [line[0] for line in validated.stderr.splitlines()] == ["✗"] * 4
