"""What a script can observe of NetSuite when it makes a customer or deletes one.

Each case says how sure it is: `documented` by Oracle or measured, `reported` by others, or `unknown`; what is unknown
can be had both ways from `Account`, or happens only where a test orders it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD, Account, Options, Save, Script, World, engine
from sandbox.netsuite_standin.errors import ScriptError
from sandbox.netsuite_standin.new_customers import NEW
from sandbox.netsuite_standin.script import Host

ONE_WORLD = Account(
    subsidiaries=frozenset({"2"}), currencies={"1": "USD", "3": "EUR"}, multicurrency=True, forms=frozenset({"5"})
)
FULL = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1, "LIST_CURRENCY": 1})
ACME = "{ companyname: 'Acme', entityid: 'Acme', subsidiary: 2 }"


def world(account: Account = ONE_WORLD) -> World:
    made = World(account=account, others={"cus_contact"}, custom_kinds={"custentity_vip": "checkbox"})
    made.insert(1, companyname="One", entityid="One", externalid="cus_1", **{STRIPE_FIELD: "cus_1"})
    made.transactions.add(made.insert(2, companyname="Two", entityid="Two"))
    return made


def run(expression: str, there: World | None = None, options: Options = FULL) -> Any:  # noqa: ANN401
    """Give what an expression over the N/* modules is worth."""
    source = f"""define(['N/search', 'N/record', 'N/runtime'], (search, record, runtime) => ({{ post: () => {{
        const blank = () => record.create({{ type: 'customer', isDynamic: false }});
        const load = (id) => record.load({{ type: 'customer', id }});
        const filled = (values) => {{
            const made = blank();
            Object.keys(values).forEach((fieldId) => made.setValue({{ fieldId, value: values[fieldId] }}));
            return made;
        }};
        const saved = (values, more, given) => filled({{ ...{ACME}, ...values, ...more }}).save(given);
        const onLine = (it, line, values) => {{
            const place = {{ sublistId: 'addressbook', fieldId: 'addressbookaddress', line }};
            it.setSublistValue({{ sublistId: 'addressbook', fieldId: 'defaultbilling', line, value: true }});
            const address = it.getSublistSubrecord(place);
            Object.keys(values).forEach((fieldId) => address.setValue({{ fieldId, value: values[fieldId] }}));
            return it;
        }};
        const atHome = (values) => onLine(filled({ACME}), 0, values).save();
        const inCurrencies = (...ids) => {{
            const made = filled({ACME});
            ids.forEach((value, line) => made.setSublistValue({{
                sublistId: 'currency', fieldId: 'currency', line, value,
            }}));
            return made;
        }};
        const removed = (id) => record.delete({{ type: 'customer', id }});
        const found = (type, filters, columns) => search.create({{ type, filters, columns }}).run()
            .getRange({{ start: 0, end: 10 }}).map((row) => columns.map((name) => row.getValue(name)));
        const left = () => runtime.getCurrentScript().getRemainingUsage();
        const used = (act) => {{ const before = left(); act(); return before - left(); }};
        return {expression};
    }} }}))"""
    return engine.run(Script.of(source), "post", {}, Host(there or world(), options, {}))


DOCUMENTED = [
    ("typeof saved({})", "number"),
    ("load(saved({ companyname: 'Umbrella' })).getValue('companyname')", "Umbrella"),
    ("load(saved({ isperson: 'T', firstname: 'Ada', lastname: 'L', companyname: '' })).getValue('isperson')", True),
    ("load(saved({ nothing: 'x' })).getValue('nothing')", ""),
    ("load(saved({}, {}, { ignoreMandatoryFields: true })).getValue('subsidiary')", "2"),
    ("blank().getSublists().includes('addressbook')", True),
    ("blank().getLineCount({ sublistId: 'addressbook' })", 0),
    ("load(atHome({ country: 'DE' })).getLineCount({ sublistId: 'addressbook' })", 1),
    ("load(1).getField({ fieldId: 'isinactive' }).type", "checkbox"),
    ("search.lookupFields({ type: 'customer', id: 1, columns: ['stage'] }).stage[0].value", "CUSTOMER"),
    ("search.lookupFields({ type: 'customer', id: 1, columns: 'companyname' })", {"companyname": "One"}),
    ("runtime.isFeatureInEffect({ feature: 'MULTICURRENCY' })", True),
    ("found('currency', [['isinactive', 'is', 'F']], ['internalid', 'symbol'])", [["1", "USD"], ["3", "EUR"]]),
    ("found('customer', [['externalidstring', 'is', 'CUS_1']], ['internalid'])", [["1"]]),
    (f"found('customer', [['externalidstring', 'is', 'x'], 'or', ['{STRIPE_FIELD}', 'is', 'cus_1']], ['internalid'])",
     [["1"]]),
    ("load(removed(1) && saved({ externalid: 'cus_1' })).getValue('externalid')", "cus_1"),
    # units
    ("used(blank)", 5),
    ("used(() => saved({}))", 15),
    ("used(() => removed(1))", 10),
    ("used(() => search.lookupFields({ type: 'customer', id: 1, columns: ['stage'] }))", 1),
]  # fmt: skip
REPORTED = [
    ("inCurrencies(1, 3).getLineCount({ sublistId: 'currency' })", 2),
    ("load(inCurrencies(1, 3).save()).getSublistValue({ sublistId: 'currency', fieldId: 'currency', line: 1 })", "3"),
    ("found('entity', [['externalidstring', 'is', 'CUS_contact']], ['type'])", [["Contact"]]),
    ("load(1).getValue('lastmodifieddate') instanceof Date", True),
]


@pytest.mark.parametrize(("expression", "value"), DOCUMENTED)
def test_it_is_documented_that_a_script_sees(expression: str, value: object) -> None:
    assert run(expression) == value


@pytest.mark.parametrize(("expression", "value"), REPORTED)
def test_it_is_reported_that_a_script_sees(expression: str, value: object) -> None:
    assert run(expression) == value


REFUSED_BY_DOCUMENTS = [
    ("saved({ externalid: 'CUS_1' })", "DUP_RCRD"),
    ("saved({ externalid: 'cus_contact' })", "DUP_RCRD"),
    ("saved({ entityid: 'ONE' })", "UNIQUE_CUST_ID_REQD"),
    ("saved({ companyname: '' })", "USER_ERROR"),
    ("saved({ subsidiary: '' })", "USER_ERROR"),
    ("saved({ isperson: 'T', firstname: 'Ada' })", "USER_ERROR"),
    ("saved({ stage: 'CUSTOMER' })", "USER_ERROR"),
    ("saved({ subsidiary: 9 })", "INVALID_KEY_OR_REF"),
    ("saved({ entitystatus: 99 })", "INVALID_KEY_OR_REF"),
    ("saved({ customform: 9 })", "INVALID_KEY_OR_REF"),
    ("saved({ currency: 9 })", "INVALID_KEY_OR_REF"),
    ("inCurrencies(9).save()", "INVALID_KEY_OR_REF"),
    ("atHome({ country: 'UK' })", "INVALID_KEY_OR_REF"),
    ("removed(9)", "RCRD_DSNT_EXIST"),
    ("record.create({ type: 'vendor' })", "INVALID_RCRD_TYPE"),
    ("record.create({})", "SSS_MISSING_REQD_ARGUMENT"),
    ("blank().getLineCount({ sublistId: 'nothing' })", "SSS_INVALID_SUBLIST_OPERATION"),
]
REFUSED_BY_REPORT = [
    ("saved({ companyname: 'x'.repeat(84) })", "EXCEEDED_MAX_FIELD_LENGTH"),
    ("saved({ phone: '1'.repeat(33) })", "EXCEEDED_MAX_FIELD_LENGTH"),
    ("saved({ firstname: 'x'.repeat(33) })", "EXCEEDED_MAX_FIELD_LENGTH"),
    ("atHome({ country: 'US', addr1: 'x'.repeat(151) })", "EXCEEDED_MAX_FIELD_LENGTH"),
    ("inCurrencies(1, 1).save()", "USER_ERROR"),
    ("removed(2)", "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS"),
]


@pytest.mark.parametrize(("expression", "code"), [*REFUSED_BY_DOCUMENTS, *REFUSED_BY_REPORT])
def test_a_script_is_refused_and_nothing_is_made_or_deleted(expression: str, code: str) -> None:
    there = world()
    with pytest.raises(ScriptError) as refused:
        run(expression, there)
    assert (refused.value.code, there.saves, there.deleted, sorted(there.customers)) == (code, [], [], [1, 2])


@pytest.mark.parametrize(
    ("level", "expression", "is_let"),
    [
        (1, "blank()", False),
        (2, "saved({})", True),
        (2, "load(1).setValue({ fieldId: 'comments', value: 'x' }).save()", False),
        (3, "removed(1)", False),
        (4, "removed(1)", True),
    ],
)
def test_it_is_documented_which_level_of_permission_a_call_needs(level: Any, expression: str, *, is_let: bool) -> None:  # noqa: ANN401
    options = Options(permissions={"LIST_CUSTJOB": level, "LIST_FIND": 1})
    if is_let:
        run(expression, options=options)
    else:
        with pytest.raises(ScriptError, match="INSUFFICIENT_PERMISSION"):
            run(expression, options=options)


def test_it_is_documented_that_what_is_mandatory_is_named_in_the_language_of_the_user() -> None:
    there = world(Account(subsidiaries=frozenset({"2"}), default_status=None, missing="Inserire i valori per: {}"))
    with pytest.raises(ScriptError, match="USER_ERROR: Inserire i valori per: Status, Subsidiary") as refused:
        run("saved({ subsidiary: '' })", there)
    assert refused.value.code == "USER_ERROR"
    there.mandatory.add("phone")
    with pytest.raises(ScriptError, match="Status, phone"):
        run("saved({})", there)
    assert run("saved({}, {}, { ignoreMandatoryFields: true })", there) == 3


@pytest.mark.parametrize(("status", "stage"), [(13, "CUSTOMER"), (6, "LEAD"), (7, "PROSPECT"), ("''", "CUSTOMER")])
def test_it_is_documented_that_the_stage_follows_the_status(status: object, stage: str) -> None:
    there = world()
    number = run(f"saved({{ entitystatus: {status} }})", there)
    assert there.value(number, "stage") == stage


def test_a_save_of_a_new_record_is_one_save_of_all_that_was_set() -> None:
    there = world()
    number = run(f"saved({{ externalid: 'cus_3', {STRIPE_FIELD}: 'cus_3', comments: 'cus_3' }})", there)
    [save] = there.saves
    assert (save.customer, set(save.before.values())) == (number, {None})
    links = {"externalid": "cus_3", STRIPE_FIELD: "cus_3", "comments": "cus_3"}
    assert links.items() <= save.after.items()
    assert isinstance(save, Save)


def test_it_is_documented_that_numbers_are_given_where_the_account_gives_them() -> None:
    there = world(Account(auto_numbering=True))
    number = run("saved({ subsidiary: '', entityid: 'Acme' })", there)
    assert str(there.value(number, "entityid")).isdigit()


def test_it_is_unknown_whether_a_country_may_be_empty_and_an_address_without_one_gets_the_accounts() -> None:
    there = world()
    run("atHome({ city: 'X' })", there)
    assert there.customers[3].addresses == [{"country": "US", "city": "X", "defaultbilling": True}]
    there = world()
    run("atHome({ country: '' })", there)
    assert there.customers[3].addresses == [{"country": "", "defaultbilling": True}]
    with pytest.raises(ScriptError, match="Country"):
        run("atHome({ country: '' })", world(Account(subsidiaries=frozenset({"2"}), takes_empty_countries=False)))


def test_it_is_documented_that_a_state_has_to_be_the_accounts_where_free_ones_are_off() -> None:
    strict = Account(subsidiaries=frozenset({"2"}), free_form_states=False)
    run("atHome({ country: 'US', state: 'Anywhere' })")
    run("atHome({ country: 'US', state: 'CA' })", world(strict))
    with pytest.raises(ScriptError, match="state"):
        run("atHome({ country: 'US', state: 'Anywhere' })", world(strict))


def test_it_is_reported_that_a_record_can_be_there_after_an_error() -> None:
    there = world()
    there.fails_after_creation = ("UNEXPECTED_ERROR", "A script failed.")
    with pytest.raises(ScriptError, match="A script failed"):
        run("saved({ externalid: 'cus_3' })", there)
    assert there.value(3, "externalid") == "cus_3"


def test_a_script_of_the_account_can_refuse_a_field_of_a_new_record() -> None:
    there = world()
    there.refuse(NEW, "email", "VALID_EMAIL_REQD", "Enter a valid e-mail address.")
    assert run("saved({})", there) == 3
    with pytest.raises(ScriptError, match="VALID_EMAIL_REQD"):
        run("saved({ email: 'cus_9' })", there)


@pytest.mark.parametrize(("modified_to", "is_seen"), [("minute", False), ("second", True)])
def test_it_is_unknown_how_exactly_a_script_is_told_when_a_record_was_saved(modified_to: Any, *, is_seen: bool) -> None:  # noqa: ANN401
    moment = datetime(2026, 5, 1, 12, 0, 5, tzinfo=UTC)
    there = world(Account(modified_to=modified_to))
    there.now = lambda: moment
    there.edit(1)
    first = run("load(1).getValue('lastmodifieddate').toISOString()", there)
    moment += timedelta(seconds=30)
    there.edit(1)
    assert (first != run("load(1).getValue('lastmodifieddate').toISOString()", there)) == is_seen


def test_ids_are_not_given_twice() -> None:
    there = world()
    first = run("saved({})", there)
    run(f"removed({first})", there)
    assert run("saved({})", there) == first + 1


def test_a_name_is_chosen_from_a_list_or_refused() -> None:
    there = world()
    there.custom_fields.add("custentity_region")
    there.custom_kinds["custentity_region"] = "select"
    there.custom_lists["custentity_region"] = {"North": "4"}
    set_text = "blank().setText({{ fieldId: 'custentity_region', text: '{}' }}).getValue('custentity_region')"
    assert run(set_text.format("North"), there) == "4"
    with pytest.raises(ScriptError, match="INVALID_KEY_OR_REF"):
        run(set_text.format("South"), there)
