/**
 * Reading: the rows of a saved customer search, and which internal ids are customers.
 *
 *   describe  the columns of a saved customer search
 *   measure   the same, and how many rows that search finds, with their lowest and highest internal id
 *   search    its rows, in the order of internal ids, after a given id (never by offset: rows move between pages)
 *   exist     which of some internal ids are customers
 *
 * It changes nothing and could not: it has no N/record. Comments that a search cuts short come from editing.js, which
 * loads that one record. The saved search itself is changed in memory only, and never saved.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/format', 'N/search', './editing', './text'], (format, search, editing, text) => {
  const { asText, refuse, takesBytes, wholeNumber } = text;
  const STEP = 1000; // rows NetSuite gives at once at most
  const MOST_ROWS = 5000; // rows in one answer
  const MOST_CHARACTERS = 3000000; // in one answer, of up to 3 bytes each; NetSuite guarantees 10 MB
  const MOST_IDS = 1000; // in one request
  const SEARCH_CUT = 3990; // bytes; NetSuite cuts text in search results at 4,000
  const DAY = 86400000;

  // ---- the operations ----------------------------------------------------------------------------------------------

  function describe(request) {
    return { columns: loadSearch(request.search).columns.map(columnOf) };
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
  function page(request, call) {
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
    for (let step = 0; more && step * STEP < limit && characters < MOST_CHARACTERS && call.hasRoomFor(30); step += 1) {
      found.filterExpression = all(saved, added.concat([['internalidnumber', 'greaterthan', after]]));
      const results = found.run().getRange({ start: 0, end: wanted });
      more = results.length === wanted;
      for (const result of more ? wholeIds(results) : results) {
        const isCut = comments !== undefined && takesBytes(result.getValue(comments), SEARCH_CUT);
        const isFull = characters >= MOST_CHARACTERS || (isCut && !call.hasRoomFor(15));
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

  function exist(request) {
    const ids = idList(request.ids);
    const found = search.create({
      type: search.Type.CUSTOMER,
      filters: [['internalid', 'anyof', ids]],
      columns: ['internalid'],
    });
    return { ids: found.run().getRange({ start: 0, end: STEP }).map((result) => String(result.id)) };
  }

  // ---- rows --------------------------------------------------------------------------------------------------------

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
    const plain = typeof value === 'boolean' ? (value ? 'Yes' : 'No') : asText(value);
    const shown = result.getText(column) || null;
    cell.values.push(plain);
    cell.texts.push(shown === plain ? null : shown);
    return plain.length + (shown === null ? 0 : shown.length) + 6;
  }

  /** The comments as the record has them; of one that was deleted or merged since the search, what the search gave. */
  function wholeComments(result, column) {
    try {
      return editing.commentsOf(result.id);
    } catch (e) {
      if (e.name !== 'RCRD_DSNT_EXIST') {
        throw e;
      }
      return result.getValue(column);
    }
  }

  // ---- the search --------------------------------------------------------------------------------------------------

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

  function idList(ids) {
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST_IDS) {
      refuse('WRONG_TYPE', `ids must be a list of 1 to ${MOST_IDS} internal ids.`);
    }
    return ids.map((id) => wholeNumber(id, 'an internal id', 1));
  }

  /** A day early and without a time of day: too many rows, never too few, whatever the time zones. */
  function dayBefore(since) {
    const moment = Date.parse(since);
    if (!(moment > 0)) {
      refuse('WRONG_TYPE', 'since must be a moment such as 2026-01-31T12:00:00Z.');
    }
    return format.format({ value: new Date(moment - DAY), type: format.Type.DATE });
  }

  // ---- its columns -------------------------------------------------------------------------------------------------

  function columnOf(column) {
    return {
      name: column.name,
      label: column.label || column.name,
      join: column.join || null,
      type: JSON.parse(JSON.stringify(column)).type || null,
    };
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

  return { operations: { describe, measure, search: page, exist } };
});
