"""Powers, exponentials and logarithms written in a few units, each rewriting shown to Coq. Nothing here is trusted.

Units are logarithms of bases and exponentials of monomials: ``x^(r + 1)/x`` is ``exp(r ln x)``, a unit, and
``exp(-2 t)`` is one over the square of the unit ``exp(t)``. Where all exponentials are products of powers of units, an
equality between formulas is one between rational functions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.totals import Total

# Both sides of an equality of exponents, with logarithms of products, quotients and powers as sums.
SAME_EXPONENT = "same_exponent."
ALGEBRA = "first [reflexivity | ring | solve [field; side] | lra]."


@dataclass(frozen=True)
class Piece:
    """One term of an exponent as text, the power of a unit that it gives, and the rewriting of one to the other."""

    exponent: str
    power: str
    rewriting: str


@dataclass
class Elementary:
    """Assertions that write the exponentials, powers and logarithms of formulas as products of powers of units.

    Parameters
    ----------
    names
        The identifiers of symbols.
    values
        What symbols stand for that ``names`` writes as formulas.
    kept
        Formulas whose logarithms are left: each with the formula as whose logarithm it is written.
    lines
        Assertions and rewritings so far, in order.
    """

    names: Scope
    values: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    kept: Mapping[sp.Expr, sp.Expr] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    normal: dict[sp.Expr, sp.Expr] = field(default_factory=dict)
    bases: dict[sp.Expr, sp.Symbol] = field(default_factory=dict)
    units: dict[sp.Expr, list[sp.Rational]] = field(default_factory=dict)
    of_unit: dict[sp.Expr, sp.Symbol] = field(default_factory=dict)

    def script(self, *formulas: sp.Expr) -> list[str]:
        """Lines that write the exponentials of the goal, which is made of these formulas, in units."""
        nodes: dict[sp.Expr, None] = {}
        for e in formulas:
            _collect(e, nodes)
        # The longest first: what stands inside another is rewritten after it.
        ordered = sorted(nodes, key=lambda n: -len(self._text(n)))
        found = {n: self.exponents(n) for n in ordered}
        for terms in found.values():
            for monomial, c in terms.items():
                self.units.setdefault(monomial, []).append(c)
        for n in self._inside(ordered):
            ordered.append(n)
            found[n] = self.exponents(n)
            for monomial, c in found[n].items():
                self.units.setdefault(monomial, []).append(c)
        for k, n in enumerate(ordered):
            if isinstance(n, sp.log):
                self._logarithm(n, f"W_l{k}")
            else:
                self._power(n, found[n], f"W_e{k}")
        return self.lines

    def _inside(self, nodes: list[sp.Expr]) -> list[sp.Expr]:
        """Powers in the bases of others that are made of the same units: they are written in them too."""
        nested: dict[sp.Expr, None] = {}
        for n in nodes:
            for a in n.args:
                _collect(a, nested)
        powers = (n for n in nested if n not in nodes and not isinstance(n, sp.log))
        return sorted((n for n in powers if {*self.exponents(n)} & {*self.units}), key=lambda n: -len(self._text(n)))

    # -- exponents ----------------------------------------------------------------------------------------
    def exponents(self, node: sp.Expr) -> dict[sp.Expr, sp.Rational]:
        """The logarithm of a power or an exponential, or a logarithm itself: monomial -> rational coefficient."""
        if isinstance(node, sp.log):
            return _terms(self.logarithm(node.args[0]))
        if isinstance(node, sp.exp):
            return _terms(self._plain(node.args[0]))
        return _terms(self._plain(node.exp) * self.logarithm(node.base))

    def _plain(self, e: sp.Expr) -> sp.Expr:
        """A formula with its logarithms written in units."""
        e = e.xreplace(dict(self.values))
        return e.xreplace({n: self.logarithm(n.args[0]) for n in e.atoms(sp.log)})

    def logarithm(self, base: sp.Expr) -> sp.Expr:
        """The logarithm of a formula in units: factors and powers are taken out of it."""
        base = base.xreplace(dict(self.values))
        if base in self.kept:
            return sp.log(self.kept[base], evaluate=False)
        if isinstance(base, sp.exp):
            return self._plain(base.args[0])
        if base.is_Pow and not (base.exp.is_Integer and not _positive(base.base)):
            return self._plain(base.exp) * self.logarithm(base.base)
        if base == 1:
            return sp.S.Zero
        if base.is_Mul:
            known = [f for f in base.args if _positive(f)]
            rest = sp.Mul(*(f for f in base.args if f not in known))
            if known and rest != base:
                return sp.Add(*(self.logarithm(f) for f in known), self.logarithm(rest) if rest != 1 else sp.S.Zero)
        quotient = _as_quotient(base)
        if quotient is not None:
            return self.logarithm(quotient[0]) - self.logarithm(quotient[1])
        return self.bases.setdefault(sp.expand(base), sp.log(base, evaluate=False))

    # -- assertions ---------------------------------------------------------------------------------------
    def _power(self, node: sp.Expr, terms: Mapping[sp.Expr, sp.Rational], name: str) -> None:
        """Asserts that a power is a product of powers of units, and rewrites it."""
        pieces = [self._piece(monomial, c) for monomial, c in terms.items()]
        exponent = " + ".join(p.exponent for p in pieces) or "0"
        product = " * ".join(p.power for p in pieces) or "1"
        if product == f"({self._text(node)} ^ 1)":
            return
        lemma = "exp_by" if isinstance(node, sp.exp) else "rpower_by"
        inner = f"apply ({lemma} _ ({exponent}))." if isinstance(node, sp.exp) else f"apply ({lemma} _ _ ({exponent}))."
        self.lines += [f"assert ({name} : {self._text(node)} = {product}).", "{", inner, "{"]
        self.lines += [*self._base_evaluated(node), SAME_EXPONENT, "}"]
        self.lines += ["rewrite ?exp_plus." if len(pieces) > 1 else "idtac.", *(p.rewriting for p in pieces)]
        self.lines += ["first [reflexivity | rewrite exp_0; reflexivity].", "}", f"rewrite ?{name} in *."]

    def _base_evaluated(self, node: sp.Expr) -> list[str]:
        """Rewrites the base of a power as it reads once its symbols are replaced: 1 - (1 - exp(u)) is exp(u)."""
        if isinstance(node, sp.exp):
            return []
        base = node.base.xreplace(dict(self.values))
        quotient = _as_quotient(base)
        base = base if quotient is None else sp.Mul(quotient[0], sp.Pow(quotient[1], -1), evaluate=False)
        written, read = self._text(node.base), self._text(base)
        if written == read:
            return []
        return [f"replace ({written}) with ({read}) by same_number."]

    def _piece(self, monomial: sp.Expr, c: sp.Rational) -> Piece:
        base = monomial.args[0] if monomial in self.bases.values() else None
        if base is not None and c.is_Integer:
            text, unit, times = self._text(base), self._text(monomial), int(c)
            proof = f"ln_piece{'' if times > 0 else '_inv'} {abs(times)} {text} ltac:(known_positive)"
        else:
            share = math.lcm(*(int(k.q) for k in self.units[monomial]))
            unit, times = self._text(monomial / share), int(c * share)
            text, proof = f"(exp {unit})", f"exp_piece{'' if times > 0 else '_inv'} {abs(times)} {unit}"
        power = f"({text} ^ {times})" if times > 0 else f"(/ ({text} ^ {-times}))"
        exponent = f"IZR ({times}) * {unit}"
        return Piece(exponent, power, f"rewrite (({proof}) : exp ({exponent}) = {power}).")

    def _logarithm(self, node: sp.log, name: str) -> None:
        """Asserts a logarithm as a sum of others, and rewrites it."""
        written = self.logarithm(node.args[0])
        if isinstance(written, sp.log) and written.args[0] in self.kept.values():
            left, right = self._text(node), self._text(written)
            inside = Elementary(self.names, self.values).script(node.args[0], written.args[0])
            proof = ["{", "apply f_equal.", *inside, ALGEBRA, "}", f"rewrite ?{name} in *."]
            self.lines += [f"assert ({name} : {left} = {right}).", *proof] if left != right else []
        elif written != node and written != sp.log(node.args[0], evaluate=False):
            self.lines += [f"assert ({name} : {self._text(node)} = {self._text(written)}).", "{", SAME_EXPONENT, "}"]
            self.lines.append(f"rewrite ?{name} in *.")

    def _text(self, e: sp.Expr) -> str:
        return coq_term(e, self.names)


def _collect(e: sp.Expr, nodes: dict[sp.Expr, None]) -> None:
    """The outermost exponentials, powers and logarithms that stand outside of sums over spectra."""
    if isinstance(e, Total):
        return
    if isinstance(e, (sp.exp, sp.log)) or (e.is_Pow and not e.exp.is_Rational):
        nodes[e] = None
        return
    for a in e.args:
        _collect(a, nodes)


def _positive(e: sp.Expr) -> bool:
    base, _ = e.as_base_exp()
    return bool((e.is_Rational and e > 0) or (base.is_Symbol and base.is_positive) or isinstance(e, sp.exp))


def _as_quotient(base: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """A sum over a common denominator whose factors are positive: 1 - m/p is (p - m)/p."""
    if not base.is_Add:
        return None
    top, bottom = sp.fraction(sp.together(base))
    if bottom == 1 or not all(_positive(f) for f in sp.Mul.make_args(bottom)):
        return None
    return sp.factor(top), bottom


def _terms(e: sp.Expr) -> dict[sp.Expr, sp.Rational]:
    """The terms of a sum: monomial -> rational coefficient; logarithms stay as they are."""
    found: dict[sp.Expr, sp.Rational] = {}
    logarithms = {n: sp.Dummy("log") for n in e.atoms(sp.log)}
    back = {d: n for n, d in logarithms.items()}
    for a in sp.Add.make_args(sp.expand(e.xreplace(logarithms))):
        c, monomial = a.as_coeff_Mul()
        monomial = monomial.xreplace(back)
        if not c.is_Rational:
            c, monomial = sp.Integer(1), a
        if c != 0:
            found[monomial] = found.get(monomial, sp.Integer(0)) + c
    return {m: c for m, c in found.items() if c != 0}
