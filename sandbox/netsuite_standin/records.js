// N/record as a script sees it, for customers: bodies, the address book, currencies. The rules of a save are on the
// other side, as in modules.js.
(() => {
  const { call, required } = globalThis.asking;
  const failure = (name, message) => Object.assign(new Error(message), { name, type: 'error.SuiteScriptError' });

  /** Values by field id: of a body, of a line, or of an address. */
  class Fields {
    constructor(values) {
      Object.defineProperty(this, 'values', { value: { ...values }, enumerable: false });
      Object.defineProperty(this, 'changes', { value: {}, enumerable: false });
    }

    getValue(given) {
      const fieldId = required(typeof given === 'string' ? given : given.fieldId, 'fieldId');
      const value = fieldId in this.changes ? this.changes[fieldId] : this.values[fieldId];
      return value === null || value === undefined ? '' : value;
    }

    setValue({ fieldId, value }) {
      this.changes[required(fieldId, 'fieldId')] = value;
      return this;
    }

    now() { return { ...this.values, ...this.changes }; }
  }

  const SUBRECORDS = { addressbook: 'addressbookaddress' };

  class Line {
    constructor(values, address) {
      this.fields = new Fields(values);
      this.address = new Fields(address);
    }
  }

  class Customer extends Fields {
    constructor(loaded) {
      const moments = Object.entries(loaded.moments).map(([fieldId, moment]) => [fieldId, new Date(moment)]);
      super({ ...loaded.values, ...Object.fromEntries(moments) });
      this.id = loaded.id;
      this.type = 'customer';
      this.isDynamic = Boolean(loaded.isDynamic);
      Object.defineProperty(this, 'loaded', { value: loaded, enumerable: false });
      const lists = { addressbook: loaded.addresses.map((address) => new Line({}, address)) };
      if (loaded.currencies !== null) lists.currency = loaded.currencies.map((currency) => new Line({ currency }, {}));
      Object.defineProperty(this, 'lists', { value: lists, enumerable: false });
    }

    getField({ fieldId }) {
      const { kinds } = this.loaded;
      if (!(fieldId in kinds)) return null;
      if (!this.isDynamic) return { id: fieldId, type: kinds[fieldId] };
      const told = call('record.field', { fieldId, values: this.now() });
      if (told === null) return null;
      const { options, isMandatory, ...field } = told;
      if (isMandatory !== null) field.isMandatory = isMandatory;
      return { ...field, getSelectOptions: () => options };
    }

    getFields() { return Object.keys(this.loaded.kinds); }

    setValue({ fieldId, value }) {
      if (this.isDynamic) call('record.checkOption', { fieldId, value });
      return super.setValue({ fieldId, value });
    }

    setText({ fieldId, text }) {
      return this.setValue({ fieldId, value: call('record.valueOf', { fieldId: required(fieldId, 'fieldId'), text }) });
    }

    getSublists() { return Object.keys(this.lists); }

    linesOf({ sublistId }) {
      if (!(required(sublistId, 'sublistId') in this.lists)) {
        throw failure('SSS_INVALID_SUBLIST_OPERATION', `You have attempted an invalid sublist or line item operation.`);
      }
      return this.lists[sublistId];
    }

    getLineCount(given) { return this.linesOf(given).length; }

    /** Line numbers begin with 0; the one after the last is a new line. */
    lineOf(given, isNew) {
      const lines = this.linesOf(given);
      if (given.line === lines.length && isNew) lines.push(new Line({}, {}));
      if (!(given.line in lines)) throw failure('SSS_INVALID_SUBLIST_OPERATION', `There is no line ${given.line}.`);
      return lines[given.line];
    }

    getSublistValue(given) { return this.lineOf(given, false).fields.getValue(given); }

    setSublistValue(given) {
      this.lineOf(given, true).fields.setValue(given);
      return this;
    }

    getSublistSubrecord(given) {
      if (SUBRECORDS[given.sublistId] !== given.fieldId) {
        throw failure('FIELD_1_IS_NOT_A_SUBRECORD_FIELD', `Field ${given.fieldId} is not a subrecord field.`);
      }
      return this.lineOf(given, this.id === null).address;
    }

    save(given) {
      const { addressbook, currency } = this.lists;
      return call('record.save', {
        handle: this.loaded.handle,
        changes: this.changes,
        addresses: addressbook.map((line) => ({ ...line.fields.now(), ...line.address.now() })),
        currencies: (currency || []).map((line) => String(line.fields.getValue('currency'))),
        ignoreMandatory: Boolean(given && given.ignoreMandatoryFields),
      });
    }
  }

  globalThis.api['N/record'] = {
    Type: { CUSTOMER: 'customer' },
    create: (given) => {
      const isDynamic = Boolean(given && given.isDynamic);
      const asked = { type: required(given && given.type, 'type'), isDynamic };
      return new Customer({ ...call('record.create', asked), isDynamic });
    },
    load: (given) => new Customer(call('record.load', { type: given.type, id: required(given.id, 'id') })),
    delete: (given) => call('record.delete', { type: required(given.type, 'type'), id: required(given.id, 'id') }),
    submitFields: (given) => call('record.submitFields', {
      type: given.type,
      id: required(given.id, 'id'),
      values: required(given.values, 'values'),
    }),
  };
})();
