"""Ends of a segment where quotients are 0/0: what vanishes there is its secant times the distance to the end.

The secant of g at a, (g x - g a)/(x - a), is continuous at a, where it is the derivative of g. With secants in place of
all that vanishes, powers of the distance cancel, and the formula has a value at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from w2s_sym.coq.equalities import equality
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Scope, coq_term, value_needs

if TYPE_CHECKING:
    from w2s_sym.coq.proofs import Writer


@dataclass(frozen=True)
class Secants:
    """A formula along ``s`` with secants and the distance to the end: symbol -> what vanishes, symbol -> its slope."""

    formula: sp.Expr
    distance: sp.Symbol
    vanishing: dict[sp.Symbol, sp.Expr]
    slopes: dict[sp.Symbol, sp.Expr]
    s: sp.Symbol
    end: sp.Expr

    def names(self, names: Scope, here: str) -> Scope:
        """How the symbols are written where ``s`` is ``here``."""
        letters = {**names.letters, self.s: here, self.distance: f"({here} - {coq_term(self.end, names)})"}
        inside = Scope(names.of, {**names.letters, self.s: "W_y"})
        end = coq_term(self.end, names)
        for q, g in self.vanishing.items():
            slope = coq_term(self.slopes[q], names)
            letters[q] = f"(secant (fun W_y => {coq_term(g, inside)}) {end} {slope} {here})"
        return Scope(names.of, letters)


def secants(e: sp.Expr, s: sp.Symbol, end: sp.Expr) -> Secants | None:
    """The formula with secants, or None where no denominator vanishes at the end."""
    below = {p.base for p in e.atoms(sp.Pow) if p.exp.is_Rational and p.exp < 0}
    if not any(_vanishes_at(b, s, end) for f in below for b in sp.Mul.make_args(f)):
        return None
    found = {g: sp.Dummy(f"q{k}") for k, g in enumerate(_vanishing(e, s, end))}
    distance = sp.Dummy("distance", positive=True)
    order, rest = _without_distance(e, found, distance)
    if order < 0:
        raise NoScript(f"{e} at {s} = {end}")
    formula = rest if order == 0 else distance**order * rest
    slopes = {q: sp.expand(sp.diff(g, s).xreplace({s: end})) for g, q in found.items()}
    return Secants(formula, distance, {q: g for g, q in found.items()}, slopes, s, end)


def _without_distance(e: sp.Expr, found: dict[sp.Expr, sp.Dummy], distance: sp.Dummy) -> tuple[int, sp.Expr]:
    """A power of the distance, and the formula over it, with secants in place of what vanishes."""
    if e in found:
        return 1, found[e]
    if e.is_Mul:
        parts = [_without_distance(a, found, distance) for a in e.args]
        return sum(k for k, _ in parts), sp.Mul(*(a for _, a in parts))
    if e.is_Pow and e.exp.is_Integer:
        order, base = _without_distance(e.base, found, distance)
        return order * int(e.exp), base**e.exp
    if e.is_Add:
        parts = [_without_distance(a, found, distance) for a in e.args]
        least = min(k for k, _ in parts)
        return least, sp.Add(*(a * distance ** (k - least) for k, a in parts))
    return 0, e


def _vanishes_at(e: sp.Expr, s: sp.Symbol, end: sp.Expr) -> bool:
    return bool(e.has(s) and sp.expand(e.xreplace({s: end})) == 0)


def _vanishing(e: sp.Expr, s: sp.Symbol, end: sp.Expr) -> list[sp.Expr]:
    """The largest sums, and the symbol itself, that are zero at the end and can be differentiated there."""
    if (e.is_Add or e == s) and _vanishes_at(e, s, end) and sp.diff(e, s).xreplace({s: end}).is_finite is not False:
        return [e]
    if isinstance(e, sp.exp):
        return []
    return list(dict.fromkeys(g for a in e.args for g in _vanishing(a, s, end)))


def approach(writer: Writer, e: sp.Expr, found: Secants, start: list[str], search: Signs) -> list[str]:
    """Scripts that the formula is the one with secants, that this one is continuous at the end, and zero there."""
    end = coq_term(found.end, writer.names)
    along, there = found.names(writer.names, "W_x"), found.names(writer.names, end)
    put = {found.distance: found.s - found.end}
    put |= {q: g / (found.s - found.end) for q, g in found.vanishing.items()}
    lines = ["{", *start, *writer.facts((e,), search), f"assert (W_x - {end} <> 0) by lra."]
    lines += ["rewrite ?secant_inside by lra.", "cbv beta."]
    inside = Scope(along.of, {**along.letters, **{q: coq_term(v, search.names) for q, v in put.items()}})
    lines += [*equality(e, found.formula, inside, put), "}", "{"]
    for k, (q, g) in enumerate(found.vanishing.items()):
        lines += [
            f"assert (H_q{k} : continuity_pt (fun W_x => {along[q]}) {end}).",
            "{",
            *_continuous(found, q, g, there),
        ]
        lines += ["}"]
    needs = _needs(writer, found, there)
    lines += [*needs, "continuous; at_end.", "}", "{", "cbv beta.", *needs, "rewrite ?secant_at."]
    zero, values = _at_end(found, there)
    return [*lines, *equality(found.formula, sp.S.Zero, zero, values), "}"]


def _continuous(found: Secants, q: sp.Symbol, g: sp.Expr, there: Scope) -> list[str]:
    """A script that a secant is continuous at the end: what vanishes there has that slope, and vanishes."""
    values = {found.s: found.end}
    lines = ["apply secant_continuous.", "{", "eapply derive_eq.", "{", "derive; side.", "}", "{", "plain."]
    lines += [*equality(g, found.slopes[q], there, values), "}", "}", "{", "cbv beta."]
    return [*lines, *equality(g, sp.S.Zero, there, values), "}"]


def _at_end(found: Secants, there: Scope) -> tuple[Scope, dict[sp.Symbol, sp.Expr]]:
    """Names and values at the end, once secants are slopes."""
    slopes = {q: coq_term(d, there) for q, d in found.slopes.items()}
    values = {found.s: found.end, found.distance: sp.S.Zero, **found.slopes}
    return Scope(there.of, {**there.letters, **slopes}), values


def _needs(writer: Writer, found: Secants, there: Scope) -> list[str]:
    """Asserts what gives the formula with secants a value at the end."""
    rest = writer.domain.restrict(set(writer.domain.symbols) - {found.s})
    zero, values = _at_end(found, there)
    moved, lines = Signs(rest, zero), []
    for need in {n.text: n for n in value_needs(found.formula, there)}.values():
        if need.over or need.relation != "!=":
            raise NoScript(f"{need.text} at an end")
        value = need.expression.xreplace(values)
        lines += [f"assert (H_e{next(writer.fresh)} : {need.text}).", "{", "rewrite ?secant_at."]
        lines += [f"apply (nonzero_by _ {coq_term(value, zero)}).", "{"]
        lines += [*equality(need.expression, value, zero, values), "}", *moved.script(value, "!="), "}"]
    return lines
