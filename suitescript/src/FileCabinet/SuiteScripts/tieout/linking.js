/**
 * Linking: the portal links of customers, each the address of the Suitelet in tieout_portal with a token in it.
 *
 *   portal_links  the link of each of some internal ids
 *
 * It changes nothing. The same request gives the same links, unless the secret or NetSuite's own stamp in the address of
 * the Suitelet has changed; then every link has to be written anew.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/url', './signing', './text'], (url, signing, text) => {
  const { asText, refuse, wholeNumber } = text;

  const SUITELET = { scriptId: 'customscript_tieout_portal', deploymentId: 'customdeploy_tieout_portal' };
  const MOST_IDS = 1000;
  const MOST_GENERATION = 999999;
  const DAY = /^\d{4}-\d{2}-\d{2}$/;
  const PLACE = 'TOKEN'; // what the token of each customer replaces

  function portalLinks(request) {
    if (!Array.isArray(request.ids) || request.ids.length > MOST_IDS) {
      refuse('WRONG_TYPE', `ids must be a list of at most ${MOST_IDS} internal ids.`);
    }
    const ids = request.ids.map((id) => wholeNumber(id, 'an internal id', 1));
    const generation = wholeNumber(request.generation, 'generation', 1, MOST_GENERATION);
    const until = asText(request.until);
    if (until !== '' && !DAY.test(until)) {
      refuse('WRONG_TYPE', 'until must be a day such as 2027-12-31.');
    }
    const [before, after] = addressed();
    const token = signed();
    return { links: ids.map((id) => before + token(id, generation, until) + after) };
  }

  /** The Suitelet's address for everybody, before and after the token; NetSuite alone knows how it is made. */
  function addressed() {
    try {
      const parts = url.resolveScript({ ...SUITELET, params: { t: PLACE }, returnExternalUrl: true }).split(PLACE);
      if (parts.length === 2) {
        return parts;
      }
    } catch (e) {
      // told below
    }
    return refuse('NO_PORTAL', `The Suitelet ${SUITELET.scriptId} is not deployed, or not Available Without Login.`);
  }

  function signed() {
    try {
      return signing.signer();
    } catch (e) {
      return refuse('NO_SECRET', 'The API secret custsecret_tieout_portal_hmac does not exist, or this script may not use ' +
        'it: see to it at Setup > Company > API Secrets.');
    }
  }

  return { operations: { portal_links: portalLinks } };
});
