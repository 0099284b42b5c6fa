/**
 * Reading: the rows of a saved customer search, and which internal ids are customers.
 *
 *   describe  the columns of a saved customer search
 *   measure   how many rows that search finds
 *   begin     the same, its columns, and the first rows of one of several parts that are about as large: all parts can
 *             be asked for at once, before anybody knows which ids there are
 *   search    its rows, in the order of internal ids, after a given id (never by offset: rows move between pages)
 *   exist     which of some internal ids are customers
 *
 * It changes nothing and could not: it has no N/record. How rows become an answer is in gathering.js. The saved search
 * itself is changed in memory only, and never saved.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/format', 'N/search', './gathering', './text'], (format, search, gathering, text) => {
  const { gather, wholeIds, STEP } = gathering;
  const { refuse, wholeNumber } = text;
  const MOST_ROWS = 5000; // rows in one answer
  const LEAST_PART = 250; // rows: fewer are not worth a call
  const MOST_PARTS = 50;
  const STRETCH = 1.25; // of the rows asked for, where that ends a part
  const SPARE = 0.01; // of the rows asked for: not worth a step of their own
  const MOST_IDS = 1000; // in one request
  const DAY = 86400000;

  // ---- the operations ----------------------------------------------------------------------------------------------

  function describe(request) {
    return { columns: loadSearch(request.search).columns.map(columnOf) };
  }

  function measure(request) {
    const { found, saved, added } = asked(request);
    found.filterExpression = all(saved, added);
    return { count: found.runPaged({ pageSize: STEP }).count };
  }

  /**
   * The only place that goes by offset, and only to find an id to begin above: rows that move meanwhile make a part larger
   * or smaller, and hide none. A part is the ids above its `start`, up to the `start` of the next part that has one.
   */
  function begin(request, call) {
    const limit = limitOf(request);
    const parts = wholeNumber(request.parts === undefined ? 1 : request.parts, 'parts', 1, MOST_PARTS);
    const part = wholeNumber(request.part === undefined ? 0 : request.part, 'part', 0, parts - 1);
    const now = new Date().toISOString();
    const { found, saved, added } = asked(request);
    const described = found.columns.map(columnOf);
    const columns = chosen(found.columns, request.columns);
    sortById(found, search.Sort.ASC);
    found.filterExpression = all(saved, added);
    const { count } = found.runPaged({ pageSize: STEP });
    const filled = Math.max(1, Math.min(parts, Math.floor(count / Math.min(LEAST_PART, limit))));
    const edge = (number) => (number < filled ? Math.floor((count * number) / filled) : count);
    const from = edge(part);
    const rows = edge(part + 1) - from + (part === 0 ? 1 : 0); // with the first row of the next part, without its own
    const isThere = part < filled;
    const most = rows <= limit * STRETCH ? rows : limit;
    const wanted = Math.min(STEP, most + 2);
    const first = isThere ? found.run().getRange({ start: from, end: from + wanted }) : [];
    const start = part > 0 && first.length ? Number(first[0].id) : 0;

    const taken = gather(columns, start, call);
    const isEnd = first.length < wanted;
    taken.add((isEnd ? first : wholeIds(first)).filter((result) => Number(result.id) > start), isEnd);
    readOn(taken, found, saved, added, most, rows <= limit * STRETCH ? 0 : SPARE);
    const last = part === parts - 1 ? highest(found, saved, added) : null;
    const begins = part === 0 || first.length ? start : null;
    return { columns: described, count, now, start: begins, rows, last, ...taken.answer() };
  }

  /** Answers column by column: the other side makes columns of it, and many rows are less to unpack so. */
  function page(request, call) {
    const limit = limitOf(request);
    const after = wholeNumber(request.after === undefined ? 0 : request.after, 'after', 0);
    const { found, saved, added } = asked(request);
    const columns = chosen(found.columns, request.columns);
    sortById(found, search.Sort.ASC);
    const taken = gather(columns, after, call);
    readOn(taken, found, saved, added, limit, SPARE);
    return { columns: columns.map(columnOf), ...taken.answer() };
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

  // ---- the search --------------------------------------------------------------------------------------------------

  /** Read on above the last id taken, until no more rows are lacking than may be spared. */
  function readOn(taken, found, saved, added, limit, spare) {
    while (taken.more && limit - taken.length > limit * spare && taken.hasRoom()) {
      found.filterExpression = all(saved, added.concat([['internalidnumber', 'greaterthan', taken.after]]));
      const wanted = Math.min(STEP, limit - taken.length + 1);
      const results = found.run().getRange({ start: 0, end: wanted });
      const isEnd = results.length < wanted;
      const whole = isEnd ? results : wholeIds(results);
      if (!isEnd && whole.length === 0) {
        if (taken.length === 0) {
          const { id } = results[0];
          refuse('ROWS_MULTIPLIED', `The search gives ${wanted} or more rows for customer ${id}: ` +
            'remove the columns or criteria of joined records from it.');
        }
        return; // the next call has room for all rows of that customer
      }
      taken.add(whole, isEnd);
    }
  }

  function highest(found, saved, added) {
    sortById(found, search.Sort.DESC);
    found.filterExpression = all(saved, added);
    const rows = found.run().getRange({ start: 0, end: 1 });
    return rows.length ? String(rows[0].id) : null;
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

  function limitOf(request) {
    return wholeNumber(request.limit === undefined ? STEP : request.limit, 'limit', 2, MOST_ROWS);
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

  return { operations: { describe, measure, begin, search: page, exist } };
});
