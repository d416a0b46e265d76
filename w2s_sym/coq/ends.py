"""What a product of powers tends to at the ends of an integral. Nothing here is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from w2s_sym.coq.equalities import equality
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Scope, coq_term

if TYPE_CHECKING:
    from w2s_sym.coq.integrals import Integrand

VALUE = "cbv beta. rewrite ?power_of_zero by reflexivity. first [reflexivity | ring | solve [field; side]]."


def low_end(here: Integrand, f: sp.Expr) -> tuple[sp.Expr, list[str]]:
    """The limit at the lower end, and a script for it."""
    names = here.writer.names
    if here.low != 0:
        limit = f.xreplace({here.x: here.low})
        start = f"apply (at_low_end _ {here.of(f)} {coq_term(here.low, names)} {coq_term(limit, names)})."
        return limit, [*_positive(here, here.low), start, "{", "intros. reflexivity.", "}", *_continuous(), *_value()]
    powers, rest = _split(f, here.x)
    return _vanishing(here, f, powers, rest, "W_x", "at_low_end _ {} 0 {}")


def finite_end(here: Integrand, f: sp.Expr, limit: sp.Expr | None = None) -> tuple[sp.Expr, list[str]]:
    """The limit at a finite upper end, which may be given in another form, and a script for it."""
    names = here.writer.names
    limit = f.xreplace({here.x: here.high}) if limit is None else limit
    lines = [
        *_positive(here, here.high),
        f"apply (at_high_end _ {coq_term(here.high, names)} {coq_term(limit, names)}).",
    ]
    return limit, [*lines, *_continuous(), *_value()]


def infinite_end(here: Integrand, f: sp.Expr) -> tuple[sp.Expr, list[str]]:
    """The limit at infinity, and a script for it: a function of the inverse at zero."""
    powers, rest = _inverted(f, here.x)
    return _vanishing(here, f, powers, rest, "(/ W_x)", "at_infinity _ {} {}")


def rising(here: Integrand, p: sp.Expr) -> list[str]:
    """A script for: the function tends to infinity with its variable."""
    powers, rest = _inverted(1 / p, here.x)
    _, lines = _vanishing(here, 1 / p, powers, rest, "(/ W_x)", "to_infinity _ {}")
    cut = lines.index("}") + 1
    positive = ["{", "intros W_x W_low.", *here.search.child().goal(p, ">"), "}"]
    return [*lines[:cut], *positive, *lines[cut:]]


def _split(f: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """The exponent of x in a product, and the other factors."""
    exponent, rest = sp.S.Zero, sp.S.One
    for factor in sp.Mul.make_args(sp.factor(f)):
        base, e = factor.as_base_exp()
        exponent, rest = (exponent + e, rest) if base == x else (exponent, rest * factor)
    return sp.expand(exponent), rest


def _inverted(f: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """The same for the function at one over x."""
    exponent, rest = sp.S.Zero, sp.S.One
    for factor in sp.Mul.make_args(sp.factor(f)):
        base, e = factor.as_base_exp()
        if not base.has(x):
            rest *= factor
            continue
        if not base.is_polynomial(x) or e.has(x):
            raise NoScript(f"the limit of {f} at infinity")
        polynomial = sp.Poly(base, x)
        degree = polynomial.degree()
        exponent -= degree * e
        rest *= sp.Add(*(c * x ** (degree - k) for (k,), c in polynomial.terms())) ** e
    return sp.expand(exponent), rest


def _vanishing(
    here: Integrand, f: sp.Expr, exponent: sp.Expr, rest: sp.Expr, at: str, lemma: str
) -> tuple[sp.Expr, list[str]]:
    """The limit where ``at`` tends to zero of its power times a function that has a value there."""
    names, x = here.writer.names, sp.Dummy("x", positive=True)
    rest = rest.xreplace({here.x: x})
    inner, there = (Scope(names.of, {**names.letters, x: text, here.x: "W_x"}) for text in ("W_x", at))
    plain = bool(exponent.is_Integer and exponent >= 0)
    search = here.writer.signs()
    power = coq_term(x**exponent, inner) if plain else f"power W_x {coq_term(exponent, names)}"
    function = f"(fun W_x => {power} * {coq_term(rest, inner)})"
    limit = (x**exponent * rest).subs(x, 0) if plain else sp.S.Zero
    lines: list[str] = []
    if not plain:
        lines += [f"assert (H_e : 0 < {coq_term(exponent, names)}).", "{", *search.goal(exponent, ">"), "}"]
    lines.append(f"apply ({lemma.format(function, coq_term(limit, names))}).")
    image = here.x if at == "W_x" else 1 / here.x
    whole = sp.Mul(x**exponent, rest, evaluate=False)
    equal = ["intros W_x W_low.", "assert (W_inv : 0 < / W_x) by (apply Rinv_0_lt_compat; assumption).", "cbv beta."]
    equal += ["rewrite ?power_of_positive by assumption.", *here.writer.facts((f,), Signs(here.search.domain, inner))]
    equal += equality(f, whole, there, {x: image})
    return limit, [*lines, "{", *equal, "}", *_continuous(), *_value()]


def _positive(here: Integrand, end: sp.Expr) -> list[str]:
    return [f"assert (W_end : 0 < {coq_term(end, here.writer.names)}).", "{", *here.writer.signs().goal(end, ">"), "}"]


def _continuous() -> list[str]:
    return ["{", "cbv beta. continuous; at_end.", "}"]


def _value() -> list[str]:
    return ["{", VALUE, "}"]
