from tests.schemas.rule_kinds.reading import read


def test_a_text_is_itself() -> None:
    assert read("text", "Foo") == "Foo"
