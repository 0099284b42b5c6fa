"""What only a person can say: asked at a terminal, and otherwise left as a line in the declaration."""

import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

Ask = Callable[[str, Sequence[str]], str | None]
"""Gives one of the answers, or none where nobody can be asked."""


def at_a_terminal(console: Console) -> Ask:
    """Return what asks the person at the terminal, or nobody where input and output are not one."""

    def ask(question: str, answers: Sequence[str]) -> str | None:
        if not (sys.stdin.isatty() and console.is_terminal):
            return None
        console.print(f"[yellow]?[/] {escape(question)}")
        for at, answer in enumerate(answers, 1):
            console.print(f"  {at}  {escape(answer)}")
        choices = [str(at) for at in range(len(answers) + 1)]
        chosen = int(Prompt.ask("  (0: none of them)", console=console, choices=choices, default="0"))
        return answers[chosen - 1] if chosen else None

    return ask
