"""Scripts from the boxes of a certificate. Nothing here is trusted.

The difference of the sides is a positive factor times a function of the box's variables. On each box the function is
divided by its zeros, which leaves a derivative, and interval arithmetic or its signs show that this is positive. The
domain is cut at the edges of boxes until each part is in one of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from w2s_sym.claims.statement import Compare
from w2s_sym.coq.elementary import ALGEBRA
from w2s_sym.coq.equalities import equality
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Scope, comparison, coq_term, named
from w2s_sym.evidence.certificate.certificate import Certificate
from w2s_sym.evidence.certificate.problem import BoxProblem, Ends, gap
from w2s_sym.evidence.certificate.record_text import endpoint
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain

if TYPE_CHECKING:
    from w2s_sym.coq.proofs import Writer

_End = Fraction | float  # a float is an infinity
_Box = tuple[tuple[_End, _End], ...]
# Bits of interval arithmetic, and how often it may cut a box.
PRECISION, MOST_CUTS = 60, 20


@dataclass(frozen=True)
class _Boxed:
    """A problem with its boxes, and how its variables are called; ``relation`` is what is to be shown of 0 and it."""

    problem: BoxProblem
    boxes: tuple[dict[str, Any], ...]
    names: Scope
    relation: str

    @property
    def variables(self) -> list[str]:
        """The variables of the boxes."""
        return [self.names[s] for s in self.problem.variables]

    @property
    def sign(self) -> str:
        """What is shown of the function."""
        return f"0 {self.relation} {coq_term(self.problem.function, self.names)}"

    def box(self, n: int) -> list[Ends]:
        """The ends of a box."""
        return [[endpoint(e) for e in ends] for ends in self.boxes[n]["box"]]


def box_script(writer: Writer, certificate: Certificate) -> list[str]:
    """A script for the inequality of a claim, whose formulas have values. Raises ``NoScript`` without boxes."""
    stated = writer.claim.statement
    assert isinstance(stated, Compare)
    found = certificate.boxes(writer.claim)
    if found is None:
        raise NoScript("an inequality for which no boxes are found")
    problem, boxes = found
    names = writer.names
    new = {real: names[s] for s, real in problem.relaxed.items()}
    for s in problem.variables:
        if s not in names.of and s not in new:
            new[s] = Scope(names.of, {**names.letters, **new}).fresh(s.name)
    strict = len(stated.relation) == 1
    boxed = _Boxed(problem, tuple(boxes), Scope(names.of, {**names.letters, **new}), "<" if strict else "<=")
    lines = [f"apply {'lt' if strict else 'le'}_by_difference."]
    for k, s in enumerate(problem.change):
        lines += _changed(writer, boxed, s, k)
    for v, (low, high) in zip(boxed.variables, problem.ranges, strict=True):
        lines += _range(v, low, high)
    lines += [f"assert (H_function : {boxed.sign}).", "{", *_function(boxed), "}"]
    return [*lines, *_difference(writer, boxed, gap(stated))]


# -- from the claim to the function ---------------------------------------------------------------------------


def _changed(writer: Writer, boxed: _Boxed, s: sp.Symbol, k: int) -> list[str]:
    """A number of the claim as a formula of a new one, which is that formula solved for it."""
    formula, ranges = boxed.problem.change[s], dict(zip(boxed.problem.variables, boxed.problem.ranges, strict=True))
    (new,) = formula.free_symbols
    low, high = ranges[new]
    sides = [*([(low, new)] if low.is_finite else []), *([(new, high)] if high.is_finite else [])]
    said = [f"({comparison(a, '<', b, boxed.names)})" for a, b in sides]
    said.append(f"({boxed.names[s]} = {coq_term(formula, boxed.names)})")
    name = boxed.names[new]
    pattern = " & ".join((name, *(f"H_new{k}_{i}" for i in range(len(sides))), f"H_change{k}"))
    solution, shown = _solved(writer, s, formula, new, sides)
    names = writer.names
    there = Scope(names.of, {**names.letters, new: coq_term(solution, names)})
    both = " /\\ ".join(said)
    lines = [f"assert (H_new{k} : exists {name}, {both}).", "{"]
    lines += [*writer.facts((solution,), writer.signs()), f"exists {coq_term(solution, names)}."]
    for goal in shown:
        lines += ["split.", "{", *goal, "}"]
    return [*lines, *equality(s, formula, there, {new: solution}), "}", f"destruct H_new{k} as ({pattern})."]


def _solved(
    writer: Writer, s: sp.Symbol, formula: sp.Expr, new: sp.Symbol, sides: Sequence[tuple[sp.Expr, sp.Expr]]
) -> tuple[sp.Expr, list[list[str]]]:
    """What a new symbol is in the old ones, with a script for each of its inequalities."""
    for solution in sp.solve(formula - s, new):
        try:
            return solution, [_above(writer, (b - a).xreplace({new: solution})) for a, b in sides]
        except NoScript:
            continue
    raise NoScript(f"{s} = {formula} solved for {new}")


def _above(writer: Writer, difference: sp.Expr) -> list[str]:
    """A script for ``a < b``, whose difference is the formula up to algebra."""
    lines = ["apply lt_by_difference.", f"apply (pos_by _ {coq_term(difference, writer.names)})."]
    return [*lines, "{", ALGEBRA, "}", *writer.signs().script(difference, ">")]


def _range(v: str, low: sp.Expr, high: sp.Expr) -> list[str]:
    """Between which ends a variable is, without the end where this is assumed."""
    ends = []
    if low.is_finite:
        ends.append((f"H_low_{v}", f"{coq_term(low, named(()))} {{}} {v}"))
    if high.is_finite:
        ends.append((f"H_high_{v}", f"{v} {{}} {coq_term(high, named(()))}"))
    return [
        f"first [{' | '.join(f'assert ({name} : {text.format(r)}) by lra' for r in ('<', '<='))}]."
        for name, text in ends
    ]


def _difference(writer: Writer, boxed: _Boxed, difference: sp.Expr) -> list[str]:
    """The difference of the sides is positive, since it is a positive factor times the function."""
    problem, names = boxed.problem, boxed.names
    strict = boxed.relation == "<"
    held = sp.Dummy("function", positive=True) if strict else sp.Dummy("function", nonnegative=True)
    factor, function = problem.factor, problem.function
    product = sp.Mul(factor, held, evaluate=False) if factor != 1 else held
    text = coq_term(function, names)
    around = Domain(
        tuple(dict.fromkeys((*writer.domain.symbols, *problem.variables, held))),
        (*writer.domain.conditions, *_conditions(problem)),
        facts=writer.domain.facts,
    )
    search = Signs(around, Scope(names.of, {**names.letters, held: text}))
    lemma = "pos" if strict else "nonneg"
    lines = [f"apply ({lemma}_by _ {coq_term(product, search.names)}).", "{"]
    changed = {s: coq_term(formula, names) for s, formula in problem.change.items()}
    lines += [f"rewrite ?H_change{k}." for k in range(len(changed))]
    there = Scope(names.of, {**names.letters, **changed})
    right = sp.Mul(factor, function, evaluate=False) if factor != 1 else function
    lines += writer.facts((difference,), Signs(around, there))
    lines += [*equality(difference, right, there, {**problem.change, **problem.relaxed}), "}"]
    return [*lines, *search.goal(product, ">" if strict else ">=")]


def _conditions(problem: BoxProblem) -> tuple[Condition, ...]:
    """The ranges of the variables as conditions, the ends left out."""
    found = []
    for s, (low, high) in zip(problem.variables, problem.ranges, strict=True):
        found += [Condition(s, ">", low)] if low.is_finite else []
        found += [Condition(s, "<", high)] if high.is_finite else []
    return tuple(found)


# -- the function on its boxes --------------------------------------------------------------------------------


def _function(boxed: _Boxed) -> list[str]:
    """A script for the sign of the function: on each box, and then on the domain, part by part."""
    bounds = [
        f"H_{end}_{v}"
        for v, (low, high) in zip(boxed.variables, boxed.problem.ranges, strict=True)
        for end, value in (("low", low), ("high", high))
        if value.is_finite
    ]
    alone = f"clear - {' '.join((*boxed.variables, *bounds))}."  # arithmetic takes long where much else is known
    lines = [alone]
    for n in range(len(boxed.boxes)):
        premises = "".join(f"{text} -> " for text in _inside(boxed, n))
        lines += [f"assert (H_box{n} : {premises}{boxed.sign}).", "{", alone, *_on_box(boxed, n), "}"]
    whole = tuple((low, high) for low, high in boxed.problem.ends())
    return [*lines, *_covered(boxed, whole, range(len(boxed.boxes)))]


def _inside(boxed: _Boxed, n: int) -> Iterator[str]:
    """What it means to be in a box."""
    for v, (low, high) in zip(boxed.variables, boxed.box(n), strict=True):
        if not math.isinf(low):
            yield f"{_number(low)} <= {v}"
        if not math.isinf(high):
            yield f"{v} <= {_number(high)}"


def _covered(boxed: _Boxed, part: _Box, near: Sequence[int]) -> list[str]:
    """A script for the sign on a part of the domain, cut at edges of boxes until each piece is in one of them."""
    boxes = {n: [(low, high) for low, high in boxed.box(n)] for n in near}
    home = next(
        (n for n in near if all(a <= low and high <= b for (low, high), (a, b) in _sides(part, boxes[n]))), None
    )
    if home is not None:
        return [f"apply H_box{home}; in_box." if list(_inside(boxed, home)) else f"exact H_box{home}."]
    edges = [
        (i, e)
        for box in boxes.values()
        for i, (own, of) in enumerate(_sides(part, box))
        for e in of
        if own[0] < e < own[1]
    ]
    if not edges:
        raise NoScript("boxes that leave a gap")
    i, cut = edges[len(edges) // 2]
    lines = [f"destruct (Rle_lt_dec {boxed.variables[i]} {_number(cut)})."]
    for ends in ((part[i][0], cut), (cut, part[i][1])):
        half = (*part[:i], ends, *part[i + 1 :])
        kept = [n for n in near if all(a < high and low < b for (low, high), (a, b) in _sides(half, boxes[n]))]
        lines += ["{", *_covered(boxed, half, kept), "}"]
    return lines


def _sides(part: _Box, box: Sequence[tuple[_End, _End]]) -> Iterator[tuple[tuple[_End, _End], tuple[_End, _End]]]:
    """The range of each variable in a part of the domain, and in a box."""
    return zip(part, box, strict=True)


def _on_box(boxed: _Boxed, n: int) -> list[str]:
    """A script for the sign on one box: zeros are divided out one variable after another, what is left is bounded."""
    ends = [(low, high) for low, high in boxed.box(n)]
    start = ["intros.", f"with_tree {_listed(boxed.variables)}."]
    return [*start, *_divided(boxed, boxed.boxes[n], _Place(tuple(boxed.variables), tuple(ends)), 0)]


@dataclass(frozen=True)
class _Place:
    """Where a derivative is taken: what each variable has become, and between which ends that is."""

    values: tuple[str, ...]
    ends: _Box

    def moved(self, i: int, value: str, low: _End, high: _End) -> _Place:
        """The place with another value of a variable."""
        ends = (*self.ends[:i], (low, high), *self.ends[i + 1 :])
        return _Place((*self.values[:i], value, *self.values[i + 1 :]), ends)

    def around(self, i: int) -> str:
        """A variable between what stands before and after it, as the tactics take it."""
        return f"{_listed(self.values[:i])} {self.values[i]} {_listed(self.values[i + 1 :])}"


def _divided(boxed: _Boxed, item: dict[str, Any], place: _Place, done: int) -> list[str]:
    """A script that divides out the zeros of the variables that are left, and bounds what it gets."""
    if done == len(item["divide"]):
        return _bounded(item["order"], place)
    i = item["divide"][done]
    nodes = boxed.problem.nodes()[i]
    whole, (low, high) = boxed.problem.ends()[i], place.ends[i]
    inner = sorted({c for c in nodes if whole[0] < c < whole[1]})
    if not inner:
        return _divide(boxed, item, place, done, (nodes.count(whole[0]), nodes.count(whole[1])))
    if len(set(nodes)) > 1:
        raise NoScript("several zeros of which one is inside a range")
    (c,) = inner
    lines = [f"destruct (Rle_lt_dec {place.values[i]} {_number(c)})."]
    for counts, part in (((0, len(nodes)), (low, min(high, c))), ((len(nodes), 0), (max(low, c), high))):
        if part[0] > part[1]:
            lines += ["{", "lra.", "}"]
        else:
            half = place.moved(i, place.values[i], min(part[0], c), max(part[1], c))
            lines += ["{", *_divide(boxed, item, half, done, counts), "}"]
    return lines


def _divide(boxed: _Boxed, item: dict[str, Any], place: _Place, done: int, counts: tuple[int, int]) -> list[str]:
    """Divides out the zeros at the two ends of one variable; there are so many of each."""
    i = item["divide"][done]
    nodes, (low, high) = boxed.problem.nodes()[i], place.ends[i]
    low, high = min(low, nodes[0]) if counts[0] else low, max(high, nodes[-1]) if counts[1] else high
    a, b = (place.values[i] if math.isinf(e) else _number(e) for e in (low, high))
    times = " ".join(f"{many}%nat" for many in counts)
    lines = [f"divide {place.around(i)} {times} {a} {b}.", f"intros W_{i} H_{i}."]
    return [*lines, *_divided(boxed, item, place.moved(i, f"W_{i}", low, high), done + 1)]


def _bounded(order: int, place: _Place) -> list[str]:
    """A script for the sign of a derivative: by intervals, by the signs of its parts, or by growth on a half-line."""
    cuts = ", ".join(f"i_bisect {v}" for v in place.values)
    finite = not any(math.isinf(e) for ends in place.ends for e in ends)
    bounded = f"as_formula; interval with ({cuts}, i_depth {MOST_CUTS}, i_prec {PRECISION})"
    first, then = (bounded, "by_signs") if finite else ("by_signs", bounded)
    lines = []
    if not finite and len(place.ends) == 1 and not all(map(math.isinf, place.ends[0])):
        ((low, high),) = place.ends
        lemma, end = ("grow_up", low) if math.isinf(high) else ("grow_down", high)
        for k in range(order):
            lines.append(f"climb {lemma} {place.around(0)} {_number(end)}; intros W_g{k} H_g{k}.")
            place = place.moved(0, f"W_g{k}", low, high)
        bounded = bounded.replace(cuts, f"i_bisect {place.values[0]}")
        first, then = "by_signs", bounded
    return [*lines, f"first [{first} | {then}]."]


def _listed(values: Sequence[str]) -> str:
    return f"({' :: '.join((*values, '@nil R'))})"


def _number(value: _End) -> str:
    return coq_term(sp.Rational(str(value)), named(()))
