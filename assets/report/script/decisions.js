// Decisions as a file that `make decide` reads: columns as in review.csv, and no cell is a formula. Pure: no document here.
"use strict";

const DECISION_COLUMNS = ["stripe_customer_id", "outcome", "reason", "what_to_do", "email", "name", "decided", "decision", "why"];

// As in review.csv: what a spreadsheet might run gets an apostrophe in front, and so does an apostrophe.
const RISKY = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n']|\s*\|)/;

const csvCell = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = RISKY.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

// `lines` are objects with the names of the columns; what has no reason of its own gets `otherwise`.
const decisionsCsv = (lines, otherwise) => {
  const whole = lines.map((line) => ({ ...line, why: line.why.trim() || otherwise.trim() }));
  const cells = whole.map((line) => DECISION_COLUMNS.map((name) => csvCell(line[name])).join(","));
  return [DECISION_COLUMNS.join(","), ...cells, ""].join("\n");
};

// The address of the form in the UI for one decision; a text of JSON is one of YAML, too. What is empty the form asks for.
const filledIn = (form, values) => form.replaceAll(/%7B(customer|record|why)%7D/g, (_, name) =>
  values[name].trim() === "" ? "" : encodeURIComponent(JSON.stringify(values[name])));

// An internal id, or a word that says something else; null for what is neither.
const asDecision = (text) => {
  const said = text.trim();
  return ["never", "create", "later"].includes(said) || /^[1-9]\d{0,17}$/.test(said) ? said : null;
};
