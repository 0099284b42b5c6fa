"""`dg scaffold defs pipelines.CustomerSync acme`: what `make init` writes, or a commented declaration to fill in."""

import dagster as dg
from dagster.components import Scaffolder, ScaffoldRequest
from pydantic import BaseModel, Field


class TwoExports(BaseModel):
    """The two export files, if there are any yet."""

    stripe: str = Field("", description="the customer export of Stripe")
    netsuite: str = Field("", description="the saved search of NetSuite, as it was exported")


class CustomerSyncScaffolder(Scaffolder[TwoExports]):
    """Writes a `defs.yaml` that loads; of two files the one that fits them."""

    @classmethod
    def get_scaffold_params(cls) -> type[TwoExports]:
        """What may be said beside the name."""
        return TwoExports

    def scaffold(self, request: ScaffoldRequest[TwoExports]) -> None:
        """Write the declaration; one that is there stays."""
        from rich.console import Console  # noqa: PLC0415

        from pipelines.init.questions import at_a_terminal  # noqa: PLC0415 (they import the component)
        from pipelines.init.two_files import Said  # noqa: PLC0415
        from pipelines.init.written import from_files, to_fill_in  # noqa: PLC0415
        from resources.storage.folders import Folders  # noqa: PLC0415

        place, name, params = request.target_path / "defs.yaml", request.target_path.name, request.params
        if place.exists():
            raise dg.DagsterInvalidDefinitionError(f"There is a declaration in {place} already; take another name.")
        if params.stripe and params.netsuite:
            said = Said(params.stripe, params.netsuite)
            from_files(name, place, Folders.from_environment(), said, at_a_terminal(Console()))
        else:
            to_fill_in(name, place)
