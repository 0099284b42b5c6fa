/**
 * The button "Sync with Stripe" on a customer that a person looks at.
 *
 * It only shows the button; what pressing it does is in pressing.js. It reads nothing but the record on the screen and
 * changes nothing. In imports, in other scripts and over the APIs it does nothing at all.
 *
 * @NApiVersion 2.1
 * @NScriptType UserEventScript
 * @NModuleScope SameAccount
 */
define(['N/runtime'], (runtime) => {
  const NO_CUSTOMER = ['LEAD', 'PROSPECT'];

  function beforeLoad(context) {
    if (context.type !== context.UserEventType.VIEW || runtime.executionContext !== runtime.ContextType.USER_INTERFACE) {
      return;
    }
    const stage = String(context.newRecord.getValue({ fieldId: 'stage' })).toUpperCase();
    if (!NO_CUSTOMER.includes(stage)) {
      context.form.clientScriptModulePath = './pressing.js';
      context.form.addButton({ id: 'custpage_tieout_sync', label: 'Sync with Stripe', functionName: 'requestSync' });
    }
  }

  return { beforeLoad };
});
