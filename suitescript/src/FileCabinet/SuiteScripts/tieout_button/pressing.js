/**
 * What the button "Sync with Stripe" does: it ticks the request box of the customer, with the rights of who presses it.
 *
 * Nothing else happens in NetSuite. Tieout looks for ticked boxes, links and updates that customer within its limits, and
 * writes the answer. The moment in the answer field tells this request from an earlier one.
 *
 * @NApiVersion 2.1
 * @NScriptType ClientScript
 * @NModuleScope SameAccount
 */
define(['N/currentRecord', 'N/record', 'N/ui/dialog'], (currentRecord, record, dialog) => {
  function requestSync() {
    const { id, type } = currentRecord.get();
    const values = {
      custentity_tieout_sync_request: true,
      custentity_tieout_sync_answer: `Requested at ${new Date().toISOString()}; no answer yet.`,
    };
    try {
      record.submitFields({ type, id, values, options: { enableSourcing: false, ignoreMandatoryFields: true } });
    } catch (e) {
      dialog.alert({
        title: 'Sync with Stripe',
        message: `The request could not be saved, so nothing will be synced: ${e.message}`,
      });
      return;
    }
    window.location.reload();
  }

  /** SuiteScript asks for one of its own entry points in a file of this type. */
  function pageInit() {}

  return { pageInit, requestSync };
});
