// The N/* modules as a script sees them, over one function: host(json) -> json, answered by `script.py`.
// Shapes and argument styles are here; every rule (units, permissions, what a search finds) is on the other side, and
// N/record is in records.js, those of other scripts than a RESTlet are in screens.js, and how a script gets at these
// modules is in loader.js. There are no others.
(() => {
  const call = (operation, data) => {
    const answer = JSON.parse(host(JSON.stringify([operation, data === undefined ? {} : data])));
    if (answer.error) {
      throw Object.assign(new Error(answer.error.message), { name: answer.error.name, type: 'error.SuiteScriptError' });
    }
    return answer.value;
  };
  const required = (value, name) => {
    if (value === undefined || value === null || value === '') {
      throw Object.assign(new Error(`Missing a required argument: ${name}`), { name: 'SSS_MISSING_REQD_ARGUMENT' });
    }
    return value;
  };

  // ---- N/search
  class Column {
    constructor(given) {
      this.name = required(typeof given === 'string' ? given : given.name, 'name');
      this.join = given.join || null;
      this.summary = given.summary || null;
      this.formula = given.formula || null;
      this.function = given.function || null;
      this.sort = given.sort || 'NONE';
      if (given.label) this.label = given.label;
      Object.defineProperty(this, 'kind', { value: given.kind || 'text', enumerable: false });
    }

    toJSON() {
      return { ...this, type: this.kind, sortdir: this.sort };
    }
  }

  class Result {
    constructor(row, columns, recordType) {
      this.id = row.id;
      this.recordType = row.id === null ? null : recordType;
      Object.defineProperty(this, 'row', { value: row, enumerable: false });
      Object.defineProperty(this, 'columns', { value: columns, enumerable: false });
    }

    at(asked, list) {
      const wanted = typeof asked === 'string' ? { name: asked } : asked;
      let index = this.columns.indexOf(asked);
      if (index < 0) index = this.columns.findIndex((c) => c.name === wanted.name && c.join === (wanted.join || null));
      return index < 0 ? null : list[index];
    }

    getValue(column) { return this.at(column, this.row.values); }

    getText(column) { return this.at(column, this.row.texts); }
  }

  class Search {
    constructor(given) {
      this.searchId = given.id || null;
      this.searchType = given.searchType;
      this.columns = (given.columns || []).map((c) => new Column(c));
      this.filterExpression = given.filterExpression || [];
    }

    asked(more) {
      const columns = this.columns.map((c) => c.toJSON());
      return { ...more, type: this.searchType, columns, filters: this.filterExpression };
    }

    run() {
      const asked = this.asked({});
      const columns = this.columns.slice();
      const range = (start, end) => call('search.getRange', { ...asked, start, end })
        .map((row) => new Result(row, columns, asked.type));
      return {
        columns,
        getRange: ({ start, end }) => range(start, end),
        each: (callback) => call('search.each', asked)
          .map((row) => new Result(row, columns, asked.type)).every(callback),
      };
    }

    runPaged(given) {
      const asked = this.asked({ pageSize: given && given.pageSize !== undefined ? given.pageSize : 50 });
      return new PagedData(asked, this.columns.slice(), call('search.runPaged', asked));
    }
  }

  /** What was counted when the search was run. Its rows are not kept: each page is asked for anew. */
  class PagedData {
    constructor(asked, columns, { count, pages }) {
      this.count = count;
      this.pageSize = asked.pageSize;
      this.pageRanges = Array.from({ length: pages }, (_, index) => ({ index }));
      Object.defineProperty(this, 'asked', { value: asked, enumerable: false });
      Object.defineProperty(this, 'columns', { value: columns, enumerable: false });
    }

    fetch(given) {
      const index = required(given && given.index, 'index');
      const pages = this.pageRanges.length;
      const rows = call('search.fetch', { ...this.asked, index, pages });
      return {
        data: rows.map((row) => new Result(row, this.columns, this.asked.type)),
        pagedData: this,
        pageRange: this.pageRanges[index],
        isFirst: index === 0,
        isLast: index === pages - 1,
      };
    }
  }

  const search = {
    Sort: { ASC: 'ASC', DESC: 'DESC', NONE: 'NONE' },
    Type: { CUSTOMER: 'customer', CURRENCY: 'currency', ENTITY: 'entity' },
    load: (given) => new Search(call('search.load', { id: required(given && given.id, 'id') })),
    create: (given) => new Search({
      searchType: required(given && given.type, 'type'),
      columns: given.columns,
      filterExpression: given.filters,
    }),
    createColumn: (given) => new Column(given),
    lookupFields: (given) => call('search.lookupFields', {
      type: required(given.type, 'type'),
      id: required(given.id, 'id'),
      columns: [].concat(required(given.columns, 'columns')),
    }),
  };

  // ---- the others
  const levels = ['NONE', 'VIEW', 'CREATE', 'EDIT', 'FULL'];
  const members = Object.fromEntries(levels.map((name, level) => {
    const form = call('runtime.permissionForm');
    return [name, form === 'number' ? level : form === 'name' ? name : Object.freeze({ member: name })];
  }));
  const runtime = {
    Permission: members,
    accountId: settings.account,
    envType: settings.environment,
    isFeatureInEffect: (given) => call('runtime.isFeatureInEffect', { feature: required(given.feature, 'feature') }),
    getCurrentUser: () => ({
      id: 17,
      roleId: 'customrole_tieout',
      getPermission: (given) => members[levels[call('runtime.getPermission', { name: given.name })]],
    }),
    getCurrentScript: () => ({ getRemainingUsage: () => call('runtime.getRemainingUsage') }),
  };
  const format = {
    Type: { DATE: 'date', DATETIME: 'datetime' },
    format: ({ value, type }) => call('format.format', { value: value.getTime(), type }),
  };
  const write = (level) => (title, details) => call('log', { level, title: title.title || title, details: title.details || details });
  const log = { audit: write('audit'), debug: write('debug'), error: write('error') };

  globalThis.api = { 'N/search': search, 'N/runtime': runtime, 'N/format': format, 'N/log': log };
  globalThis.asking = { call, required }; // for records.js and screens.js
  const SystemDate = Date;
  globalThis.Date = class extends SystemDate {
    constructor(...given) {
      super(...(given.length ? given : [call('clock')]));
    }

    static now() { return call('clock'); }
  };
})();
