// The embedded rows: read column by column, searched, filtered and sorted without making an object of each.
// Pure: no document here.
"use strict";

// A column is either all its values, or its different values and, for each row, the place of its own (null where none).
const tableOf = ({ length, columns }) => {
  const at = (name, row) => {
    const column = columns[name];
    if (!column) return null;
    if (!column.words) return column.values[row];
    const place = column.at[row];
    return place === null ? null : column.words[place];
  };
  return { length, names: Object.keys(columns), at, repeats: (name) => columns[name].words !== undefined };
};

// What a search looks through: all text of a row and of its records, folded. It is made part by part, as it takes a
// second for many rows: `more(count)` makes the next ones, and says whether any are left.
const searchTexts = (rows, records, placeOf) => {
  const [ofRow, ofRecord] = [foldedRows(rows), foldedRows(records)];
  const texts = [];
  const recordTexts = new Map();
  const recordText = (id) => {
    if (!recordTexts.has(id)) recordTexts.set(id, placeOf.has(id) ? ofRecord(placeOf.get(id)) : String(id));
    return recordTexts.get(id);
  };
  const more = (count) => {
    const end = Math.min(texts.length + count, rows.length);
    for (let row = texts.length; row < end; row += 1) texts.push([ofRow(row), ...(rows.at("records", row) ?? []).map(recordText)].join("\n"));
    return end < rows.length;
  };
  return { texts, more };
};

// A text that repeats is folded once.
const foldedRows = (table) => {
  const known = new Map();
  const folded = (value) => {
    if (!known.has(value)) known.set(value, fold(value));
    return known.get(value);
  };
  return (row) => {
    const texts = [];
    for (const name of table.names) {
      const value = table.at(name, row);
      if (typeof value === "number") texts.push(value);
      if (typeof value === "string") texts.push(table.repeats(name) ? folded(value) : fold(value));
    }
    return texts.join("\u0001");
  };
};

// The rows that fit, in order. `wanted` is {text, outcome, group, ticked, sort}; `isTicked` says of a row's id.
const hitsOf = (rows, texts, wanted, isTicked) => {
  const sought = fold(wanted.text);
  const all = sought ? texts() : [];
  const hits = [];
  for (let row = 0; row < rows.length; row += 1) {
    if (wanted.outcome && rows.at("outcome", row) !== wanted.outcome) continue;
    if (wanted.group && rows.at("group", row) !== wanted.group) continue;
    if (wanted.ticked && (wanted.ticked === "yes") !== isTicked(rows.at("stripe_customer_id", row))) continue;
    if (sought && !all[row].includes(sought)) continue;
    hits.push(row);
  }
  return wanted.sort ? sorted(rows, hits, wanted.sort) : hits;
};

// By one column, rows without a value last, otherwise as they were.
const sorted = (rows, hits, name) => {
  const keys = new Map(hits.map((row) => [row, fold(String(rows.at(name, row) ?? ""))]));
  return hits.sort((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)];
    if (one === other) return a - b;
    if (one === "" || other === "") return one === "" ? 1 : -1;
    return one < other ? -1 : 1;
  });
};

// The values of a column, the most frequent first.
const frequent = (rows, name, most) => {
  const counts = new Map();
  for (let row = 0; row < rows.length; row += 1) {
    const value = rows.at(name, row);
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
};
