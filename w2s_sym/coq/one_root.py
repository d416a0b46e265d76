"""That a given equation defines its unknown, as a theorem of Coq; what must be read beside the statement of a claim.

The theorem of a claim is about every number that solves its given equations: it would say nothing of an equation
without a root. So each equation has a theorem of its own. For all that comes before its unknown (the symbols of the
domain, the unknowns of the equations before, and what is assumed of these alone) there is exactly one number between
the ends of the bracket at which the equation has a value and holds, and it has the sign and sort of its symbol.
Without a bracket it is looked for where the sign of its symbol allows it.

A claim about a witness needs its root there alone. Where the theorem above is not shown, there is one that reads like
that of the witness: there are numbers with its values, of which there is exactly one root.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.statement import Equation
from w2s_sym.coq.points import exact_point, placed
from w2s_sym.coq.statement import (
    Need,
    Scope,
    binders,
    named,
    restricted,
    stated,
    symbols_of,
    theorem_name,
    value_needs,
)
from w2s_sym.formula.conditions import Condition, Point


@dataclass(frozen=True)
class OneRoot:
    """The theorem that an equation has exactly one root.

    ``there`` singles the root out, ``sorts`` is what else is true of it; ``other`` is the name of a second root, which
    the theorem shows to be the first. ``places`` says where the symbols are if the theorem is about a witness alone,
    and ``point`` has their values.
    """

    name: str
    binders: tuple[str, ...]
    hypotheses: tuple[Need, ...]
    equation: Equation
    there: tuple[Need, ...]
    sorts: tuple[Need, ...]
    other: str
    there_too: tuple[Need, ...]
    names: Scope
    places: tuple[str, ...] = ()
    point: Point = field(default_factory=dict)

    def text(self) -> str:
        """The theorem as Coq reads it, without a proof."""
        root = self.names[self.equation.unknown]
        head = f" {'exists' if self.places else 'forall'} {' '.join(self.binders)}," if self.binders else ""
        assumed = (f"  {need.text} ->" for need in self.hypotheses)
        premises = (f"  {place} /\\" for place in self.places) if self.places else assumed
        found = " /\\ ".join(need.text for need in (*self.there, *self.sorts))
        alone = "".join(f"{need.text} -> " for need in self.there_too)
        return "\n".join((
            f"Theorem {self.name} :{head}",
            *premises,
            f"  exists {root}, ({found}) /\\",
            f"    forall {self.other}, {alone}{self.other} = {root}.",
        ))  # fmt: skip


def one_root_theorems(claim: Claim) -> tuple[OneRoot, ...]:
    """A theorem for each given equation of a claim, in order. Raises ``Untranslatable`` as that of the claim does."""
    return tuple(_one_root(claim, k) for k in range(len(claim.given)))


def root_at_witness(claim: Claim, k: int) -> OneRoot:
    """The theorem of a given equation of a claim about a witness, there. Raises like :func:`one_root_theorems`."""
    made = _one_root(claim, k)
    assert claim.witness is not None
    later = {e.unknown for e in claim.given[k:]}
    point = {s: v for s, v in exact_point(claim, claim.witness).items() if s not in later and s in made.names.of}
    return replace(made, hypotheses=(), places=tuple(placed(point, made.names)), point=point)


def _one_root(claim: Claim, k: int) -> OneRoot:
    equation, earlier = claim.given[k], claim.given[:k]
    s, later = equation.unknown, {e.unknown for e in claim.given[k:]}
    symbols, names = symbols_of(claim), named(symbols_of(claim))
    before = tuple(x for x in symbols if x not in later)
    conditions = tuple(c for c in claim.domain.conditions if not c.free_symbols & later)
    hypotheses = [*restricted(before, conditions, names)]
    for e in earlier:
        hypotheses += stated((_holds(e), *bracket_conditions(e)), names)
    other, names_of_other = names.bound(s)
    return OneRoot(
        name=f"{theorem_name(claim)}__root_{k}",
        binders=tuple(binders(before, names)),
        hypotheses=tuple(hypotheses),
        equation=equation,
        there=singled_out(equation, names),
        sorts=sorts(equation, names),
        other=other,
        there_too=singled_out(equation, names_of_other),
        names=names,
    )


def _holds(equation: Equation) -> Condition:
    return Condition(equation.residual, "=", sp.S.Zero)


def singled_out(equation: Equation, names: Scope) -> tuple[Need, ...]:
    """Between the ends, the equation has a value and holds."""
    inside = tuple(bracket_conditions(bounded(equation)))
    formulas = (equation.residual, *(c.rhs for c in inside))
    values = {need.text: need for e in formulas for need in value_needs(e, names)}
    return (*stated(inside, names), *values.values(), *stated((_holds(equation),), names))


def sorts(equation: Equation, names: Scope) -> tuple[Need, ...]:
    """What its symbol says of the root beside that."""
    said = {need.text for need in singled_out(equation, names)}
    return tuple(need for need in restricted((equation.unknown,), (), names) if need.text not in said)


def bounded(equation: Equation) -> Equation:
    """The equation with ends between which its root is looked for."""
    s = equation.unknown
    low, high = (sp.S.Zero if s.is_positive else -sp.oo), (sp.S.Zero if s.is_negative else sp.oo)
    return Equation(s, equation.residual, equation.bracket or (low, high))
