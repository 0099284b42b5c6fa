// How NetSuite runs a script: its file and the files that it loads, by their paths in the file cabinet, each once a
// request (O:section_4430268304, O:section_4387811519). What the N/* modules do is in modules.js.
(() => {
  const api = globalThis.api;
  delete globalThis.api;
  const done = new Map(); // what the files that were run gave, by path
  const running = []; // the files whose callbacks are still to come, each loaded by the one before it

  const failure = (name, message, kind = 'ModuleLoader') => Object.assign(
    new Error(message), { name, type: `error.SuiteScript${kind}Error` },
  );

  // A callback gets the N/* modules, but not even a constant of theirs may be read before it has returned
  const guarded = Object.fromEntries(Object.entries(api).map(([path, module]) => [path, new Proxy(module, {
    get(target, member) {
      if (running.length) {
        throw failure('SUITESCRIPT_API_UNAVAILABLE_IN_DEFINE',
          'All SuiteScript API Modules are unavailable while executing your define callback.', '');
      }
      return target[member];
    },
  })]));

  /** Relative to the folder of the file that names it, or from the top; with .js or without is the same file. */
  const pathOf = (name, from) => {
    const bare = name.replace(/\.js$/, '');
    if (/^N(\/|$)/.test(bare)) return bare;
    const parts = [];
    const whole = bare.startsWith('.') ? `${from.slice(0, from.lastIndexOf('/'))}/${bare}` : bare;
    whole.split('/').forEach((part) => {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    });
    return `/${parts.join('/')}.js`;
  };

  const definition = (text) => {
    const defined = [];
    globalThis.define = (...given) => { defined.push(given); };
    (0, eval)(text);
    if (defined.length > 1) {
      throw failure('MULTIPLE_DEFINE_CALLS', 'Invalid define call, define should only be called one time per module.');
    }
    const [given = [{}]] = defined;
    return { names: given.length > 1 ? given[given.length - 2] : [], made: given[given.length - 1] };
  };

  const load = (path, files) => {
    if (path in guarded) return guarded[path];
    if (done.has(path)) return done.get(path);
    if (!(path in files)) {
      throw failure('MODULE_DOES_NOT_EXIST', `Module does not exist: ${path.replace(/\.js$/, '')}.js`);
    }
    if (running.includes(path)) { // not documented; AMD would hand over undefined, and nobody is to count on that
      throw failure('CIRCULAR_MODULES', `Modules load each other: ${[...running, path].join(', ')}.`);
    }
    running.push(path);
    const { names, made } = definition(files[path]);
    const modules = names.map((name) => load(pathOf(name, path), files));
    done.set(path, typeof made === 'function' ? made(...modules) : made);
    running.pop();
    return done.get(path);
  };

  const told = (act) => {
    try {
      const value = act();
      return JSON.stringify({ value: value === undefined ? null : value });
    } catch (e) {
      return JSON.stringify({ error: { name: e.name, message: e.message, type: e.type || 'error.SuiteScriptError' } });
    }
  };
  let exported = {};
  globalThis.start = (entry, files) => told(() => {
    exported = load(entry, JSON.parse(files));
    return Object.keys(exported);
  });
  const { entries } = globalThis;
  const plain = (entry, given) => entry(given);
  globalThis.answer = (method, body) => told(() => {
    const called = settings.kind === 'client' ? entries.pressed : entries[method] || plain;
    return called(exported[method], JSON.parse(body));
  });
})();
