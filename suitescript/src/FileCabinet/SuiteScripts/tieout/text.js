/**
 * Texts: what a value is as text and in bytes, words in comments, and the refusal of a request in words.
 *
 * It loads no module of NetSuite's: it can neither read nor change anything.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define([], () => {
  const MOST_BYTES_A_UNIT = 3; // in UTF-8, of a UTF-16 unit

  // ---- words in comments -------------------------------------------------------------------------------------------

  /** The word where no letter, digit or "_" of any script touches it, so that cus_1 is not found in cus_12. */
  function bounded(word) {
    const literal = word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'); // these alone: with the u flag \- would be an error
    return new RegExp('(?<![\\p{L}\\p{M}\\p{N}_])' + literal + '(?![\\p{L}\\p{M}\\p{N}_])', 'u');
  }

  function withWord(comments, word) {
    if (bounded(word).test(comments)) {
      return comments;
    }
    return comments === '' ? word : comments + '\n' + word;
  }

  /**
   * Without the word, where `withWord` put it: as a line of its own, which goes with the line break that came with it.
   * Of several such lines it is the one right behind the text of `before`. Null where that place cannot be told, because
   * somebody edited it; the word in somebody's sentence is never touched.
   */
  function withoutWord(comments, word, before) {
    const ours = linesOf(comments).filter((line) => line.text === word);
    if (ours.length === 0) {
      return bounded(word).test(comments) ? null : comments;
    }
    const kept = before ? `${before}\n` : '';
    const known = before !== null && comments.startsWith(kept)
      ? ours.find((line) => line.start === kept.length) : undefined;
    if (known === undefined && ours.length > 1) {
      return null;
    }
    const { start, breakBefore } = known || ours[0];
    const rest = comments.slice(start + word.length);
    return start === 0
      ? rest.replace(/^(\r\n|\r|\n)/, '') // the first line: its break came with what follows
      : comments.slice(0, start - (known ? 1 : breakBefore)) + rest;
  }

  /** What a person is shown of comments in which a word was not where it was put. */
  function linesWith(comments, word) {
    return linesOf(comments).map((line) => line.text).filter((line) => bounded(word).test(line)).join('\n');
  }

  /** The lines of a text: each with where it starts, and how long the line break before it is. */
  function linesOf(comments) {
    const lines = [];
    let start = 0;
    let breakBefore = 0;
    for (const found of comments.matchAll(/\r\n|\r|\n/g)) {
      lines.push({ text: comments.slice(start, found.index), start, breakBefore });
      breakBefore = found[0].length;
      start = found.index + breakBefore;
    }
    lines.push({ text: comments.slice(start), start, breakBefore });
    return lines;
  }

  /** One word: text without white space and control characters. */
  function isWord(value) {
    return typeof value === 'string' && /^[^\s\p{Cc}]+$/u.test(value);
  }

  // ---- values as text ----------------------------------------------------------------------------------------------

  function asText(value) {
    return value === null || value === undefined ? '' : String(value);
  }

  function isText(value) {
    return value === null || typeof value === 'string';
  }

  function same(one, other) {
    return one.trim() === other.trim();
  }

  /** Whether a text takes so many bytes in UTF-8. A short one is not counted. */
  function takesBytes(value, bytes) {
    const text = asText(value);
    if (text.length * MOST_BYTES_A_UNIT < bytes) {
      return false;
    }
    return encodeURIComponent(text.replace(/[\uD800-\uDFFF]/g, '??')).replace(/%../g, 'x').length >= bytes;
  }

  // ---- what a request gives ----------------------------------------------------------------------------------------

  /** End the request with an answer to the caller; what NetSuite throws an administrator must see as well. */
  function refuse(code, message) {
    throw Object.assign(new Error(message), { name: code, isOurs: true });
  }

  /** Whether NetSuite refused something for want of a permission. */
  function isNotAllowed(problem) {
    return problem.name === 'INSUFFICIENT_PERMISSION' || problem.name === 'PERMISSION_VIOLATION';
  }

  function wholeNumber(value, name, least, most) {
    const number = /^\d{1,15}$/.test(String(value)) ? Number(value) : -1;
    if (number < least || (most !== undefined && number > most)) {
      const limit = most === undefined ? '' : `, at most ${most}`;
      refuse('WRONG_TYPE', `${name} must be a whole number, at least ${least}${limit}.`);
    }
    return number;
  }

  return {
    asText, isNotAllowed, isText, isWord, linesWith, refuse, same, takesBytes, wholeNumber, withWord, withoutWord,
  };
});
