// One customer beside one record, field by field, with what differs by key marked.
"use strict";

const pairing = (book, row, id) => {
  const title = make("h4", {}, `Record ${id}`, " ", book.recordLink(id) ?? "");
  const place = book.placeOf.get(id);
  if (place === undefined) return make("div", { class: "pairing" }, title, make("p", {}, "It is in no extract."));
  const lines = [];
  for (const [label, ofStripe, ofNetsuite] of book.fields) {
    const one = book.rows.at(ofStripe, row);
    const other = book.records.at(ofNetsuite, place);
    if (one || other) lines.push(comparison(label, one, other));
  }
  const head = ["Field", "Stripe", "NetSuite", "By key"].map((text) => make("th", { role: "columnheader", scope: "col" }, text));
  const table = make("table", { role: "table" }, make("caption", {}, `${book.idOf(row)} and record ${id}`),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...head)), make("tbody", { role: "rowgroup" }, ...lines));
  return make("div", { class: "pairing" }, title, table);
};

const comparison = (label, one, other) => {
  const equal = isEqual(one, other);
  const verdict = equal ? "equal" : one && other ? "different" : one ? "only in Stripe" : "only in NetSuite";
  const sides = one && other ? difference(one, other) : [one, other].map((text) => (text ? [{ text, same: true }] : []));
  const cells = sides.map((pieces, at) => make("td", { role: "cell", "data-label": at ? "NetSuite" : "Stripe" }, ...marked(pieces)));
  return make("tr", { role: "row", class: equal ? "equal" : "unequal" }, make("th", { role: "rowheader", scope: "row" }, label), ...cells,
    make("td", { role: "cell", "data-label": "By key" }, verdict));
};

const marked = (pieces) => (pieces.length === 0 ? ["–"] : pieces.map(({ text, same }) => (same ? text : make("mark", {}, text))));
