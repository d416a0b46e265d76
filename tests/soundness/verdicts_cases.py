"""Random graphs of claims that rest on each other, with what must become of each, by construction.

Every claim says ``a x < b x`` for all x > 0, which is true exactly when a < b. A graph is *sound* when that is so of
everything that its last claim reaches; then it must hold, with the word and the axioms that the graph says. Else it
must not hold: a false claim is false, and a true one that rests on a false one has been given no proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
import sympy as sp
from adversary import Case

from w2s_sym import Claim, Compare, Derivation, Domain, Evidence, Finding, Precision, Source, Verdict, symbol

x = symbol("x", "a number", positive=True)
SOURCE = Source("graph", "A. Author", "Graphs of claims", 2026)
KINDS = ("theorem", "theorem", "theorem", "equivalent", "observation")


@dataclass(frozen=True)
class Node:
    """``left x < right x``; how it is shown; the nodes it rests on and how it uses the first of them."""

    left: Fraction
    right: Fraction
    shown: str  # "bound", "precision", "using", "knowing" or "named"
    kind: str = "theorem"
    below: tuple[int, ...] = ()
    name: str = ""  # of another node, whose id it takes

    @property
    def true(self) -> bool:
        return self.left < self.right

    @property
    def proves(self) -> bool:
        """Whether its own evidence is a proof, all that it uses granted."""
        return self.shown != "precision"


@dataclass(frozen=True)
class Graph:
    """Nodes, each of which rests on earlier ones; the question is asked of the last."""

    nodes: tuple[Node, ...]
    twin: bool = False  # every use of a claim makes the claim anew

    def reached(self, start: int = -1) -> frozenset[int]:
        """The positions of all that a node reaches, itself included."""
        start %= len(self.nodes)
        return frozenset({start}.union(*(self.reached(i) for i in self.nodes[start].below)))

    def name(self, position: int) -> str:
        return self.nodes[position].name or f"n{position}"

    @property
    def ambiguous(self) -> bool:
        """Whether one name stands for two different claims among those reached."""
        names = [self.name(i) for i in self.reached()]
        return len(set(names)) < len(names)

    @property
    def sound(self) -> bool:
        return not self.ambiguous and all(self.nodes[i].true for i in self.reached())

    @property
    def axioms(self) -> tuple[str, ...]:
        """What is reached below the last claim and is not proved: the ids, in order."""
        last = len(self.nodes) - 1
        return tuple(sorted(f"graph/{self.name(i)}" for i in self.reached() if i != last and not self.nodes[i].proves))

    def claims(self) -> tuple[Claim, ...]:
        """The claims; raises ``ClaimError`` where one of them is refused."""
        make = self._claim if self.twin else cache(self._claim)
        return tuple(self._claim(i, make) for i in range(len(self.nodes)))

    def last(self) -> Claim:
        make: Any = (lambda i: self._claim(i, make)) if self.twin else cache(lambda i: self._claim(i, make))
        return make(len(self.nodes) - 1)

    def _claim(self, position: int, make: Any) -> Claim:
        node = self.nodes[position]
        below = tuple(make(i) for i in node.below)
        left, right = number(node.left) * x, number(node.right) * x
        first = Derivation(left)
        match node.shown:
            case "precision":
                evidence: Evidence = Precision()
            case "using":
                lemma = self.nodes[node.below[0]]
                factor = (node.right - node.left) / (lemma.right - lemma.left)
                evidence = first.using(below[0], "<", right, factor=number(factor))
            case "knowing":
                evidence = first.knowing(below[0]).bound("<", right)
            case _:
                evidence = first.bound("<", right)
        named = below if node.shown not in ("using", "knowing") else below[1:]
        statement = Compare(left, "<", right)
        return Claim(
            self.name(position), "As it says.", statement, Domain((x,)), SOURCE, (evidence,), node.kind, (), named
        )


def number(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def graph(rng: np.random.Generator, false: int) -> Graph:
    """A graph of two to seven claims of which ``false`` at most are made false at their start, the last one true."""
    count = int(rng.integers(2, 8))
    wrong = set(rng.choice(count - 1, size=min(false, count - 1), replace=False).tolist())
    nodes: list[Node] = []
    for i in range(count):
        below = tuple(sorted(set(rng.integers(0, i, size=int(rng.integers(1, 3))).tolist()))) if i else ()
        shown = str(rng.choice(["using", "using", "knowing", "named", "precision"])) if i else "bound"
        if not below or i in wrong:
            shown = str(rng.choice(["bound", "precision"]))
        left = Fraction(int(rng.integers(1, 40)), int(rng.integers(1, 12)))
        gap = Fraction(int(rng.integers(1, 40)), int(rng.integers(1, 12)))
        kind = str(rng.choice(KINDS))
        if shown in ("using", "knowing"):
            lemma = nodes[below[0]]
            kind = lemma.kind if lemma.kind != "theorem" else kind  # a weaker kind proves no theorem
            gap = gap * (lemma.right - lemma.left) if shown == "using" else gap
        right = left - gap / 50 if i in wrong else left + gap
        nodes.append(Node(left, right, shown, kind, below))
    # The last claim reaches something, and says what is true: it is what it rests on that is in question.
    last = nodes[-1]
    if last.shown == "using" and not last.true:
        nodes[-1] = replace(last, shown="named", right=last.left + 1)
    return Graph(tuple(nodes), twin=bool(rng.integers(0, 4) == 0))


@dataclass
class Later(Evidence):
    """Evidence that uses claims which are made after it, as a file may do."""

    uses: tuple[Claim, ...] = ()

    kind = "precision"

    def check(self, claim: Claim, run: Any) -> Finding:
        return Finding(self.kind, Verdict.PROVED, "it follows from what it uses")


def circle(rng: np.random.Generator) -> Claim:
    """A false claim in a circle of claims, each of which follows from the next."""
    pieces = [Later() for _ in range(int(rng.integers(1, 5)))]
    made = [
        Claim(f"c{i}", "As it says.", Compare(x, "<", x / 2), Domain((x,)), SOURCE, (piece,))
        for i, piece in enumerate(pieces)
    ]
    for i, piece in enumerate(pieces):
        piece.uses = (made[(i + 1) % len(made)],)
    return made[0]


def hidden(rng: np.random.Generator, found: Graph) -> Graph:
    """The graph with a false claim beneath it that has the id of a true one which it reaches too."""
    at = int(rng.choice(sorted(found.reached() - {len(found.nodes) - 1})))
    true = found.nodes[at]
    false = Node(true.left, true.left * Fraction(2, 3), "bound", true.kind, (), found.name(at))
    last = found.nodes[-1]
    lifted = [replace(n, below=tuple(i + 1 for i in n.below), name=found.name(i)) for i, n in enumerate(found.nodes)]
    below = (*(i + 1 for i in last.below), 0)
    return Graph((false, *lifted[:-1], replace(lifted[-1], below=below)), found.twin)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Sound graphs, graphs with false claims beneath a claim, false claims behind the id of a true one, and circles."""
    while True:
        sound, unsound = graph(rng, 0), graph(rng, int(rng.integers(1, 3)))
        yield Case("sound", sound.last, True)
        yield Case("false beneath" if not unsound.sound else "false aside", unsound.last, unsound.sound)
        if len(sound.reached()) > 1:
            yield Case("one id", hidden(rng, sound).last, False)
        yield Case("circle", partial(circle, np.random.default_rng(rng.integers(2**32))), False)
