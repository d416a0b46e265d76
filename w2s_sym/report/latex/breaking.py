r"""Lines of mathematics that break: LaTeX with break points that TeX may use, the best ones first.

TeX itself breaks inline mathematics, but after operators and never inside ``\left( ... \right)`` or a fraction. Here a
formula that is too long for a line gets explicit break points (``\wbreak{penalty}``, defined by the document) before
relations, before signs, and between factors, the deeper the dearer; delimiters that could not break get a fixed size,
and a fraction or root that is itself too long is written with parentheses. Widths are a count of glyphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# How many glyphs fit on a line of the document, with a margin; what may stay unbroken within it.
LINE = 62
PIECE = 34
FRACTION = 44

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_RELATIONS = frozenset({"=", "<", ">", r"\le", r"\ge", r"\ne", r"\iff", r"\to", r"\leq", r"\geq", r"\neq"})
_SPACES = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad"})
_NARROW = frozenset({*_SPACES, r"\displaystyle", r"\textstyle", r"\left", r"\right", r"\operatorname", r"\mathrm"})
_NARROW |= {r"\widehat", r"\hat", r"\mathbb", r"\mathcal", r"\bar", r"\tilde", r"\text", r"\mathbf", "^", "_"}
_FUNCTIONS = {rf"\{name}" for name in re.findall(r"\w+", "log exp min max sin cos tan det sup inf sinh cosh tanh ln")}


@dataclass(frozen=True)
class _Group:
    """What stands between braces, or between ``\\left`` and ``\\right`` with these delimiters."""

    nodes: tuple[_Node, ...]
    delimiters: tuple[str, str] | None = None

    def __str__(self) -> str:
        inside = "".join(map(str, self.nodes))
        if self.delimiters is None:
            return f"{{{inside}}}"
        gap = " " if self.delimiters[0].startswith("\\") and self.delimiters[0][1:].isalpha() else ""
        return rf"\left{self.delimiters[0]}{gap}{inside}\right{self.delimiters[1]}"


_Node = str | _Group


def breakable(latex: str, line: int = LINE) -> str:
    r"""The LaTeX of a formula with break points, unchanged when it fits on a line."""
    nodes = _parse(latex)
    return latex if width(nodes) <= line else _render(nodes, 0)


def _parse(latex: str) -> tuple[_Node, ...]:
    tokens = _TOKEN.findall(latex)
    stack: list[tuple[list[_Node], str]] = [([], "")]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token == "{":
            stack.append(([], "{"))
        elif token == "}" and stack[-1][1] == "{":
            nodes, _ = stack.pop()
            stack[-1][0].append(_Group(tuple(nodes)))
        elif token == r"\left" and position + 1 < len(tokens):
            position += 1
            stack.append(([], tokens[position]))
        elif token == r"\right" and position + 1 < len(tokens) and len(stack) > 1 and stack[-1][1] != "{":
            position += 1
            nodes, opening = stack.pop()
            stack[-1][0].append(_Group(tuple(nodes), (opening, tokens[position])))
        else:
            stack[-1][0].append(token)
        position += 1
    if len(stack) > 1:
        return (latex,)  # unbalanced: left as it is
    return tuple(stack[0][0])


def width(nodes: Sequence[_Node]) -> float:
    """About how many glyphs wide this is on paper."""
    total, position = 0.0, 0
    while position < len(nodes):
        node = nodes[position]
        following = nodes[position + 1 : position + 3]
        if node == r"\frac" and len(following) == 2:
            total += 0.6 + max(width((n,)) for n in following)
            position += 2
        elif node in ("^", "_") and following:
            total += 0.7 * width(following[:1])
            position += 1
        elif isinstance(node, _Group):
            total += width(node.nodes) + (2 if node.delimiters else 0)
        elif node in _RELATIONS or node in ("+", "-") or node in _FUNCTIONS:
            total += 3
        elif not node.isspace() and node not in _NARROW:
            total += 1
        position += 1
    return total


def _penalty(kind: str, depth: int) -> str:
    base = {"relation": 0, "sign": 60, "factor": 500}[kind]
    return rf"\wbreak{{{min(base + 150 * depth, 950)}}}"


def _fixed(group: _Group, depth: int) -> str:
    """A group with delimiters of a fixed size, inside which lines may break."""
    assert group.delimiters is not None
    size = "bigg" if any(t in str(group) for t in (r"\frac", r"\sqrt", r"\left")) else "big"
    left, right = group.delimiters
    return rf"\{size}l{left} {_render(group.nodes, depth + 1)}\{size}r{right}"


def _render(nodes: Sequence[_Node], depth: int) -> str:
    out: list[str] = []
    before, spaced, position = "start", False, 0
    digits = 0

    def atom(text: str, after: str = "atom") -> None:
        nonlocal before, spaced
        if before == "atom" and spaced:
            out.append(_penalty("factor", depth))
        out.append(text)
        before, spaced = after, False

    while position < len(nodes):
        node = nodes[position]
        rest = nodes[position + 1 :]
        digits = digits + 1 if isinstance(node, str) and node.isdigit() else 0
        if digits and digits % 12 == 0:
            out.append(r"\wbreak{950}")  # a number longer than a line
        if isinstance(node, _Group):
            if width((node,)) <= PIECE:
                atom(str(node))
            elif node.delimiters:
                atom(_fixed(node, depth))
            else:
                atom(_render(node.nodes, depth))
        elif node.isspace():
            out.append(" ")
            spaced = True
        elif node in _SPACES:
            out.append(node)
            spaced = True
        elif node == r"\frac" and len(rest) >= 2:
            above, under = (n if isinstance(n, _Group) else _Group((n,)) for n in rest[:2])
            position += 2
            if max(width(above.nodes), width(under.nodes)) <= FRACTION:
                atom(rf"\frac{above}{under}")
            else:
                whole = width(above.nodes) <= 1
                over = "".join(map(str, above.nodes)) if whole else _fixed(_Group(above.nodes, ("(", ")")), depth)
                if width(under.nodes) <= PIECE:
                    atom(rf"\frac{{1}}{under} \, {_penalty('factor', depth)}{over}")
                else:
                    atom(rf"{over} \big/ {_penalty('factor', depth)}{_fixed(_Group(under.nodes, ('(', ')')), depth)}")
        elif node == r"\sqrt" and rest and isinstance(rest[0], _Group) and width(rest[0].nodes) > PIECE:
            position += 1
            atom(_fixed(_Group(rest[0].nodes, ("(", ")")), depth) + "^{1/2}")
        elif node == "^" and out[-1:] == ["e"] and rest and width(rest[:1]) > PIECE:
            position += 1
            inside = rest[0].nodes if isinstance(rest[0], _Group) else (rest[0],)
            out[-1] = r"\exp" + _fixed(_Group(inside, ("(", ")")), depth)
        elif node in ("^", "_"):
            out.append(node)
            if rest:
                position += 1
                out.append(str(rest[0]))
            before, spaced = "atom", False
        elif node in _RELATIONS:
            out.append((_penalty("relation", depth) if before == "atom" else "") + node + " ")
            before, spaced = "sign", False
        elif node in ("+", "-"):
            out.append((_penalty("sign", depth) if before == "atom" else "") + node)
            before, spaced = "sign", False
        elif node in ("(", "["):
            # After a function the parenthesis is its argument: no break in front of it.
            atom(node, "open")
            depth += 1
        elif node in (")", "]"):
            depth = max(0, depth - 1)
            out.append(node)
            before, spaced = "atom", False
        elif node.startswith("\\") and rest and isinstance(rest[0], _Group) and rest[0].delimiters is None:
            # A command with its argument: \operatorname{tr}, \mathrm{ER}, \log{...}.
            position += 1
            wide = node in _FUNCTIONS and width(rest[0].nodes) > PIECE
            text = node + (_render(rest[0].nodes, depth) if wide else str(rest[0]))
            atom(text, "function" if node == r"\operatorname" else "atom")
        else:
            atom(node, "function" if node in _FUNCTIONS else "atom")
            if node.startswith("\\") and rest and isinstance(rest[0], str) and rest[0][:1].isalpha():
                out.append(" ")
        position += 1
    return "".join(out)
