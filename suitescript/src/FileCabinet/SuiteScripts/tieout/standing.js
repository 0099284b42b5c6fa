/**
 * Standing: who has the key of a new customer, how a customer stands, and which currencies the account has.
 *
 * It only reads: records one at a time, and who has a Stripe id, by searches without any other filter.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define([
  'N/record',
  'N/runtime',
  'N/search',
  './filling',
  './text',
], (record, runtime, search, filling, text) => {
  const { contentOf } = filling;
  const { asText, isNotAllowed, refuse, wholeNumber } = text;

  const MILLISECONDS_OF_A_SAVE = 60000; // NetSuite may tell moments to the minute only

  /**
   * Null if nobody has the key, of whatever stage, active or not. Ours has it in all of the fields `links`; what has it
   * in one place only was made by somebody else.
   */
  function whoHas(key, stripeField, links = ['externalid', stripeField]) {
    const found = search.create({
      type: search.Type.CUSTOMER,
      filters: [['externalidstring', 'is', key], 'or', [stripeField, 'is', key]],
      columns: [{ name: 'internalid', sort: search.Sort.ASC }],
    }).run().getRange({ start: 0, end: 3 });
    if (found.length === 0) {
      return null;
    }
    const holders = found.map((row) => row.id).join(', ');
    const conflict = { outcome: 'conflict', found: `${key} is held by record ${holders}` };
    if (found.length > 1) {
      return conflict;
    }
    try {
      const there = loadCustomer(found[0].id);
      const isOurs = links.every((fieldId) => asText(there.getValue({ fieldId })) === key);
      return isOurs ? { outcome: 'already', ...standingOf(there, stripeField), ...unlessTouched(there) } : conflict;
    } catch (e) {
      return { ...conflict, found: `${conflict.found}, which cannot be read (${e.name})` };
    }
  }

  /** A record as it is now: whether it is a customer, and its witness, by which it is known whether it was touched. */
  function standingOf(there, stripeField) {
    const stage = stageOf(there.id);
    return {
      id: Number(there.id),
      stage,
      isFit: stage.toUpperCase() === 'CUSTOMER',
      witness: witnessOf(there, stripeField),
    };
  }

  /** Who finds a record, and has not seen it made, can vouch for it only while it was saved once. */
  function unlessTouched(there) {
    const [made, saved] = ['datecreated', 'lastmodifieddate'].map((fieldId) => Number(there.getValue({ fieldId }) || NaN));
    return saved - made <= MILLISECONDS_OF_A_SAVE ? {} : { witness: null };
  }

  function stageOf(id) {
    const [stage] = [].concat(search.lookupFields({ type: search.Type.CUSTOMER, id, columns: ['stage'] }).stage);
    return asText(stage && stage.value !== undefined ? stage.value : stage);
  }

  /** When it was last saved, and a hash of what it holds, as one minute may see several saves. Null if nobody tells. */
  function witnessOf(there, stripeField) {
    const saved = there.getValue({ fieldId: 'lastmodifieddate' });
    const moment = saved && saved.toISOString ? saved.toISOString() : asText(saved);
    return moment === '' ? null : `${moment} ${contentOf(there, stripeField)}`;
  }

  function loadCustomer(id) {
    return record.load({ type: record.Type.CUSTOMER, id: wholeNumber(id, 'id', 1), isDynamic: false });
  }

  /** The entity of another type that has an external id, in words. */
  function holderOf(key) {
    const filters = [['externalidstring', 'is', key]];
    let found = [];
    try {
      found = search.create({ type: search.Type.ENTITY, filters, columns: ['type'] })
        .run().getRange({ start: 0, end: 1 });
    } catch (e) {
      return `${key} is the external id of an entity that cannot be searched (${e.name})`;
    }
    const who = found.map((one) => `${asText(one.getValue('type'))} ${one.id}`).join();
    return `${key} is the external id of ${who || 'an entity out of sight'}`;
  }

  /** Internal id and ISO code of each, or null where the account has one currency only. */
  function activeCurrencies() {
    if (!runtime.isFeatureInEffect({ feature: 'MULTICURRENCY' })) {
      return null;
    }
    const filters = [['isinactive', 'is', 'F']];
    const columns = ['internalid', 'symbol'];
    try {
      return search.create({ type: search.Type.CURRENCY, filters, columns }).run().getRange({ start: 0, end: 1000 })
        .map((row) => ({ id: asText(row.id), symbol: asText(row.getValue('symbol')) }));
    } catch (e) {
      if (!isNotAllowed(e)) {
        throw e;
      }
      return refuse('MAY_NOT_SEE_CURRENCIES', 'To create customers the role needs Lists > Currency (View).');
    }
  }

  return { activeCurrencies, holderOf, loadCustomer, standingOf, whoHas, witnessOf };
});
