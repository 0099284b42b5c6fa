"""From Stripe customers to the whole new NetSuite records that stand for them (C3 to C13)."""

from assets.mapping.to_netsuite.global_customer import global_record, global_trial
from assets.mapping.to_netsuite.settings import CreateSettings, IndividualWhen
from assets.mapping.to_netsuite.trials import Trial, trials
from assets.mapping.to_netsuite.values import new_records

__all__ = ["CreateSettings", "IndividualWhen", "Trial", "global_record", "global_trial", "new_records", "trials"]
