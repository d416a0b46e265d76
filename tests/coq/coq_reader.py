"""A second reading of what the translator writes: a small parser of Coq's notations, and values at a point.

Levels and associativity are those of Coq's reference manual: application 10, ``^`` 30 to the right, unary ``-`` and
``/`` 35, ``*`` and ``/`` 40 to the left, ``+`` and ``-`` 50 to the left, relations 70, ``/\\`` 80 and ``->`` 99 to the
right, ``<->`` 95; the body of ``forall``, ``exists`` and ``fun`` goes as far as it can. Numbers are fractions, and
where they are irrational, floats of fifty digits. Where Coq's total functions have values of their own (one over zero,
the logarithm of what is not positive, ...) the reader raises :class:`Junk`: no test may depend on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

mpmath.mp.dps = 50

TOKEN = re.compile(r"\s*(<->|->|/\\|<=|<>|=>|[A-Za-z_]\w*|\d+|[-+*/^<=(),:])")
# Each infix: its level, the highest level of its left side, and of its right side.
INFIX = {
    "^": (30, 29, 30),
    "*": (40, 40, 39),
    "/": (40, 40, 39),
    "+": (50, 50, 49),
    "-": (50, 50, 49),
    **dict.fromkeys(("=", "<>", "<", "<="), (70, 69, 69)),
    "/\\": (80, 79, 80),
    "<->": (95, 94, 94),
    "->": (99, 98, 200),
}
KEYWORDS = ("forall", "exists", "fun")


class Junk(ArithmeticError):  # noqa: N818 - it names what was met
    """A value that Coq's total functions have and mathematics has not."""


class BeyondReach(ArithmeticError):  # noqa: N818 - it names what was met
    """A number too large to be worked out, or two so close that their order is not certain."""


@dataclass(frozen=True)
class Node:
    """A node of the syntax: ``head`` is an operator, ``apply``, a keyword, or an atom without parts."""

    head: str
    parts: tuple[Any, ...] = ()


class Parser:
    """Reads terms and propositions from tokens."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if found is None:
                raise SyntaxError(f"no token of Coq: {text[at : at + 20]!r}")
            self.tokens.append(found.group(1))
            at = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise SyntaxError(f"{wanted or 'a token'} expected, not {token!r}, in {' '.join(self.tokens)}")
        self.at += 1
        return token

    def whole(self) -> Node:
        found = self.read(200)
        if self.peek():
            raise SyntaxError(f"{self.peek()!r} is left over in {' '.join(self.tokens)}")
        return found

    def read(self, highest: int) -> Node:
        left, level = self.start(highest)
        while self.peek() in INFIX:
            op = self.peek()
            own, left_most, right_most = INFIX[op]
            if own > highest or level > left_most:
                break
            self.take()
            left, level = Node(op, (left, self.read(right_most))), own
        return left

    def start(self, highest: int) -> tuple[Node, int]:
        token = self.peek()
        if token in KEYWORDS:
            self.take()
            name = self.take()
            self.take("=>" if token == "fun" else ",")
            return Node(token, (name, self.read(200))), 0
        if token in ("-", "/"):
            if highest < 35:
                raise SyntaxError(f"a unary {token} stands too deep in {' '.join(self.tokens)}")
            self.take()
            return Node(f"unary {token}", (self.read(35),)), 35
        parts = [self.atom()]
        while self.peek() == "(" or re.match(r"[A-Za-z_\d]", self.peek()):
            if self.peek() in KEYWORDS:
                raise SyntaxError("a binder as an argument needs parentheses")
            parts.append(self.atom())
        if len(parts) == 1:
            return parts[0], 0
        if highest < 10:
            raise SyntaxError("an application as an argument needs parentheses")
        return Node("apply", tuple(parts)), 10

    def atom(self) -> Node:
        token = self.take()
        if token == "(":
            inside = self.read(200)
            self.take(")")
            return inside
        if not re.match(r"\w", token):
            raise SyntaxError(f"{token!r} starts no term in {' '.join(self.tokens)}")
        return Node(token)


def parse(text: str) -> Node:
    """A term or a proposition."""
    return Parser(text).whole()


@dataclass(frozen=True)
class Read:
    """A theorem: its binders in order, each (names, type), its premises, and its conclusion as conjuncts."""

    binders: tuple[tuple[tuple[str, ...], str], ...]
    premises: tuple[Node, ...]
    conjuncts: tuple[Node, ...]


def read_theorem(text: str) -> Read:
    """The theorem of a text ``Theorem name : forall binders, proposition.``"""
    found = re.fullmatch(r"Theorem \w+ :(?: forall ((?:\([^()]*\) ?)*),)?\s(.*)\.", text, flags=re.DOTALL)
    assert found, text
    binders = tuple(
        (tuple(names.split()), sort.strip())
        for names, sort in re.findall(r"\(([^:()]*):([^()]*)\)", found.group(1) or "")
    )
    rest, premises = parse(found.group(2)), []
    while rest.head == "->":
        premises.append(rest.parts[0])
        rest = rest.parts[1]
    return Read(binders, tuple(premises), tuple(conjuncts(rest)))


def conjuncts(p: Node) -> list[Node]:
    """The parts of a conjunction, from left to right."""
    return [p.parts[0], *conjuncts(p.parts[1])] if p.head == "/\\" else [p]


# -- values ---------------------------------------------------------------------------------------------------


def real(x: Any) -> Any:
    """A fraction as a float of fifty digits."""
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def both(a: Any, b: Any) -> tuple[Any, Any]:
    """Two fractions, or two floats."""
    return (a, b) if isinstance(a, Fraction) and isinstance(b, Fraction) else (real(a), real(b))


def order(a: Any, b: Any) -> int:
    """-1, 0 or 1; floats that agree in thirty digits are the same."""
    a, b = both(a, b)
    if isinstance(a, Fraction):
        return (a > b) - (a < b)
    gap, size = abs(a - b), max(1, abs(a), abs(b))
    if gap <= size * mpmath.mpf(10) ** -30:
        return 0
    if gap <= size * mpmath.mpf(10) ** -15:
        raise BeyondReach
    return 1 if a > b else -1


def value(t: Node, at: Mapping[str, Any]) -> Any:
    """The value of a term where ``at`` gives numbers, lists of levels, and functions on levels as dictionaries."""
    if not t.parts:
        if t.head in at:
            return at[t.head]
        return Fraction(int(t.head)) if t.head.isdigit() else {"PI": mpmath.pi + 0}[t.head]
    if t.head == "apply":
        return applied(t.parts[0].head, t.parts[1:], at)
    if t.head == "^":
        return power(value(t.parts[0], at), int(t.parts[1].head))
    if t.head == "unary -":
        return -value(t.parts[0], at)
    if t.head == "unary /":
        return quotient(Fraction(1), value(t.parts[0], at))
    a, b = both(value(t.parts[0], at), value(t.parts[1], at))
    match t.head:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return quotient(a, b)
    raise SyntaxError(f"{t.head} makes no number")


def applied(head: str, arguments: tuple[Node, ...], at: Mapping[str, Any]) -> Any:
    """The value of a function."""
    if head == "total":
        function, over = arguments
        assert function.head == "fun"
        name, body = function.parts
        found: Any = Fraction(0)
        for level in at[over.head]:
            a, b = both(found, value(body, {**at, name: level}))
            found = a + b
        return found
    if head in at:
        (argument,) = arguments
        return at[head][value(argument, at)]
    values = [value(a, at) for a in arguments]
    if head in ("Rmin", "Rmax"):
        a, b = values
        return a if (order(a, b) < 0) == (head == "Rmin") else b
    if head == "power":  # of the library: zero where its base is
        base, exponent = values
        if order(base, Fraction(0)) == 0:
            return Fraction(0)
        return exponential(real(exponent) * logarithm(base))
    if head == "Rpower":
        base, exponent = values
        return exponential(real(exponent) * logarithm(base))
    (x,) = values
    match head:
        case "exp":
            return exponential(real(x))
        case "ln":
            return logarithm(x)
        case "sqrt":
            if order(x, Fraction(0)) < 0:
                raise Junk(f"the root of {x}")
            return mpmath.sqrt(abs(real(x)))
        case "Rabs":
            return abs(x)
        case "sin":
            return mpmath.sin(real(x))
        case "cos":
            return mpmath.cos(real(x))
    raise SyntaxError(f"the function {head} is not known")


def exponential(x: Any) -> Any:
    """The exponential of a float of moderate size."""
    if abs(x) > 1000:
        raise BeyondReach
    return mpmath.exp(x)


def logarithm(x: Any) -> Any:
    """The logarithm of what is positive."""
    if order(x, Fraction(0)) <= 0:
        raise Junk(f"the logarithm of {x}")
    return mpmath.log(real(x))


def power(x: Any, n: int) -> Any:
    """A power with a natural exponent."""
    if isinstance(x, Fraction) and max(abs(x.numerator), x.denominator) > 10**300:
        raise BeyondReach
    return x**n


def quotient(a: Any, b: Any) -> Any:
    """A quotient by what is not zero."""
    a, b = both(a, b)
    if order(b, Fraction(0)) == 0:
        raise Junk(f"{a} over zero")
    return a / b


def holds(p: Node, at: Mapping[str, Any]) -> bool:
    """Whether a proposition holds at a point."""
    match p.head:
        case "/\\":
            return holds(p.parts[0], at) and holds(p.parts[1], at)
        case "->":
            return not holds(p.parts[0], at) or holds(p.parts[1], at)
        case "<->":
            return holds(p.parts[0], at) == holds(p.parts[1], at)
        case "forall":
            return _for_all(p, at)
        case "True":
            return True
        case "apply" if p.parts[0].head == "integer":
            x = value(p.parts[1], at)
            return isinstance(x, Fraction) and x.denominator == 1
    if p.head not in ("=", "<>", "<", "<="):
        raise SyntaxError(f"{p.head} makes no proposition")
    left, right = p.parts
    if right.head == "nil" and not right.parts:
        assert p.head == "<>"
        return bool(at[left.head])
    sign = order(value(left, at), value(right, at))
    return {"=": sign == 0, "<>": sign != 0, "<": sign < 0, "<=": sign <= 0}[p.head]


def _for_all(p: Node, at: Mapping[str, Any]) -> bool:
    name, body = p.parts
    member, rest = body.parts
    assert [body.head, member.head, *(a.head for a in member.parts[:2])] == ["->", "apply", "In", name], p
    return all(holds(rest, {**at, name: level}) for level in at[member.parts[2].head])
