"""What rests on what, drawn: columns from what rests on nothing to what rests on most."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMN, ROW, LABEL = 220, 19, 30


@dataclass(frozen=True)
class Node:
    """A claim in the drawing: its id, what it is called, where its page is, its verdict, and what it rests on.

    A link to its place leads to the drawing in which it is ``at_home``.
    """

    name: str
    label: str
    link: str
    verdict: str
    rests_on: tuple[str, ...]
    at_home: bool = True


def drawing(nodes: Sequence[Node]) -> str:
    """The nodes that rest on something, or on which something rests, as SVG; empty when there is none."""
    known = {n.name: n for n in nodes}
    below = {n.name: [b for b in n.rests_on if b in known and b != n.name] for n in nodes}
    used = {b for names in below.values() for b in names}
    shown = [n.name for n in nodes if below[n.name] or n.name in used]
    if not shown:
        return ""
    columns = _ordered(_columns(shown, below), below)
    place = {name: (x, y) for x, column in enumerate(columns) for y, name in enumerate(column)}
    width, height = COLUMN * len(columns), ROW * max(map(len, columns)) + 8
    edges = "".join(_edge(place[b], place[n], b, n) for n in shown for b in below[n])
    marks = "".join(_mark(known[n], *place[n]) for n in shown)
    return (
        f'<svg class="w2s-graph" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" '
        f'aria-label="{len(shown)} claims and what they rest on">{edges}{marks}</svg>'
    )


def _columns(names: Sequence[str], below: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The longest way down from each name; a ledger has no circles, for a claim cannot rest on itself."""
    depth: dict[str, int] = {}

    def measure(name: str) -> int:
        if name not in depth:
            depth[name] = 0
            depth[name] = max((measure(b) + 1 for b in below[name]), default=0)
        return depth[name]

    for name in names:
        measure(name)
    columns: list[list[str]] = [[] for _ in range(max(depth[n] for n in names) + 1)]
    for name in names:
        columns[depth[name]].append(name)
    return columns


def _ordered(columns: list[list[str]], below: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Each column in the order of the mean place of its neighbours, so that few lines cross."""
    near: dict[str, list[str]] = {name: list(below[name]) for column in columns for name in column}
    for name in list(near):
        for b in below[name]:
            near[b].append(name)
    for _ in range(8):
        place = {n: k - len(column) / 2 for column in columns for k, n in enumerate(column)}
        columns = [sorted(c, key=lambda n: (sum(place[m] for m in near[n]) / max(1, len(near[n])), n)) for c in columns]
    return columns


def _edge(start: tuple[int, int], end: tuple[int, int], below: str, above: str) -> str:
    x, y = start[0] * COLUMN + COLUMN - 22, start[1] * ROW + 14
    u, v = end[0] * COLUMN + 4, end[1] * ROW + 14
    bend = (x + u) / 2
    names = f'data-below="{html.escape(below)}" data-above="{html.escape(above)}"'
    return f'<path {names} d="M{x} {y}C{bend:g} {y} {bend:g} {v} {u} {v}"/>'


def _mark(node: Node, column: int, row: int) -> str:
    x, y = column * COLUMN + 8, row * ROW + 18
    label = node.label if len(node.label) <= LABEL else f"{node.label[: LABEL - 1]}…"
    place = f' id="{html.escape(node.name)}"' if node.at_home else ""
    return (
        f'<a href="{html.escape(node.link)}"{place} data-name="{html.escape(node.name)}">'
        f"<title>{html.escape(node.label)}: {html.escape(node.verdict)}</title>"
        f'<text class="w2s-{html.escape(node.verdict.partition(",")[0].lower())}" x="{x}" y="{y}">'
        f"{html.escape(label)}</text></a>"
    )
