// Which characters of two values are equal by their key and which are not: the longest sequence that both have.
// Pure: no document here.
"use strict";

const MOST_CELLS = 250000; // a square of 500 by 500; of longer texts only beginning and end are compared

// Two lists of pieces, `{text, same}`, which together are the two values.
const difference = (one, other) => {
  const sides = [one, other].map((value) => {
    const pieces = (value ?? "").match(CLUSTER) ?? [];
    const units = pieces.flatMap((piece, at) => unitsOf(piece).map((unit) => ({ unit, at })));
    return { pieces, units, differs: new Set() };
  });
  if (!hasSameUnits(...sides.map((side) => side.units.map((each) => each.unit)))) markDifferent(...sides);
  return sides.map(({ pieces, differs }) => joined(pieces.map((text, at) => ({ text, same: !differs.has(at) }))));
};

// Whether both have a key and it is the same.
const isEqual = (one, other) => {
  const [a, b] = [one, other].map((value) => ((value ?? "").match(CLUSTER) ?? []).flatMap(unitsOf));
  return a.length > 0 && hasSameUnits(a, b);
};

// As a whole, so that it does not matter to which letter an accent behind a blank belongs.
const hasSameUnits = (a, b) => a.join("").normalize("NFD") === b.join("").normalize("NFD");

const markDifferent = (left, right) => {
  const [a, b] = [left.units, right.units];
  let start = 0;
  while (start < a.length && start < b.length && a[start].unit === b[start].unit) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end].unit === b[b.length - 1 - end].unit) end += 1;
  const [p, q] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const [inLeft, inRight] = common(p.map((each) => each.unit), q.map((each) => each.unit));
  p.forEach((each, i) => { if (!inLeft.has(i)) left.differs.add(each.at); });
  q.forEach((each, i) => { if (!inRight.has(i)) right.differs.add(each.at); });
};

// The places of the longest common subsequence in both.
const common = (p, q) => {
  const [inLeft, inRight] = [new Set(), new Set()];
  if (p.length * q.length > MOST_CELLS) return [inLeft, inRight];
  const width = q.length + 1;
  const longest = new Uint16Array((p.length + 1) * width);
  for (let i = p.length - 1; i >= 0; i -= 1) {
    for (let j = q.length - 1; j >= 0; j -= 1) {
      const [down, right] = [longest[(i + 1) * width + j], longest[i * width + j + 1]];
      longest[i * width + j] = p[i] === q[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(down, right);
    }
  }
  for (let i = 0, j = 0; i < p.length && j < q.length;) {
    if (p[i] === q[j]) { inLeft.add(i); inRight.add(j); i += 1; j += 1; }
    else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return [inLeft, inRight];
};

const joined = (pieces) => {
  const runs = [];
  for (const piece of pieces) {
    const last = runs[runs.length - 1];
    if (last && last.same === piece.same) last.text += piece.text;
    else runs.push({ ...piece });
  }
  return runs;
};
