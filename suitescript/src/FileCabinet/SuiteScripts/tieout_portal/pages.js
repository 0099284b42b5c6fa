/**
 * The pages that a visitor of the portal link can see: no script in them, and nothing from elsewhere.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define([], () => {
  const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

  function page(title, body, head = '') {
    return '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
      + `<meta name="referrer" content="no-referrer">${head}<title>${title}</title></head><body><p>${body}</p></body></html>`;
  }

  /** A page that goes to an address at once, or when somebody follows its link. */
  function going(address) {
    const escaped = String(address).replace(/[&<>"']/g, (character) => ENTITIES[character]);
    const refresh = `<meta http-equiv="refresh" content="0;url=${escaped}">`;
    return page('Customer portal', `<a rel="noreferrer" href="${escaped}">Continue to the customer portal</a>`, refresh);
  }

  return {
    going,
    NO_LINK: page('Customer portal', 'This link does not open a customer portal. Please ask whoever sent it for a new one.'),
    NOT_NOW: page('Customer portal', 'The customer portal cannot be opened right now. Please try again later.'),
  };
});
