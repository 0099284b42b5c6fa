/**
 * From the results of a search to one answer: column by column, within what one answer may hold.
 *
 * It asks for no row; which are asked for is in reading.js. Comments that a search cuts short come from editing.js, which
 * loads that one record.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['./editing', './text'], (editing, text) => {
  const { asText, takesBytes } = text;
  const STEP = 1000; // rows NetSuite gives at once at most
  const MOST_CHARACTERS = 3000000; // in one answer, of up to 3 bytes each; NetSuite guarantees 10 MB
  const SEARCH_CUT = 3990; // bytes; NetSuite cuts text in search results at 4,000

  /** What is taken of these columns, in the order of internal ids, above the id `after`. */
  function gather(columns, after, call) {
    const comments = columns.find((column) => column.name === 'comments' && !column.join);
    const cells = columns.map(() => ({ values: [], texts: [] }));
    const ids = [];
    let characters = 0;
    const taken = { after, more: true, length: 0 };

    taken.hasRoom = () => characters < MOST_CHARACTERS && call.hasRoomFor(30);

    /** Take results as long as there is room; `isEnd` says that there are none above them. */
    taken.add = (results, isEnd) => {
      taken.more = !isEnd;
      for (const result of results) {
        const isCut = comments !== undefined && takesBytes(result.getValue(comments), SEARCH_CUT);
        const isFull = characters >= MOST_CHARACTERS || (isCut && !call.hasRoomFor(15));
        if (isFull && Number(result.id) !== taken.after) {
          taken.more = true;
          break;
        }
        taken.after = Number(result.id);
        ids.push(taken.after);
        columns.forEach((column, n) => {
          characters += addCell(cells[n], result, column, isCut && column === comments);
        });
      }
      taken.length = ids.length;
    };

    taken.answer = () => {
      const texts = cells.map((cell) => (cell.texts.some((shown) => shown !== null) ? cell.texts : null));
      return { ids, values: cells.map((cell) => cell.values), texts, more: taken.more };
    };
    return taken;
  }

  /** A search may give several rows for one customer: the end of a step must not tear them apart. May give nothing. */
  function wholeIds(results) {
    const last = results[results.length - 1].id;
    return results.filter((result) => result.id !== last);
  }

  /** Add a value, and the text shown for it where that differs. Returns how many characters that is, about. */
  function addCell(cell, result, column, isCut) {
    const value = isCut ? wholeComments(result, column) : result.getValue(column);
    const plain = typeof value === 'boolean' ? (value ? 'Yes' : 'No') : asText(value);
    const shown = result.getText(column) || null;
    cell.values.push(plain);
    cell.texts.push(shown === plain ? null : shown);
    return plain.length + (shown === null ? 0 : shown.length) + 6;
  }

  /** The comments as the record has them; of one that was deleted or merged since the search, what the search gave. */
  function wholeComments(result, column) {
    try {
      return editing.commentsOf(result.id);
    } catch (e) {
      if (e.name !== 'RCRD_DSNT_EXIST') {
        throw e;
      }
      return result.getValue(column);
    }
  }

  return { gather, wholeIds, STEP };
});
