"""The file that gives the imported new customers of a plan their currencies (C12), and what to know of it; pure.

It is a file of its own because a currency is a row: the first import makes the customers, this one adds to them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import orjson
import polars as pl

CURRENCIES_FILE: Final = "netsuite_create_currencies.csv"
"""The currencies of the new customers for the assistant, where the declaration names some."""


def netsuite_create_currencies(plan: pl.DataFrame, currencies: Sequence[str]) -> pl.DataFrame:
    """One row for each currency of each new record that gets all of them, in the order of the plan.

    Args:
        plan: `schemas.plan.Plan`.
        currencies: the active ones, as the account calls them.
    """
    records = plan.filter(pl.col("action") == "create").get_column("values")
    keys = [record["fields"]["externalid"] for record in map(orjson.loads, records) if "currencies" in record]
    each = pl.DataFrame({"External ID": keys, "Currency": [[*currencies]] * len(keys)}, _LISTED)
    return each.explode("Currency", empty_as_null=False)


def currency_sentences(currencies: Sequence[str]) -> Iterator[str]:
    """What is to be said on the page and in the text beside the files."""
    if currencies:
        yield (
            f"{CURRENCIES_FILE} adds {', '.join(currencies)} to the new customers, once they are imported: Import CSV "
            "Records, Relationships, Customers Only; Data Handling: Update, never Add; key: External ID; map Currency "
            "to the Currency of the sublist Currencies, and leave Overwrite Sublists off. Leave it out in an account "
            "without the feature Multiple Currencies. Import the rows of one customer first: what NetSuite gave the "
            "customer itself should be there once."
        )
    else:
        yield (
            "Currencies: an export does not tell which ones are active. In an account with several list them as "
            f"create.currencies and reconcile again: {CURRENCIES_FILE} then adds them to the new customers. Or add "
            "them by hand."
        )


_LISTED: Final = pl.Schema({"External ID": pl.String(), "Currency": pl.List(pl.String())})
