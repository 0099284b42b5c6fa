// One row of what waits: who it is and why it waits, and, opened, the pairs to compare and the choice.
"use strict";

const card = (book, row, position) => {
  const id = book.idOf(row);
  const value = (name) => book.rows.at(name, row);
  const badge = make("p", { class: "ticked", "data-badge": id });
  const more = make("details", { class: "more" }, make("summary", {}, "Compare and decide", make("span", { class: "off" }, ` on ${id}`)));
  more.addEventListener("toggle", () => {
    if (more.open && more.children.length === 1) more.append(...opened(book, row));
  });
  const created = value("created");
  const item = make("li", { class: "work-row", "aria-setsize": String(position.of), "aria-posinset": String(position.at) },
    make("div", { class: "who" },
      value("name") ? make("strong", {}, value("name")) : null,
      value("email") ? make("span", {}, value("email")) : null,
      make("span", { class: "id" }, make("code", {}, id), " ", copyButton(id), " ", book.customerLink(row) ?? ""),
      created ? make("small", {}, `since ${created}`) : null),
    make("div", {}, make("span", { class: "outcome", style: `--tone:var(--${value("outcome")}, var(--muted))` }, value("outcome")), badge),
    make("div", { class: "why" }, make("p", {}, value("reason")), make("p", { class: "todo" }, value("what_to_do"))),
    more);
  showTick(book, id, badge);
  return item;
};

const opened = (book, row) => {
  const ids = book.rows.at("records", row) ?? [];
  const known = book.known.filter(([name]) => book.rows.at(name, row) !== null);
  const facts = known.map(([name, label]) => make("div", {}, make("dt", {}, label), " ",
    make("dd", {}, ...String(book.rows.at(name, row)).split(" | ").map((part) => make("span", {}, part)))));
  return [
    make("div", { class: "pairings" }, ...ids.map((id) => pairing(book, row, id))),
    facts.length ? make("dl", { class: "known" }, ...facts) : null,
    choice(book, row, ids),
  ].filter(Boolean);
};

const choice = (book, row, records) => {
  const id = book.idOf(row);
  const now = book.decisions.get(id) ?? { decision: "", why: "" };
  const isOther = now.decision !== "" && !["never", "create", "later"].includes(now.decision) && !records.map(String).includes(now.decision);
  const typed = make("input", { type: "text", inputmode: "numeric", "aria-label": `Internal id of another record for ${id}`, maxlength: 19 });
  const why = make("input", { type: "text", maxlength: 500, autocomplete: "off" });
  [typed.value, why.value] = [isOther ? now.decision : "", now.why];
  const note = make("p", { class: "bad", role: "alert" });
  const keep = () => {
    const ticked = box.querySelector("input[type=radio]:checked");
    const said = ticked.value === "other" ? asDecision(typed.value) : ticked.value;
    const isWrong = ticked.value === "other" && typed.value.trim() !== "" && said === null;
    note.textContent = isWrong ? "An internal id is a whole number, without anything else." : "";
    typed.setAttribute("aria-invalid", String(isWrong));
    book.decide(id, said ? { decision: said, why: why.value } : null);
    offer();
  };
  const form = away("", "Record this one in the UI", `The form in the UI that records the decision on ${id}`);
  const offer = () => {
    const said = book.decisions.get(id);
    form.hidden = !said || said.decision === "later";
    if (!form.hidden) form.href = filledIn(book.form, { customer: id, record: said.decision, why: said.why });
  };
  offer();
  const option = (value, text) => make("label", {},
    make("input", { type: "radio", name: `decision ${row}`, value, checked: value === (isOther ? "other" : now.decision), change: keep }), make("span", {}, text));
  const known = book.isGone(row) ? [] : [
    ...records.map((record) => option(String(record), book.recordName(record))),
    make("div", { class: "other" }, option("other", "Another record"), typed)];
  typed.addEventListener("input", () => {
    box.querySelector("input[value=other]").checked = true;
    keep();
  });
  why.addEventListener("input", keep);
  const box = make("fieldset", {}, make("legend", {}, `Decide for ${id}`), option("", "Not decided"), ...known,
    ...(book.isToBeMade(row) ? [option("create", "Make a new record")] : []), option("never", "Never link it"),
    option("later", "Later"), note,
    make("label", { class: "reason" }, "Why", why), form);
  return box;
};

const showTick = (book, id, badge) => {
  const found = book.decisions.get(id);
  badge.textContent = found ? `✓ ${/\d/.test(found.decision) ? `link to ${found.decision}` : found.decision}` : "";
};
