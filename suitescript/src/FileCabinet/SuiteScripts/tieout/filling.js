/**
 * Filling: how the values of a new customer get onto a record, what is left out where NetSuite refuses it, and what a
 * record holds of them later.
 *
 * It loads no module of NetSuite's: it is handed a record that is not saved. creating.js saves it, checking.js never.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['./text'], (text) => {
  const { asText } = text;

  const FIRST = ['customform', 'isperson', 'subsidiary', 'entitystatus', 'currency']; // others depend on them
  const AS_GIVEN = ['externalid', 'isperson']; // no field of the form, and letters that look like a checkbox
  const OF_A_LINE = ['defaultbilling', 'defaultshipping', 'isresidential', 'label']; // the rest is of its address
  const ADDRESS = { sublistId: 'addressbook', fieldId: 'addressbookaddress' };
  const CURRENCY = { sublistId: 'currency', fieldId: 'currency' };
  const WHOLE = ['integer', 'posinteger'];
  const NUMBERS = [...WHOLE, 'float', 'posfloat', 'currency', 'poscurrency', 'percent', 'rate'];
  const YES = ['true', 't'];
  const NO = ['false', 'f'];

  // ---- onto a record -----------------------------------------------------------------------------------------------

  /** `active` are the account's currencies, null where it has one only. Returns notes on what is left out. */
  function fill(target, wanted, active) {
    const fields = { ...wanted.fields };
    if (wanted.currency !== undefined && active !== null) {
      fields.currency = idOf(wanted.currency, active);
    }
    inOrder(fields).forEach((fieldId) => setField(target, fieldId, fields[fieldId]));
    (wanted.addressbook || []).forEach((values, line) => setAddress(target, line, values));
    return wanted.currencies === 'active' && active !== null ? addCurrencies(target, active) : [];
  }

  /** The fields that others depend on come first. */
  function inOrder(fields) {
    const later = Object.keys(fields).filter((fieldId) => !FIRST.includes(fieldId));
    return FIRST.filter((fieldId) => fieldId in fields).concat(later);
  }

  function setField(target, fieldId, value) {
    if (AS_GIVEN.includes(fieldId)) {
      target.setValue({ fieldId, value });
      return;
    }
    const field = target.getField({ fieldId });
    if (!field) {
      throw problem('FIELD_NOT_FOUND', `Customers have no field ${fieldId} that this role can see.`);
    }
    if (field.type === 'select' && !/^-?\d+$/.test(asText(value))) {
      target.setText({ fieldId, text: value });
    } else {
      target.setValue({ fieldId, value: converted(value, fieldId, field.type) });
    }
  }

  /** A value as a field of a type takes it. Metadata are texts; what is not clearly meant is refused, not guessed. */
  function converted(value, fieldId, type) {
    const given = asText(value).trim();
    const wrong = (what) => problem('INVALID_VALUE', `${fieldId} holds ${what}, and “${given}” is none.`);
    if (type === 'checkbox') {
      if (![...YES, ...NO].includes(given.toLowerCase())) {
        throw wrong('true or false');
      }
      return YES.includes(given.toLowerCase());
    }
    if (NUMBERS.includes(type)) {
      if (!/^-?\d+(\.\d+)?$/.test(given) || (WHOLE.includes(type) && given.includes('.'))) {
        throw wrong(WHOLE.includes(type) ? 'a whole number' : 'a number, such as 12.5');
      }
      return Number(given);
    }
    if (type === 'date' || type === 'datetime' || type === 'datetimetz') {
      const moment = new Date(given.length === 10 ? `${given}T00:00:00` : given); // a day begins where the account is
      if (!/^\d{4}-\d\d-\d\d/.test(given) || Number.isNaN(moment.getTime())) {
        throw wrong('a date, such as 2026-05-31');
      }
      return moment;
    }
    if (type === 'multiselect') {
      if (!/^\d+(\s*,\s*\d+)*$/.test(given)) {
        throw wrong('internal ids, such as 3, 7');
      }
      return given.split(/\s*,\s*/);
    }
    return type === 'select' ? given : value;
  }

  /** The country comes first: the form of an address may follow it. */
  function setAddress(target, line, values) {
    const isOfLine = (name) => OF_A_LINE.includes(name);
    Object.keys(values).filter(isOfLine).forEach((fieldId) => {
      target.setSublistValue({ sublistId: ADDRESS.sublistId, fieldId, line, value: values[fieldId] });
    });
    const address = target.getSublistSubrecord({ ...ADDRESS, line });
    const names = Object.keys(values).filter((name) => !isOfLine(name));
    names.filter((name) => name === 'country').concat(names.filter((name) => name !== 'country'))
      .forEach((fieldId) => address.setValue({ fieldId, value: values[fieldId] }));
  }

  function addCurrencies(target, active) {
    if (!target.getSublists().includes(CURRENCY.sublistId)) {
      return ['currencies left out: customers have no list of them'];
    }
    const there = currenciesOf(target);
    active.filter(({ id }) => !there.includes(id)).forEach(({ id }, number) => {
      target.setSublistValue({ ...CURRENCY, line: there.length + number, value: id });
    });
    return [];
  }

  function currenciesOf(target) {
    const lines = Array.from({ length: Math.max(0, target.getLineCount({ sublistId: CURRENCY.sublistId })) });
    return lines.map((_, line) => asText(target.getSublistValue({ ...CURRENCY, line })));
  }

  function idOf(symbol, active) {
    const found = active.find((one) => one.symbol === symbol);
    if (!found) {
      throw problem('CURRENCY_NOT_FOUND', `The account has no active currency ${symbol}.`);
    }
    return found.id;
  }

  function problem(code, message) {
    return Object.assign(new Error(message), { name: code });
  }

  // ---- without what is refused -------------------------------------------------------------------------------------

  const CLASHES = ['UNIQUE_CUST_ID_REQD', 'DUP_ENTITY']; // another one has the entity id
  const MOST_OF_ENTITY_ID = 80;
  const OPTIONAL = [
    { part: 'email', words: 'e-mail', codes: ['VALID_EMAIL_REQD', 'UNIQUE_CUST_EMAIL_REQD'], named: /\be-?mail\b/i },
    { part: 'phone', words: 'phone', codes: ['VALID_PHONE_NUM_REQD'], named: /\bphone\b/i },
  ];

  /** The same record without the one part that NetSuite refuses, and a note that says so; null if it can do nothing. */
  function remedied(wanted, { code, message }, key) {
    const { fields } = wanted;
    const reason = ` (${code})`;
    if (CLASHES.includes(code) && fields.entityid && !fields.entityid.endsWith(`(${key})`)) {
      const base = fields.entityid.slice(0, MOST_OF_ENTITY_ID - key.length - 3).trim();
      const changed = { ...fields, entityid: `${base} (${key})` };
      const note = 'entity id has the Stripe id behind it: another has the name';
      return { wanted: { ...wanted, fields: changed }, note };
    }
    const refused = OPTIONAL.find(({ part, codes, named }) => (
      part in fields && (codes.includes(code) || named.test(asText(message)))
    ));
    if (refused) {
      const { [refused.part]: _, ...others } = fields;
      return { wanted: { ...wanted, fields: others }, note: `${refused.words} left out: NetSuite refuses it${reason}` };
    }
    return withoutPartOfAddress(wanted, asText(message), reason);
  }

  function withoutPartOfAddress(wanted, message, reason) {
    const book = wanted.addressbook || [];
    if (/\bstate\b/i.test(message) && book.some((line) => line.state !== undefined)) {
      const addressbook = book.map(({ state, ...line }) => line);
      return { wanted: { ...wanted, addressbook }, note: `state left out: NetSuite refuses it${reason}` };
    }
    if (/\bcountry\b/i.test(message) && book.some((line) => line.country === '')) {
      const addressbook = book.filter((line) => line.country !== '');
      return { wanted: { ...wanted, addressbook }, note: `address left out: NetSuite wants its country${reason}` };
    }
    return null;
  }

  // ---- what a record holds -----------------------------------------------------------------------------------------

  const HELD = [
    'comments', 'companyname', 'email', 'entityid', 'externalid', 'firstname', 'isinactive', 'lastname', 'phone',
    'subsidiary',
  ];

  /** A hash of a record's links, names, addresses and currencies: what a person would change who works with it. */
  function contentOf(there, stripeField) {
    const values = [...HELD, stripeField].map((fieldId) => asText(there.getValue({ fieldId })));
    const lines = Array.from({ length: Math.max(0, there.getLineCount({ sublistId: ADDRESS.sublistId })) });
    const addresses = lines.map((_, line) => {
      const address = there.getSublistSubrecord({ ...ADDRESS, line });
      return ['addressee', 'addrphone', 'addr1', 'addr2', 'city', 'state', 'zip', 'country']
        .map((fieldId) => asText(address.getValue({ fieldId })));
    });
    const currencies = there.getSublists().includes(CURRENCY.sublistId) ? currenciesOf(there) : [];
    return hash(JSON.stringify([values, addresses, currencies]));
  }

  /** 53 bits, in letters and digits: two independent products of the codes, mixed in the end. */
  function hash(value) {
    let one = 0xdeadbeef;
    let other = 0x41c6ce57;
    for (let at = 0; at < value.length; at += 1) {
      one = Math.imul(one ^ value.charCodeAt(at), 2654435761);
      other = Math.imul(other ^ value.charCodeAt(at), 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
    other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return (4294967296 * (2097151 & other) + (one >>> 0)).toString(36);
  }

  /** What a checkbox holds is told as true or false, or as a letter. */
  function isYes(value) {
    return YES.includes(asText(value).toLowerCase());
  }

  return { contentOf, fill, inOrder, isYes, remedied, setField };
});
