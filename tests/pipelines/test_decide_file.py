"""`make decide FILE=`: it shows what it will record, records it for somebody, or says in one sentence what is wrong."""

from pathlib import Path

import pytest

from tests.in_process import command, lay_out
from tests.pipelines.jobs.deciding import NETSUITE, STRIPE, as_csv
from tests.test_bad_input import EXPORTS


@pytest.mark.rule("X16")
@pytest.mark.timeout(300)
def test_a_file_is_shown_then_recorded_then_known(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS | {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE})
    decided = [
        {"stripe_customer_id": "cus_1", "decision": "8", "why": "by phone"},
        {"stripe_customer_id": "cus_2", "decision": "Never", "why": ""},
        {"stripe_customer_id": "cus_3", "decision": "later", "why": ""},
    ]
    (tmp_path / "mine.csv").write_text(as_csv(decided))

    def decide(*words: str) -> tuple[int, str, str]:
        ended = command(tmp_path, "operate", "decide", "acme", *words)
        return ended.returncode, " ".join(ended.stdout.split()), ended.stderr

    file = f"--file={tmp_path / 'mine.csv'}"
    code, _, sentence = decide(file, "--why=the list")
    assert (code, sentence.count("\n")) == (1, 1)
    assert sentence.startswith(
        "✗ No customers were read yet, so that nothing can be checked: make run NAME=acme first."
    )
    assert command(tmp_path, "run", "acme").returncode == 0
    code, shown, _ = decide(file, "--why=the list")
    assert code == 1
    assert shown.startswith("1 to link, 1 never to link, 1 later customer decision why cus_1 link to 8 by phone cus_2")
    assert "Nothing was recorded yet; to record it, say who decides: make decide NAME=acme FILE=" in shown
    code, _, sentence = decide(file, "--who=Ada")
    assert (code, sentence.count("\n")) == (1, 1)
    assert "mine.csv: line 3, column 'why' (cus_2): it is empty; say why there" in sentence
    code, shown, sentence = decide(file, "--who=Ada", "--why=the list")
    assert (code, sentence) == (0, "")
    assert shown.endswith(
        "Kept: 1 to link, 1 never to link, 1 later. They count from the next run on: make run NAME=acme."
    )
    code, shown, sentence = decide(file, "--who=Ada", "--why=the list")
    assert (code, sentence) == (0, "")
    assert shown.endswith("Nothing is to be recorded.")
    assert shown.startswith("2 as it stands already, 1 later Nothing is")
    assert decide(file, "--customer=cus_1", "--who=Ada")[2] == "✗ Say FILE, or CUSTOMER and RECORD; not both.\n"
