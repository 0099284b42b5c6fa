/**
 * Checking: what NetSuite would say of the customers that are to be made, found out on records that are never saved.
 *
 *   preflight  which mandatory fields stay empty, which fields and values do not exist, what the role may do
 *
 * It puts what a declaration sets onto a new record in memory, in dynamic mode, as only there the options of a list can
 * be asked for. Which fields there are it asks one in standard mode, in which customers are made. What NetSuite does not
 * tell is answered as not told.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/record', './filling', './standing', './text'], (record, filling, standing, text) => {
  const { inOrder, isYes, setField } = filling;
  const { activeCurrencies } = standing;
  const { asText, refuse } = text;

  const MOST_RECORDS = 2; // a company and an individual
  const MOST_FIELDS = 1000;
  const TOLD = [true, false, 'T', 'F'];
  const OF_NO_FORM = ['externalid', 'isperson'];

  function preflight(request, call) {
    const { records } = request;
    const isRecord = (given) => given && Array.isArray(given.fields) && given.fields.length <= MOST_FIELDS
      && given.fields.every((fieldId) => typeof fieldId === 'string') && isObject(given.values);
    if (!Array.isArray(records) || records.length > MOST_RECORDS || !records.every(isRecord)) {
      refuse('WRONG_TYPE', `records must be a list of at most ${MOST_RECORDS} records, with fields and values.`);
    }
    return { level: call.levelOf('LIST_CUSTJOB'), currencies: currencies(), records: records.map(looked) };
  }

  function isObject(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  }

  function currencies() {
    try {
      const active = activeCurrencies();
      return active === null ? { outcome: 'off' } : { outcome: 'seen', symbols: active.map(({ symbol }) => symbol) };
    } catch (e) {
      return { outcome: 'refused', ...told(e) };
    }
  }

  function looked({ fields, values }) {
    try {
      const [shown, made] = [true, false].map(begun);
      const found = inOrder(values).map((fieldId) => {
        const target = OF_NO_FORM.includes(fieldId) || shown.getField({ fieldId }) ? shown : made;
        const one = { id: fieldId, ...valued(target, fieldId, values[fieldId]) };
        if (fieldId === 'customform' && ['there', 'unseen'].includes(one.outcome)) {
          setField(made, fieldId, values[fieldId]); // it comes first, and which fields there are may follow it
        }
        return one;
      });
      const absent = fields.filter((fieldId) => !OF_NO_FORM.includes(fieldId) && !made.getField({ fieldId }));
      return { outcome: 'looked', values: found, absent, ...mandatoryOf(shown) };
    } catch (e) {
      return { outcome: 'refused', ...told(e) };
    }
  }

  function begun(isDynamic) {
    return record.create({ type: record.Type.CUSTOMER, isDynamic });
  }

  // ---- values ------------------------------------------------------------------------------------------------------

  /** Whether a field takes a value. Unseen: it takes it, but whether its list has it NetSuite does not tell. */
  function valued(target, fieldId, value) {
    const field = OF_NO_FORM.includes(fieldId) ? {} : target.getField({ fieldId });
    if (!field) {
      return { outcome: 'absent' };
    }
    const options = field.type === 'select' ? optionsOf(field) : [];
    const isThat = (option) => [option.value, option.text].some((one) => asText(one) === asText(value));
    if (field.type === 'select' && options !== null && !options.some(isThat)) {
      return { outcome: 'not_there' };
    }
    try {
      setField(target, fieldId, value);
    } catch (e) {
      return { outcome: 'refused', ...told(e) };
    }
    return { outcome: options === null ? 'unseen' : 'there' };
  }

  /** Null where a list is longer than the preference Maximum Entries in Dropdowns of the user. */
  function optionsOf(field) {
    try {
      const options = field.getSelectOptions();
      return Array.isArray(options) ? options : null;
    } catch (e) {
      return null;
    }
  }

  // ---- mandatory fields --------------------------------------------------------------------------------------------

  /** The mandatory fields that have no value yet, and of how many fields it is not told whether they are mandatory. */
  function mandatoryOf(target) {
    const fields = target.getFields().map((fieldId) => fieldOf(target, fieldId)).filter((field) => field !== null);
    const mandatory = fields.filter((field) => isYes(field.isMandatory) && isEmpty(target, field.id));
    return {
      mandatory: mandatory.map(({ id, label }) => ({ id, label: asText(label) })),
      untold: fields.filter((field) => !TOLD.includes(field.isMandatory)).length,
    };
  }

  function fieldOf(target, fieldId) {
    try {
      const field = target.getField({ fieldId });
      return field && { id: fieldId, label: field.label, isMandatory: field.isMandatory };
    } catch (e) {
      return { id: fieldId };
    }
  }

  function isEmpty(target, fieldId) {
    try {
      return asText(target.getValue({ fieldId })) === '';
    } catch (e) {
      return true;
    }
  }

  function told({ name, message }) {
    return { code: String(name), message: String(message) };
  }

  return { operations: { preflight } };
});
