"""An export file, served as an account, gives the customers that are in the file."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from resources.netsuite_api import CertificateLogin, NetsuiteClient, NetsuiteSettings
from sandbox.netsuite_standin.export import serve_export, world_of_export
from tests.resources.netsuite_api.netsuite_world import FIELDS, QUICK, SEARCH, SHORT

EXPORT = (
    "\ufeffInternal ID,External ID,Stripe Customer Id,Comments,Email,Company Name,Phone,Stage,Inactive,Sales Region\r\n"
    '12,ACME,cus_1,"two\nlines, ""quoted""",a@example.com,Acme GmbH,+49 1,Customer,No,North\r\n'
    "7,,,,,Straße & Söhne,,Lead,Yes,\r\n"
    "7,,,,,Straße & Söhne,,Lead,Yes,\r\n"
)


def client_for(environment: dict[str, str]) -> NetsuiteClient:
    login = CertificateLogin(
        client_id=environment["NETSUITE_CLIENT_ID"],
        certificate_id=environment["NETSUITE_CERTIFICATE_ID"],
        private_key=environment["NETSUITE_PRIVATE_KEY"],
    )
    base_url, account = environment["NETSUITE_BASE_URL"], environment["NETSUITE_ACCOUNT"]
    return NetsuiteClient(
        NetsuiteSettings(account=account, login=login, base_url=base_url, retry_policy=QUICK, timeouts=SHORT)
    )


@pytest.fixture(name="export")
def _export(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(EXPORT, encoding="utf-8", newline="")
    return path


@pytest.mark.rule("X7")
def test_the_customers_of_the_file_come_over_the_api(export: Path) -> None:
    server, environment = serve_export(export)
    with server, client_for(environment) as client:
        frame = client.read_customers(SEARCH, {**FIELDS, "region": "Sales Region"}).frame
    columns = ["internal_id", "is_customer", "inactive", "external_id", "comments", "company_name", "stage", "region"]
    assert frame.select(columns).rows() == [
        (7, False, True, None, None, "Straße & Söhne", "Lead", None),
        (12, True, False, "ACME", 'two\nlines, "quoted"', "Acme GmbH", "Customer", "North"),
    ]


def test_two_differing_rows_of_one_customer_are_refused(export: Path) -> None:
    export.write_text(EXPORT.replace("Lead,Yes,\r\n7", "Lead,No,\r\n7"), encoding="utf-8", newline="")
    with pytest.raises(ValueError, match="customer 7"):
        world_of_export(export)


def test_a_file_without_internal_ids_is_refused(export: Path) -> None:
    export.write_text("Name,Email\nA,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Internal ID"):
        world_of_export(export)


def test_a_person_can_serve_a_file_and_gets_the_environment_for_it(export: Path) -> None:
    command = [sys.executable, "-m", "sandbox.netsuite_standin", str(export)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        try:
            environment = environment_of(process.stdout or [])
            with client_for(environment) as client:
                assert client.health().account == "1234567_SB1"
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        finally:
            process.kill()


def environment_of(printed: Iterable[str]) -> dict[str, str]:
    """Run what was printed in a shell, as a person would, and read the variables that it made."""
    lines = []
    for line in printed:
        lines.append(line)
        if line.startswith("export NETSUITE_BASE_URL="):
            break
    shown = subprocess.run(
        ["sh", "-c", "".join(lines) + "env -0"], capture_output=True, text=True, check=True, timeout=20
    )
    return dict(pair.split("=", 1) for pair in shown.stdout.split("\0") if "=" in pair)
