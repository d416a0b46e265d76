"""Square roots in equalities: products of roots of factors, whose squares are known. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.rational import factor_list


def roots(left: sp.Expr, right: sp.Expr, names: Scope, values: Mapping[sp.Symbol, sp.Expr] | None = None) -> list[str]:
    """Lines that close an equality with square roots in it; none when there are none.

    ``values`` says what symbols stand for that ``names`` writes as formulas.
    """
    bases = {n.base for e in (left, right) for n in e.atoms(sp.Pow) if n.exp.is_Rational and n.exp.q == 2}
    if not bases:
        return []
    basic: dict[tuple[sp.Expr, bool], str] = {}
    split = [
        (coq_term(base, names), _product(base.xreplace(dict(values or {})), names, basic))
        for base in sorted(bases, key=str)
    ]
    lines = [line for (f, even), name in basic.items() for line in _squared(coq_term(f, names), name, even)]
    squares = " ".join(basic.values())
    by_field = f"field_simplify_eq; [ring [{squares}] | side ..]"
    algebra = f"first [ring | ring [{squares}] | solve [field; side] | solve [{by_field}]]"
    turned = [f"try rewrite ?{name}a" for (_, even), name in basic.items() if even]
    for k, (base_text, product_text) in enumerate(split):
        lines.append(f"assert (W_r{k} : sqrt {base_text} = {product_text}).")
        shown = "; ".join((*turned, f"apply root_by; [solve [nonneg] | {algebra}]"))
        lines += ["{", f"first [reflexivity | {shown}].", "}", f"rewrite ?W_r{k}."]
    return [*lines, *(f"{t}." for t in turned), f"{algebra}."]


def _product(base: sp.Expr, names: Scope, basic: dict[tuple[sp.Expr, bool], str]) -> str:
    """The root of a formula as a product of roots of its factors, and of absolute values of those in even powers."""
    product = []
    for part, below in zip(sp.fraction(sp.together(base)), (False, True), strict=True):
        constant, factors = factor_list(part)
        for f, power in _signs_inside([(sp.sympify(constant, strict=True), 1), *factors]):
            if f == 1:
                continue
            even = power % 2 == 0
            whole = sp.sqrt(f**power)
            if whole.is_Rational or (even and f.is_nonnegative):
                product.append(f"(/ {coq_term(whole, names)})" if below else coq_term(whole, names))
                continue
            basic.setdefault((f, even), f"W_q{len(basic)}")
            root = f"({'Rabs' if even else 'sqrt'} {coq_term(f, names)})"
            times = power // 2 if even else power
            text = root if times == 1 else f"({root} ^ {times})"
            product.append(f"(/ {text})" if below else text)
    return " * ".join(product) or "1"


def _squared(text: str, name: str, even: bool) -> list[str]:
    """What is known of the root of a factor, or of the absolute value of one."""
    if even:
        return [
            f"assert ({name} : Rabs {text} ^ 2 = {text} ^ 2) by apply pow2_abs.",
            f"first [assert ({name}a : Rabs {text} = {text}) by (apply Rabs_pos_eq; root_nonneg)",
            f"| assert ({name}a : Rabs {text} = - {text}) by (apply Rabs_left1; lra) | idtac].",
        ]
    return [
        f"assert ({name} : sqrt {text} ^ 2 = {text}) by (apply pow2_sqrt; root_nonneg).",
        f"try assert ({name}p : sqrt {text} <> 0) by root_nonzero.",
    ]


def _signs_inside(factors: list[tuple[sp.Expr, int]]) -> list[tuple[sp.Expr, int]]:
    """A negative number in front goes into the only factor of odd power: minus one has no root."""
    (constant, _), *rest = factors
    odd = [f for f, power in rest if power % 2]
    if not constant.is_negative or len(odd) != 1:
        return factors
    return [(-constant, 1), *((-f if f == odd[0] else f, power) for f, power in rest)]
