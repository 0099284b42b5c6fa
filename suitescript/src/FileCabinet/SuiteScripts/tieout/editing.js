/**
 * Editing: link values of customers, each changed only if the value that is there is the expected one.
 *
 *   apply     set, append or remove link values; a word only where it is not yet, or where it was appended
 *   look      the same without a save: what is done already, and what is still open
 *
 * This is the only file that can change a customer who is there: WRITABLE lists what. It saves a record once for all its
 * edits, and never creates or deletes one. N/search tells it who has an external id already.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/log', 'N/record', 'N/search', './kinds', './text'], (log, record, search, kinds, text) => {
  const { editsOf, fail } = kinds;
  const { asText, linesWith, refuse, same, wholeNumber } = text;

  const WRITABLE = [ // our name, the NetSuite fields that it may stand for, and what such a field holds
    { name: 'stripe_id', fieldId: /^custentity\w*$/, holds: 'value' },
    { name: 'external_id', fieldId: /^externalid$/, holds: 'value' },
    { name: 'comments', fieldId: /^comments$/, holds: 'words' },
    { name: 'portal_link', fieldId: /^custentity\w*$/, holds: 'value' },
  ];
  const MOST_ITEMS = 1000; // changes in one request
  const COMMENTS_LIMIT = 4000;
  const TRIES = 4;
  const UNITS_TO_DIVIDE = 100; // four saves more, each with its load, a search, and room for a save of somebody else
  const NO_CUSTOMER = ['LEAD', 'PROSPECT'];
  const OF_RECORD = [ // what refuses a record whole, whichever field is written
    'INSUFFICIENT_PERMISSION', 'PERMISSION_VIOLATION', 'RCRD_DELETED_SINCE_RETRIEVED', 'RCRD_DSNT_EXIST',
    'RCRD_EDITED_SINCE_RETRIEVED', 'RCRD_HAS_BEEN_CHANGED', 'RCRD_LOCKED_BY_WF', 'RCRD_PREVSLY_DELETED',
    'RCRD_UNEDITABLE',
  ];
  const UNDECIDED = { outcome: undefined, found: undefined, code: undefined, message: undefined };

  // ---- a batch -----------------------------------------------------------------------------------------------------

  function apply(request, call) {
    const answer = eachRecord(request, { saves: true, ...call });
    note(answer.outcomes);
    return answer;
  }

  function look(request, call) {
    return eachRecord(request, { saves: false, ...call });
  }

  function eachRecord(request, call) {
    const fields = fieldsOf(request.fields);
    if (!Array.isArray(request.changes) || request.changes.length > MOST_ITEMS) {
      refuse('WRONG_TYPE', `changes must be a list of at most ${MOST_ITEMS} changes.`);
    }
    if (call.saves) {
      call.needPermissions();
    }
    const outcomes = [];
    let next = 0;
    while (next < request.changes.length && call.hasRoomFor(15)) {
      const those = oneRecord(request.changes[next], fields, call);
      if (those === null) {
        break;
      }
      those.forEach((outcome) => outcomes.push(outcome));
      next += 1;
    }
    return { outcomes, remaining: request.changes.slice(next).map(idOf) };
  }

  /** Leave in the execution log what was changed, and, for the administrator to see to, what NetSuite refused. */
  function note(outcomes) {
    const changed = outcomes.filter((edit) => edit.outcome === 'applied').length;
    log.audit({ title: 'Tieout', details: `${changed} values changed` });
    const refused = outcomes.filter((edit) => edit.outcome === 'failed');
    if (refused.length) {
      const listed = refused.slice(0, 20).map((edit) => `${edit.id} ${edit.field}: ${edit.code}`).join('; ');
      log.error({ title: 'Tieout', details: `${refused.length} changes refused, by internal id: ${listed}` });
    }
  }

  // ---- a record ----------------------------------------------------------------------------------------------------

  /** One load and one save for all edits of a record, more only where NetSuite refuses some. Null: not begun. */
  function oneRecord(change, fields, call) {
    const edits = editsOf(change, fields);
    const open = edits.filter((edit) => edit.outcome === undefined);
    const problem = open.length ? write(change, open, call) : null;
    if (problem) {
      const lost = open.filter(isLost);
      if (problem.isOfRecord || new Set(lost.map((edit) => edit.fieldId)).size < 2) {
        lost.forEach((edit) => refuseEdit(edit, problem, change.id));
      } else if (!call.hasRoomFor(UNITS_TO_DIVIDE)) {
        return null; // nothing was saved, and the next call has the room
      } else {
        divide(change, lost, problem, call);
      }
    }
    const id = idOf(change);
    return edits.map(({ action, field, word, outcome, found, code, message }) => (
      { id, action, field, word, outcome, found, code, message }
    ));
  }

  /** Load, compare, save; again when somebody saved the record in between. Returns what refused it, or null. */
  function write(change, edits, call) {
    for (let tried = 1; ; tried += 1) {
      let isLoaded = false;
      try {
        edits.forEach((edit) => Object.assign(edit, UNDECIDED));
        const customer = loadCustomer(change.id);
        isLoaded = true;
        edits.forEach((edit) => decide(edit, customer));
        const changed = edits.filter((edit) => edit.outcome === 'applied');
        if (!call.saves) {
          changed.forEach((edit) => Object.assign(edit, { outcome: 'open' }));
        } else if (changed.length) {
          customer.save({ enableSourcing: false, ignoreMandatoryFields: true });
        }
        return null;
      } catch (e) {
        if (e.name !== 'RCRD_HAS_BEEN_CHANGED' || tried === TRIES || !call.hasRoomFor(15)) {
          const { name: code, message } = e;
          return { code, message, isOfRecord: !call.saves || !isLoaded || OF_RECORD.includes(code) };
        }
      }
    }
  }

  /**
   * NetSuite refuses a save whole, for one field that it does not take. Save the others without the field that it
   * names; where it names none, or that was not all, each by itself, so that each has its own reason.
   */
  function divide(change, lost, problem, call) {
    const named = lost.filter((edit) => isNamed(edit.fieldId, problem));
    const others = lost.filter((edit) => !named.includes(edit));
    if (named.length && others.length && write(change, others, call) === null) {
      named.forEach((edit) => refuseEdit(edit, problem, change.id));
      return;
    }
    new Set(lost.map((edit) => edit.fieldId)).forEach((fieldId) => {
      const mine = lost.filter((edit) => edit.fieldId === fieldId);
      const own = write(change, mine, call);
      if (own) {
        mine.filter(isLost).forEach((edit) => refuseEdit(edit, own, change.id));
      }
    });
  }

  function loadCustomer(id) {
    return record.load({ type: record.Type.CUSTOMER, id: wholeNumber(id, 'id', 1), isDynamic: false });
  }

  function commentsOf(id) {
    return loadCustomer(id).getValue({ fieldId: 'comments' });
  }

  // ---- a field -----------------------------------------------------------------------------------------------------

  /** Compare what is there with what was expected, and set the new value on the loaded record. */
  function decide(edit, customer) {
    if (edit.fieldId !== 'externalid' && !customer.getField({ fieldId: edit.fieldId })) {
      fail(edit, 'FIELD_NOT_FOUND', `Customers have no field ${edit.fieldId} that this role can see.`);
      return;
    }
    const there = asText(customer.getValue({ fieldId: edit.fieldId }));
    const wanted = edit.newValue(there);
    if (wanted === null) {
      Object.assign(edit, { outcome: 'conflict', found: linesWith(there, edit.word) });
    } else if (same(wanted, there)) {
      edit.outcome = 'already';
    } else if (edit.expected !== undefined && !same(edit.expected, there)) {
      Object.assign(edit, { outcome: 'conflict', found: there });
    } else if (edit.fieldId === 'comments' && wanted.length > COMMENTS_LIMIT) {
      fail(edit, 'COMMENTS_FULL', `The comments would have ${wanted.length} characters; ${COMMENTS_LIMIT} fit.`);
    } else if (edit.links && NO_CUSTOMER.includes(asText(customer.getValue({ fieldId: 'stage' })).toUpperCase())) {
      Object.assign(edit, { outcome: 'conflict', found: `the record is a ${customer.getValue({ fieldId: 'stage' })}` });
    } else {
      set(edit, customer, wanted);
    }
  }

  function set(edit, customer, value) {
    try {
      customer.setValue({ fieldId: edit.fieldId, value });
      edit.outcome = 'applied';
    } catch (e) {
      fail(edit, e.name, e.message); // this field alone
    }
  }

  function isLost(edit) {
    return edit.outcome === undefined || edit.outcome === 'applied';
  }

  function isNamed(fieldId, problem) {
    return problem.code === 'DUP_RCRD' ? fieldId === 'externalid' : String(problem.message).includes(fieldId);
  }

  /** A refused edit has failed; but an external id that another customer or lead got meanwhile is a conflict. */
  function refuseEdit(edit, problem, id) {
    const isTaken = problem.code === 'DUP_RCRD' && edit.fieldId === 'externalid';
    const holder = isTaken ? holderOf(edit.newValue(''), id) : null;
    if (holder) {
      Object.assign(edit, UNDECIDED, { outcome: 'conflict', found: holder });
    } else {
      fail(edit, problem.code, problem.message);
    }
  }

  /** The other customer, lead or prospect that has an external id, in words; null for a contact, a vendor and such. */
  function holderOf(externalId, id) {
    const found = search.create({
      type: search.Type.CUSTOMER,
      filters: [['externalidstring', 'is', externalId], 'and', ['internalid', 'noneof', [id]]],
      columns: ['internalid', 'stage'],
    }).run().getRange({ start: 0, end: 1 });
    if (found.length === 0) {
      return null;
    }
    return `${externalId} is held by ${asText(found[0].getValue('stage')) || 'customer'} ${found[0].id}`;
  }

  // ---- what a request gives ----------------------------------------------------------------------------------------

  /** The fields that a request names, each with the NetSuite field that it stands for and what that holds. */
  function fieldsOf(named) {
    if (!named || typeof named !== 'object') {
      refuse('WRONG_TYPE', 'fields must say which NetSuite field each name stands for.');
    }
    return Object.keys(named).map((name) => {
      const fieldId = named[name];
      const known = WRITABLE.find((one) => one.name === name);
      if (!known || typeof fieldId !== 'string' || !known.fieldId.test(fieldId)) {
        const names = WRITABLE.map((one) => one.name).join(', ');
        refuse('FIELD_NOT_ALLOWED',
          `Field ${fieldId} cannot be changed as ${name}: only ${names} can be, each in its own field.`);
      }
      return { name, fieldId, holds: known.holds };
    });
  }

  function idOf(change) {
    return change && change.id !== undefined ? change.id : null;
  }

  return { operations: { apply, look }, commentsOf, WRITABLE };
});
