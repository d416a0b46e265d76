"""A claim as a theorem of Coq: what must be read to trust a proof that Coq accepts.

Symbols become real numbers; all that the claim says of them becomes a hypothesis: signs, integers, conditions, what
holds at every level of a spectrum, and each given equation with its bracket. The conclusion is a conjunction: every
formula of the statement has a value (no denominator is zero, each logarithm and each base of a power with a symbolic
exponent is positive, or that base is zero and the exponent positive, nothing negative stands under a root), and the
statement itself. Coq's division, logarithm and root are total functions: the first part cannot be left out.

A hypothesis assumes no more than the claim: a point where a formula of a condition has no real value is not in the
domain, and a power with a symbolic exponent stands in one only if its base is positive by the signs of its symbols.

A spectrum is a list of levels of any type; its letters are functions on it, as ``lam i``, the eigenvalue at level i.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.statement import Asymptotic, Iff
from w2s_sym.coq.facts import cited, unsaid
from w2s_sym.coq.scope import Scope as Scope
from w2s_sym.coq.scope import Untranslatable as Untranslatable
from w2s_sym.coq.scope import identifier as identifier
from w2s_sym.coq.scope import letter_name as letter_name
from w2s_sym.coq.scope import theorem_name as theorem_name
from w2s_sym.coq.vanishing import vanishing_powers
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import SpectrumSymbol, Total, letters_along

RELATIONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<="}
BETA = sp.Dummy("x", positive=True)  # the variable of the integral that an incomplete beta function is
CALCULUS = (sp.Derivative, sp.Integral, sp.betainc)
UNARY = {sp.exp: "exp", sp.log: "ln", sp.sin: "sin", sp.cos: "cos", sp.Abs: "Rabs"}
# How tightly Coq's notations bind: a formula whose number is above that of its place stands in parentheses.
ARGUMENT, APPLIED, POWER, MINUS, PRODUCT, SUM, SIDE = range(7)


def coq_term(e: sp.Expr, names: Scope) -> str:
    """A formula as a real number of Coq, in parentheses if it needs any. Raises :class:`Untranslatable`."""
    return _written(e, names, ARGUMENT)


def _written(e: sp.Expr, names: Scope, place: int) -> str:
    """A formula with the parentheses that it needs in a place of Coq's grammar."""
    return _placed(_text(e, names), place)


def _placed(text: tuple[str, int], place: int) -> str:
    return text[0] if text[1] <= place else f"({text[0]})"


def _text(e: sp.Expr, names: Scope) -> tuple[str, int]:
    """A formula without parentheses around it, and how tightly it binds."""
    if e.is_Symbol and letters_along(e) is None:
        applied = re.fullmatch(r"\((\w+ \w+)\)", names[e])
        return (applied.group(1), APPLIED) if applied else (names[e], ARGUMENT)
    if e.is_Rational:
        return (f"{e.p}" if e.p >= 0 else f"({e.p})", ARGUMENT) if e.q == 1 else (f"{e.p} / {e.q}", PRODUCT)
    if e in (sp.pi, sp.E):
        return ("PI", ARGUMENT) if e is sp.pi else ("exp 1", APPLIED)
    if e.is_Add or e.is_Mul:
        return (_sum(e, names), SUM) if e.is_Add else (_product(e, names), PRODUCT)
    if e.is_Pow:
        return _power(e.base, e.exp, names)
    if type(e) in UNARY and len(e.args) == 1:
        return f"{UNARY[type(e)]} {' '.join(coq_term(a, names) for a in e.args)}", APPLIED
    if isinstance(e, (sp.Min, sp.Max)):
        head, (inner, *rest) = ("Rmin" if isinstance(e, sp.Min) else "Rmax"), (coq_term(a, names) for a in e.args)
        for a in rest[:-1]:
            inner = f"({head} {inner} {a})"
        return f"{head} {inner} {rest[-1]}", APPLIED
    if isinstance(e, Total):
        index, inside = names.within(e.over)
        return f"total (fun {index} => {_written(e.summand, inside, SIDE)}) {names[e.over]}", APPLIED
    if isinstance(e, sp.Derivative):
        variable, functions = _derivative(e, names)
        return f"Derive {functions[-1]} {names[variable]}", APPLIED
    if isinstance(e, (sp.Integral, sp.betainc)):
        return f"integral {span(e, names)}", APPLIED
    raise Untranslatable(f"{type(e).__name__} is not translated")


def _sum(e: sp.Add, names: Scope) -> str:
    text = _written(e.args[0], names, SUM)
    for a in e.args[1:]:
        minus = a.as_coeff_Mul()[0].is_negative
        text += f" {'-' if minus else '+'} {_written(-a if minus else a, names, PRODUCT)}"
    return text


def _product(e: sp.Mul, names: Scope) -> str:
    """A product as a quotient; what has a negative exponent stands below."""
    below = [a for a in e.args if a.is_Pow and a.exp.is_Rational and a.exp.is_negative]
    text = _factors([_written(a, names, POWER) for a in e.args if a not in below])
    if not below:
        return text
    under = [_placed(_power(a.base, -a.exp, names), POWER) for a in below]
    return f"{text} / {under[0] if len(under) == 1 else f'({_factors(under)})'}"


def _factors(factors: list[str]) -> str:
    """Factors multiplied from left to right; a leading -1 is the sign of the next one."""
    if factors[:1] == ["(-1)"] and len(factors) > 1:
        factors = [f"- {factors[1]}", *factors[2:]]
    return " * ".join(factors) or "1"


def _power(base: sp.Expr, exponent: sp.Expr, names: Scope) -> tuple[str, int]:
    """A power: of natural numbers, of roots, or by the logarithm of its base."""
    half = exponent.is_Rational and exponent.q == 2
    if not (exponent.is_Integer or half):
        head = "power" if base**exponent in names.vanishing else "Rpower"
        return f"{head} {coq_term(base, names)} {coq_term(exponent, names)}", APPLIED
    times = abs(exponent.p)
    text = (f"sqrt {coq_term(base, names)}", APPLIED) if half else _text(base, names)
    if times != 1:
        text = f"{_placed(text, APPLIED)} ^ {times}", POWER
    return text if exponent >= 0 else (f"/ {_placed(text, POWER)}", MINUS)


def _derivative(e: sp.Derivative, names: Scope) -> tuple[sp.Symbol, list[str]]:
    """The symbol along which a derivative is taken, and what is differentiated: the function, then its derivative."""
    (variable, times), *others = e.variable_count
    if others or times not in (1, 2) or e.expr.has(*CALCULUS) or variable in names.letters or letters_along(variable):
        raise Untranslatable(f"{e} is no first or second derivative in a symbol of the claim")
    bound, inside = names.bound(variable)
    function = f"(fun {bound} => {_written(e.expr, inside, SIDE)})"
    return variable, [function, f"(Derive {function})"][:times]


def limits_of(e: sp.Expr) -> tuple[sp.Expr, sp.Symbol, sp.Expr, sp.Expr]:
    """The integrand, the variable and the ends of an integral; an incomplete beta function is one by definition."""
    if isinstance(e, sp.betainc):
        a, b, low, high = e.args
        return BETA ** (a - 1) * (1 - BETA) ** (b - 1), BETA, low, high
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        raise Untranslatable(f"{e} has not one variable and two ends")
    x, low, high = e.limits[0]
    if low.is_finite is False or high == -sp.oo or x.is_integer or letters_along(x):
        raise Untranslatable(f"{e} is no integral from a number to another one or to infinity")
    if e.function.has(Total, *CALCULUS):
        raise Untranslatable(f"in {e} there is more than a formula of a real number")
    return e.function, x, low, high


def span(e: sp.Expr, names: Scope) -> str:
    """The integrand as a function, and the ends."""
    function, x, low, high = limits_of(e)
    bound, inside = names.bound(x)
    end = "p_infty" if high == sp.oo else f"(Finite {coq_term(high, names)})"
    return f"(fun {bound} => {_written(function, inside, SIDE)}) {coq_term(low, names)} {end}"


@dataclass(frozen=True)
class Need:
    """A proposition that is assumed, or that makes a formula have a value.

    ``text`` is the proposition, ``relation`` how ``expression`` compares to zero (empty for another kind), and ``over``
    names the spectra at whose levels it holds, outermost first; ``inside`` is the integral between whose ends it holds.
    """

    text: str
    relation: str = ""
    expression: sp.Expr = sp.S.Zero
    over: tuple[SpectrumSymbol, ...] = ()
    inside: sp.Expr | None = None


def value_needs(e: sp.Expr, names: Scope, around: bool = False) -> Iterator[Need]:
    """What must hold so that a formula has a value; ``around`` asks for one at all points close by too."""
    if isinstance(e, Total):
        index, inside = names.within(e.over)
        yield from (_at_levels(e.over, index, need, names) for need in value_needs(e.summand, inside, around))
        return
    if isinstance(e, sp.Derivative):
        variable, (*first, function) = _derivative(e, names)
        yield from value_needs(e.expr, names, True)
        yield from (Need(f"locally {names[variable]} (ex_derive {f})", "derivable nearby", e) for f in first)
        yield Need(f"ex_derive {function} {names[variable]}", "derivable", e)
        return
    if isinstance(e, (sp.Integral, sp.betainc)):
        yield from _integral_needs(e, names)
        return
    for a in e.args:
        yield from value_needs(a, names, around)
    if e in names.vanishing:
        yield from (Need(comparison(a, r, sp.S.Zero, names), r, a) for a, r in zip(e.args, (">=", ">"), strict=True))
        return
    relation = ">" if isinstance(e, sp.log) else ""
    if e.is_Pow and not (e.base.is_Rational and e.base > 0):
        root = e.exp.is_Rational and e.exp.q == 2 and e.exp > 0 and not around
        relation = ">=" if root else ">" if not e.exp.is_Integer else "!=" if e.exp < 0 else ""
    if relation:
        yield Need(comparison(e.args[0], relation, sp.S.Zero, names), relation, e.args[0])


def _integral_needs(e: sp.Expr, names: Scope) -> Iterator[Need]:
    """The ends are in order, between them the integrand has a value, and the integral converges."""
    function, x, low, high = limits_of(e)
    bound, inside = names.bound(x)
    between = comparison(low, "<", x, inside)
    for end in (low, high) if high != sp.oo else (low,):
        yield from value_needs(end, names)
    if high != sp.oo:
        yield Need(comparison(high - low, ">", sp.S.Zero, names), ">", high - low)
        between += f" -> {comparison(x, '<', high, inside)}"
    for need in value_needs(function, inside):
        yield replace(need, text=f"(forall {bound}, {between} -> {need.text})", inside=e)
    yield Need(f"converges {span(e, names)}", "converges", e)


def _at_levels(over: SpectrumSymbol, index: str, need: Need, names: Scope) -> Need:
    text = f"(forall {index}, In {index} {names[over]} -> {need.text})"
    return replace(need, text=text, over=(over, *need.over))


def comparison(left: sp.Expr, relation: str, right: sp.Expr, names: Scope) -> str:
    """``left relation right`` as a proposition; what is larger stands on the right."""
    if Relation(relation).direction > 0:
        left, relation, right = right, Relation(relation).turned, left
    return f"{_written(left, names, SIDE)} {RELATIONS[relation]} {_written(right, names, SIDE)}"


@dataclass(frozen=True)
class Theorem:
    """A claim in Coq: types and variables, all that it assumes, what makes its formulas have a value, the statement.

    ``names`` are the identifiers of its symbols; ``facts`` are cited claims that no proof is known of, as propositions.
    """

    name: str
    binders: tuple[str, ...]
    hypotheses: tuple[Need, ...]
    needs: tuple[Need, ...]
    conclusion: str
    names: Scope
    facts: tuple[str, ...] = ()

    @property
    def goal(self) -> str:
        """Needs and statement in one proposition."""
        closed = f"({self.conclusion})" if "<->" in self.conclusion else self.conclusion
        return " /\\ ".join((*(need.text for need in self.needs), closed))

    @property
    def proposition(self) -> str:
        """What the theorem says, its facts left out."""
        binders = f"forall {' '.join(self.binders)}, " if self.binders else ""
        return f"{binders}{''.join(f'{need.text} -> ' for need in self.hypotheses)}{self.goal}"

    def text(self) -> str:
        """The theorem as Coq reads it, without a proof."""
        facts = "".join(f"\n  (* cited: *) ({fact}) ->\n " for fact in self.facts)
        binders = f" forall {' '.join(self.binders)}," if self.binders else ""
        premises = (f"  {need.text} ->" for need in self.hypotheses)
        return "\n".join((f"Theorem {self.name} :{facts}{binders}", *premises, f"  {self.goal}."))


def theorem(claim: Claim) -> Theorem:
    """The claim as a theorem. Raises :class:`Untranslatable` with what it has no words for."""
    if claim.witness is not None or claim.domain.points:
        raise Untranslatable("a claim about single points")
    symbols = symbols_of(claim)
    names = replace(named(symbols), vanishing=vanishing_powers(claim))
    statement = claim.statement
    if isinstance(statement, Asymptotic):
        return _limit(claim, statement, symbols, names)
    parts = (statement.left, statement.right) if isinstance(statement, Iff) else (statement,)
    sides = [side for c in parts for side in (c.lhs, c.rhs)]
    _require_fixed(claim, sides)
    found = {need.text: need for side in sides for need in value_needs(side, names)}
    conclusion = " <-> ".join(comparison(c.lhs, c.relation, c.rhs, names) for c in parts)
    own, hypotheses = tuple(binders(symbols, names)), tuple(assumed(claim, symbols, names))
    facts = tuple(theorem(f).proposition for f in cited(claim))
    return Theorem(theorem_name(claim), own, hypotheses, tuple(found.values()), conclusion, names, facts=facts)


def _limit(claim: Claim, statement: Asymptotic, symbols: tuple[sp.Symbol, ...], names: Scope) -> Theorem:
    """For all large values of the symbol its conditions hold and the formulas make sense, and its power ``order`` times
    the difference of the sides has a limit that is not zero. Assumed is only what does not mention it.
    """
    s, sides, order = statement.in_, (statement.lhs, statement.rhs), statement.order
    if claim.given or any(t.has(s) for side in sides for t in side.atoms(Total, *CALCULUS)):
        raise Untranslatable("a limit with given equations, sums, derivatives or integrals")
    others = tuple(x for x in symbols if x != s)
    fixed = tuple(restricted(others, (c for c in claim.domain.conditions if s not in c.free_symbols), names))
    moving = [c for c in (*claim.domain.conditions, *Domain((s,)).assumptions()) if s in c.free_symbols]
    formulas = (*sides, *(side for c in moving for side in (c.lhs, c.rhs)))
    needs = {n.text: n for side in formulas for n in value_needs(side, names)}
    inside = " /\\ ".join((*(n.text for n in stated(moving, names)), *needs)) or "True"
    x, limit = names[s], names.fresh("limit")
    scale = f"{x} ^ {order}" if order.is_Integer else f"Rpower {x} {coq_term(order, names)}"
    difference = f"({_written(sides[0], names, SUM)} - {_written(sides[1], names, PRODUCT)})"
    conclusion = (
        f"eventually (fun {x} => {inside}) /\\\n"
        f"  exists {limit}, {limit} <> 0 /\\ is_lim (fun {x} => {scale} * {difference}) p_infty {limit}"
    )
    return Theorem(theorem_name(claim), tuple(binders(others, names)), fixed, (), conclusion, names)


def _require_fixed(claim: Claim, sides: Iterable[sp.Expr]) -> None:
    """Formulas only. A derivative holds all other symbols fixed: no unknown that moves along stands under one. What an
    integral runs over is in no given equation.
    """
    if not all(isinstance(side, sp.Expr) for side in sides):
        raise Untranslatable(unsaid(claim))
    for node in {d for side in sides for d in side.atoms(sp.Derivative)}:
        moving = set(node.variables)
        for _ in claim.given:  # what an equation makes of a symbol that moves, moves too
            moving |= {equation.unknown for equation in claim.given if equation.free_symbols & moving}
        if varying := moving & node.expr.free_symbols & {equation.unknown for equation in claim.given}:
            raise Untranslatable(f"a derivative along which {min(varying, key=str)} varies")
    running = {s for side in sides for node in side.atoms(sp.Integral) for s in node.variables}
    for equation in claim.given:
        if equation.free_symbols & running:
            raise Untranslatable(f"an integral along which {equation.unknown} varies")


def _require_plain(c: Condition) -> None:
    """In a condition Coq's functions have the claim's values: no derivative, and no Rpower of what is not positive."""
    for node in {*c.lhs.atoms(sp.Pow), *c.rhs.atoms(sp.Pow)}:
        if not ((2 * node.exp).is_Integer or node.base.is_positive):
            raise Untranslatable(f"the base of {node} in the condition {c} may not be positive")
    if any(side.has(*CALCULUS) for side in (c.lhs, c.rhs)):
        raise Untranslatable(f"a derivative or an integral in the condition {c}")


def symbols_of(claim: Claim) -> tuple[sp.Symbol, ...]:
    """The symbols of the domain, then those that given equations define."""
    own = dict.fromkeys(claim.domain.symbols)
    for equation in claim.given:
        own |= dict.fromkeys(sorted(equation.free_symbols, key=lambda s: s.name))
    return tuple(own)


def named(symbols: Iterable[sp.Symbol]) -> Scope:
    """An identifier for each symbol; two symbols never share one. Refuses what is no real number by assumption."""
    of: dict[sp.Symbol, str] = {}
    for s in symbols:
        along = letters_along(s)
        for x in (s,) if along is None else along.symbols:
            if not x.is_commutative or x.is_extended_real is False or x.is_finite is False:
                raise Untranslatable(f"{x} is no real number by its assumptions")
        of[s] = identifier(s.name, of.values())
    return Scope(of)


def binders(symbols: Iterable[sp.Symbol], names: Scope) -> Iterator[str]:
    """The variables of a theorem: real numbers; for a spectrum a type, a list and its letters."""
    for s in symbols:
        along = letters_along(s)
        if along is None:
            yield f"({names[s]} : R)"
            continue
        level = f"level_{names[s]}"
        letters = " ".join(letter_name(names[s], names.of, v) for v in along.symbols)
        yield f"({level} : Type) ({names[s]} : list {level}) ({letters} : {level} -> R)"


def assumed(claim: Claim, symbols: tuple[sp.Symbol, ...], names: Scope) -> Iterator[Need]:
    """Everything that the claim assumes of these symbols; an equation is about its unknown."""
    yield from restricted(symbols, claim.domain.conditions, names)
    for equation in (e for e in claim.given if e.unknown in symbols):
        yield from stated((Condition(equation.residual, "=", sp.S.Zero), *bracket_conditions(equation)), names)


def restricted(symbols: tuple[sp.Symbol, ...], conditions: Iterable[Condition], names: Scope) -> Iterator[Need]:
    """What the symbols' own assumptions say, what holds at every level of a spectrum, and conditions."""
    for s in symbols:
        along = letters_along(s)
        if along is not None:
            yield Need(f"{names[s]} <> nil")
            index, inside = names.within(along)
            level = _sorts(Domain(along.symbols, along.conditions), inside)
            yield from (_at_levels(along, index, need, names) for need in level)
    yield from _sorts(Domain(tuple(s for s in symbols if letters_along(s) is None)), names)
    yield from stated(conditions, names)


def _sorts(domain: Domain, names: Scope) -> Iterator[Need]:
    """Integers and signs, as the symbols' own assumptions state them, and conditions."""
    for s in domain.symbols:
        if s.is_integer:
            yield Need(f"integer {coq_term(s, names)}")
    yield from stated((*domain.assumptions(), *domain.conditions), names)


def stated(conditions: Iterable[Condition], names: Scope) -> Iterator[Need]:
    """Conditions as they stand."""
    for c in conditions:
        _require_plain(c)
        yield Need(comparison(c.lhs, c.relation, c.rhs, names), c.relation, c.lhs - c.rhs)
