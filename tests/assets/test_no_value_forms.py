"""What is masked, or a template's field that nothing was filled into, is no key; names with such signs are."""

import polars as pl
import pytest

from assets.keys import key
from assets.no_values import OF_NOBODY, PLACEHOLDERS, is_placeholder, rows_without_value

MASKED = (
    *(
        "j****e@example.com",
        "J***@example.com",
        "***@example.com",
        "joe@ex****.com",
        "jo*@example.co.uk",
        "joe...@x.com",
    ),
    *(
        "j\u2022\u2022\u2022@x.com",
        "jo\u2026@x.com",
        "xxxx@xxxx.xx",
        "XXX@xxx.com",
        "xxx@xx.co.uk",
        "[email protected]",
    ),
    *("***", "\u2022" * 50, "*" * 60, "XXXX XXXX", "xxx", "J***", "J*** D***", "J. D***", "jo** sm***", "J***n D***e"),
    *("\u738b*", "\u738b*\u660e", "\uae40*\uc218", "***-***-1234", "+49 ****** 12", "(***) ***-1234", "XXX-XXX-1234"),
)
NOT_FILLED_IN = (
    *("{{customer.name}}", "{{ first }} {{ last }}", "Dear {{ name }}", "{{email}}@x.com", "{{{name}}}", "${email}"),
    *("#{name}", "@{name}", "%(email)s", "%%NAME%%", "%%first%% %%last%%", "*|FNAME|*", "*|FNAME|* *|LNAME|*"),
    *("[[NAME]]", "[% name %]", "<%= user.name %>", "{% name %}", "{!Account.Name}", "{$customer.name}", "<name>"),
    *("%NAME%", "#NAME#", "__NAME__", "@@NAME@@", "$NAME$", "\u00abName\u00bb", "<<Company Name>>", "{name}", "$email"),
)
NAMES = (
    *("*Star Ltd", "<3 GmbH", "50% Off LLC", "Foo {bar}", "E*TRADE", "M*A*S*H", "A*B*C", "X*", "***Acme***", "Acme **"),
    *(
        "**VIP** Acme",
        "S***house Brewery",
        "F**king Good Coffee",
        "HP **Inactive**",
        "Acme [[old]]",
        "[Acme]",
        "<Acme>",
    ),
    *(
        "{Curly}",
        "$Money$",
        "%Brand%",
        "100%",
        "100% 100%",
        "<<Le Bistro>>",
        "\u00abLe Bistro\u00bb",
        "__init__",
        "24*7",
    ),
    *(
        "Acme...",
        "XX Ltd",
        "Xxxtra",
        "xxx GmbH",
        "{}[]",
        "{1}",
        "C{{}}",
        "Acme #{1}",
        "a..b@docomo.example",
        "5*",
        "4** Hotel",
    ),
    *(
        "a...b@docomo.example",
        "joe.@x.com",
        "xander@xxx.com",
        "Bar **@** Home",
        "100%@x.com",
        "{a}@x.com",
        "\u738b\u660e",
    ),
    *("+49 30 1234*12", "@home", "1 * 2", "x@x.io.example", "Toys*R*Us", "\u2022 Acme", "Caf\u00e9\u2026"),
)


def is_none(text: str, words: frozenset[str] = OF_NOBODY) -> bool:
    return bool(pl.select(is_placeholder(pl.lit(key(text)), words)).item())


@pytest.mark.parametrize("text", [*MASKED, *NOT_FILLED_IN])
def test_what_has_the_form_of_no_value_is_no_key(text: str) -> None:
    assert is_none(text)
    assert is_none(text.upper())
    assert not is_none(text, PLACEHOLDERS) or text == "***", "in a link field it is a text like others"


@pytest.mark.parametrize("text", NAMES)
def test_a_name_with_such_signs_is_a_key(text: str) -> None:
    assert not is_none(text)


def test_they_are_found_among_keys_by_what_few_others_have() -> None:
    texts = [*MASKED, *NOT_FILLED_IN, *NAMES]
    keys = pl.DataFrame({"key": [key(text) for text in texts]}).with_columns(hash=pl.col("key").hash())
    assert rows_without_value(keys, OF_NOBODY).sort().to_list() == list(range(len(MASKED) + len(NOT_FILLED_IN)))
    assert not rows_without_value(keys, PLACEHOLDERS).to_list()
