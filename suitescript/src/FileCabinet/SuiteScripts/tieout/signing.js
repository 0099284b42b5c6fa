/**
 * Signing: the token in a portal link, which says whose portal it opens and cannot be made by anybody else.
 *
 * A token is <internal id>.<generation>[.<last day>].<signature>. The signature is an HMAC over these, the account and
 * the version of the form, with the API secret `custsecret_tieout_portal_hmac`: N/crypto takes it by its script id, so no
 * script ever holds it. It holds no Stripe id and no e-mail address.
 *
 * @NApiVersion 2.1
 * @NModuleScope SameAccount
 */
define(['N/crypto', 'N/encode', 'N/runtime'], (crypto, encode, runtime) => {
  const FORM = 'v1';
  const SECRET = 'custsecret_tieout_portal_hmac';
  const SIGNATURE = 64; // characters: 32 bytes in hex
  const MOST_CHARACTERS = 130;
  const PARTS = /^([1-9]\d{0,14})\.([1-9]\d{0,5})(?:\.(\d{4}-\d{2}-\d{2}))?\.([0-9a-f]{64})$/;

  /** Signs tokens: the secret is taken once for all of them. */
  function signer() {
    const key = crypto.createSecretKey({ secret: SECRET, encoding: encode.Encoding.UTF_8 });
    const signature = (signed) => {
      const hmac = crypto.createHmac({ algorithm: crypto.HashAlg.SHA256, key });
      hmac.update({ input: [FORM, runtime.accountId, ...signed].join('|') });
      return String(hmac.digest({ outputEncoding: encode.Encoding.HEX })).toLowerCase();
    };
    return (id, generation, until) => {
      const signed = [id, generation, ...(until ? [until] : [])];
      return [...signed, signature(signed)].join('.');
    };
  }

  /** The internal id that a token opens on a day such as 2026-01-31; null for every other token, whatever is wrong. */
  function opened(token, leastGeneration, today) {
    const [, id, generation, until, signature] = String(token).slice(0, MOST_CHARACTERS).match(PARTS) || [];
    const isInTime = until === undefined || until >= today;
    const right = signer()(id || '0', generation || '0', until).slice(-SIGNATURE);
    const isSigned = isSame(right, signature || ''); // always compared, so that time tells nothing
    return isSigned && isInTime && Number(generation) >= leastGeneration ? id : null;
  }

  /** Compares every character, wherever the first difference is. */
  function isSame(right, given) {
    let difference = right.length ^ given.length;
    for (let n = 0; n < right.length; n += 1) {
      difference |= right.charCodeAt(n) ^ given.charCodeAt(n); // NaN counts as 0, and the length differs then
    }
    return difference === 0;
  }

  return { opened, signer };
});
