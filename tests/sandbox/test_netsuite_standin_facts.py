"""What a script can observe of NetSuite, row by row: the stand-in answers as the service does, or stricter.

Scripts run in the stand-in's engine without a server; what a client can observe over HTTP is in
`test_netsuite_standin_http`, and how a script loads its files in `test_netsuite_standin_loader`.
"""

from typing import Any

import pytest

from sandbox.netsuite_standin import STANDARD_COLUMNS, Column, Options, SavedSearch, Script, World, engine
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.script import Host

COLUMNS = (
    *STANDARD_COLUMNS,
    Column("custentity_region"),
    Column("formulatext", formula="a {email}"),
    Column("formulatext", formula="b {email}"),
    Column("formulatext", "Long", formula="{comments}"),
)
SEARCHES = {
    "customsearch_tieout": SavedSearch(columns=COLUMNS),
    "customsearch_groups": SavedSearch(columns=(Column("email", summary="GROUP"),)),
    "customsearch_vendors": SavedSearch(columns=(Column("internalid"),), record_type="vendor"),
}


def world() -> World:
    made = World(others={"cus_vendor"}, custom_fields={"custentity_tieout_stripe_id", "custentity_region"})
    made.insert(3, companyname="Three", email="c@example.com", externalid="cus_3", comments="é" * 2_100)
    made.insert(1, companyname="One", isinactive=True, email="a@example.com", stage="LEAD", externalid="Cus_Upper")
    made.insert(2, companyname="Two", email="b@example.com", entityid="Two Ltd")
    made.lock_by_workflow(made.insert(4, companyname="Four"))
    made.insert(5, isperson=True, firstname="Ada", lastname="L")
    return made


def run(expression: str, there: World | None = None, options: Options | None = None) -> Any:  # noqa: ANN401
    """Give what an expression over the N/* modules is worth, `run` being the saved search's result set."""
    source = f"""define(['N/search', 'N/record', 'N/runtime'], (search, record, runtime) => ({{ post: () => {{
        const found = search.load({{ id: 'customsearch_tieout' }});
        const rows = () => found.run().getRange({{ start: 0, end: 10 }});
        const sorted = (order) => {{ found.columns[0].sort = order; return rows(); }};
        const load = (id) => record.load({{ type: 'customer', id }});
        const save = (id, fieldId, value, given) => load(id).setValue({{ fieldId, value }}).save(given);
        const used = (act) => {{ const before = left(); act(); return before - left(); }};
        const left = () => runtime.getCurrentScript().getRemainingUsage();
        return {expression};
    }} }}))"""
    return engine.run(Script.of(source), "post", {}, Host(there or world(), options or Options(), SEARCHES))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        # what is found, in which form
        ("sorted('ASC').map((r) => r.id)", ["1", "2", "3", "4", "5"]),
        ("sorted('DESC').map((r) => r.id)", ["5", "4", "3", "2", "1"]),
        ("rows().map((r) => r.id).sort()", ["1", "2", "3", "4", "5"]),
        ("rows().map((r) => r.id).join('') === '12345'", False),
        ("rows().map((r) => r.id).join('') === '54321'", False),
        ("sorted('ASC')[0].recordType", "customer"),
        ("sorted('ASC')[0].getValue('stage')", "LEAD"),
        ("sorted('ASC')[0].getText('stage')", "Lead"),
        ("sorted('ASC')[0].getText('email')", None),
        ("sorted('ASC')[0].getValue('isinactive')", True),
        ("sorted('ASC')[1].getValue('externalid')", ""),
        ("sorted('ASC')[2].getValue('comments').length", 2_000),
        ("sorted('ASC')[2].getValue(found.columns[12]).length", 2_000),
        ("load(3).getValue({ fieldId: 'comments' }).length", 2_100),
        # columns
        ("found.columns[9].label === undefined", True),
        ("found.columns[1].label", "External ID"),
        ("JSON.parse(JSON.stringify(found.columns[7])).type", "select"),
        ("sorted('ASC')[0].getValue(found.columns[11])", "b a@example.com"),
        ("sorted('ASC')[0].getValue('formulatext')", "a a@example.com"),
        ("search.load({ id: 'customsearch_groups' }).run().getRange({ start: 0, end: 1 })[0].id", None),
        ("search.load({ id: 'customsearch_groups' }).run().getRange({ start: 0, end: 1 })[0].recordType", None),
        # how many
        ("found.run().getRange({ start: 0, end: 2 }).length", 2),
        ("found.runPaged().count", 5),
        ("found.runPaged({ pageSize: 1000 }).count", 5),
        ("(() => { let n = 0; found.run().each(() => { n += 1; return n < 3; }); return n; })()", 3),
        # units
        ("used(() => search.load({ id: 'customsearch_tieout' }))", 5),
        ("used(() => search.create({ type: 'customer', columns: ['internalid'] }).run())", 0),
        ("used(() => found.run().getRange({ start: 0, end: 1 }))", 10),
        ("used(() => found.run().each(() => true))", 10),
        ("used(() => found.runPaged({ pageSize: 5 }))", 5),
        ("(() => { const paged = found.runPaged(); return used(() => paged.fetch({ index: 0 })); })()", 5),
        ("used(() => load(3))", 5),
        ("used(() => save(3, 'comments', 'x'))", 15),
        ("used(() => record.submitFields({ type: 'customer', id: 3, values: { comments: 'x' } }))", 5),
        # saves that pass
        ("save(3, 'externalid', 'CUS_3') && load(3).getValue({ fieldId: 'externalid' })", "CUS_3"),
        ("save(3, 'nothing', 'x') && load(3).getValue({ fieldId: 'nothing' })", ""),
        ("load(3).getField({ fieldId: 'nothing' })", None),
        ("save(3, 'comments', 'x'.repeat(4000)) && load(3).getValue({ fieldId: 'comments' }).length", 4_000),
        ("save(3, 'companyname', '', { ignoreMandatoryFields: true })", 3),
        ("save(5, 'comments', 'x')", 5),
    ],
)
def test_a_script_sees(expression: str, value: object) -> None:
    assert run(expression) == value


PAGED = """((after) => search.create({
    type: 'customer',
    columns: [{ name: 'internalid', sort: 'ASC' }],
    filters: [['internalidnumber', 'greaterthan', after]],
}).runPaged({ pageSize: 5 }))"""


def twelve() -> World:
    made = World()
    for _ in range(12):
        made.insert()
    return made


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("(0).pageSize", 5),
        ("(0).count", 12),
        ("(0).pageRanges.map((range) => range.index)", [0, 1, 2]),
        ("(7).pageRanges.map((range) => range.index)", [0]),
        ("(12).pageRanges", []),
        ("(0).fetch({ index: 1 }).data.map((r) => r.getValue('internalid'))", ["6", "7", "8", "9", "10"]),
        ("(0).fetch({ index: 2 }).data.map((r) => r.id)", ["11", "12"]),
        ("(0).fetch({ index: 2 }).pageRange.index", 2),
        ("(0).pageRanges.map((range) => paged(0).fetch(range).isFirst)", [True, False, False]),
        ("(0).pageRanges.map((range) => paged(0).fetch(range).isLast)", [False, False, True]),
    ],
)
def test_a_script_sees_pages(expression: str, value: object) -> None:
    assert run(f"(() => {{ const paged = {PAGED}; return paged{expression}; }})()", twelve()) == value


@pytest.mark.parametrize("after", [0, 12])
@pytest.mark.parametrize("index", ["-1", "3", "1.5", "'0'", "'x'"])
def test_a_page_outside_of_the_ranges_is_refused(after: int, index: str) -> None:
    """O:section_4486609298."""
    with pytest.raises(ScriptError) as refused:
        run(f"{PAGED}({after}).fetch({{ index: {index} }})", twelve())
    assert (refused.value.code, refused.value.message) == ("INVALID_PAGE_RANGE", "Invalid page range.")


def test_a_search_without_rows_has_not_even_a_first_page() -> None:
    with pytest.raises(ScriptError, match="INVALID_PAGE_RANGE"):
        run(f"{PAGED}(12).fetch({{ index: 0 }})", twelve())


def test_there_are_a_thousand_pages_at_most() -> None:
    there = World()
    for _ in range(5_003):
        there.insert()
    paged = run(f"(() => {{ const it = {PAGED}(0); return [it.count, it.pageRanges.length]; }})()", there)
    assert paged == [5_003, 1_000]


SUBMITTED = "record.submitFields({{ type: 'customer', id: 3, values: {{ {}: '1' }} }})"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("search.load({ id: 'customsearch_nope' })", "INVALID_SEARCH"),
        ("search.load({})", "SSS_MISSING_REQD_ARGUMENT"),
        ("record.load({ type: 'customer' })", "SSS_MISSING_REQD_ARGUMENT"),
        ("found.runPaged().fetch({})", "SSS_MISSING_REQD_ARGUMENT"),
        ("record.load({ type: 'vendor', id: 3 })", "INVALID_RCRD_TYPE"),
        ("load(9)", "RCRD_DSNT_EXIST"),
        ("search.load({ id: 'customsearch_vendors' }).run().getRange({ start: 0, end: 1 })", "SSS_INVALID_SRCH_TYPE"),
        ("found.run().getRange({ start: 0, end: 1001 })", "SSS_SEARCH_RESULT_LIMIT_EXCEEDED"),
        ("found.runPaged({ pageSize: 4 })", "SSS_INVALID_PAGE_SIZE"),
        ("found.runPaged({ pageSize: 1001 })", "SSS_INVALID_PAGE_SIZE"),
        ("found.runPaged({ pageSize: 0 })", "SSS_INVALID_PAGE_SIZE"),
        ("Object.assign(found, { filterExpression: [['nope', 'is', '1']] }) && rows()", "SSS_INVALID_SRCH_FILTER"),
        # saves
        ("save(3, 'externalid', 'cus_upper')", "DUP_RCRD"),
        ("save(3, 'externalid', 'CUS_Vendor')", "DUP_RCRD"),
        ("save(3, 'entityid', 'two ltd')", "UNIQUE_CUST_ID_REQD"),
        ("save(3, 'companyname', '')", "USER_ERROR"),
        ("save(3, 'entityid', '')", "USER_ERROR"),
        ("save(5, 'lastname', '')", "USER_ERROR"),
        ("save(3, 'stage', 'LEAD')", "USER_ERROR"),
        ("save(3, 'comments', 'x'.repeat(4001))", "EXCEEDED_MAX_FIELD_LENGTH"),
        ("save(3, 'companyname', 'x'.repeat(84))", "EXCEEDED_MAX_FIELD_LENGTH"),
        ("save(3, 'custentity_region', 'x'.repeat(301))", "EXCEEDED_MAX_FIELD_LENGTH"),
        ("save(4, 'comments', 'x')", "RCRD_LOCKED_BY_WF"),
        ("((one, two) => { one.save(); two.save(); })(load(3), load(3))", "RCRD_HAS_BEEN_CHANGED"),
        *(
            (SUBMITTED.format(name), "USER_ERROR")
            for name in ("externalid", "email", "firstname", "stage", "subsidiary")
        ),
        (SUBMITTED.format("entityid").replace("'1'", "'Two Ltd'"), "UNIQUE_CUST_ID_REQD"),
    ],
)
def test_a_script_is_refused(expression: str, code: str) -> None:
    with pytest.raises(ScriptError) as refused:
        run(expression)
    assert refused.value.code == code


def test_each_row_ends_at_four_thousand() -> None:
    there = World()
    for _ in range(4_001):
        there.insert()
    assert run("(() => { let n = 0; found.run().each(() => { n += 1; return true; }); return n; })()", there) == 4_000


def test_fields_are_submitted_whatever_the_version_of_the_record() -> None:
    there = world()
    there.interfere("record.submitFields", lambda: there.edit(3, comments="somebody"))
    assert run(SUBMITTED.format("custentity_region"), there) == 3
    assert (there.value(3, "custentity_region"), there.value(3, "comments")) == ("1", "somebody")
