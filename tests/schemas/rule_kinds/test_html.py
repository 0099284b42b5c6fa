import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Alpha &amp; Sons", "Alpha & Sons"),
        ("Ali Baba&apos;s", "Ali Baba's"),
        ("AT&T", "AT&T"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(text: str, said: str) -> None:
    assert read("html", text) == said


def test_html_leaves_the_address_of_a_mail_link() -> None:
    assert str(read("html", '<a href="mailto:a@one.example">a@one.example</a>')).strip() == "a@one.example"
