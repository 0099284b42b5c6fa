/**
 * Everything that Tieout can do inside NetSuite, in one file, to be read before it is deployed.
 *
 * It answers POST requests, one action each:
 *   health    which account and role this is, and which permissions the role lacks
 *   describe  the columns of a saved customer search
 *   measure   the same, and how many rows that search finds, with their lowest and highest internal id
 *   search    its rows, in the order of internal ids, after a given id (never by offset: rows move between pages)
 *   exist     which of some internal ids are customers
 *   apply     set, append or remove link values, each only if the value that is there is the expected one, and a word
 *             only where it was appended
 *   look      the same without a save: what is done already, and what is still open
 *
 * It never creates or deletes a record, and changes three things only: the external id, custom entity fields, and one
 * word in the comments. It runs with the rights of the calling role. It answers errors as
 * {ok: false, error: {code, message}}; one bad record never spoils the others of a request.
 *
 * @NApiVersion 2.1
 * @NScriptType Restlet
 * @NModuleScope SameAccount
 */
define(['N/search', 'N/record', 'N/runtime', 'N/format', 'N/log'], (search, record, runtime, format, log) => {
  const VERSION = 2;
  const PERMISSIONS = [
    { name: 'LIST_CUSTJOB', label: 'Lists > Customers', level: 3, levelName: 'Edit' },
    { name: 'LIST_FIND', label: 'Lists > Perform Search', level: 1, levelName: 'View' },
  ];
  const LEVELS = ['NONE', 'VIEW', 'CREATE', 'EDIT', 'FULL'];
  const STEP = 1000; // rows NetSuite gives at once at most
  const MOST_ROWS = 5000; // rows in one answer
  const MOST_CHARACTERS = 3000000; // in one answer, of up to 3 bytes each; NetSuite guarantees 10 MB
  const MOST_ITEMS = 1000; // ids or changes in one request
  const UNITS_KEPT = 100; // of the 5,000 a request has
  const MILLISECONDS = 200000; // of the 300 seconds a request has
  const SEARCH_CUT = 3990; // bytes; NetSuite cuts text in search results at 4,000
  const COMMENTS_LIMIT = 4000;
  const TRIES = 4;
  const DAY = 86400000;
  const NO_CUSTOMER = ['LEAD', 'PROSPECT'];
  const UNITS_TO_DIVIDE = 100; // four saves more, each with its load, a search, and room for a save of somebody else
  const OF_RECORD = [ // what refuses a record whole, whichever field is written
    'INSUFFICIENT_PERMISSION', 'PERMISSION_VIOLATION', 'RCRD_DELETED_SINCE_RETRIEVED', 'RCRD_DSNT_EXIST',
    'RCRD_EDITED_SINCE_RETRIEVED', 'RCRD_HAS_BEEN_CHANGED', 'RCRD_LOCKED_BY_WF', 'RCRD_PREVSLY_DELETED',
    'RCRD_UNEDITABLE',
  ];
  const UNDECIDED = { outcome: undefined, found: undefined, code: undefined, message: undefined };

  const started = Date.now();

  // ---- the door ----------------------------------------------------------------------------------------------------

  const actions = { health, describe, measure, search: page, exist, apply, look };

  function post(request) {
    try {
      if (request === null || typeof request !== 'object' || Array.isArray(request)) {
        refuse('WRONG_TYPE', 'The request must be one JSON object, sent as application/json.');
      }
      if (!Object.prototype.hasOwnProperty.call(actions, request.action)) {
        refuse('UNKNOWN_ACTION', `The action must be one of: ${Object.keys(actions).join(', ')}.`);
      }
      return Object.assign({ ok: true, version: VERSION }, actions[request.action](request));
    } catch (e) {
      if (!e.isOurs) {
        log.error({ title: 'Tieout', details: `${text(request && request.action)}: ${e.name}: ${e.message}` });
      }
      return { ok: false, version: VERSION, error: { code: String(e.name), message: String(e.message) } };
    }
  }

  // ---- health ------------------------------------------------------------------------------------------------------

  function health() {
    return {
      account: runtime.accountId,
      environment: runtime.envType,
      role: runtime.getCurrentUser().roleId,
      missing: missing(),
      now: new Date().toISOString(),
    };
  }

  /** The permissions that the role lacks, in words. One whose level cannot be read is not said to be missing. */
  function missing() {
    const user = runtime.getCurrentUser();
    const lacks = (p) => levelOf(user.getPermission({ name: p.name })) < p.level;
    return PERMISSIONS.filter(lacks).map((p) => `${p.label} (${p.levelName})`);
  }

  /** 0 to 4. NetSuite gives a member of runtime.Permission, of which only the names are documented. */
  function levelOf(given) {
    const members = runtime.Permission || {};
    const byName = LEVELS.findIndex((name) => given === members[name] || String(given).toUpperCase() === name);
    return byName >= 0 ? byName : (given === null || given === '' ? NaN : Number(given));
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  function describe(request) {
    return { columns: loadSearch(request.search).columns.map(columnOf) };
  }

  function columnOf(column) {
    return {
      name: column.name,
      label: column.label || column.name,
      join: column.join || null,
      type: JSON.parse(JSON.stringify(column)).type || null,
    };
  }

  function measure(request) {
    const { found, saved, added } = asked(request);
    found.filterExpression = all(saved, added);
    const columns = found.columns.map(columnOf);
    const count = found.runPaged({ pageSize: STEP }).count;
    const end = (order) => {
      sortById(found, order);
      const rows = found.run().getRange({ start: 0, end: 1 });
      return rows.length ? String(rows[0].id) : null;
    };
    const now = new Date().toISOString();
    return { columns, count, first: end(search.Sort.ASC), last: end(search.Sort.DESC), now };
  }

  /** Answers column by column: the other side makes columns of it, and many rows are less to unpack so. */
  function page(request) {
    const limit = wholeNumber(request.limit === undefined ? STEP : request.limit, 'limit', 2, MOST_ROWS);
    let after = wholeNumber(request.after === undefined ? 0 : request.after, 'after', 0);
    const { found, saved, added } = asked(request);
    const columns = chosen(found.columns, request.columns);
    const comments = columns.find((column) => column.name === 'comments' && !column.join);
    sortById(found, search.Sort.ASC);

    const ids = [];
    const cells = columns.map(() => ({ values: [], texts: [] }));
    const wanted = Math.min(STEP, limit);
    let characters = 0;
    let more = true;
    for (let step = 0; more && step * STEP < limit && characters < MOST_CHARACTERS && timeAndUnitsFor(30); step += 1) {
      found.filterExpression = all(saved, added.concat([['internalidnumber', 'greaterthan', after]]));
      const results = found.run().getRange({ start: 0, end: wanted });
      more = results.length === wanted;
      for (const result of more ? wholeIds(results) : results) {
        const isCut = comments !== undefined && bytes(result.getValue(comments)) >= SEARCH_CUT;
        const isFull = characters >= MOST_CHARACTERS || (isCut && !timeAndUnitsFor(15));
        if (isFull && Number(result.id) !== after) {
          more = true;
          break;
        }
        after = Number(result.id);
        ids.push(after);
        columns.forEach((column, n) => {
          characters += addCell(cells[n], result, column, isCut && column === comments);
        });
      }
    }
    const texts = cells.map((cell) => (cell.texts.some((shown) => shown !== null) ? cell.texts : null));
    return { ids, values: cells.map((cell) => cell.values), texts, more };
  }

  /** A search may give several rows for one customer: the end of a step must not tear them apart. */
  function wholeIds(results) {
    const last = results[results.length - 1].id;
    const whole = results.filter((result) => result.id !== last);
    if (whole.length === 0) {
      refuse('ROWS_MULTIPLIED', `The search gives ${results.length} or more rows for customer ${last}: ` +
        'remove the columns or criteria of joined records from it.');
    }
    return whole;
  }

  /** Add a value, and the text shown for it where that differs. Returns how many characters that is, about. */
  function addCell(cell, result, column, isCut) {
    const value = isCut ? wholeComments(result, column) : result.getValue(column);
    const plain = typeof value === 'boolean' ? (value ? 'Yes' : 'No') : text(value);
    const shown = result.getText(column) || null;
    cell.values.push(plain);
    cell.texts.push(shown === plain ? null : shown);
    return plain.length + (shown === null ? 0 : shown.length) + 6;
  }

  /** The comments as the record has them; of one that was deleted or merged since the search, what the search gave. */
  function wholeComments(result, column) {
    try {
      return record.load({ type: record.Type.CUSTOMER, id: result.id }).getValue({ fieldId: 'comments' });
    } catch (e) {
      if (e.name !== 'RCRD_DSNT_EXIST') {
        throw e;
      }
      return result.getValue(column);
    }
  }

  function loadSearch(id) {
    if (typeof id !== 'string' || id === '') {
      refuse('WRONG_TYPE', 'search must be the id of a saved search, such as customsearch_tieout.');
    }
    const loaded = search.load({ id });
    if (String(loaded.searchType).toLowerCase() !== 'customer') {
      refuse('NOT_A_CUSTOMER_SEARCH', `Saved search ${id} finds ${loaded.searchType} records, not customers.`);
    }
    const summary = loaded.columns.filter((column) => column.summary);
    if (summary.length) {
      const column = summary[0].label || summary[0].name;
      refuse('SUMMARY_COLUMN',
        `Saved search ${id} has a summary type on column ${column}: remove it, as grouped rows have no internal id.`);
    }
    return loaded;
  }

  /** The search that a request is about, and the criteria that the request adds to the saved ones. */
  function asked(request) {
    const found = loadSearch(request.search);
    const added = [];
    if (request.until !== undefined) {
      added.push(['internalidnumber', 'lessthanorequalto', wholeNumber(request.until, 'until', 0)]);
    }
    if (request.ids !== undefined) {
      added.push(['internalid', 'anyof', idList(request.ids)]);
    }
    if (request.since !== undefined) {
      added.push(['lastmodifieddate', 'onorafter', dayBefore(request.since)]);
    }
    return { found, saved: found.filterExpression, added };
  }

  /** The saved criteria as one term, as they may hold an "or", and the others beside it: NetSuite nests three deep. */
  function all(saved, added) {
    const terms = saved && saved.length ? [saved].concat(added) : added;
    return terms.flatMap((term, n) => (n === 0 ? [term] : ['and', term]));
  }

  /** A day early and without a time of day: too many rows, never too few, whatever the time zones. */
  function dayBefore(since) {
    const moment = Date.parse(since);
    if (!(moment > 0)) {
      refuse('WRONG_TYPE', 'since must be a moment such as 2026-01-31T12:00:00Z.');
    }
    return format.format({ value: new Date(moment - DAY), type: format.Type.DATE });
  }

  function sortById(found, order) {
    const isId = (column) => column.name === 'internalid' && !column.join;
    const columns = found.columns.slice();
    if (!columns.some(isId)) {
      columns.push(search.createColumn({ name: 'internalid' }));
    }
    columns.forEach((column) => {
      column.sort = isId(column) ? order : search.Sort.NONE;
    });
    found.columns = columns;
  }

  function chosen(columns, indexes) {
    if (indexes === undefined) {
      return columns.slice();
    }
    if (!Array.isArray(indexes)) {
      refuse('WRONG_TYPE', 'columns must be a list of column numbers.');
    }
    return indexes.map((index) => {
      const number = wholeNumber(index, 'a column number', 0);
      if (number >= columns.length) {
        refuse('COLUMNS_CHANGED', `The search has ${columns.length} columns, fewer than the request counts on.`);
      }
      return columns[number];
    });
  }

  function exist(request) {
    const ids = idList(request.ids);
    const found = search.create({
      type: search.Type.CUSTOMER,
      filters: [['internalid', 'anyof', ids]],
      columns: ['internalid'],
    });
    return { ids: found.run().getRange({ start: 0, end: STEP }).map((result) => String(result.id)) };
  }

  // ---- writing -----------------------------------------------------------------------------------------------------

  function apply(request) {
    return eachRecord(request, true);
  }

  function look(request) {
    return eachRecord(request, false);
  }

  function eachRecord(request, saves) {
    const fields = fieldIds(request.fields);
    if (!Array.isArray(request.changes) || request.changes.length > MOST_ITEMS) {
      refuse('WRONG_TYPE', `changes must be a list of at most ${MOST_ITEMS} changes.`);
    }
    const lacking = saves ? missing() : [];
    if (lacking.length) { // no record can be saved, and none of them is to blame
      const details = `The role ${runtime.getCurrentUser().roleId} lacks ${lacking.join(', ')}.`;
      log.error({ title: 'Tieout', details });
      refuse('INSUFFICIENT_PERMISSION', details);
    }
    const outcomes = [];
    let next = 0;
    while (next < request.changes.length && timeAndUnitsFor(15)) {
      const those = applyToOne(request.changes[next], fields, saves);
      if (those === null) {
        break;
      }
      those.forEach((outcome) => outcomes.push(outcome));
      next += 1;
    }
    if (saves) {
      note(outcomes);
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

  /** One load and one save for all edits of a record, more only where NetSuite refuses some. Null: not begun. */
  function applyToOne(change, fields, saves) {
    const edits = editsOf(change, fields);
    const open = edits.filter((edit) => edit.outcome === undefined);
    const problem = open.length ? write(change, open, saves) : null;
    if (problem) {
      const lost = open.filter(isLost);
      if (problem.isOfRecord || new Set(lost.map((edit) => edit.fieldId)).size < 2) {
        lost.forEach((edit) => refuseEdit(edit, problem, change.id));
      } else if (!timeAndUnitsFor(UNITS_TO_DIVIDE)) {
        return null; // nothing was saved, and the next call has the room
      } else {
        divide(change, lost, problem);
      }
    }
    return edits.map((edit) => ({
      id: idOf(change),
      action: edit.action,
      field: edit.field,
      word: edit.word,
      outcome: edit.outcome,
      found: edit.found,
      code: edit.code,
      message: edit.message,
    }));
  }

  /** Load, compare, save; again when somebody saved the record in between. Returns what refused it, or null. */
  function write(change, edits, saves) {
    for (let tried = 1; ; tried += 1) {
      let isLoaded = false;
      try {
        edits.forEach((edit) => Object.assign(edit, UNDECIDED));
        const customer = loadCustomer(change.id);
        isLoaded = true;
        edits.forEach((edit) => decide(edit, customer));
        const changed = edits.filter((edit) => edit.outcome === 'applied');
        if (!saves) {
          changed.forEach((edit) => Object.assign(edit, { outcome: 'open' }));
        } else if (changed.length) {
          customer.save({ enableSourcing: false, ignoreMandatoryFields: true });
        }
        return null;
      } catch (e) {
        if (e.name !== 'RCRD_HAS_BEEN_CHANGED' || tried === TRIES || !timeAndUnitsFor(15)) {
          const { name: code, message } = e;
          return { code, message, isOfRecord: !saves || !isLoaded || OF_RECORD.includes(code) };
        }
      }
    }
  }

  /**
   * NetSuite refuses a save whole, for one field that it does not take. Save the others without the field that it
   * names; where it names none, or that was not all, each by itself, so that each has its own reason.
   */
  function divide(change, lost, problem) {
    const named = lost.filter((edit) => isNamed(edit.fieldId, problem));
    const others = lost.filter((edit) => !named.includes(edit));
    if (named.length && others.length && write(change, others, true) === null) {
      named.forEach((edit) => refuseEdit(edit, problem, change.id));
      return;
    }
    new Set(lost.map((edit) => edit.fieldId)).forEach((fieldId) => {
      const mine = lost.filter((edit) => edit.fieldId === fieldId);
      const own = write(change, mine, true);
      if (own) {
        mine.filter(isLost).forEach((edit) => refuseEdit(edit, own, change.id));
      }
    });
  }

  function isLost(edit) {
    return edit.outcome === undefined || edit.outcome === 'applied';
  }

  function isNamed(fieldId, problem) {
    return problem.code === 'DUP_RCRD' ? fieldId === 'externalid' : String(problem.message).includes(fieldId);
  }

  /** A refused edit has failed; but an external id that another customer or lead got meanwhile is a conflict. */
  function refuseEdit(edit, problem, id) {
    const holder = problem.code === 'DUP_RCRD' && edit.fieldId === 'externalid' ? holderOf(edit.newValue(''), id) : null;
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
    return found.length ? `${externalId} is held by ${text(found[0].getValue('stage')) || 'customer'} ${found[0].id}` : null;
  }

  function idOf(change) {
    return change && change.id !== undefined ? change.id : null;
  }

  function loadCustomer(id) {
    return record.load({ type: record.Type.CUSTOMER, id: wholeNumber(id, 'id', 1), isDynamic: false });
  }

  /** Compare what is there with what was expected, and set the new value on the loaded record. */
  function decide(edit, customer) {
    if (edit.fieldId !== 'externalid' && !customer.getField({ fieldId: edit.fieldId })) {
      fail(edit, 'FIELD_NOT_FOUND', `Customers have no field ${edit.fieldId} that this role can see.`);
      return;
    }
    const there = text(customer.getValue({ fieldId: edit.fieldId }));
    const wanted = edit.newValue(there);
    if (wanted === null) {
      Object.assign(edit, { outcome: 'conflict', found: linesWith(there, edit.word) });
    } else if (same(wanted, there)) {
      edit.outcome = 'already';
    } else if (edit.expected !== undefined && !same(edit.expected, there)) {
      Object.assign(edit, { outcome: 'conflict', found: there });
    } else if (edit.fieldId === 'comments' && wanted.length > COMMENTS_LIMIT) {
      fail(edit, 'COMMENTS_FULL', `The comments would have ${wanted.length} characters; ${COMMENTS_LIMIT} fit.`);
    } else if (edit.links && NO_CUSTOMER.includes(text(customer.getValue({ fieldId: 'stage' })).toUpperCase())) {
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

  function editsOf(change, fields) {
    const edits = [];
    ['set', 'append', 'remove'].forEach((action) => {
      const values = (change && change[action]) || {};
      Object.keys(values).forEach((field) => {
        const each = action === 'set' ? [values[field]] : [].concat(values[field]); // comments can take several words
        each.forEach((value) => edits.push(editOf(action, field, fields[field], value)));
      });
    });
    const nothing = { action: null, field: null };
    return edits.length ? edits : [fail(nothing, 'INVALID_CHANGE', 'The change names nothing to do.')];
  }

  function editOf(action, field, fieldId, value) {
    const edit = { action, field, fieldId };
    if (action !== 'set') {
      edit.word = isTaken(value) ? value.word : value; // even if refused: it tells which of several words is meant
    }
    const isComments = fieldId === 'comments';
    if (!fieldId || isComments !== (action !== 'set')) {
      return fail(edit, 'INVALID_CHANGE', `Action ${action} is not possible on field ${field}.`);
    }
    if (action === 'set') {
      if (!value || typeof value !== 'object' || !isText(value.old) || !isText(value.new)) {
        return fail(edit, 'INVALID_CHANGE', 'A set needs an old and a new value, each a text or null.');
      }
      edit.expected = text(value.old);
      edit.links = text(value.new) !== '';
      edit.newValue = () => text(value.new);
    } else {
      if (typeof edit.word !== 'string' || !/^[^\s\p{Cc}]+$/u.test(edit.word)) {
        return fail(edit, 'INVALID_CHANGE', `${action} needs one word: text without white space.`);
      }
      edit.links = action === 'append';
      const before = isTaken(value) && isText(value.before) ? text(value.before) : null;
      edit.newValue = (there) => (
        action === 'append' ? withWord(there, edit.word) : withoutWord(there, edit.word, before)
      );
    }
    return edit;
  }

  /** What is removed can come with the text that stood before it when it was planned: {word, before}. */
  function isTaken(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  }

  function fail(edit, code, message) {
    return Object.assign(edit, { outcome: 'failed', code: String(code), message: String(message) });
  }

  // ---- words in comments -------------------------------------------------------------------------------------------

  /** The word where no letter, digit or "_" of any script touches it, so that cus_1 is not found in cus_12. */
  function bounded(word) {
    const literal = word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'); // these alone: with the u flag \- would be an error
    return new RegExp('(?<![\\p{L}\\p{M}\\p{N}_])' + literal + '(?![\\p{L}\\p{M}\\p{N}_])', 'u');
  }

  function withWord(comments, word) {
    if (bounded(word).test(comments)) {
      return comments;
    }
    return comments === '' ? word : comments + '\n' + word;
  }

  /**
   * Without the word, where `withWord` put it: as a line of its own, which goes with the line break that came with it.
   * Of several such lines it is the one right behind the text of `before`. Null where that place cannot be told, because
   * somebody edited it; the word in somebody's sentence is never touched.
   */
  function withoutWord(comments, word, before) {
    const ours = linesOf(comments).filter((line) => line.text === word);
    if (ours.length === 0) {
      return bounded(word).test(comments) ? null : comments;
    }
    const kept = before ? `${before}\n` : '';
    const known = before !== null && comments.startsWith(kept)
      ? ours.find((line) => line.start === kept.length) : undefined;
    if (known === undefined && ours.length > 1) {
      return null;
    }
    const { start, breakBefore } = known || ours[0];
    const rest = comments.slice(start + word.length);
    return start === 0
      ? rest.replace(/^(\r\n|\r|\n)/, '') // the first line: its break came with what follows
      : comments.slice(0, start - (known ? 1 : breakBefore)) + rest;
  }

  /** The lines of a text: each with where it starts, and how long the line break before it is. */
  function linesOf(comments) {
    const lines = [];
    let start = 0;
    let breakBefore = 0;
    for (const found of comments.matchAll(/\r\n|\r|\n/g)) {
      lines.push({ text: comments.slice(start, found.index), start, breakBefore });
      breakBefore = found[0].length;
      start = found.index + breakBefore;
    }
    lines.push({ text: comments.slice(start), start, breakBefore });
    return lines;
  }

  /** What a person is shown of comments in which a word was not where it was put. */
  function linesWith(comments, word) {
    return linesOf(comments).map((line) => line.text).filter((line) => bounded(word).test(line)).join('\n');
  }

  // ---- small things ------------------------------------------------------------------------------------------------

  function fieldIds(fields) {
    if (!fields || typeof fields !== 'object') {
      refuse('WRONG_TYPE', 'fields must say which NetSuite field each name stands for.');
    }
    Object.keys(fields).forEach((name) => {
      if (!/^(externalid|comments|custentity\w*)$/.test(fields[name])) {
        refuse('FIELD_NOT_ALLOWED',
          `Field ${fields[name]} cannot be changed: only externalid, comments and custentity fields can.`);
      }
    });
    return fields;
  }

  function idList(ids) {
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST_ITEMS) {
      refuse('WRONG_TYPE', `ids must be a list of 1 to ${MOST_ITEMS} internal ids.`);
    }
    return ids.map((id) => wholeNumber(id, 'an internal id', 1));
  }

  function wholeNumber(value, name, least, most) {
    const number = /^\d{1,15}$/.test(String(value)) ? Number(value) : -1;
    if (number < least || (most !== undefined && number > most)) {
      const limit = most === undefined ? '' : `, at most ${most}`;
      refuse('WRONG_TYPE', `${name} must be a whole number, at least ${least}${limit}.`);
    }
    return number;
  }

  function timeAndUnitsFor(units) {
    const left = runtime.getCurrentScript().getRemainingUsage();
    return left >= units + UNITS_KEPT && Date.now() - started < MILLISECONDS;
  }

  function refuse(code, message) {
    const error = new Error(message);
    error.name = code;
    error.isOurs = true; // an answer to the caller; what NetSuite throws an administrator must see as well
    throw error;
  }

  function text(value) {
    return value === null || value === undefined ? '' : String(value);
  }

  function isText(value) {
    return value === null || typeof value === 'string';
  }

  function same(one, other) {
    return one.trim() === other.trim();
  }

  /** How many bytes a text takes in UTF-8; more than that for short ones, which is good enough. */
  function bytes(value) {
    const asText = text(value);
    if (asText.length * 3 < SEARCH_CUT) {
      return asText.length * 3;
    }
    return encodeURIComponent(asText.replace(/[\uD800-\uDFFF]/g, '??')).replace(/%../g, 'x').length;
  }

  return { post };
});
