"""The SuiteCloud project holds together: every file is well-formed, every element is one that SuiteCloud documents,
and every reference from one file to another resolves. Whether an account accepts it only an account can say.
"""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2] / "suitescript"
SOURCE = ROOT / "src"
OBJECTS = sorted((SOURCE / "Objects").glob("*.xml"))

ELEMENTS = {
    "restlet": {
        "description",
        "isinactive",
        "name",
        "notifyadmins",
        "notifyowner",
        "notifyuser",
        "scriptdeployments",
        "scriptfile",
    },
    "suitelet": {
        "description",
        "isinactive",
        "name",
        "notifyadmins",
        "notifyowner",
        "notifyuser",
        "scriptcustomfields",
        "scriptdeployments",
        "scriptfile",
    },
    "usereventscript": {
        "description",
        "isinactive",
        "name",
        "notifyadmins",
        "notifyowner",
        "notifyuser",
        "scriptdeployments",
        "scriptfile",
    },
    "entitycustomfield": {
        "accesslevel",
        "appliestocustomer",
        "defaultchecked",
        "description",
        "displaytype",
        "fieldtype",
        "globalsearch",
        "ismandatory",
        "label",
        "linktext",
        "maxlength",
        "searchlevel",
        "showinlist",
        "storevalue",
    },
    "role": {
        "centertype",
        "coreadminpermission",
        "employeerestriction",
        "issalesrole",
        "issupportrole",
        "name",
        "permissions",
    },
}
PREFIX = {
    **dict.fromkeys(("restlet", "suitelet", "usereventscript"), "customscript_"),
    "entitycustomfield": "custentity_",
    "role": "customrole_",
}


def _root(path: Path) -> ET.Element:
    return ET.fromstring(path.read_bytes())  # noqa: S314  our own file


@pytest.mark.parametrize("path", OBJECTS, ids=lambda path: path.stem)
def test_an_object_has_known_elements_and_is_named_after_its_file(path: Path) -> None:
    root = _root(path)
    assert root.attrib == {"scriptid": path.stem}
    assert path.stem.startswith(PREFIX[root.tag])
    assert len(path.stem) <= 40
    assert {child.tag for child in root} <= ELEMENTS[root.tag]
    assert len({child.tag for child in root}) == len(root), "an element stands there twice"


def test_flags_are_letters_as_suitecloud_writes_them() -> None:
    for path in OBJECTS:
        for element in _root(path).iter():
            if re.match(r"(is(?!inactive$)|all|notify|appliesto|storevalue|showinlist|globalsearch)", element.tag):
                assert element.text in {"T", "F"}, f"{element.tag} in {path.name}"


def test_the_deployment_is_released_to_our_role_alone() -> None:
    deployment = _root(SOURCE / "Objects/customscript_tieout.xml").find("scriptdeployments/scriptdeployment")
    assert deployment is not None
    assert deployment.attrib == {"scriptid": "customdeploy_tieout"}
    values = {child.tag: child.text for child in deployment}
    assert values["status"] == "RELEASED"
    assert values["isdeployed"] == "T"
    assert values["audslctrole"] == "[scriptid=customrole_tieout]"
    assert "runasrole" not in values
    assert "allroles" not in values


@pytest.mark.rule("P7")
def test_the_portal_is_off_until_somebody_wants_it_and_then_runs_as_who_can_only_view_customers() -> None:
    deployment = _root(SOURCE / "Objects/customscript_tieout_portal.xml").find("scriptdeployments/scriptdeployment")
    assert deployment is not None
    values = {child.tag: child.text for child in deployment}
    assert (values["isonline"], values["isdeployed"], values["status"]) == ("T", "F", "RELEASED")
    assert values["runasrole"] == "[scriptid=customrole_tieout_portal]"
    permissions = _root(SOURCE / "Objects/customrole_tieout_portal.xml").iter("permission")
    assert {p.findtext("permkey"): p.findtext("permlevel") for p in permissions} == {"LIST_CUSTJOB": "VIEW"}


def test_the_parameters_of_the_portal_are_those_that_its_script_asks_for() -> None:
    object_ = _root(SOURCE / "Objects/customscript_tieout_portal.xml")
    given = [field.get("scriptid") for field in object_.iter("scriptcustomfield")]
    script = (SOURCE / "FileCabinet/SuiteScripts/tieout_portal/portal.js").read_text(encoding="utf-8")
    asked = re.findall(r"setting\('(\w+)'\)", script)
    assert given == [f"custscript_tieout_portal_{name}" for name in dict.fromkeys(asked)]
    assert all(len(str(name)) <= 40 for name in given)


@pytest.mark.rule("P5")
def test_the_button_is_shown_to_every_role_on_customers_in_the_user_interface_and_runs_as_who_looks() -> None:
    deployment = _root(SOURCE / "Objects/customscript_tieout_button.xml").find("scriptdeployments/scriptdeployment")
    assert deployment is not None
    assert {child.tag: child.text for child in deployment} == {
        "allroles": "T",
        "executioncontext": "USERINTERFACE",
        "isdeployed": "T",
        "loglevel": "ERROR",
        "recordtype": "CUSTOMER",
        "status": "RELEASED",
    }


def test_no_secret_is_shipped() -> None:
    """An API secret is made in the account's own pages, and scripts know its name only."""
    assert not list(SOURCE.rglob("custsecret*"))
    for path in SOURCE.rglob("*"):
        assert not path.is_file() or not re.search(r"[sr]k_(live|test)_", path.read_text(encoding="utf-8"))


def test_references_resolve() -> None:
    ids = {path.stem for path in OBJECTS}
    for path in OBJECTS:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"\[scriptid=(\w+)\]", text)) <= ids
        for file in re.findall(r"<scriptfile>\[(.+)\]</scriptfile>", text):
            assert (SOURCE / f"FileCabinet{file}").is_file()


def test_the_role_can_edit_customers_search_and_log_in_and_nothing_else() -> None:
    permissions = _root(SOURCE / "Objects/customrole_tieout.xml").iter("permission")
    assert {p.findtext("permkey"): p.findtext("permlevel") for p in permissions} == {
        "LIST_CUSTJOB": "EDIT",
        "LIST_FIND": "VIEW",
        "ADMI_LOGIN_OAUTH2": "FULL",
    }


def test_the_manifest_asks_for_server_scripts() -> None:
    manifest = _root(SOURCE / "manifest.xml")
    assert manifest.attrib == {"projecttype": "ACCOUNTCUSTOMIZATION"}
    assert manifest.findtext("dependencies/features/feature[@required='true']") == "SERVERSIDESCRIPTING"


def test_everything_in_the_project_is_deployed() -> None:
    deploy = _root(SOURCE / "deploy.xml")
    patterns = [path.text.removeprefix("~/") for path in deploy.iter("path") if path.text]
    deployed = {file for pattern in patterns for file in SOURCE.glob(pattern)}
    shipped = {f for f in SOURCE.rglob("*") if f.is_file() and f.name not in {"manifest.xml", "deploy.xml"}}
    assert deployed == shipped
