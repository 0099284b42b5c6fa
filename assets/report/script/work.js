// The list of what waits: search, filters, order and pages, and the decisions as a file. Only one page of rows is ever
// in the document, so that fifty thousand are as quick as fifty.
"use strict";

const ROWS_A_PAGE = 50;
const ROWS_PRINTED = 500;
const GROUPS_OFFERED = 40;

const startWork = (root, data) => {
  const book = openBook(data);
  const [list, found, pages, saved, save, reason] = ["list", "found", "pages", "saved", "save", "reason"].map((name) => root.querySelector(`[data-work=${name}]`));
  const controls = Object.fromEntries(["text", "outcome", "group", "ticked", "sort"].map((name) => [name, root.querySelector(`[data-work=${name}]`)]));
  const [back, on] = pages.querySelectorAll("button");
  let hits = [];
  let page = 0;

  const last = () => Math.max(Math.ceil(hits.length / ROWS_A_PAGE) - 1, 0);
  const show = (from, count) => {
    const cards = hits.slice(from, from + count).map((row, i) => card(book, row, { at: from + i + 1, of: hits.length }));
    list.replaceChildren(...cards);
  };
  const turn = (to) => {
    page = Math.min(Math.max(to, 0), last());
    show(page * ROWS_A_PAGE, ROWS_A_PAGE);
    const [first, end] = [page * ROWS_A_PAGE + 1, Math.min((page + 1) * ROWS_A_PAGE, hits.length)];
    const narrowed = hits.length === book.rows.length ? "" : `, of ${rowsInWords(book.rows.length)} on this page`;
    found.textContent = hits.length ? `${grouped(first)} to ${grouped(end)} of ${rowsInWords(hits.length)}${narrowed}` : `No row fits${narrowed}`;
    [back.disabled, on.disabled] = [page === 0, page === last()];
    pages.hidden = last() === 0;
  };
  const update = () => {
    const wanted = Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value]));
    hits = hitsOf(book.rows, book.texts, wanted, (id) => book.decisions.has(id));
    turn(0);
  };
  const turnAndGo = (to) => {
    turn(to);
    list.focus({ preventScroll: true });
    list.scrollIntoView({ block: "start" });
  };
  const tell = () => {
    const count = book.decisions.size;
    const silent = [...book.decisions.values()].filter((said) => said.why.trim() === "").length;
    saved.textContent = count === 0 ? "Nothing is decided yet." : `${count === 1 ? "1 decision" : `${grouped(count)} decisions`}${silent ? `, ${grouped(silent)} without a reason` : ""}.`;
    save.disabled = count === 0;
  };

  book.changed = (id) => {
    const badge = [...list.querySelectorAll("[data-badge]")].find((each) => each.dataset.badge === id);
    if (badge) showTick(book, id, badge);
    tell();
  };
  for (const [group, count] of frequent(book.rows, "group", GROUPS_OFFERED)) controls.group.append(make("option", { value: group }, `${group} (${grouped(count)})`));
  for (const [outcome, count] of frequent(book.rows, "outcome", GROUPS_OFFERED)) controls.outcome.append(make("option", { value: outcome }, `${outcome} (${grouped(count)})`));
  for (const control of Object.values(controls)) control.addEventListener("input", update);
  back.addEventListener("click", () => turnAndGo(page - 1));
  on.addEventListener("click", () => turnAndGo(page + 1));
  save.addEventListener("click", () => {
    saveFile(data.file, decisionsCsv(book.lines(), reason.value));
    book.isSaved = true;
  });
  addEventListener("beforeprint", () => {
    show(0, ROWS_PRINTED);
    found.textContent = hits.length > ROWS_PRINTED ? `The first ${ROWS_PRINTED} of ${rowsInWords(hits.length)}` : rowsInWords(hits.length);
  });
  addEventListener("afterprint", () => turn(page));
  addEventListener("beforeunload", (event) => { if (!book.isSaved) event.preventDefault(); });
  update();
  tell();
  root.hidden = false;
};

const embedded = document.getElementById("waiting-rows");
if (embedded) {
  const root = document.querySelector("[data-work=root]");
  startWork(root, { ...JSON.parse(embedded.textContent), form: root.dataset.form });
}
