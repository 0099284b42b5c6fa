"""`make init` and `dg scaffold` as a person starts them: what is said, and that what is written runs."""

import json
from pathlib import Path

import polars as pl
import pytest
from dagster.components.component_scaffolding import scaffold_object

from pipelines.declarations import read_declarations
from sandbox.netsuite_standin.export import serve_export
from sandbox.stripe_standin import StripeStandIn, StripeWorld, load_customers
from tests.in_process import command, lay_out
from tests.pipelines.init.two_exports import NETSUITE, STRIPE
from tests.reconciling import CHECKOUT

EXAMPLES = CHECKOUT / "examples"
_TYPED = "make init NAME=acme STRIPE=exports/stripe.csv NETSUITE=exports/netsuite.csv"
_BOTH = ("acme", "--stripe", "a", "--netsuite", "b")


@pytest.mark.rule("X13")
@pytest.mark.parametrize(("folder", "outcomes"), [("german", 16), ("japanese", 12)])
def test_two_files_become_results_with_two_commands(tmp_path: Path, folder: str, outcomes: int) -> None:
    lay_out(tmp_path, {})
    stripe, netsuite = (str(EXAMPLES / folder / f"{system}.csv") for system in ("stripe", "netsuite"))
    began = command(tmp_path, "init.__main__", "acme", "--stripe", stripe, "--netsuite", netsuite)
    assert (began.returncode, began.stderr) == (0, "")
    assert "\nNext: make run NAME=acme (" in began.stdout
    assert f"{outcomes} Stripe customers" in began.stdout
    ran = command(tmp_path, "run", "acme")
    assert ran.returncode == 0, ran.stderr
    found = pl.read_csv(tmp_path / "out/acme/matches.csv").get_column("outcome").value_counts()
    counts = dict(found.rows())
    assert sum(counts.values()) == outcomes
    assert counts["matched"] + counts["linked"] > outcomes / 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Acme"], "✗ 'Acme' is no name for a declaration: expected a letter, then lower-case letters"),
        (
            [""],
            f"✗ Say a name of your choice and which files: {_TYPED}; or make init NAME=acme API=1, for the accounts",
        ),
        (
            ["beta", "--netsuite", "n.csv"],
            "✗ Say which files: make init NAME=beta STRIPE=exports/stripe.csv NETSUITE=n.csv; or make init",
        ),
        (["acme", "--api"], "✗ The environment lacks STRIPE_API_KEY, NETSUITE_ACCOUNT, NETSUITE_CLIENT_ID, "),
        ([*_BOTH, "--columns", "email"], "✗ COLUMNS has 'email'; write it as"),
        ([*_BOTH, "--columns", "my mail=Mail"], "✗ COLUMNS has the field 'my mail'; a field is called by lower-case"),
        (
            [*_BOTH, "--columns", "stripe.mail=A"],
            "✗ COLUMNS has the field 'stripe.mail'; of Stripe's file there are id,",
        ),
        ([*_BOTH, "--columns", "email=A, email=B"], "✗ COLUMNS names the field 'email' twice; leave one out."),
        ([*_BOTH, "--columns", "email=A, phone=A"], "✗ COLUMNS names the column 'A' twice; leave one out."),
        ([*_BOTH, "--dates", "soon"], "✗ DATES is 'soon'; expected one of day_first, month_first"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    lay_out(tmp_path, {})
    ended = command(tmp_path, "init.__main__", *arguments)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(said)
    assert ended.stderr.count("\n") == 1


@pytest.mark.rule("X13")
def test_over_the_apis_the_saved_search_is_described_and_both_sides_are_asked(tmp_path: Path) -> None:
    world = StripeWorld()
    world.book().load(load_customers(EXAMPLES / "stripe_customers.csv"))
    netsuite, environment = serve_export(EXAMPLES / "netsuite_customers.csv")
    lay_out(tmp_path, {})
    with StripeStandIn(world) as stripe, netsuite:
        keys = environment | {"STRIPE_API_KEY": world.test_key, "STRIPE_BASE_URL": stripe.url}
        ended = command(tmp_path, "init.__main__", "acme", "--api", environment=keys)
        assert (ended.returncode, ended.stderr) == (0, "")
    assert "✓ Stripe API: the key opens test mode" in ended.stdout
    text = (tmp_path / "pipelines/defs/acme/defs.yaml").read_text("utf-8")
    assert not [value for value in keys.values() if value in text]
    [located] = read_declarations(tmp_path / "pipelines/defs/acme")
    assert located.declaration.can_write
    assert located.declaration.netsuite_fields["stripe_id"] == "Stripe Customer Id"
    assert located.declaration.netsuite_fields["stage"] == "Stage"
    assert [rule.netsuite for rule in located.declaration.rules] == [["email"], ["company_name"]]


def test_a_scaffold_without_files_loads_and_with_files_fits_them(tmp_path: Path) -> None:
    (tmp_path / "stripe.csv").write_text(STRIPE)
    (tmp_path / "netsuite.csv").write_text(NETSUITE.replace("Company Name", "Firma"))
    files = {name: str(tmp_path / f"{name}.csv") for name in ("stripe", "netsuite")}
    for name, params in (("blank", None), ("filled", json.dumps(files))):
        scaffold_object(tmp_path / name, "pipelines.CustomerSync", params, "yaml", tmp_path)
        [located] = read_declarations(tmp_path / name)
        assert located.declaration.name == name
        assert located.declaration.on_several == "refuse"
    assert located.declaration.netsuite_fields["company_name"] == "Firma"
