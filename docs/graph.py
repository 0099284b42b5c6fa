"""Draws docs/graph.svg, the assets of one declaration, from the definitions that Dagster loads.

Assets, edges and file names come from the code, so the picture cannot name what is not there; captions and colours
stand here. An edge is left out where a longer way says the same. Draw it anew: `python -m docs.graph`.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import dagster as dg

PICTURE = Path(__file__).with_name("graph.svg")

_CAPTIONS = {
    "stripe_customers": ("read by month", "of creation"),
    "netsuite_customers": ("read whole, from", "one saved search"),
    "customer_matches": ("one outcome and one", "reason per customer"),
    "review_queue": ("what a person", "must decide"),
    "write_plan": ("every change, kept", "under its hash"),
    "reconciliation_report": ("all files of a run,", "or none"),
}
_STAGES = ("Extract", "Match", "Plan", "Report")
_FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Helvetica, Arial, sans-serif"
_LINE, _STRIPE, _NETSUITE, _OURS, _FILES = "#768390", "#6a5cff", "#2a7f9e", "#57606a", "#b7791f"
_FILL = {_STRIPE: "#efedff", _NETSUITE: "#e3f3f8", _OURS: "#f3f5f7", _FILES: "#fff6e3"}
_WIDTH, _HEIGHT, _GAP, _ROW, _TOP = 208, 92, 60, 128, 58

_TIP = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" orient="auto">'
    f'<path d="M0 1 L9 5 L0 9 z" fill="{_LINE}"/></marker></defs>'
)


@dataclass(frozen=True)
class Graph:
    """What the picture shows: asset → the assets it is drawn after, which are in months, and the files of a run."""

    parents: Mapping[str, tuple[str, ...]]
    in_months: frozenset[str]
    files: tuple[str, ...]

    @classmethod
    def of(cls, definitions: dg.Definitions, declaration: str) -> "Graph":
        """The graph of one declaration. The files are those that the report's own description names."""
        specs = {s.key.path[-1]: s for s in definitions.resolve_all_asset_specs() if s.key.path[0] == declaration}
        every = {name: {d.asset_key.path[-1] for d in spec.deps} for name, spec in specs.items()}
        files = re.findall(r"`(\w+\.(?:csv|html))`", specs["reconciliation_report"].description or "")
        in_months = frozenset(name for name, spec in specs.items() if spec.partitions_def)
        return cls({name: _nearest(name, every) for name in _in_order(every)}, in_months, tuple(files))

    def columns(self) -> list[list[str]]:
        """The assets from left to right, each one right of everything it follows."""
        depth: dict[str, int] = {}
        while len(depth) < len(self.parents):
            for name, parents in self.parents.items():
                if all(parent in depth for parent in parents):
                    depth[name] = 1 + max((depth[parent] for parent in parents), default=-1)
        return [[name for name in self.parents if depth[name] == at] for at in range(max(depth.values()) + 1)]


def render(graph: Graph) -> str:
    """The picture as SVG: it stands on any background, light or dark, and needs nothing from outside."""
    columns = graph.columns()
    rows = max(map(len, columns))
    width, height = len(columns) * (_WIDTH + _GAP) - _GAP + 16, _TOP + rows * _ROW + 96
    spots = {
        name: (8 + x * (_WIDTH + _GAP), _TOP + int((rows - len(column)) * _ROW / 2) + y * _ROW)
        for x, column in enumerate(columns)
        for y, name in enumerate(column)
    }
    middle = _TOP + (rows * _ROW - (_ROW - _HEIGHT)) // 2
    body = [
        *(_stage(at, 8 + at * (_WIDTH + _GAP)) for at in range(len(columns))),
        *(_edge(spots[parent], spots[name]) for name, parents in graph.parents.items() for parent in parents),
        *(_asset(name, *spot, is_stack=name in graph.in_months) for name, spot in spots.items()),
        *_files(graph.files, spots[columns[-1][-1]], middle),
    ]
    label = "Assets of one declaration: " + ", ".join(graph.parents)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label={quoteattr(label)} font-family="{_FONT}">'
    )
    return "\n".join([head, _TIP, *body, "</svg>\n"])


def _stage(at: int, x: int) -> str:
    word = _STAGES[at] if at < len(_STAGES) else ""
    return _text(x + _WIDTH / 2, 26, word.upper(), size=13, fill=_LINE, more='font-weight="600" letter-spacing="1.5"')


def _edge(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1, x2, y2 = start[0] + _WIDTH, start[1] + _HEIGHT // 2, end[0] - 3, end[1] + _HEIGHT // 2
    bend = (x2 - x1) * 0.55
    curve = f"M{x1} {y1} C{x1 + bend:.0f} {y1} {x2 - bend:.0f} {y2} {x2} {y2}"
    return f'<path d="{curve}" fill="none" stroke="{_LINE}" stroke-width="2" marker-end="url(#tip)"/>'


def _asset(name: str, x: int, y: int, *, is_stack: bool) -> str:
    colour = next((c for word, c in (("stripe", _STRIPE), ("netsuite", _NETSUITE)) if name.startswith(word)), _OURS)
    behind = [_box(x + shift, y - shift, _WIDTH - 2 * shift, _HEIGHT, colour) for shift in (14, 7) if is_stack]
    centre = x + _WIDTH / 2
    lines = [
        _text(centre, y + 53 + 20 * at, line, size=15, fill="#424a53")
        for at, line in enumerate(_CAPTIONS.get(name, ()))
    ]
    title = _text(centre, y + 29, name, size=16, fill="#1f2328", more='font-weight="600" class="asset"')
    return "\n".join([*behind, _box(x, y, _WIDTH, _HEIGHT, colour), title, *lines])


def _files(names: tuple[str, ...], spot: tuple[int, int], middle: int) -> Iterator[str]:
    """The files, below the asset that writes them."""
    x, top = spot[0], middle + _HEIGHT // 2 + 34
    yield _edge_down(x + _WIDTH // 2, spot[1] + _HEIGHT, top - 3)
    yield _box(x, top, _WIDTH, 18 + 22 * len(names), _FILES)
    mono = 'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"'
    for at, name in enumerate(names):
        yield _text(x + _WIDTH / 2, top + 26 + 22 * at, name, size=14, fill="#4d3800", more=mono)


def _edge_down(x: int, y1: int, y2: int) -> str:
    return f'<path d="M{x} {y1} L{x} {y2}" stroke="{_LINE}" stroke-width="2" marker-end="url(#tip)"/>'


def _box(x: int, y: int, width: int, height: int, colour: str) -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="10"'
    return f'<rect {place} fill="{_FILL[colour]}" stroke="{colour}" stroke-width="1.5"/>'


def _text(x: float, y: int, words: str, *, size: int, fill: str, more: str = "") -> str:
    place = f'x="{x:.0f}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="middle"'
    return f"<text {place}{' ' + more if more else ''}>{escape(words)}</text>"


def _nearest(name: str, every: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The upstream assets that no other upstream asset already follows."""
    return tuple(p for p in _in_order(every[name]) if not any(p in every[other] for other in every[name]))


def _in_order(names: Mapping[str, set[str]] | set[str]) -> list[str]:
    known = list(_CAPTIONS)
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


def main() -> None:
    """Draw the example's graph."""
    warnings.simplefilter("ignore", dg.BetaWarning)
    from pipelines.definitions import defs  # noqa: PLC0415 (loading every declaration takes seconds)

    PICTURE.write_text(render(Graph.of(defs, "example")), encoding="utf-8")


if __name__ == "__main__":
    main()
