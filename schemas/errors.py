"""The one error hierarchy of the project: who has to act decides the class.

    TieoutError
    ├── UserError        a person must fix something; the message says what, where, and what to do
    │   ├── DeclarationError    in a `defs.yaml`
    │   ├── ExportError         in an export file
    │   ├── AccessError         in a key, a role, a permission, an id of an account
    │   └── DamageError         in what we keep on disk: it is no longer what was written there
    ├── TransientError        it passes by itself: try again later; nothing was found out
    └── InternalError            ours: an invariant that the code itself promised does not hold

A message is one sentence or a few, free of customer data (ids and counts are fine) and of secrets: what came from the
environment is hidden in it, whoever wrote it.
"""

from schemas.secrets import masked


class TieoutError(Exception):
    """Everything that Tieout raises on purpose."""

    def __init__(self, message: str = "") -> None:
        super().__init__(masked(message))


class UserError(TieoutError):
    """A person must fix something. The message says what is wrong, where, and what to do."""


class DeclarationError(UserError):
    """A declaration (`defs.yaml`) cannot be used as it is written."""


class ExportError(UserError):
    """An export file cannot be used as it is."""


class AccessError(UserError):
    """A service refuses us for a reason that only a person can remove: a key, a role, a permission, an account id."""


class DamageError(UserError):
    """What was kept on disk is no longer what was written. The message says how to go on without losing more."""


class LostLeaseError(UserError):
    """This run is no longer the one that may do what it was doing: another one has taken its place."""


class TransientError(TieoutError):
    """A service could not be asked. It is not an answer: nothing was found, and nothing was found missing."""


class InternalError(TieoutError):
    """Something that our own code promised does not hold."""
