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


def printed_width(latex: str) -> float:
    """About how wide a formula is printed, in characters."""
    return width(_parse(latex))


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
    writer, position = _Writer(depth), 0
    while position < len(nodes):
        position += writer.write(nodes[position], nodes[position + 1 :])
    return "".join(writer.out)


class _Writer:
    """Writes a formula node by node. A line breaks only after an atom: ``before`` says what was written last."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.out: list[str] = []
        self.before = "start"
        self.spaced = False
        self.digits = 0

    def write(self, node: _Node, rest: Sequence[_Node]) -> int:
        """Write a node, with those of the following that belong to it, and return how many these are together."""
        self.digits = self.digits + 1 if isinstance(node, str) and node.isdigit() else 0
        if self.digits and self.digits % 12 == 0:
            self.out.append(r"\wbreak{950}")  # a number longer than a line
        if isinstance(node, _Group):
            self._group(node)
            return 1
        if node.isspace() or node in _SPACES:
            self.out.append(" " if node.isspace() else node)
            self.spaced = True
            return 1
        if node == r"\frac" and len(rest) >= 2:
            self._fraction(*(n if isinstance(n, _Group) else _Group((n,)) for n in rest[:2]))
            return 3
        if node == r"\sqrt" and rest and isinstance(rest[0], _Group) and width(rest[0].nodes) > PIECE:
            self._atom(self._in_parentheses(rest[0].nodes) + "^{1/2}")
            return 2
        if node in ("^", "_"):
            return self._script(node, rest)
        if node in _RELATIONS or node in ("+", "-"):
            self._operator(node)
            return 1
        if node in ("(", "[", ")", "]"):
            self._parenthesis(node)
            return 1
        if node.startswith("\\") and rest and isinstance(rest[0], _Group) and rest[0].delimiters is None:
            self._command(node, rest[0])
            return 2
        self._letter(node, rest)
        return 1

    def _atom(self, text: str, after: str = "atom") -> None:
        if self.before == "atom" and self.spaced:
            self.out.append(_penalty("factor", self.depth))
        self.out.append(text)
        self.before, self.spaced = after, False

    def _in_parentheses(self, nodes: Sequence[_Node]) -> str:
        return _fixed(_Group(tuple(nodes), ("(", ")")), self.depth)

    def _group(self, group: _Group) -> None:
        if width((group,)) <= PIECE:
            self._atom(str(group))
        elif group.delimiters:
            self._atom(_fixed(group, self.depth))
        else:
            self._atom(_render(group.nodes, self.depth))

    def _fraction(self, above: _Group, under: _Group) -> None:
        """A fraction; with parentheses and a slash, or as a factor one over it, when it is longer than a piece."""
        if max(width(above.nodes), width(under.nodes)) <= FRACTION:
            self._atom(rf"\frac{above}{under}")
            return
        whole = width(above.nodes) <= 1
        over = "".join(map(str, above.nodes)) if whole else self._in_parentheses(above.nodes)
        penalty = _penalty("factor", self.depth)
        if width(under.nodes) <= PIECE:
            self._atom(rf"\frac{{1}}{under} \, {penalty}{over}")
        else:
            self._atom(rf"{over} \big/ {penalty}{self._in_parentheses(under.nodes)}")

    def _script(self, node: str, rest: Sequence[_Node]) -> int:
        r"""An exponent or an index; a long power of e is written with ``\exp``."""
        if node == "^" and self.out[-1:] == ["e"] and rest and width(rest[:1]) > PIECE:
            inside = rest[0].nodes if isinstance(rest[0], _Group) else (rest[0],)
            self.out[-1] = r"\exp" + self._in_parentheses(inside)
            return 2
        self.out += [node, *map(str, rest[:1])]
        self.before, self.spaced = "atom", False
        return 1 + len(rest[:1])

    def _operator(self, node: str) -> None:
        kind, gap = ("relation", " ") if node in _RELATIONS else ("sign", "")
        self.out.append((_penalty(kind, self.depth) if self.before == "atom" else "") + node + gap)
        self.before, self.spaced = "sign", False

    def _parenthesis(self, node: str) -> None:
        if node in ("(", "["):
            # After a function the parenthesis is its argument: no break in front of it.
            self._atom(node, "open")
            self.depth += 1
        else:
            self.depth = max(0, self.depth - 1)
            self.out.append(node)
            self.before, self.spaced = "atom", False

    def _command(self, node: str, argument: _Group) -> None:
        r"""A command with its argument: ``\operatorname{tr}``, ``\mathrm{ER}``, ``\log{...}``."""
        wide = node in _FUNCTIONS and width(argument.nodes) > PIECE
        text = node + (_render(argument.nodes, self.depth) if wide else str(argument))
        self._atom(text, "function" if node == r"\operatorname" else "atom")

    def _letter(self, node: str, rest: Sequence[_Node]) -> None:
        self._atom(node, "function" if node in _FUNCTIONS else "atom")
        if node.startswith("\\") and rest and isinstance(rest[0], str) and rest[0][:1].isalpha():
            self.out.append(" ")
