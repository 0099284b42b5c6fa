"""The declaration is tried out before it is put in its place: it loads, and both sides can be read with it."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from assets.api_readers import netsuite_api
from assets.reconciliation import Reconciliation
from pipelines.customer_sync import reconciliation
from pipelines.declarations import Located, read_declarations, read_folder
from pipelines.init.declaration_text import of_accounts, of_files, quoted, unfilled
from pipelines.init.questions import Ask
from pipelines.init.two_accounts import in_environment, recognize_search
from pipelines.init.two_files import Said, TwoFiles, look_at_both
from resources.exports.recognition import Recognized, Taken
from resources.extracts.extract import UnknownWords
from resources.storage.atomic import replaced
from resources.storage.folders import Folders
from schemas.errors import DeclarationError, ExportError, InternalError, UserError
from schemas.stage_words import STAGE_WORDS
from schemas.words import LINK_KEY, many

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORDS_ASKED: Final = 5
_ANSWERS: Final = {"yes (it is inactive)": "yes_words", "no (it is active)": "no_words"}


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        file: the declaration.
        counted: a sentence a side, on what was read with it.
        recognized: which column is which field.
        questions: what a person still has to say, which stands in the file as well.
        of_stripe: which columns of Stripe's file are which field, where it has not the Dashboard's labels.
    """

    file: Path
    counted: tuple[str, ...]
    recognized: Recognized
    questions: tuple[str, ...] = ()
    of_stripe: Sequence[Taken] = ()


def place_for(name: str, root: Path) -> Path:
    """Return where a declaration of this name is to be written.

    Raises:
        UserError: it is no name, or something is there already.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is no name for a declaration: expected a letter, then lower-case letters, digits or "
            "underscores, 40 at most, as in make init NAME=acme."
        )
    folder = root / "pipelines" / "defs"
    place = folder / name
    declared = read_folder(folder)
    taken = [located.file for located in declared.good if located.declaration.name == name]
    if taken or place.exists():
        there = taken[0] if taken else place
        raise UserError(f"There is a declaration {name!r} already, in {there}; take another NAME, or remove it first.")
    return place / "defs.yaml"


def from_files(name: str, place: Path, folders: Folders, said: Said, ask: Ask) -> Written:
    """Write the declaration of two export files.

    Raises:
        UserError: the files cannot be used; one sentence says why, and nothing is written.
    """
    paths = [_from_root(path, folders.root) for path in (said.stripe, said.netsuite)]
    said = replace(said, stripe=paths[0], netsuite=paths[1])
    found = look_at_both(said, folders.root, ask)
    links, questions = _links(found, ask)
    located = _tried(of_files(name, found, paths, links))
    counted, unknown = _read(located, folders)
    words = [line for each in unknown for line in _words(each, ask)]
    text = of_files(name, found, paths, [*links, *words])
    if any(not line.startswith("#") for line in words):
        counted, unknown = _read(_tried(text), folders)
    _write(text, place)
    return Written(place, counted, found.recognized, (*questions, *map(_said_of_words, unknown)), found.stripe.renamed)


def from_accounts(name: str, place: Path, folders: Folders, columns: Mapping[str, str]) -> Written:
    """Write the declaration of two accounts, with what the saved search shows.

    Raises:
        UserError: a variable is missing, or an account refuses; nothing is written.
        TransientError: an account could not be asked.
    """
    accounts = in_environment()
    least = recognize_search((), "", {"internal_id": "Internal ID"})
    sync = _sync(_tried(of_accounts(name, accounts.stripe, accounts.netsuite, least)), folders)
    netsuite = netsuite_api(sync)
    with netsuite.test_client() as client:
        shown = client.search_columns(netsuite.settings.mass_search or "")
    recognized = recognize_search(shown, netsuite.settings.stripe_id_field, columns)
    text = of_accounts(name, accounts.stripe, accounts.netsuite, recognized)
    tried = _sync(_tried(text), folders)
    counted = (tried.stripe.test(), tried.netsuite.test())
    _write(text, place)
    return Written(place, counted, recognized)


def to_fill_in(name: str, place: Path) -> None:
    """Write a declaration of files that are not there yet, with the labels that a saved search has in English."""
    text = unfilled(name)
    _tried(text)
    _write(text, place)


def _from_root(path: str, root: Path) -> str:
    """A path as a declaration names it: from the project's root, if the file is in there."""
    whole = Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 (a link is named as it is)
    return str(whole.relative_to(root)) if whole.is_relative_to(root) else str(whole)


def _links(found: TwoFiles, ask: Ask) -> tuple[list[str], list[str]]:
    """Links that the files cannot show may exist: only a person knows."""
    why = ""
    if not {"external_id", "stripe_id", "comments"} & found.recognized.labels.keys():
        why = "no column of the saved search shows the external id, a Stripe id or the comments"
    elif not any(label.startswith(LINK_KEY) for label in found.stripe.file.labels):
        why = f"the Stripe export has no column of the metadata key {LINK_KEY}"
    if not why:
        return [], []
    none = "No: no customer is linked yet"
    if ask(f"Are some customers linked already? One cannot see it, as {why}.", [none, "Yes, or I do not know"]) == none:
        return ["links_visible: false # no customer is linked yet, as you said"], []
    question = f"Links that exist cannot be seen, as {why}; what they would meet is not planned."
    return [
        f"# QUESTION: {question} If no customer is linked yet, take away the next #:",
        "# links_visible: false",
    ], [f"{question} If no customer is linked yet, take away the # before links_visible in the declaration."]


def _words(unknown: UnknownWords, ask: Ask) -> Iterator[str]:
    """Lines on words that are in no list."""
    stages, answers = {f"a {stage}": stage for stage in STAGE_WORDS}, list(_ANSWERS)
    said: dict[str, list[str]] = {}
    left = [word for word in unknown.rows if word]
    for word in left[:_WORDS_ASKED]:
        rows = f"{word!r} stands in {many(unknown.rows[word], 'row')} under {unknown.column}. What does it mean?"
        answer = ask(rows, list(stages) if unknown.column == "stage" else answers)
        if answer:
            said.setdefault(stages.get(answer) or _ANSWERS[answer], []).append(word)
    if said and unknown.column == "stage":
        lists = ", ".join(f"{stage}: [{', '.join(map(_item, words))}]" for stage, words in said.items())
        yield f"stage_words: {{{lists}}} # as you said"
    elif said:
        yield from (f"{key}: [{', '.join(map(_item, words))}] # as you said" for key, words in said.items())
    elif left:
        shown = ", ".join(map(_item, left[:_WORDS_ASKED]))
        meant = f"stage_words: {{customer: [{shown}]}}" if unknown.column == "stage" else f"yes_words: [{shown}]"
        yield f"# QUESTION: what do these words under {unknown.column} mean? Sort them, and take away the #:"
        yield f"# {meant}"


def _item(word: str) -> str:
    return quoted(word) if not set(word) & set(",[]{}") else f'"{word}"'


def _said_of_words(unknown: UnknownWords) -> str:
    shown = ", ".join(f"{word!r} ({many(rows, 'row')})" for word, rows in list(unknown.rows.items())[:_WORDS_ASKED])
    return f"{unknown.column} has words that are in no list: {shown}; say in the declaration what they mean."


def _tried(text: str) -> Located:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "new"
        place.mkdir()
        (place / "defs.yaml").write_text(text, "utf-8")
        try:
            [located] = read_declarations(place)
        except DeclarationError as error:
            raise InternalError(f"the declaration that was written does not load: {error}") from None
    return located


def _read(located: Located, folders: Folders) -> tuple[tuple[str, ...], Sequence[UnknownWords]]:
    sync = _sync(located, folders)
    netsuite = sync.netsuite.customers(None, lambda _: None)
    customers = int(netsuite.frame.get_column("is_customer").sum())
    if not customers and not netsuite.unknown_words:
        raise ExportError(
            f"{sync.netsuite.source} has {many(netsuite.frame.height, 'row')}, and by their stage none is a customer."
        )
    said = f"{sync.netsuite.source}: {many(netsuite.frame.height, 'NetSuite row')}, {customers:,} of them customers."
    return (sync.stripe.test(), said), netsuite.unknown_words


def _sync(located: Located, folders: Folders) -> Reconciliation:
    return reconciliation(located.declaration, folders, located.unset)


def _write(text: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with replaced(place) as new:
        new.write_text(text, "utf-8")
