/**
 * Creating: whole new customers, each once, and taking back what was made so.
 *
 *   create     make customers that nobody has made yet, each in one save that holds the links to Stripe as well
 *   look_for   which of them are there already
 *   take_back  delete customers that are as they were made, or make them inactive
 *
 * A customer is found again by its key, a Stripe id: it is its external id, which NetSuite keeps unique, and is in the
 * Stripe-id field as well. What is there is never changed by `create`. How values get onto a record is in filling.js,
 * and how one stands in standing.js.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define([
  'N/log',
  'N/record',
  './filling',
  './standing',
  './text',
], (log, record, filling, standing, text) => {
  const { fill, isYes, remedied } = filling;
  const { activeCurrencies, holderOf, loadCustomer, standingOf, whoHas, witnessOf } = standing;
  const { asText, isNotAllowed, isWord, refuse } = text;

  const MOST_ITEMS = 200; // records in one request
  const UNITS_TO_CREATE = 130; // a search, four tries with a search after each, and what is read back
  const UNITS_TO_LOOK = 20;
  const UNITS_TO_TAKE_BACK = 30;
  const WAYS = ['delete', 'inactivate', 'report'];
  const STRIPE_FIELD = /^custentity\w*$/;

  // ---- the operations ----------------------------------------------------------------------------------------------

  function create(request, call) {
    call.needPermissions();
    const stripeField = stripeFieldOf(request);
    const records = recordsOf(request);
    if (!records.every(isWhole)) {
      refuse('WRONG_TYPE', 'Each record needs fields, of which externalid is its key.');
    }
    const currencies = records.some(needsCurrencies) ? activeCurrencies() : null;
    const account = { stripeField, currencies };
    const answer = each(request, call, UNITS_TO_CREATE, (given) => created(given, account));
    note(answer.outcomes, 'made', 'created');
    return answer;
  }

  function lookFor(request, call) {
    const stripeField = stripeFieldOf(request);
    const there = ({ key, byKeyAlone }) => whoHas(key, stripeField, byKeyAlone ? ['externalid'] : undefined);
    return each(request, call, UNITS_TO_LOOK, (given) => there(given) || { outcome: 'none' });
  }

  function takeBack(request, call) {
    if (!WAYS.includes(request.how)) {
      refuse('WRONG_TYPE', `how must be one of: ${WAYS.join(', ')}.`);
    }
    call.needPermissions();
    const stripeField = stripeFieldOf(request);
    const answer = each(request, call, UNITS_TO_TAKE_BACK, (given) => takenBack(given, request.how, stripeField));
    note(answer.outcomes, 'done', 'deleted or made inactive');
    return answer;
  }

  /** One outcome a record, and the keys of those that there was no room for. */
  function each(request, call, units, act) {
    const records = recordsOf(request);
    const outcomes = [];
    while (outcomes.length < records.length && call.hasRoomFor(units)) {
      const given = records[outcomes.length];
      outcomes.push({ key: given.key, ...rowOf(given, act) });
    }
    return { outcomes, remaining: records.slice(outcomes.length).map((given) => given.key) };
  }

  function recordsOf({ records }) {
    if (!Array.isArray(records) || records.length > MOST_ITEMS) {
      refuse('WRONG_TYPE', `records must be a list of at most ${MOST_ITEMS} records.`);
    }
    if (!records.every((given) => given && isWord(given.key))) {
      refuse('WRONG_TYPE', 'Each record needs a key, which is one word.');
    }
    return records;
  }

  function rowOf(given, act) {
    try {
      return act(given);
    } catch (e) {
      if (e.isOurs) {
        throw e; // whoever asks has to do something before any record can be made
      }
      return failed(e);
    }
  }

  function isWhole({ key, record: wanted }) {
    return Boolean(wanted && wanted.fields) && wanted.fields.externalid === key;
  }

  function note(outcomes, outcome, words) {
    const done = outcomes.filter((one) => one.outcome === outcome).length;
    log.audit({ title: 'Tieout', details: `${done} customers ${words}` });
    const refused = outcomes.filter((one) => one.outcome === 'failed' || one.isFit === false);
    if (refused.length) {
      const listed = refused.slice(0, 20).map((one) => `${one.key}: ${one.code || one.stage}`).join('; ');
      log.error({ title: 'Tieout', details: `${refused.length} customers not as wanted, by Stripe id: ${listed}` });
    }
  }

  // ---- a new record ------------------------------------------------------------------------------------------------

  /** Look, create, save, read back. What NetSuite refuses is tried again without the one part that it names. */
  function created(given, account) {
    const there = lookedUp(given, account);
    if (there) {
      return there;
    }
    const notes = [];
    let { record: wanted } = given;
    let code;
    for (;;) {
      try {
        const made = record.create({ type: record.Type.CUSTOMER, isDynamic: false });
        const left = fill(made, wanted, account.currencies);
        const id = made.save({ enableSourcing: true, ignoreMandatoryFields: false });
        return madeAs(id, account, code, notes.concat(left));
      } catch (e) {
        const settled = settledAfter(e, given, account);
        const remedy = settled ? null : remedied(wanted, { code: e.name, message: e.message }, given.key);
        if (remedy === null) {
          return settled || failed(e);
        }
        notes.push(remedy.note);
        ({ wanted } = remedy);
        code = String(e.name);
      }
    }
  }

  /** What was made, read back. It is made even if it cannot be read. */
  function madeAs(id, { stripeField }, code, notes) {
    const told = notes.length ? { code, message: notes.join('; ') } : {};
    try {
      return { outcome: 'made', ...told, ...standingOf(loadCustomer(id), stripeField) };
    } catch (e) {
      const message = notes.concat(`it was made, but cannot be read: ${e.message}`).join('; ');
      return { outcome: 'made', id: Number(id), isFit: false, code: String(e.name), message };
    }
  }

  function lookedUp({ key, record: wanted }, { stripeField }) {
    return whoHas(key, stripeField, ['externalid', stripeField].filter((fieldId) => wanted.fields[fieldId] === key));
  }

  function needsCurrencies({ record: wanted }) {
    return wanted.currencies !== undefined || wanted.currency !== undefined;
  }

  /**
   * What a refused save has left: the record is there if another call made it meanwhile, or if a script of the account
   * failed once it was saved. Null if it is not.
   */
  function settledAfter(problem, given, account) {
    let there;
    try {
      there = lookedUp(given, account);
    } catch (e) {
      return { ...failed(problem), outcome: 'unknown' };
    }
    const isTaken = problem.name === 'DUP_RCRD';
    if (there && there.outcome === 'already' && !isTaken) {
      const message = `NetSuite reported an error once the record was saved: ${problem.message}`;
      return { ...there, outcome: 'made', code: String(problem.name), message };
    }
    return there || (isTaken ? { outcome: 'conflict', found: holderOf(given.key) } : null);
  }

  // ---- taking back -------------------------------------------------------------------------------------------------

  function takenBack(given, how, stripeField) {
    let refusal = null;
    try {
      const there = loadCustomer(given.id);
      if (how === 'report') {
        return { outcome: 'conflict', found: `record ${given.id} stays, as it is only to be reported` };
      }
      if (asText(given.witness) !== '' && witnessOf(there, stripeField) === given.witness) {
        refusal = deletion(given.id, how);
        if (refusal === null) {
          return { outcome: 'done' };
        }
      }
      if (how === 'inactivate') {
        return inactivated(there, given.id);
      }
      return refusal ? failed(refusal)
        : { outcome: 'conflict', found: `record ${given.id} was changed since it was made` };
    } catch (e) {
      if (e.name !== 'RCRD_DSNT_EXIST') {
        throw e;
      }
      return { outcome: 'already' };
    }
  }

  /** Null if it is done, else what refused it. NetSuite deletes nothing that a transaction depends on. */
  function deletion(id, how) {
    try {
      record.delete({ type: record.Type.CUSTOMER, id });
      return null;
    } catch (e) {
      if (how === 'delete' && isNotAllowed(e)) {
        refuse('MAY_NOT_DELETE', 'To delete customers the role needs Lists > Customers (Full).');
      }
      return e;
    }
  }

  function inactivated(there, id) {
    if (isYes(there.getValue({ fieldId: 'isinactive' }))) {
      return { outcome: 'already' };
    }
    there.setValue({ fieldId: 'isinactive', value: true });
    there.save({ enableSourcing: false, ignoreMandatoryFields: true });
    return { outcome: 'done', message: `record ${id} was made inactive` };
  }

  // ---- the account -------------------------------------------------------------------------------------------------

  function stripeFieldOf(request) {
    const { stripe_id: stripeField } = request.fields || {};
    if (typeof stripeField !== 'string' || !STRIPE_FIELD.test(stripeField)) {
      refuse('FIELD_NOT_ALLOWED', 'fields must say which custom entity field stripe_id stands for.');
    }
    return stripeField;
  }

  function failed({ name, message }) {
    return { outcome: 'failed', code: String(name), message: String(message) };
  }

  return { operations: { create, look_for: lookFor, take_back: takeBack } };
});
