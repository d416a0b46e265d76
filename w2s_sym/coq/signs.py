"""Scripts that show a sign: what the search finds, said to Coq step by step. Nothing here is trusted.

A :class:`Shape` is a formula of the same absolute value as the one asked about, in a form whose sign is read off: sums
and products of parts that are known to be positive or nonnegative. Those that are not obvious are asserted before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import sympy as sp

from w2s_sym.coq import polynomials
from w2s_sym.coq.equalities import equality, looks_zero
from w2s_sym.coq.shapes import NoScript, Part, Shape, plus, powers_of, signed, times
from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.numbers import number_sign
from w2s_sym.formula.rational import factor_list
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import SpectrumSymbol, Total

SEARCH_DEPTH = 12
# With a precision: interval arithmetic then computes in integers, not in the floating-point numbers of the machine.
BY_INTERVALS = "first [exact PI_RGT_0 | interval with (i_prec 100)]."


@dataclass
class Signs:
    """Looks for shapes on a domain, and collects the assertions that they need.

    Parameters
    ----------
    domain
        What is known of the symbols; each condition is a hypothesis in Coq.
    names
        The identifiers of the symbols, and of what stands for asserted parts.
    level
        How many sums over spectra the search is inside of.
    """

    domain: Domain
    names: Scope
    fresh: Iterator[int] = field(default_factory=count)
    level: int = 0
    depth: int = 0
    atoms: dict[sp.Symbol, Part] = field(default_factory=dict)
    known: dict[tuple[sp.Expr, bool], Shape | None] = field(default_factory=dict)

    # -- the search ---------------------------------------------------------------------------------------
    def shape(self, e: sp.Expr, strict: bool = False) -> Shape | None:
        """The shape of a formula; ``strict`` asks to try hard to exclude zero."""
        key = (e, strict)
        if key not in self.known:
            self.known[key] = None  # no proof rests on itself
            if self.depth < SEARCH_DEPTH:
                self.depth += 1
                self.known[key] = self._search(e, strict)
                self.depth -= 1
        return self.known[key]

    def _search(self, e: sp.Expr, strict: bool) -> Shape | None:
        stated = self.stated(e, strict)
        if stated is not None:
            return stated
        found = self.structural(e, strict)
        if found is not None and (found.strict or not strict):
            return found
        return polynomials.by_factors(self, e, strict) or found

    def stated(self, e: sp.Expr, strict: bool) -> Shape | None:
        """A rational multiple of a condition."""
        best = None
        for c in (*self.domain.conditions, *self.domain.facts):
            direction, difference = Relation(c.relation).direction, c.lhs - c.rhs
            if not direction or e.free_symbols != difference.free_symbols:
                continue
            quotient = sp.cancel(sp.together(e / difference))
            if not quotient.is_number and c in self.domain.facts:
                # Powers and exponentials of logarithms may be the same without being written so.
                quotient = sp.Integer(1 if looks_zero(e - difference) else -1 if looks_zero(e + difference) else 0)
            if quotient.is_Rational and quotient != 0:
                is_strict = Relation(c.relation).strict
                atom = self.atom(direction * difference, is_strict, ["lra."])
                s = direction * (1 if quotient > 0 else -1)
                best = Shape(s, is_strict, times(abs(quotient), atom))
                if is_strict or not strict:
                    return best
        return best

    def structural(self, e: sp.Expr, strict: bool) -> Shape | None:
        """The sign read off the shape of a sum of products, as the author wrote it."""
        if e.is_Rational:
            return Shape(-1 if e < 0 else 1, bool(e != 0), abs(e))
        if e.is_number and (known := number_sign(e)):
            return Shape(known, True, self.atom(known * e, True, [BY_INTERVALS])) if not e.is_Mul else self._product(e)
        if e.is_Symbol:
            return None
        if e.is_Add:
            found = self._sum(e, strict) or self._beside_number(e) or self._logarithms(e)
            return found or polynomials.as_one_sum(self, e)
        if e.is_Mul:
            return self._product(e, strict)
        if isinstance(e, Total):
            return self._total(e)
        if isinstance(e, sp.exp):
            return Shape(1, True, e)
        if e.is_Pow:
            return self._power(e, strict)
        if isinstance(e, sp.log):
            return self._logarithm(e, strict)
        if isinstance(e, sp.Abs):
            inner = self.shape(e.args[0], True)
            if inner is not None and inner.strict:
                return Shape(1, True, self.atom(e, True, self._nested(e.args[0], "!=", "apply abs_pos.")))
            return Shape(1, False, e)
        if isinstance(e, (sp.Max, sp.Min)):
            return self._extreme(e, strict)
        return self._sine_in_turns(e) or self._sine(e) if isinstance(e, sp.sin) else None

    def _sum(self, e: sp.Add, strict: bool) -> Shape | None:
        shapes = [self.shape(a) for a in e.args]
        if any(s is None for s in shapes) or len({s.sign for s in shapes if s is not None}) != 1:
            return None
        if strict and not any(s.strict for s in shapes if s is not None):
            for i, a in enumerate(e.args):
                stricter = self.shape(a, True)
                if stricter is not None and stricter.strict:
                    shapes[i] = stricter
                    break
        found = [s for s in shapes if s is not None]
        found.sort(key=lambda s: not s.strict)
        return Shape(found[0].sign, found[0].strict, plus(s.expr for s in found))

    def _product(self, e: sp.Mul, strict: bool = False) -> Shape | None:
        shapes = [self.shape(a, strict) for a in e.args]
        if any(s is None for s in shapes):
            return None
        found = [s for s in shapes if s is not None]
        sign = 1
        for s in found:
            sign *= s.sign
        return Shape(sign, all(s.strict for s in found), times(*(s.expr for s in found)))

    def _power(self, e: sp.Pow, strict: bool) -> Shape | None:
        base, exponent = e.base, e.exp
        if not exponent.is_Rational:
            return Shape(1, True, e)
        if exponent.is_Integer:
            inner = self.shape(base, strict or bool(exponent < 0))
            even = exponent % 2 == 0
            if inner is None or (exponent < 0 and not inner.strict):
                if not even:
                    return None
                if not self._nonzero(base):
                    return Shape(1, False, e) if exponent > 0 else None
                positive = self.atom(
                    base ** abs(exponent),
                    True,
                    self._nested(base, "!=", f"apply (even_power_pos _ {abs(exponent) // 2})."),
                )
                return Shape(1, True, positive if exponent > 0 else sp.Pow(positive, -1, evaluate=False))
            sign = 1 if even else inner.sign
            return Shape(sign, inner.strict, sp.Pow(inner.expr, exponent, evaluate=False))
        if exponent.q == 2:
            inner = self.shape(base, True)
            if inner is not None and inner.sign == 1 and inner.strict:
                root = self.atom(sp.sqrt(base), True, self._nested(base, ">", "apply sqrt_lt_R0."))
                return Shape(1, True, sp.Pow(root, exponent.p, evaluate=False))
            return Shape(1, False, e) if exponent > 0 else None
        return Shape(1, True, e)

    def _sine_in_turns(self, e: sp.sin) -> Shape | None:
        """The sine of pi times a number between 0 and 1, or between 1 and 2."""
        part = sp.expand(e.args[0] / sp.pi)
        for sign, lemma, goals in ((1, "sine_pos_by", (part, 1 - part)), (-1, "sine_neg_by", (part - 1, 2 - part))):
            shapes = [self.shape(g, True) for g in goals]
            if all(s is not None and s.sign == 1 and s.strict for s in shapes):
                shown = [line for g in goals for line in ("{", *self.script(g, ">"), "}")]
                script = [f"apply ({lemma} _ {coq_term(part, self.names)}).", "{", "angle.", "}", *shown]
                return Shape(sign, True, self.atom(signed(sign, e), True, script))
        return None

    def _nonzero(self, e: sp.Expr) -> bool:
        return any(c.relation == "!=" and sp.cancel(e / (c.lhs - c.rhs)).is_Rational for c in self.domain.conditions)

    def _logarithm(self, e: sp.log, strict: bool) -> Shape | None:
        inner = self.shape(e.args[0] - 1, strict)
        if inner is None:
            return None
        kind = {(1, True): "ln_pos", (1, False): "ln_nonneg", (-1, True): "ln_neg", (-1, False): "ln_nonpos"}
        lemma = kind[inner.sign, inner.strict]
        goal = inner.sign * (e.args[0] - 1)
        script = self._nested(goal, ">" if inner.strict else ">=", f"apply {lemma}.")
        if inner.sign < 0:
            script = [f"apply {lemma}.", "{", *self.script(e.args[0], ">"), "}", *script[1:]]
        return Shape(inner.sign, inner.strict, self.atom(signed(inner.sign, e), inner.strict, script))

    def _logarithms(self, e: sp.Add) -> Shape | None:
        """The sign of a difference of two logarithms: that of the difference of their arguments."""
        constant, e = e.as_content_primitive()
        signs = {a.as_coeff_Mul()[0]: a.as_coeff_Mul()[1] for a in e.args}
        if set(signs) != {1, -1} or not all(isinstance(a, sp.log) for a in signs.values()):
            return None
        a, b = signs[1].args[0], signs[-1].args[0]
        inner = self.shape(a - b, True)
        if inner is None or not inner.strict:
            return None
        low, high = (b, a) if inner.sign > 0 else (a, b)
        goals = [line for g in (high, low, high - low) for line in ("{", *self.script(g, ">"), "}")]
        difference = sp.Add(sp.log(high), sp.Mul(-1, sp.log(low), evaluate=False), evaluate=False)
        atom = self.atom(difference, True, ["apply ln_order.", *goals])
        return Shape(inner.sign * (1 if constant > 0 else -1), True, times(abs(constant), atom))

    def _sine(self, e: sp.sin) -> Shape | None:
        """Positive between 0 and pi."""
        ends = (e.args[0], sp.factor(sp.pi - e.args[0]))
        if not all(s is not None and s.sign == 1 and s.strict for s in (self.shape(end, True) for end in ends)):
            return None
        parts = [line for end in ends for line in ("{", *self.script(end, ">"), "}")]
        low, high = (coq_term(end, self.names) for end in ends)
        return Shape(1, True, self.atom(e, True, [f"apply (sin_pos {low} {high}); [| | ring || field].", *parts]))

    def _extreme(self, e: sp.Expr, strict: bool) -> Shape | None:
        shapes = [self.shape(a, strict) for a in e.args]
        enough = [a for a, s in zip(e.args, shapes, strict=True) if s is not None and s.sign == 1]
        if isinstance(e, sp.Max) and len(e.args) == 2 and enough:
            return self._maximum(e, enough[0])
        if len(e.args) != 2 or any(s is None or s.sign != 1 for s in shapes):
            return None
        is_strict = all(s.strict for s in shapes if s is not None)
        lemma = ("Rmin_" if isinstance(e, sp.Min) else "Rmax_") + ("pos" if is_strict else "nonneg")
        relation = ">" if is_strict else ">="
        parts = [line for a in e.args for line in ("{", *self.script(a, relation), "}")]
        return Shape(1, is_strict, self.atom(e, is_strict, [f"apply {lemma}.", *parts]))

    def _maximum(self, e: sp.Max, part: sp.Expr) -> Shape:
        """At least as large as a part whose sign is known."""
        shape = self.shape(part, True)
        strict = shape is not None and shape.strict
        script = [f"apply (Rmax_{'pos' if strict else 'nonneg'}_by _ _ {coq_term(part, self.names)}).", "{"]
        script += [*self.script(part, ">" if strict else ">="), "}", "first [left; reflexivity | right; reflexivity]."]
        return Shape(1, strict, self.atom(e, strict, script))

    def _total(self, e: Total) -> Shape | None:
        inner = self.at_level(e.over)
        found = inner.shape(e.summand, True)
        if found is None:
            return None
        summand = e.summand if found.sign > 0 else -e.summand
        nonempty = "; [assumption|]" if found.strict else ""
        script = [f"apply {'total_pos' if found.strict else 'total_nonneg'}{nonempty}.", inner.intro]
        script += inner.script(summand, ">" if found.strict else ">=")
        return Shape(found.sign, found.strict, self.atom(Total(summand, e.over), found.strict, script))

    def at_level(self, over: SpectrumSymbol) -> Signs:
        """The search at one level of a spectrum; :attr:`index` is its name in the script."""
        level = self.level + 1
        _, names = self.names.within(over)
        index = {v: f"{names.letters[v].rsplit(' ', 1)[0]} W_i{level})" for v in over.symbols}
        symbols = tuple(dict.fromkeys((*(s for s in self.domain.symbols if s not in over.symbols), *over.symbols)))
        kept = tuple(c for c in self.domain.conditions if not c.free_symbols & set(over.symbols))
        inside = Domain(symbols, (*kept, *over.conditions), facts=self.domain.facts)
        return Signs(inside, Scope(names.of, {**self.names.letters, **index}), self.fresh, level)

    @property
    def index(self) -> str:
        """The name of the level at which the search looks."""
        return f"W_i{self.level}"

    @property
    def intro(self) -> str:
        """Takes one level, and all that is known there."""
        return f"intros {self.index} W_in{self.level}. at_level W_in{self.level}."

    def _beside_number(self, e: sp.Add) -> Shape | None:
        """The sign of c(1 - X), for a number c and X an exponential, a power or a product."""
        number, rest = e.as_coeff_Add()
        if not number.is_Rational or number == 0:
            return None
        x = -rest / number
        found = self._one_minus(x)
        if found is None:
            return None
        sign, is_strict, script = found
        atom = self.atom(signed(sign, 1 - x), is_strict, script)
        return Shape(sign * (1 if number > 0 else -1), is_strict, times(abs(number), atom))

    def _one_minus(self, x: sp.Expr) -> tuple[int, bool, list[str]] | None:
        if isinstance(x, sp.exp):
            inner = self.shape(x.args[0], True)
            if inner is None or not inner.strict:
                return None
            lemma = "exp_below_one" if inner.sign < 0 else "exp_above_one"
            return -inner.sign, True, self._nested(inner.sign * x.args[0], ">", f"apply {lemma}.")
        if x.is_Pow and not x.exp.is_number:
            base, exponent = self.shape(1 - x.base, True), self.shape(x.exp, True)
            if base is None or exponent is None or not (base.strict and exponent.strict):
                return None
            lemma = f"rpower_{'small' if base.sign > 0 else 'large'}_{'pos' if exponent.sign > 0 else 'neg'}"
            wanted = ((x.base, ">"), (base.sign * (1 - x.base), ">"), (exponent.sign * x.exp, ">"))
            parts = [line for g, r in wanted for line in ("{", *self.script(g, r), "}")]
            return base.sign * exponent.sign, True, [f"apply {lemma}.", *parts]
        if x.is_Mul and len(x.args) == 2:
            a, b = x.args
            shapes = [self.shape(1 - a, True), self.shape(1 - b, True), self.shape(a, True), self.shape(b, True)]
            if all(s is not None and s.sign == 1 and s.strict for s in shapes):
                goals = ((a, ">"), (1 - a, ">"), (b, ">"), (1 - b, ">"))
                parts = [line for g, r in goals for line in ("{", *self.script(g, r), "}")]
                return 1, True, ["apply product_below_one.", *parts]
        return None

    # -- polynomials ----------------------------------------------------------------------------------------
    # -- scripts --------------------------------------------------------------------------------------------
    def atom(self, e: sp.Expr, strict: bool, script: list[str]) -> sp.Expr:
        """A symbol that stands for a formula whose sign is asserted with a script."""
        made = next((s for s, known in self.atoms.items() if known.formula == e and known.strict == strict), None)
        if made is None:
            number = next(self.fresh)
            made, relation = sp.Dummy(f"s{number}"), "<" if strict else "<="
            text = coq_term(e, self.names)
            lines = (f"assert (H_s{number} : 0 {relation} {text}).", "{", *script, "}")
            self.atoms[made] = Part(e, strict, lines)
            self.names = Scope(self.names.of, {**self.names.letters, made: text})
        return made

    def written(self, e: sp.Expr) -> sp.Expr:
        """A formula with what its atoms stand for."""
        for s in reversed(list(self.atoms)):
            e = e.xreplace({s: self.atoms[s].formula})
        return e

    def on(self, domain: Domain) -> Signs:
        """A search on another domain, in the same scope."""
        return Signs(domain, self.names, self.fresh, self.level)

    def child(self) -> Signs:
        """A search of its own on the same domain, for a goal within the script."""
        made = Signs(self.domain, self.names, self.fresh, self.level)
        made.depth = self.depth
        return made

    def script(self, e: sp.Expr, relation: str) -> list[str]:
        """A script for the goal ``e relation 0``, written ``0 < e``, ``0 <= e`` or ``e <> 0``; NoScript if none."""
        inner = self.child()
        return inner.goal(e, relation)

    def goal(self, e: sp.Expr, relation: str) -> list[str]:
        """Like :meth:`script`, with this search's own assertions."""
        shape = self.shape(e, relation != ">=")
        if shape is None or (relation != ">=" and not shape.strict) or (relation != "!=" and shape.sign < 0):
            if relation == "!=":
                return ["known_nonzero."] if self._nonzero(e) else self._nonzero_factors(e)
            raise NoScript(f"{e} {relation} 0")
        text = coq_term(shape.expr, self.names)
        nonzero = "nonzero_by_pos" if shape.sign > 0 else "nonzero_by_neg"
        lemma = {">": "pos_by", ">=": "nonneg_by", "!=": nonzero}[relation]
        signed = e if shape.sign > 0 else -e
        inside = {
            s: a.formula for s, a in self.atoms.items() if any(s in p.free_symbols for p in powers_of(shape.expr))
        }
        if inside:
            equal = equality(signed, shape.expr, self.names, {s: a.formula for s, a in self.atoms.items()})
        else:
            equal = equality(signed, self.written(shape.expr), self.names)
        close = "nonneg." if relation == ">=" else "pos."
        asserted = [line for s, known in self.atoms.items() if s in shape.expr.free_symbols for line in known.lines]
        return [*asserted, f"apply ({lemma} _ {text}).", "{", *equal, "}", "{", close, "}"]

    def _nonzero_factors(self, e: sp.Expr) -> list[str]:
        """A product is not zero when none of its factors is."""
        top, bottom = sp.fraction(sp.cancel(sp.together(e)))
        parts, lines = [], []
        for part, direction in ((top, 1), (bottom, -1)):
            try:
                constant, factors = factor_list(part)
            except sp.PolynomialError:
                raise NoScript(f"{e} != 0") from None
            for f, power in ((sp.sympify(constant, strict=True), 1), *factors):
                if f == e or f == -e:
                    raise NoScript(f"{e} != 0")
                parts.append(sp.Pow(f, direction * power, evaluate=False) if direction * power != 1 else f)
                if not f.is_number:
                    number = next(self.fresh)
                    lines += [
                        f"assert (H_s{number} : {coq_term(f, self.names)} <> 0).",
                        "{",
                        *self.script(f, "!="),
                        "}",
                    ]
        product = times(*parts)
        lines += [f"apply (nonzero_by _ {coq_term(product, self.names)}).", "{", *equality(e, product, self.names), "}"]
        return [*lines, "nonzero."]

    def _nested(self, e: sp.Expr, relation: str, first: str) -> list[str]:
        return [first, *self.script(e, relation)]
