"""What every part of a declaration is built on: it shows nothing that came from the environment."""

import dagster as dg

from schemas.secrets import masked


class DeclaredPart(dg.Model):
    """A part of a declaration. Its text and its representation may be quoted anywhere."""

    def __repr__(self) -> str:
        return masked(super().__repr__())

    def __str__(self) -> str:
        return masked(super().__str__())
