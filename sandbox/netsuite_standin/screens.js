// What scripts besides a RESTlet see: N/crypto, N/encode, N/https, N/url and N/redirect on the server, N/currentRecord
// and N/ui/dialog in the browser; and the contexts that NetSuite hands to a Suitelet and to a user event.
(() => {
  const { api, asking: { call, required } } = globalThis;
  const failure = (name, message) => Object.assign(new Error(message), { name, type: 'error.SuiteScriptError' });
  const isServer = settings.kind !== 'client';

  // ---- on the server
  class Hmac {
    constructor(secret) {
      this.given = { secret, input: '' };
    }

    update({ input }) { this.given.input += required(input, 'input'); }

    digest({ outputEncoding }) {
      if (outputEncoding !== 'HEX') throw failure('WRONG_PARAMETER_TYPE', 'Only hex is understood here.');
      return call('crypto.hmac', this.given);
    }
  }

  class SecureString {
    constructor(input) {
      Object.defineProperty(this, 'secure', { value: input, enumerable: false });
    }

    toJSON() { return { secure: this.secure }; }
  }

  const left = {}; // what a Suitelet's visitor gets
  const server = {
    'N/crypto': {
      HashAlg: { SHA256: 'SHA256' },
      createSecretKey: ({ secret }) => {
        call('crypto.key', { secret: required(secret, 'secret') });
        return { secret };
      },
      createHmac: ({ algorithm, key }) => {
        if (algorithm !== 'SHA256') throw failure('INVALID_ALGORITHM', 'Only SHA256 is understood here.');
        return new Hmac(key.secret);
      },
    },
    'N/encode': { Encoding: { HEX: 'HEX', UTF_8: 'UTF_8' } },
    'N/https': {
      createSecureString: ({ input }) => new SecureString(required(input, 'input')),
      post: ({ url, headers, body }) => call('https.post', { url: required(url, 'url'), headers, body }),
    },
    'N/redirect': {
      redirect: ({ url }) => {
        if (!call('redirect.allowed')) throw failure('SSS_INVALID_URL', 'The URL must be a Suitelet of this account.');
        left.redirect = required(url, 'url');
      },
    },
    'N/url': {
      resolveScript: ({ scriptId, deploymentId, params, returnExternalUrl }) => call('url.resolveScript', {
        scriptId, deploymentId, params: params || {}, external: Boolean(returnExternalUrl),
      }),
    },
  };

  // ---- in the browser
  const browser = {
    'N/currentRecord': { get: () => ({ id: Number(settings.record), type: 'customer' }) },
    'N/ui/dialog': { alert: ({ title, message }) => { left.alert = `${title}: ${message}`; } },
  };

  Object.assign(api, isServer ? server : browser);
  if (!isServer) globalThis.window = { location: { reload: () => { left.reload = true; } } };
  api['N/runtime'].executionContext = settings.context;
  api['N/runtime'].ContextType = { USER_INTERFACE: 'USERINTERFACE', CSV_IMPORT: 'CSVIMPORT', RESTLET: 'RESTLET' };
  const script = api['N/runtime'].getCurrentScript();
  api['N/runtime'].getCurrentScript = () => ({
    ...script, getParameter: ({ name }) => call('runtime.getParameter', { name: required(name, 'name') }),
  });

  // ---- what an entry point is given, and what came of it
  const headers = {};
  const response = {
    setHeader: ({ name, value }) => {
      if (call('response.keeps', { name })) throw failure('SSS_INVALID_HEADER', `Header ${name} may not be set.`);
      headers[name] = value;
    },
    write: (given) => { left.body = (left.body || '') + (typeof given === 'string' ? given : given.output); },
  };
  const UserEventType = { VIEW: 'view', EDIT: 'edit', CREATE: 'create' };

  globalThis.entries = {
    onRequest: (entry, request) => {
      entry({ request, response });
      return { ...left, headers };
    },
    beforeLoad: (entry, { type, id }) => {
      const form = { clientScriptModulePath: null, buttons: [], addButton: (button) => form.buttons.push(button) };
      entry({ type, UserEventType, form, newRecord: api['N/record'].load({ type: 'customer', id }) });
      return { buttons: form.buttons, module: form.clientScriptModulePath };
    },
    pressed: (entry) => {
      entry();
      return left;
    },
  };
})();
