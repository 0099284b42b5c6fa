"""Which GraphQL goes on to Dagster, for whom, and with whose name. Pure: a request in, the same or a refusal out.

The document is parsed as Dagster parses it. Of a mutation every field must be in the list of what the role may do; what
starts runs is judged by what it would start, and gets the name of the person as a tag, whatever it said itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    parse,
    value_from_ast_untyped,
)

from assets.signed_in import WHO
from pipelines.login.launches import (
    Said,
    UnclearError,
    Workspace,
    highest,
    listed,
    mapping,
    role_of_backfill,
    role_of_execution,
    role_of_reexecution,
    role_of_run,
)
from pipelines.login.roles import Role, may
from pipelines.login.sessions import Person

_Judge = Callable[[Said, Workspace], Role]
_PREFIXES: Final = frozenset({"dagster", ".dagster", "tieout"})
"""Of tags that a page may set. By others, as dagster-k8s/, a launcher takes the image and the command of a run."""
_MOST_TOKENS: Final = 20_000

_EXECUTION: Final = {"executionParams": role_of_execution}
_AGAIN: Final = {**_EXECUTION, "reexecutionParams": role_of_reexecution}
LAUNCHES: Final[Mapping[str, Mapping[str, _Judge]]] = {
    "launchRun": _EXECUTION,
    "launchPipelineExecution": _EXECUTION,
    "launchMultipleRuns": {"executionParamsList": role_of_execution},
    "launchRunReexecution": _AGAIN,
    "launchPipelineReexecution": _AGAIN,
    "launchPartitionBackfill": {"backfillParams": role_of_backfill},
}
"""Mutations that start runs: their arguments, and who says what they need."""
ENDS: Final = {"terminateRun": "runId", "terminatePipelineExecution": "runId", "terminateRuns": "runIds"}
"""Mutations that end runs, and the argument that names them: who may start a run may end it."""
BACKFILLS: Final = frozenset({"resumePartitionBackfill", "reexecutePartitionBackfill"})
"""They start runs under the name that the backfill carries, so that only that person can."""
APPROVE: Final = frozenset(
    {
        *("startSchedule", "stopRunningSchedule", "resetSchedule", "scheduleDryRun"),
        *("startSensor", "stopSensor", "resetSensor", "setSensorCursor", "sensorDryRun"),
        *("deleteRun", "deletePipelineRun", "cancelPartitionBackfill", *BACKFILLS),
        *("reloadRepositoryLocation", "reloadWorkspace", "shutdownRepositoryLocation"),
        *("wipeAssets", "reportRunlessAssetEvents", "reportAssetCheckEvaluations"),
        *("addDynamicPartition", "deleteDynamicPartitions", "setAutoMaterializePaused"),
        *("setConcurrencyLimit", "deleteConcurrencyLimit", "freeConcurrencySlots", "freeConcurrencySlotsForRun"),
        *("setNuxSeen", "logTelemetry"),
    }
)
"""What else whoever may approve may do."""
NOBODY: Final = frozenset({"setAppManagedComponent", "deleteAppManagedComponent", "refreshComponentState"})
"""What would change declarations from a page, which Tieout has as files. Here for the test that knows all mutations."""


class RefusedError(Exception):
    """Why a request does not go on: a sentence.

    Attributes:
        fields: what was asked, as the answer would name it, where Dagster's pages can show a refusal in its place.
    """

    def __init__(self, sentence: str, fields: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.fields = fields


@dataclass(frozen=True)
class Permit:
    """What one person may ask."""

    person: Person
    workspace: Workspace

    def judged(self, asked: object) -> dict[str, object]:
        """The request as it goes on.

        Raises:
            RefusedError: it does not.
        """
        try:
            request = dict(mapping(asked))
            variables = request.get("variables")
            known = json.loads(variables) if isinstance(variables, str) else variables
            signed = dict(mapping(known or {}))
            asked_for = list(_mutations(_parsed(request.get("query"))))
            for field in asked_for:
                self._judge(field, signed, asked_for)
        except UnclearError as error:
            raise RefusedError(f"This request cannot be understood: {error}.") from None
        except (ValueError, RecursionError):
            raise RefusedError("This request cannot be understood.") from None
        return {**request, "variables": signed}

    def subscribed(self, asked: object) -> dict[str, object]:
        """What may be listened to: subscriptions, and nothing else.

        Raises:
            RefusedError: it is something else.
        """
        try:
            request = dict(mapping(asked))
            document = _parsed(request.get("query"))
        except (UnclearError, ValueError, RecursionError):
            raise RefusedError("This request cannot be understood.") from None
        kinds = {each.operation for each in document.definitions if isinstance(each, OperationDefinitionNode)}
        if kinds != {OperationType.SUBSCRIPTION}:
            raise RefusedError("Only subscriptions are asked for here.")
        return request

    def _judge(self, field: FieldNode, variables: dict[str, object], all_of_them: Sequence[FieldNode]) -> None:
        name = field.name.value
        if name == "__typename":
            return
        needed = self._needed(name, field, variables)
        if needed is None:
            raise RefusedError(f"{name} is not for this page.")
        if not may(self.person.role, needed):
            sentence = f"You may {self.person.role}; for this somebody is needed who may {needed}."
            runs = all(each.name.value in {*LAUNCHES, *ENDS} for each in all_of_them)
            keys = [(each.alias or each.name).value for each in all_of_them] if runs else []
            raise RefusedError(sentence if self.person.name else "This page can only be read.", keys)

    def _needed(self, name: str, field: FieldNode, variables: dict[str, object]) -> Role | None:
        """The role that a mutation needs; None where nobody has it. What starts runs gets the name."""
        arguments = {each.name.value: each.value for each in field.arguments}
        if name in LAUNCHES:
            judges = LAUNCHES[name]
            return highest([self._launch(judges, argument, value, variables) for argument, value in arguments.items()])
        if name in ENDS:
            runs = listed(value_from_ast_untyped(arguments[ENDS[name]], variables)) if ENDS[name] in arguments else []
            return highest(["plan", *(role_of_run(str(run), self.workspace) for run in runs)])
        if name in BACKFILLS:
            self._see_that_it_is_theirs(arguments, variables)
        return "approve" if name in APPROVE else None

    def _launch(self, judges: Mapping[str, _Judge], argument: str, value: object, variables: dict[str, object]) -> Role:
        """What an argument needs that says what is to be started. It is a variable: so it can be signed."""
        if argument not in judges:
            raise UnclearError(f"{argument[:60]} is not known")
        if not isinstance(value, VariableNode) or variables.get(value.name.value) is None:
            raise UnclearError(f"{argument} has to be a variable, and to be given")
        given = variables[value.name.value]
        signed = [self._signed(argument, mapping(each)) for each in listed(given)]
        variables[value.name.value] = signed if isinstance(given, list) else signed[0]
        return highest(["plan", *(judges[argument](each, self.workspace) for each in signed)])

    def _signed(self, argument: str, said: Said) -> dict[str, object]:
        """The same with the person's name as a tag, and no other one."""
        if argument == "reexecutionParams":
            return {**said, "extraTags": self._tags(said.get("extraTags"))}
        if argument == "backfillParams":
            return {**said, "tags": self._tags(said.get("tags"))}
        metadata = mapping(said.get("executionMetadata") or {})
        return {**said, "executionMetadata": {**metadata, "tags": self._tags(metadata.get("tags"))}}

    def _tags(self, tags: object) -> list[object]:
        others = [tag for tag in map(mapping, listed(tags)) if tag.get("key") != WHO]
        for tag in others:
            prefix, has_prefix, _ = str(tag.get("key")).partition("/")
            if has_prefix and prefix not in _PREFIXES:
                raise RefusedError(
                    f"A tag that begins with {prefix[:40]}/ says how a run is started, and is for no page."
                )
        return [*others, {"key": WHO, "value": self.person.name}]

    def _see_that_it_is_theirs(self, arguments: Mapping[str, object], variables: dict[str, object]) -> None:
        for value in arguments.values():
            if not isinstance(value, VariableNode):
                raise UnclearError("a backfill is named by a variable")
            given = variables.get(value.name.value)
            backfill = mapping(given).get("parentRunId") if isinstance(given, dict) else given
            if self.workspace.starter_of_backfill(str(backfill)) != self.person.name:
                raise RefusedError("This backfill was started under another name; start a new one.")


def _parsed(query: object) -> DocumentNode:
    try:
        return parse(str(query), no_location=True, max_tokens=_MOST_TOKENS)
    except GraphQLError as error:
        raise UnclearError(f"it is not GraphQL ({error.message[:100]})") from None


def _mutations(document: DocumentNode) -> Iterator[FieldNode]:
    """The outermost fields of every mutation, whichever operation is meant, and of every fragment in them."""
    fragments = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
    entered: set[str] = set()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.MUTATION:
            yield from _within(definition.selection_set, fragments, entered)


def _within(
    selected: SelectionSetNode, fragments: list[FragmentDefinitionNode], entered: set[str]
) -> Iterator[FieldNode]:
    for each in selected.selections:
        if isinstance(each, FieldNode):
            yield each
        elif isinstance(each, InlineFragmentNode):
            yield from _within(each.selection_set, fragments, entered)
        elif isinstance(each, FragmentSpreadNode) and each.name.value not in entered:
            entered.add(each.name.value)
            for fragment in fragments:
                if fragment.name.value == each.name.value:
                    yield from _within(fragment.selection_set, fragments, entered)
