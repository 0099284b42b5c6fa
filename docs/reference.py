"""Keeps the tables of docs/reference.md equal to the code: commands, jobs, assets with their columns, asset checks.

A table stands between `<!-- NAME -->` and `<!-- end -->`. Fill them anew: `python -m docs.reference`.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg

from assets.reconciliation import IO_MANAGER_KEY
from docs.graph import OVER_APIS
from pipelines.customer_sync import build_defs, reconciliation
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from schemas.declaration import Declaration
from schemas.link_fields import fields_of

PAGE = Path(__file__).with_name("reference.md")

_MAKEFILE = PAGE.parent.parent / "Makefile"
_TABLE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_TARGET = re.compile(r"^([a-z-]+):.*?## (.+)$", re.MULTILINE)
_ALL_THERE_IS = {
    **OVER_APIS,
    "netsuite_fields": {
        **{name: name for name in ("internal_id", "email", "stage", "inactive")},
        **{field.name: field.name for field in fields_of("netsuite") if not field.optional},
    },
    "writes": {"mode": "auto"},
    "daily": {"at": "06:00"},
    "on_none": "create",
    "create": {"when": "first_transaction"},
    "to_stripe": {"mass_search": "customsearch_tieout_to_stripe", "on_none": "create"},
    "notify": {"kind": "webhook", "url": "https://hooks.example"},
}
_ASSET_JOB = "__ASSET_JOB"


def definitions() -> dg.Definitions:
    """A declaration that uses all that makes an asset, a check or a job. Nothing is read and nothing is asked."""
    folders = Folders.from_environment()
    made = build_defs(reconciliation(Declaration.model_validate(_ALL_THERE_IS), folders))
    return dg.Definitions.merge(made, dg.Definitions(resources={IO_MANAGER_KEY: ParquetIOManager(folders)}))


def tables(found: dg.Definitions) -> Mapping[str, str]:
    """Each table of the page, by its name, as Markdown."""
    specs = sorted(found.resolve_all_asset_specs(), key=lambda spec: spec.key)
    rows: Mapping[str, tuple[Sequence[str], Iterable[Sequence[str]]]] = {
        "commands": (("command", "what it does"), _commands()),
        "jobs": (("job", "what it does"), _jobs(found)),
        "starters": (("schedule or sensor", "what it does"), _starters(found)),
        "assets": (("asset", "what it is"), ((_code(_name(spec.key)), _first(spec.description)) for spec in specs)),
        "columns": (("asset", "column", "type"), (row for spec in specs for row in _columns(spec))),
        "checks": (("asset", "check", "what holds where it passes"), _checks(found)),
    }
    return {name: _table(header, each) for name, (header, each) in rows.items()}


def filled(page: str, found: Mapping[str, str]) -> str:
    """The page with these tables."""
    return _TABLE.sub(lambda at: f"{at[1]}\n{found[at[2]]}\n\n{at[3]}", page)


def _commands() -> Iterator[Sequence[str]]:
    for name, does in _TARGET.findall(_MAKEFILE.read_text("utf-8")):
        yield f"`make {name}`", does


def _jobs(found: dg.Definitions) -> Iterator[Sequence[str]]:
    jobs = sorted(found.get_repository_def().get_all_jobs(), key=lambda job: job.name)
    return ((_code(job.name), _first(job.description)) for job in jobs if job.name != _ASSET_JOB)


def _starters(found: dg.Definitions) -> Iterator[Sequence[str]]:
    for each in (*(found.schedules or ()), *(found.sensors or ())):
        assert isinstance(each, (dg.ScheduleDefinition, dg.SensorDefinition))
        yield _code(each.name), _first(each.description)


def _columns(spec: dg.AssetSpec) -> Iterator[Sequence[str]]:
    schema = spec.metadata.get("dagster/column_schema")
    if isinstance(schema, dg.TableSchema):
        for column in schema.columns:
            yield _code(_name(spec.key)), _code(column.name), column.type


def _checks(found: dg.Definitions) -> Iterator[Sequence[str]]:
    graph = found.resolve_asset_graph()
    for key in sorted(graph.asset_check_keys):
        yield _code(_name(key.asset_key)), _code(key.name), _first(graph.get_check_spec(key).description)


def _name(key: dg.AssetKey) -> str:
    return key.path[-1]


def _first(description: str | None) -> str:
    """The first paragraph, as a cell."""
    return " ".join((description or "").split("\n\n")[0].split()).replace("|", "\\|").replace("acme_", "<name>_")


def _code(name: str) -> str:
    return f"`{name.replace('acme_', '<name>_')}`"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, ["---"] * len(header), *rows))


def main() -> None:
    """Fill the tables in place."""
    warnings.simplefilter("ignore", dg.BetaWarning)
    PAGE.write_text(filled(PAGE.read_text("utf-8"), tables(definitions())), encoding="utf-8")


if __name__ == "__main__":
    main()
