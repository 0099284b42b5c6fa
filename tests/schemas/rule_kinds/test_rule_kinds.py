"""The registry, and what a declaration says of a kind that is not in it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

import schemas.rule_kinds
from schemas.declaration.rules import RulePair
from schemas.rule_kinds import RULE_KINDS

NO_KINDS = {"__init__", "entry", "public_mail_hosts"}


def test_every_file_is_a_kind_of_its_name() -> None:
    files = {path.stem for path in Path(str(schemas.rule_kinds.__file__)).parent.glob("*.py")} - NO_KINDS
    assert files == {*RULE_KINDS} == {kind.name for kind in RULE_KINDS.values()}


def test_what_is_compared_as_it_is_comes_first() -> None:
    assert next(iter(RULE_KINDS)) == "text"


@pytest.mark.rule("M3")
@pytest.mark.parametrize("word", ["soundex", "TEXT", "", None, 1, ["text"]])
def test_a_word_that_is_no_kind_is_told_with_all_kinds(word: object) -> None:
    with pytest.raises(ValidationError) as told:
        RulePair.model_validate({"stripe": "email", "netsuite": "email", "as": word})
    (error,) = told.value.errors()
    assert error["loc"] == ("as",)
    assert all(f"'{kind}'" in error["msg"] for kind in RULE_KINDS)


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_country_goes_with_kinds_that_take_one(kind: str) -> None:
    rule = {"stripe": "email", "netsuite": "email", "as": kind, "country": "US"}
    if kind == "phone":
        assert RulePair.model_validate(rule).kind == kind
        return
    with pytest.raises(ValidationError, match="goes with as: phone, and with nothing else"):
        RulePair.model_validate(rule)
