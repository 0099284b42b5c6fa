/**
 * The customer portal: whoever has a customer's link is sent to a session of Stripe's portal, made at that moment.
 *
 * Anybody can call it without a login, so it believes nothing but the signature of the token (../tieout/signing.js). Every
 * link that opens nothing gets one and the same answer, be the token forged, revoked or too old, the customer inactive or
 * without a Stripe id. It changes nothing in NetSuite. The address of a session is a key to the customer's billing data:
 * it is never logged and never stored. Stripe's key is an API secret that this script cannot read.
 *
 * @NApiVersion 2.1
 * @NScriptType Suitelet
 * @NModuleScope SameAccount
 */
define([
  'N/https', 'N/log', 'N/redirect', 'N/runtime', 'N/search', './pages', '../tieout/signing',
], (https, log, redirect, runtime, search, pages, signing) => {
  const SESSIONS = 'https://api.stripe.com/v1/billing_portal/sessions';
  const KEY = 'custsecret_tieout_portal_stripe';
  const DAY = 10; // characters of 2026-01-31
  const NOT_SAVED = /No configuration provided|can't create a portal session in (test|live) mode until/i;

  function onRequest({ request, response }) {
    const customer = customerOf(request);
    const session = customer === null ? null : sessionOf(customer);
    if (session === null) {
      show(response, customer === null ? pages.NO_LINK : pages.NOT_NOW);
    } else {
      leave(session, response);
    }
  }

  // ---- whose link it is --------------------------------------------------------------------------------------------

  /** The Stripe id of the customer that a link is for, or null. */
  function customerOf(request) {
    try {
      const least = Number(setting('generation')) || 1;
      const today = new Date().toISOString().slice(0, DAY);
      const id = request.method === 'GET' ? signing.opened(request.parameters.t, least, today) : null;
      return id === null ? null : stripeIdOf(id);
    } catch (e) {
      log.error({ title: 'Tieout portal', details: `${e.name}: ${e.message}` }); // as to the visitor: one answer
      return null;
    }
  }

  function stripeIdOf(id) {
    const field = setting('stripe_field') || 'custentity_tieout_stripe_id';
    const columns = [field, 'isinactive'];
    const found = search.lookupFields({ type: search.Type.CUSTOMER, id, columns });
    const stripeId = String(found[field] || '').trim();
    const isActive = found.isinactive === false || found.isinactive === 'F';
    return isActive && /^cus_\w+$/.test(stripeId) ? stripeId : null;
  }

  /** A parameter of the deployment, which an administrator can change. */
  function setting(name) {
    return runtime.getCurrentScript().getParameter({ name: `custscript_tieout_portal_${name}` });
  }

  // ---- the session -------------------------------------------------------------------------------------------------

  /** The address of a new session; null, and a line for the administrator, if Stripe makes none. */
  function sessionOf(customer) {
    try {
      const body = { customer, return_url: setting('return_url') };
      const answer = https.post({
        url: SESSIONS,
        headers: {
          Authorization: https.createSecureString({ input: `Bearer {${KEY}}` }),
          'Content-Type': 'application/x-www-form-urlencoded',
        },
        body: Object.keys(body).filter((name) => body[name])
          .map((name) => `${name}=${encodeURIComponent(body[name])}`).join('&'),
      });
      const { url, error } = JSON.parse(answer.body);
      if (Number(answer.code) === 200 && /^https?:\/\//.test(url)) {
        return url;
      }
      log.error({ title: 'Tieout portal', details: reason(answer.code, error || {}) });
    } catch (e) {
      log.error({ title: 'Tieout portal', details: `Stripe could not be asked: ${e.name}` });
    }
    return null;
  }

  /** What an administrator has to do; Stripe's own sentence may name a customer and stays out of the log. */
  function reason(code, error) {
    const [mode] = String(error.message).match(/\b(test|live)\b/) || ['the key\'s'];
    if (NOT_SAVED.test(String(error.message))) {
      return `The customer portal is not activated in ${mode} mode: in the Stripe Dashboard, in that mode, open Settings > `
        + 'Billing > Customer portal and save it.';
    }
    return `Stripe made no session: status ${Number(code)}, ${String(error.type)}, ${String(error.code)}.`;
  }

  // ---- the answer --------------------------------------------------------------------------------------------------

  /** NetSuite may send a visitor elsewhere, or only to its own pages: then a page of ours goes there. */
  function leave(session, response) {
    try {
      redirect.redirect({ url: session });
    } catch (e) {
      show(response, pages.going(session));
    }
  }

  function show(response, page) {
    [['Referrer-Policy', 'no-referrer'], ['Cache-Control', 'no-store']].forEach(([name, value]) => {
      try {
        response.setHeader({ name, value });
      } catch (e) {
        // NetSuite keeps some headers for itself; the page says the same of the first
      }
    });
    response.write({ output: page });
  }

  return { onRequest };
});
