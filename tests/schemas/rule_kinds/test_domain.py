import pytest

from tests.schemas.rule_kinds.reading import read


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("ap@Acme.example", "acme.example"),
        ("https://www.acme.example/about?x=1", "acme.example"),
        ("acme.example:8080", "acme.example"),
        ("mailto.acme.example", "mailto.acme.example"),
        ("a@b@acme.example", None),
        ("https://user@acme.example/", "acme.example"),
        ("jane@gmail.com", None),
        ("jane@web.de", None),
        ("acme", None),
        ("jane@", None),
        (None, None),
    ],
)
def test_a_domain_is_a_host_that_is_not_everybodys(text: str | None, host: str | None) -> None:
    assert read("domain", text) == host
