"""How a check speaks to a person: counts and a few ids, never an e-mail address or a name."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
import pandera.polars as pa
import polars as pl

from resources.extracts.extract import Extract, UnknownWords
from resources.extracts.on_disk import OnDisk
from resources.failures import failures_for_people
from schemas.errors import UserError
from schemas.secrets import masked
from schemas.validation import Violation, violations, violations_in
from schemas.words import many, many_do

_IDS_SHOWN = 20
_WINDOWS_SHOWN = 50
_LONGEST_WORD = 40
SCHEMA_CHECK = "Every column has its type, ids are there and unique, and every word is one of those agreed."
COMPLETE_CHECK = "Everything that the source has was read, as far as that can be proved (X10)."
WORDS_CHECK = "Every word of a column whose words depend on a language is in a list, built in or declared (M2)."

SAID_FIRST = frozenset(
    {
        "complete",
        "not_shrunk",
        "known_words",
        "placeholders",
        "evidence_agrees",
        "links_seen",
        "nothing_withheld",
        "other_readings",
        "all_asked",
        "new_customers_accepted",
        "new_stripe_customers_accepted",
    }
)
"""The checks whose warnings a person should read before anything else, in the terminal and on the page."""


def blocking_checks(key: dg.AssetKey, described: Mapping[str, str]) -> list[dg.AssetCheckSpec]:
    """The checks of an asset that stop what is downstream when they fail: name → description."""
    return [dg.AssetCheckSpec(name, asset=key, blocking=True, description=text) for name, text in described.items()]


def report_checks(name: str, results: Sequence[dg.AssetCheckResult]) -> Iterator[dg.AssetCheckResult]:
    """Report the checks of a frame that an asset has just made; the asset may hand it over when this has ended.

    Dagster keeps what an asset hands over, and only then looks at its checks: a bad frame would replace a good one.

    Args:
        name: the asset.
        results: all checks that the asset makes itself.

    Raises:
        dg.Failure: a check stops the run.
    """
    yield from results
    stops = [result for result in results if not result.passed and result.severity is dg.AssetCheckSeverity.ERROR]
    if stops:
        names = " and ".join(result.check_name or "" for result in stops)
        found = " ".join(result.description for result in stops if result.description)
        with failures_for_people():
            raise UserError(
                f"{name} failed its check {names}; nothing was kept, and the last good frame stays. "
                f"{found or 'Look at what the check found, then materialize it again.'}"
            )


def complete_result(extract: Extract) -> dg.AssetCheckResult:
    """What proves an extract complete; it stops the run when something is missing, and warns when there are doubts."""
    return dg.AssetCheckResult(
        check_name="complete",
        passed=extract.complete and not extract.warnings,
        severity=dg.AssetCheckSeverity.WARN if extract.complete else dg.AssetCheckSeverity.ERROR,
        description=masked(" ".join(filter(None, (extract.proof, *extract.warnings)))) or None,
        metadata={
            "rows_read": extract.rows_read,
            "rows_kept": extract.rows.height,
            **extract.notes,
            **({} if extract.windows is None else {"windows_read": _table(extract.windows)}),
        },
    )


def words_result(extract: Extract, fields: Mapping[str, str]) -> dg.AssetCheckResult:
    """Whether every stage and every checkbox could be understood; a guess would link to a lead, or to nobody at all.

    Args:
        extract: what was read.
        fields: our name → the column's label.
    """
    said = [_not_understood(words, fields[words.column]) for words in extract.unknown_words]
    return dg.AssetCheckResult(
        check_name="known_words",
        passed=not said,
        severity=dg.AssetCheckSeverity.ERROR,
        description=" ".join(said) or None,
        metadata={f"unknown/{words.column}": sum(words.rows.values()) for words in extract.unknown_words},
    )


def _not_understood(words: UnknownWords, label: str) -> str:
    """A sentence on the words of one column. Many are no words of a language: names, say, which are not repeated."""
    if words.distinct > _IDS_SHOWN:
        found = f"{many_do(words.distinct, 'text', 'that is', 'that are')} in no list"
    else:
        found = ", ".join(f"{_as_shown(word)} in {many(count, 'row')}" for word, count in words.rows.items())
    return f"The column {label!r} ({words.column}) has {found}: {_WORDS_ADVICE[words.column]}."


_WORDS_ADVICE = {
    "stage": "map stage to NetSuite's own column Stage, or say under stage_words what each of them means, as in "
    "stage_words: {customer: [Kunde], lead: [Anfrage]}",
    "inactive": "map inactive to NetSuite's own column Inactive, a checkbox, or say under yes_words or no_words what "
    "each of them means, as in yes_words: [Inaktiv]",
}


def _as_shown(word: str) -> str:
    is_harmless = len(word) <= _LONGEST_WORD and not any(character.isdigit() or character == "@" for character in word)
    if not word.strip():
        return "nothing"
    return f"“{word}”" if is_harmless else f"a text of {many(len(word), 'character')}"


def _table(ledger: pl.DataFrame) -> dg.TableMetadataValue:
    """The first windows, newest first; the event log is no place for all of a large account's."""
    shown = ledger.sort(ledger.columns[0], descending=True).head(_WINDOWS_SHOWN)
    records = [dg.TableRecord(row) for row in shown.iter_rows(named=True)]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name, "int") for name in shown.columns]))


def schema_result(found: Sequence[Violation]) -> dg.AssetCheckResult:
    """The result of holding a frame against its model, one table row per broken rule."""
    columns = ("column", "rule", "count", "ids")
    table = dg.MetadataValue.table(
        [
            dg.TableRecord({"column": v.column, "rule": v.rule, "count": v.count, "ids": " ".join(v.ids)})
            for v in found[:_IDS_SHOWN]
        ],
        dg.TableSchema([dg.TableColumn(name, "int" if name == "count" else "string") for name in columns]),
    )
    return dg.AssetCheckResult(
        check_name="schema",
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"rules_broken": len(found), **({"broken": table} if found else {})},
    )


def schema_of_rows(model: type[pa.DataFrameModel], rows: pl.DataFrame | OnDisk, id_column: str) -> dg.AssetCheckResult:
    """The result of holding the rows of an extract against their model, wherever they are."""
    if isinstance(rows, OnDisk):
        return schema_result(violations_in(model, rows.blocks(), id_column))
    return schema_result(violations(model, rows, id_column))


def id_result(
    key: dg.AssetKey,
    name: str,
    bad: pl.LazyFrame,
    id_column: str,
    *,
    of: int,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
    counts: Mapping[str, int] | None = None,
) -> dg.AssetCheckResult:
    """The result of a check that looks for rows: it passes when there are none; lists the first ids in order.

    Args:
        key: the asset.
        name: the check.
        bad: the rows that fail it.
        id_column: which of its columns identifies a row.
        of: how many rows there are in all.
        severity: of a failure.
        counts: further numbers, which Dagster plots over time.
    """
    ids = bad.select(pl.col(id_column)).unique().collect().to_series().sort()
    first = " ".join(str(i) for i in ids.head(_IDS_SHOWN))
    shown = {"ids": first + (" …" if ids.len() > _IDS_SHOWN else "")} if ids.len() else {}
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=ids.is_empty(),
        severity=severity,
        description=f"{ids.len():,} of {of:,}",
        metadata={"found": ids.len(), "of": of, **(counts or {}), **shown},
    )
