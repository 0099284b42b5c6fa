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
        ("jane@yahoo.com.tr", None),
        ("jane@hotmail.se", None),
        ("jane@marketplace.amazon.co.uk", None),
        ("https://www.facebook.com/acme", None),
        ("de.linkedin.com/company/acme", None),
        ("https://sites.google.com/view/acme", None),
        ("jane@facebook.com", "facebook.com"),
        ("https://www.google.com/", "google.com"),
        ("mail.acme.com", "mail.acme.com"),
        ("http://192.0.2.1/acme", None),
        ("acme", None),
        ("jane@", None),
        (None, None),
    ],
)
def test_a_domain_is_a_host_that_is_not_everybodys(text: str | None, host: str | None) -> None:
    assert read("domain", text) == host
