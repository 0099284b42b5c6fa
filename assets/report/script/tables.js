// Search and filter for the other tables of the page. Text is compared without case, accents and white space. A table opens with
// its first rows only; a search looks through all of them.
"use strict";

const OPENING_ROWS = 25;
const part = (kind, id) => document.querySelector(`[data-${kind}="${id}"]`);

for (const search of document.querySelectorAll("[data-search]")) {
  const id = search.dataset.search;
  const [filter, found, more] = ["filter", "found", "more"].map((kind) => part(kind, id));
  const all = [...document.querySelectorAll(`#${id} tbody tr`)];
  const texts = all.map((row) => fold(row.textContent));
  let limit = OPENING_ROWS;

  const update = () => {
    const wanted = fold(search.value);
    const fits = (row, i) => texts[i].includes(wanted) && (filter.value === "" || row.dataset.kind === filter.value);
    const hits = all.filter(fits);
    const visible = new Set(hits.slice(0, limit));
    all.forEach((row) => { row.hidden = !visible.has(row); });
    found.textContent = hits.length === all.length ? rowsInWords(all.length) : `${hits.length} of the ${rowsInWords(all.length)} on this page`;
    more.textContent = `Show all ${rowsInWords(hits.length)}`;
    more.hidden = visible.size === hits.length;
  };

  search.addEventListener("input", update);
  filter.addEventListener("change", update);
  more.addEventListener("click", () => { limit = all.length; update(); });
  update();
  search.closest(".controls").hidden = false;
}
