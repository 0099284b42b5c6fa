"""A value whole and as it is: what is compared where a rule names no kind."""

from typing import Final

from schemas.rule_kinds.entry import Kind

KIND: Final = Kind(name="text", says="as it is", read=lambda column, _: column)
