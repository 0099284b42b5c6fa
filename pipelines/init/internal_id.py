"""Without NetSuite's internal ids nothing can be declared: what is wrong with the column that should have them."""

from resources.exports.known_labels import fields_meant
from resources.exports.netsuite import read_netsuite_export
from resources.exports.recognition import Open, Recognized, Taken
from resources.exports.whole_file import WholeFile
from schemas.errors import ExportError

_FIELD = "internal_id"


def labelled_id(recognized: Recognized, netsuite: WholeFile) -> Taken | None:
    """The column that is the internal id by its label, though its values made one doubt; none, if it is not one alone.

    Raises:
        ExportError: a value of it is no internal id, or rows of one id differ; the sentence says which.
    """
    labels = [label for label in netsuite.columns.columns if _FIELD in fields_meant(label)]
    if len(labels) != 1:
        return None
    fields = {**recognized.labels, _FIELD: labels[0]}
    read_netsuite_export(netsuite.path, fields, encoding=netsuite.encoding.name)
    recognized.notes[:] = [note for note in recognized.notes if not note.startswith(f"{labels[0]!r} was not taken")]
    return Taken(_FIELD, labels[0], "by its label; some rows are there more than once")


def no_internal_id(open_: Open, netsuite: WholeFile) -> ExportError:
    """The error for a file of which no column is clearly the internal id."""
    match open_.labels:
        case ():
            shown = ", ".join(netsuite.labels)
            return ExportError(
                f"{netsuite.path} has no column with NetSuite's Internal ID, a whole number of its own in each row; "
                f"add it to the saved search and export again. Its columns are: {shown}."
            )
        case (label,):
            return ExportError(
                f"{netsuite.path} has no column labelled Internal ID; if {label!r} is it, and no customer number, say "
                f"so: COLUMNS='internal_id={label}'."
            )
        case (first, *_):
            shown = " and ".join(map(repr, open_.labels))
            return ExportError(
                f"{netsuite.path} has several columns that may be NetSuite's Internal ID, {shown} ({open_.why}); name "
                f"the right one: COLUMNS='internal_id={first}'."
            )
    raise AssertionError
