// What the page holds of the rows that wait, and what has been ticked. Ticks outlive a reload of this tab, and no more:
// they are in no store that outlives the tab, as they are about customers.
"use strict";

const ROWS_AT_ONCE = 500; // made ready for searching without anybody noticing

const openBook = (data) => {
  const [rows, records] = [tableOf(data.rows), tableOf(data.records)];
  const placeOf = new Map(Array.from({ length: records.length }, (_, i) => [records.at("internal_id", i), i]));
  const idOf = (row) => rows.at("stripe_customer_id", row);
  const rowOf = new Map(Array.from({ length: rows.length }, (_, row) => [idOf(row), row]));
  const decisions = new Map(kept(data.store).filter(([id]) => rowOf.has(id)));
  const held = new Set(data.held); // by a record that NetSuite would keep beside a new one
  const search = searchTexts(rows, records, placeOf);
  const book = {
    ...data, rows, records, placeOf, idOf, decisions, isSaved: true, changed: () => {},
    texts: () => {
      search.more(rows.length);
      return search.texts;
    },
    isGone: (row) => rows.at("outcome", row) === "gone",
    isToBeMade: (row) => (data.creates ?? []).includes(rows.at("outcome", row)) && !held.has(idOf(row)),
    customerLink: (row) => {
      if (book.isGone(row)) return null;
      const mode = rows.at("livemode", row) === false ? "test/" : "";
      return away(`${data.stripe}${mode}customers/${encodeURIComponent(idOf(row))}`, "Stripe", `${idOf(row)} in Stripe`);
    },
    recordLink: (id) => (data.netsuite ? away(`${data.netsuite}${id}`, "NetSuite", `Record ${id} in NetSuite`) : null),
    recordName: (id) => {
      const name = placeOf.has(id) ? records.at("company_name", placeOf.get(id)) : null;
      return name ? `Link to record ${id}, ${name}` : `Link to record ${id}`;
    },
    decide: (id, decision) => {
      if (decision) decisions.set(id, decision);
      else decisions.delete(id);
      book.isSaved = decisions.size === 0;
      keepTicks(data.store, decisions);
      book.changed(id);
    },
    lines: () => [...decisions].sort(([a], [b]) => rowOf.get(a) - rowOf.get(b)).map(([id, said]) => ({
      ...Object.fromEntries(DECISION_COLUMNS.map((name) => [name, rows.at(name, rowOf.get(id))])), ...said })),
  };
  const prepare = () => { if (search.more(ROWS_AT_ONCE)) setTimeout(prepare); };
  setTimeout(prepare);
  return book;
};

const kept = (store) => {
  try {
    const found = JSON.parse(sessionStorage.getItem(store) ?? "[]");
    return Array.isArray(found) ? found.filter(([, said]) => said && asDecision(said.decision) !== null && typeof said.why === "string") : [];
  } catch {
    return [];
  }
};

const keepTicks = (store, decisions) => {
  try {
    sessionStorage.setItem(store, JSON.stringify([...decisions]));
  } catch {
    // A browser may forbid it: then a reload forgets, and the question before leaving still stands.
  }
};
