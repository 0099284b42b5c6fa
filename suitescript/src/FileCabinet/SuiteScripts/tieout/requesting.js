/**
 * Requesting: what people asked for with the button "Sync with Stripe", and the answer to it.
 *
 *   sync_requests  the customers whose request box is ticked, with what their answer field says
 *   answer         unticks boxes and writes answers, each only where the box still stands as it was listed
 *
 * The button and these two share two custom fields, which are all that is changed here. Whoever presses it again puts
 * another moment into the answer field, so a request that came meanwhile is not taken for the one that is answered.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/record', 'N/search', './text'], (record, search, text) => {
  const { asText, refuse, same, wholeNumber } = text;

  const BOX = 'custentity_tieout_sync_request';
  const ANSWER = 'custentity_tieout_sync_answer';
  const MOST_ITEMS = 200; // in one request
  const MOST_CHARACTERS = 4000; // of an answer
  const TRIES = 4;

  function syncRequests() {
    const columns = [search.createColumn({ name: 'internalid', sort: search.Sort.ASC }), ANSWER];
    const found = search.create({ type: search.Type.CUSTOMER, filters: [[BOX, 'is', 'T']], columns });
    const rows = found.run().getRange({ start: 0, end: MOST_ITEMS });
    const requests = rows.map((row) => ({ id: String(row.id), answer: asText(row.getValue({ name: ANSWER })) }));
    return { requests, more: rows.length === MOST_ITEMS };
  }

  function answer(request, call) {
    const { answers } = request;
    const isAnswer = (given) => given && typeof given.answer === 'string' && given.answer.length <= MOST_CHARACTERS
      && typeof given.was === 'string';
    if (!Array.isArray(answers) || answers.length > MOST_ITEMS || !answers.every(isAnswer)) {
      refuse('WRONG_TYPE', `answers must be a list of at most ${MOST_ITEMS}, each with id, was and answer.`);
    }
    call.needPermissions();
    const outcomes = [];
    while (outcomes.length < answers.length && call.hasRoomFor(15)) {
      outcomes.push(answered(answers[outcomes.length], call));
    }
    return { outcomes, remaining: answers.slice(outcomes.length).map(({ id }) => id) };
  }

  /** Load, compare, save; again when somebody saved the record in between. */
  function answered(given, call) {
    const { id } = given;
    for (let tried = 1; ; tried += 1) {
      try {
        const customer = record.load({ type: record.Type.CUSTOMER, id: wholeNumber(id, 'id', 1), isDynamic: false });
        const outcome = decided(given, customer);
        if (outcome === 'applied') {
          customer.save({ enableSourcing: false, ignoreMandatoryFields: true });
        }
        return { id, outcome };
      } catch (e) {
        if (e.name !== 'RCRD_HAS_BEEN_CHANGED' || tried === TRIES || !call.hasRoomFor(15)) {
          return { id, outcome: 'failed', code: String(e.name), message: String(e.message) };
        }
      }
    }
  }

  function decided(given, customer) {
    const isTicked = [true, 'T'].includes(customer.getValue({ fieldId: BOX }));
    const there = asText(customer.getValue({ fieldId: ANSWER }));
    if (!isTicked) {
      return same(there, given.answer) ? 'already' : 'conflict';
    }
    if (!same(there, given.was)) {
      return 'conflict';
    }
    customer.setValue({ fieldId: BOX, value: false });
    customer.setValue({ fieldId: ANSWER, value: given.answer });
    return 'applied';
  }

  return { operations: { sync_requests: syncRequests, answer } };
});
