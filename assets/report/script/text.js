// How text is compared. `fold` is for searching, which forgives accents; `unitsOf` is the key by which pairs are matched:
// decomposed, without case, white space and invisible characters. Pure: no document here.
"use strict";

const NOT_PLAIN = /[^\x20-\x7e]/;

const fold = (text) => {
  const plain = NOT_PLAIN.test(text) ? text.normalize("NFD").replace(/[\p{M}\s]+/gu, "") : text.replaceAll(" ", "");
  return plain.toLowerCase();
};

const CLUSTER = /\P{M}\p{M}*|\p{M}+/gu;
const NOT_IN_KEY = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u180e\u200b\u2060\ufeff]+/gu;

// The letters of the key that a piece of text gives, each with its accents: "ß" gives two, a blank none. Upper case and
// back is how case folding is had here; a dotless i alone would become another letter by it.
const unitsOf = (piece) => folded(piece.normalize("NFD")).normalize("NFD").replace(NOT_IN_KEY, "").match(CLUSTER) ?? [];
const folded = (text) => text.split("ı").map((part) => part.toLowerCase().toUpperCase().toLowerCase()).join("ı");

const rowsInWords = (count) => (count === 1 ? "1 row" : `${grouped(count)} rows`);
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
