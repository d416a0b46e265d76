"""Square roots in equalities: products of roots of factors, whose squares are known. Nothing here is trusted."""

from __future__ import annotations

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.rational import factor_list


def roots(left: sp.Expr, right: sp.Expr, names: Scope) -> list[str]:
    """Lines that close an equality with square roots in it; none when there are none."""
    found = sorted(
        {n.base for e in (left, right) for n in e.atoms(sp.Pow) if n.exp.is_Rational and n.exp.q == 2}, key=str
    )
    if not found:
        return []
    split: list[tuple[int, str, str]] = []
    basic: dict[sp.Expr, str] = {}
    for k, base in enumerate(found):
        product = []
        for part, direction in zip(sp.fraction(sp.together(base)), (1, -1), strict=True):
            constant, factors = factor_list(part)
            whole = _signs_inside([(sp.sympify(constant), 1), *factors])
            for f, power in whole:
                if f == 1:
                    continue
                basic.setdefault(f, f"W_q{len(basic)}")
                root = f"(sqrt {coq_term(f, names)})"
                power_text = root if power == 1 else f"({root} ^ {power})"
                product.append(power_text if direction > 0 else f"(/ {power_text})")
        text = " * ".join(product) or "1"
        split.append((k, coq_term(base, names), " * ".join(product) or "1"))
    lines = []
    for f, name in basic.items():
        text = coq_term(f, names)
        lines.append(f"assert ({name} : sqrt {text} ^ 2 = {text}) by (apply pow2_sqrt; root_nonneg).")
        lines.append(f"try assert ({name}p : sqrt {text} <> 0) by root_nonzero.")
    squares = " ".join(basic.values())
    algebra = (
        f"first [ring | ring [{squares}] | solve [field; side] | solve [field_simplify_eq; [ring [{squares}] | side]]]"
    )
    for k, base_text, product_text in split:
        lines.append(f"assert (W_r{k} : sqrt {base_text} = {product_text}).")
        lines += ["{", f"first [reflexivity | apply root_by; [solve [nonneg] | {algebra}]].", "}"]
        lines.append(f"rewrite ?W_r{k}.")
    return [*lines, f"{algebra}."]


def _signs_inside(factors: list[tuple[sp.Expr, int]]) -> list[tuple[sp.Expr, int]]:
    """A negative number in front goes into the only factor of odd power: minus one has no root."""
    (constant, _), *rest = factors
    odd = [f for f, power in rest if power % 2]
    if not constant.is_negative or len(odd) != 1:
        return factors
    return [(-constant, 1), *((-f if f == odd[0] else f, power) for f, power in rest)]
