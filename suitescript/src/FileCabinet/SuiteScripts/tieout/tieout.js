/**
 * What Tieout can do inside NetSuite begins here, in the files of this folder, to be read before they are deployed:
 *
 *   tieout.js   takes each request, names what can be asked for, and says how the account and the role are
 *   reading.js  reads saved customer searches
 *   gathering.js makes answers of their rows: no access to NetSuite itself
 *   editing.js  changes link values of customers
 *   creating.js makes new customers, and takes back what it made
 *   checking.js says what NetSuite would refuse of new customers, on records that it never saves
 *   linking.js  makes the links to the customer portal, each with a token of signing.js
 *   requesting.js lists what people asked for with the button, and writes the answers
 *   standing.js says who has a Stripe id and how a record stands; editing, creating, checking, requesting and it alone
 *               have N/record
 *   filling.js  puts the values of a new customer onto a record that it is handed: no access to NetSuite itself
 *   signing.js  signs and checks tokens with a secret that it knows by name only: no access to records
 *   kinds.js    says what a change of each kind asks for: no access to NetSuite at all
 *   text.js     words, bytes, refusals: no access either
 *
 * It answers POST requests, one action each. `health`, which says which account and role this is and which permissions
 * the role lacks, is answered here; each other file says at its head what it answers.
 *
 * Of a customer that is there it changes these things only: the external id, the custom entity fields of editing.js and
 * requesting.js, and single words in the comments; only one that it made, and is to take back, it deletes or makes
 * inactive. It runs with the rights of the calling role. It answers errors as {ok: false, error: {code, message}}; one
 * bad record never spoils the others of a request.
 *
 * @NApiVersion 2.1
 * @NScriptType Restlet
 * @NModuleScope SameAccount
 */
define([
  'N/log',
  'N/runtime',
  './text',
  './reading', // from here on: files that answer actions, each those of its `operations`
  './editing',
  './creating',
  './checking',
  './linking',
  './requesting',
], (log, runtime, text, ...parts) => {
  const { asText, refuse } = text;
  const VERSION = 6;
  const PERMISSIONS = [
    { name: 'LIST_CUSTJOB', label: 'Lists > Customers', level: 3, levelName: 'Edit' },
    { name: 'LIST_FIND', label: 'Lists > Perform Search', level: 1, levelName: 'View' },
  ];
  const LEVELS = ['NONE', 'VIEW', 'CREATE', 'EDIT', 'FULL'];
  const UNITS_KEPT = 100; // of the 5,000 a request has
  const MILLISECONDS = 200000; // of the 300 seconds a request has

  const operations = Object.assign({ health }, ...parts.map((part) => part.operations));

  function post(request) {
    try {
      if (request === null || typeof request !== 'object' || Array.isArray(request)) {
        refuse('WRONG_TYPE', 'The request must be one JSON object, sent as application/json.');
      }
      if (!Object.prototype.hasOwnProperty.call(operations, request.action)) {
        refuse('UNKNOWN_ACTION', `The action must be one of: ${Object.keys(operations).join(', ')}.`);
      }
      return Object.assign({ ok: true, version: VERSION }, operations[request.action](request, callFrom(Date.now())));
    } catch (e) {
      if (!e.isOurs) {
        log.error({ title: 'Tieout', details: `${asText(request && request.action)}: ${e.name}: ${e.message}` });
      }
      return { ok: false, version: VERSION, error: { code: String(e.name), message: String(e.message) } };
    }
  }

  /** What an operation may ask about the call that it serves. */
  function callFrom(started) {
    const hasRoomFor = (units) => runtime.getCurrentScript().getRemainingUsage() >= units + UNITS_KEPT
      && Date.now() - started < MILLISECONDS;
    const levelOfRole = (name) => levelOf(runtime.getCurrentUser().getPermission({ name }));
    return { hasRoomFor, levelOf: levelOfRole, needPermissions };
  }

  /** Refuse the request if the role could not save: no record is to blame, and an administrator has to see to it. */
  function needPermissions() {
    const lacking = missing();
    if (lacking.length) {
      const details = `The role ${runtime.getCurrentUser().roleId} lacks ${lacking.join(', ')}.`;
      log.error({ title: 'Tieout', details });
      refuse('INSUFFICIENT_PERMISSION', details);
    }
  }

  // ---- health ------------------------------------------------------------------------------------------------------

  function health() {
    return {
      account: runtime.accountId,
      environment: runtime.envType,
      role: runtime.getCurrentUser().roleId,
      missing: missing(),
      now: new Date().toISOString(),
    };
  }

  /** The permissions that the role lacks, in words. One whose level cannot be read is not said to be missing. */
  function missing() {
    const user = runtime.getCurrentUser();
    const lacks = (p) => levelOf(user.getPermission({ name: p.name })) < p.level;
    return PERMISSIONS.filter(lacks).map((p) => `${p.label} (${p.levelName})`);
  }

  /** 0 to 4. NetSuite gives a member of runtime.Permission, of which only the names are documented. */
  function levelOf(given) {
    const members = runtime.Permission || {};
    const byName = LEVELS.findIndex((name) => given === members[name] || String(given).toUpperCase() === name);
    return byName >= 0 ? byName : (given === null || given === '' ? NaN : Number(given));
  }

  return { post };
});
