"""The declaration as a person reads it: every line with its reason."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.report.import_files import SUBSIDIARY
from pipelines.every_field import field_names
from pipelines.init.stripe_file import StripeFile
from pipelines.init.two_files import TwoFiles
from resources.exports.recognition import Recognized, Taken, unused
from resources.exports.whole_file import WholeFile
from schemas.column_words import FIELD_WORDS

_TEMPLATE: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 (YAML, with every value in its quotes)
    keep_trailing_newline=True,
)
_RULES: Final = {
    ("email", "Email"): "{stripe: email, netsuite: email}",
    ("company_name", "Name"): "{stripe: name, netsuite: company_name}",
    ("name", "Name"): "{stripe: name, netsuite: name, as: netsuite_name} # without the number before it",
    ("last_name", "Name"): "{stripe: name, netsuite: first_name + last_name} # persons",
}

_DATES: Final = {"local": "in the time zone of the label", "epoch": "they are seconds since 1970"}
_ORDER: Final = "of the orders that dates can have the one that all of these have, or that you said"


def of_files(name: str, found: TwoFiles, paths: Sequence[str], words: Iterable[str]) -> str:
    """Return the declaration of two export files.

    Args:
        name: of the declaration.
        found: what is in the files.
        paths: of both files, as they are to be named.
        words: lines on words and on links that were found to need them.
    """
    stripe, recognized = found.stripe, found.recognized
    dates = [f"dates: {stripe.dates} # {_DATES.get(stripe.dates, _ORDER)}"] if stripe.dates else []
    return _text(
        name,
        [
            *_source(paths[0], stripe.file),
            f"since: {stripe.since} # the month of the oldest customer in the file",
            *dates,
            *_labels(stripe),
        ],
        list(_source(paths[1], found.netsuite)),
        recognized,
        [rule for (field, label), rule in _RULES.items() if stripe.has(label) and _is_mapped(field, recognized)],
        [*_remarks(recognized, found.netsuite.labels)],
        words,
    )


def of_accounts(name: str, stripe: Sequence[str], netsuite: Sequence[str], recognized: Recognized) -> str:
    """Return the declaration of two accounts, `stripe` and `netsuite` being the lines of their blocks."""
    rules = [rule for (field, _), rule in _RULES.items() if _is_mapped(field, recognized)]
    return _text(name, stripe, netsuite, recognized, rules, [*_remarks(recognized, ())], ())


def unfilled(name: str) -> str:
    """Return a declaration of two files that are not there yet."""
    why = "correct it, if your saved search has another label"
    recognized = Recognized([Taken(field, FIELD_WORDS["en"][field][0], why) for field in _USUAL_FIELDS])
    return _text(
        name,
        ["export: exports/stripe.csv # the customer export of the Dashboard", "since: 2011-01 # your oldest customer"],
        ["export: exports/netsuite.csv # the saved search, exported as CSV"],
        recognized,
        [rule for (field, _), rule in _RULES.items() if _is_mapped(field, recognized)],
        (),
        (),
    )


_USUAL_FIELDS: Final = (
    *("internal_id", "external_id", "stripe_id", "comments", "email", "company_name", "phone", "stage", "inactive"),
)


def _text(
    name: str,
    stripe: Sequence[str],
    netsuite: Sequence[str],
    recognized: Recognized,
    rules: Sequence[str],
    remarks: Sequence[str],
    words: Iterable[str],
) -> str:
    return _TEMPLATE.get_template("defs.yaml.jinja").render(
        name=name,
        stripe=stripe,
        netsuite=netsuite,
        fields=[f"{taken.field}: {quoted(taken.label)} # {taken.why}" for taken in recognized.taken],
        remarks=remarks,
        rules=rules,
        words=list(words),
    )


def _labels(stripe: StripeFile) -> Iterator[str]:
    if stripe.renamed:
        yield "labels: # our name: the column's label in the export, where it is not the Dashboard's"
        yield from (f"  {quoted(taken.field)}: {quoted(taken.label)} # {taken.why}" for taken in stripe.renamed)


def _is_mapped(field: str, recognized: Recognized) -> bool:
    fields = recognized.labels
    return field in fields and (field != "last_name" or "first_name" in fields)


def _source(path: str, file: WholeFile) -> Iterator[str]:
    yield f"export: {quoted(path)} # {file.separator} between {len(file.labels)} columns; {_encoded(file)}"
    if file.encoding.name:
        yield f"encoding: {file.encoding.name} # {file.encoding.why}"


def _encoded(file: WholeFile) -> str:
    return "not UTF-8" if file.encoding.name else file.encoding.why


def _remarks(recognized: Recognized, labels: Iterable[str]) -> Iterator[str]:
    for each in recognized.open:
        shown = " or ".join(map(quoted, each.labels))
        yield f"QUESTION: which column is {each.field}: {shown} ({each.why})? Nothing was taken. If one is, write:"
        yield f"{each.field}: {quoted(each.labels[0])}"
    yield from recognized.notes
    if "stage" not in recognized.labels:
        yield "No column says the stage: every row counts as a customer, leads too, if the search has any."
    left = [label for label in unused(recognized, labels) if label.isprintable()]
    if left:
        named = dict(field_names(left, recognized.labels))
        imports = ", or to have it in the import files (subsidiary)" if SUBSIDIARY in named else ""
        yield f"Not used. To compare a column in a rule{imports}, take away the # before it:"
        yield from (f"{name}: {quoted(label)}" for name, label in named.items())


def quoted(text: str) -> str:
    """Return a text as a value of YAML, plain where it reads so."""
    try:
        is_plain = yaml.safe_load(f"x: {text} # y") == {"x": text}
    except yaml.YAMLError:
        is_plain = False
    return text if is_plain and text.isprintable() else json.dumps(text, ensure_ascii=False)
