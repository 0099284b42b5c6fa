/**
 * Kinds of changes: what a change of each kind must give, and what the field holds when it is done.
 *
 * It loads no module of NetSuite's: it says what should be there, and editing.js compares, sets and saves.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['./text'], (text) => {
  const { asText, isText, isWord, withWord, withoutWord } = text;

  // By action, in the order in which they are done. To set the old value again is to undo a set, to remove an append.
  const KINDS = {
    set: {
      holds: 'value',
      needs: 'A set needs an old and a new value, each a text or null.',
      takes: (given) => isObject(given) && isText(given.old) && isText(given.new),
      edit: (given) => ({
        expected: asText(given.old),
        links: asText(given.new) !== '',
        newValue: () => asText(given.new),
      }),
    },
    append: {
      holds: 'words',
      needs: 'append needs one word: text without white space.',
      takes: (given) => isWord(wordOf(given)),
      edit: (given) => ({ links: true, newValue: (there) => withWord(there, wordOf(given)) }),
    },
    remove: {
      holds: 'words',
      needs: 'remove needs one word: text without white space.',
      takes: (given) => isWord(wordOf(given)),
      edit: (given) => ({ links: false, newValue: (there) => withoutWord(there, wordOf(given), beforeOf(given)) }),
    },
  };

  /** The edits that a change asks for, on fields of {name, fieldId, holds}. What cannot be done has failed already. */
  function editsOf(change, fields) {
    const edits = [];
    Object.keys(KINDS).forEach((action) => {
      const values = (change && change[action]) || {};
      Object.keys(values).forEach((name) => {
        const field = fields.find((one) => one.name === name) || { name };
        const each = KINDS[action].holds === 'words' ? [].concat(values[name]) : [values[name]]; // words can be several
        each.forEach((given) => edits.push(editOf(action, field, given)));
      });
    });
    const nothing = { action: null, field: null };
    return edits.length ? edits : [fail(nothing, 'INVALID_CHANGE', 'The change names nothing to do.')];
  }

  function editOf(action, field, given) {
    const kind = KINDS[action];
    const edit = { action, field: field.name, fieldId: field.fieldId };
    if (kind.holds === 'words') {
      edit.word = wordOf(given); // even if refused: it tells which of several words is meant
    }
    if (kind.holds !== field.holds) {
      return fail(edit, 'INVALID_CHANGE', `Action ${action} is not possible on field ${field.name}.`);
    }
    return kind.takes(given) ? Object.assign(edit, kind.edit(given)) : fail(edit, 'INVALID_CHANGE', kind.needs);
  }

  function fail(edit, code, message) {
    return Object.assign(edit, { outcome: 'failed', code: String(code), message: String(message) });
  }

  function isObject(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  }

  /** What is removed can come with the text that stood before it when it was planned: {word, before}. */
  function wordOf(given) {
    return isObject(given) ? given.word : given;
  }

  function beforeOf(given) {
    return isObject(given) && isText(given.before) ? asText(given.before) : null;
  }

  return { editsOf, fail };
});
