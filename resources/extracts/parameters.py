"""Which columns of a search or an export feed parameters of Stripe, by their labels; the same for both."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from resources.extracts.extract import Extract
from resources.extracts.unique import RowSource, unique_by_id
from schemas.errors import UserError
from schemas.stripe_parameters import ALLOWED, MOST_METADATA, is_parameter, metadata_key, why_refused

IGNORED = "labels_ignored"
"""The note of an extract with the labels that feed nothing."""


@dataclass(frozen=True)
class Labels:
    """What the labels of the columns mean.

    Attributes:
        paths: the parameters that are fed, in the order of the columns; each is the label of its column.
        ignored: the other labels.
    """

    paths: tuple[str, ...]
    ignored: tuple[str, ...]

    def extract(self, text: pl.DataFrame, source: RowSource) -> Extract:
        """The rows as an extract, each id once, with a note on the labels that feed nothing.

        Raises:
            UserError: of the kind of `source`: two rows of one id differ.
        """
        frame = unique_by_id(text.select("internal_id", *self.paths), "internal_id", source)
        notes = {IGNORED: ", ".join(self.ignored)} if self.ignored else {}
        return Extract(frame, text.height, notes=notes)


def parameters_of(labels: Sequence[str], sync_path: str, source: str, error: type[UserError] = UserError) -> Labels:
    """Read labels as parameters.

    Args:
        labels: of all columns; what is empty or means no parameter is ignored.
        sync_path: the parameter by which customers are found; one label has to be it.
        source: the subject of an error's sentence, such as the path of a file.
        error: the kind of error.

    Raises:
        UserError: of that kind: a label is of a parameter that is not written, is there twice, or is missing.
    """
    known = [label.strip() for label in labels]
    for label in known:
        if why := why_refused(label):
            raise error(f"{source} has a column labelled “{label}”, but {why}; rename or remove that column.")
    paths = [label for label in known if is_parameter(label)]
    if doubled := next((path for path in paths if paths.count(path) > 1), None):
        raise error(f"{source} has {paths.count(doubled)} columns labelled “{doubled}”; keep one of them.")
    if sync_path not in paths:
        listed = ", ".join(f"“{label}”" for label in known if label) or "none at all"
        raise error(
            f"{source} has no column labelled “{sync_path}”, by which customers are found in Stripe; its labels are "
            f"{listed}. A label is the path of a parameter: {ALLOWED}."
        )
    if sum(metadata_key(path) is not None for path in paths) > MOST_METADATA:
        raise error(f"{source} feeds more than {MOST_METADATA} metadata keys, and Stripe has no room for them.")
    return Labels(tuple(paths), tuple(label for label in known if label and not is_parameter(label)))
