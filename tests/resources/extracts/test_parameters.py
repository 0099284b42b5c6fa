"""What labels mean as parameters of Stripe; the same for a search and an export."""

import pytest

from resources.extracts.parameters import Labels, parameters_of
from schemas.errors import ExportError, UserError


@pytest.mark.rule("P1")
def test_a_label_is_a_parameter_or_it_is_ignored() -> None:
    labels = ["Internal ID", " email ", "", "metadata.tier", "Sales rep", "Balance"]
    assert parameters_of(labels, "email", "S") == Labels(
        ("email", "metadata.tier"), ("Internal ID", "Sales rep", "Balance")
    )


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            ["email", "balance"],
            "S has a column labelled “balance”, but balance moves money; rename",
        ),
        (["email", "address.zip"], "address.zip is no parameter of a Stripe customer"),
        (["email", "Address.City"], "Address.City is no parameter of a Stripe customer"),
        (["email", f"metadata.{'k' * 41}"], "metadata.<key> with a key of at most 40 characters and no brackets"),
        (["email", "metadata.netsuite_customer_id"], "holds the link"),
        (["email", "email"], "S has 2 columns labelled “email”; keep one of them."),
        (
            ["name", "E-mail"],
            "S has no column labelled “email”, by which customers are found",
        ),
        ([], "its labels are none at all"),
        (["email", *(f"metadata.k{n}" for n in range(49))], "more than 48 metadata keys"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(labels: list[str], said: str) -> None:
    with pytest.raises(UserError) as error:
        parameters_of(labels, "email", "S")
    assert said in str(error.value)


def test_the_error_is_of_the_kind_that_was_asked_for() -> None:
    with pytest.raises(ExportError):
        parameters_of([], "email", "a.csv", ExportError)
