"""A claim as a theorem of Coq: what must be read to trust a proof that Coq accepts.

Symbols become real numbers; all that the claim says of them becomes a hypothesis: signs, integers, conditions, what
holds at every level of a spectrum, and each given equation with its bracket. The conclusion is a conjunction: every
formula of the statement has a value (no denominator is zero, each logarithm and each base of a power with a symbolic
exponent is positive, nothing negative stands under a root), and the statement itself. Coq's division, logarithm and
root are total functions, so that the first part cannot be left out.

A hypothesis assumes no more than the claim: a point where a formula of a condition has no real value is not in the
domain, and a power with a symbolic exponent stands in one only if its base is positive by the signs of its symbols.

A spectrum is a list of levels of any type; its letters are functions on it, as ``lam i``, the eigenvalue at level i.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.claims.statement import Asymptotic, Iff
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import SpectrumSymbol, Total, letters_along

RELATIONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<="}
UNARY = {sp.exp: "exp", sp.log: "ln", sp.sin: "sin", sp.cos: "cos", sp.Abs: "Rabs"}
# Scope that statements and proofs use themselves, and Coq's keywords; a symbol of such a name gets a mark.
TAKEN = frozenset(re.findall(r"\w+", """
    exp ln sin cos Rabs sqrt Rpower Rmin Rmax PI total Derive ex_derive is_derive RInt ex_RInt is_lim p_infty integer
    In nil cons list nth nat IZR INR R Type Prop Set forall exists fun let in if then else match with end as at return
    where fix cofix using and or not True False eq conj ex fst snd pair O S Rbar_locally Finite Z Q N positive bool
    eventually power SProp Axiom CoFixpoint Definition Fixpoint Hypothesis Parameter Theorem Variable discriminated
    exists2 for by mod IF"""))  # fmt: skip
OURS = ("H_", "W_", "W2S_", "level_")  # how names begin that proofs and spectra make
# How tightly Coq's notations bind: a formula whose number is above that of its place stands in parentheses.
ARGUMENT, APPLIED, POWER, MINUS, PRODUCT, SUM, SIDE = range(7)


class Untranslatable(ValueError):  # noqa: N818 - it names what happened
    """What the translator has no words for."""


@dataclass(frozen=True)
class Scope:
    """The identifier of each symbol, and what the letters of spectra are where a sum runs."""

    of: Mapping[sp.Symbol, str]
    letters: Mapping[sp.Symbol, str] = field(default_factory=dict)

    def __getitem__(self, s: sp.Symbol) -> str:
        if s in self.letters:
            return self.letters[s]
        if s not in self.of:
            raise Untranslatable(f"{s} is no symbol of the claim")
        return self.of[s]

    def within(self, over: SpectrumSymbol) -> tuple[str, Scope]:
        """A fresh index of a level of a spectrum, and the names inside a sum over it."""
        index = self.fresh("i")
        inner = {v: f"({letter_name(self[over], self.of, v)} {index})" for v in over.symbols}
        return index, replace(self, letters={**self.letters, **inner, sp.Dummy(): index})

    def bound(self, s: sp.Symbol) -> tuple[str, Scope]:
        """A fresh name for a bound number, and the names in its scope."""
        name = self.fresh(identifier(s.name, ()))
        return name, replace(self, letters={**self.letters, s: name})

    def fresh(self, stem: str) -> str:
        """A name that stands for nothing yet."""
        return identifier(stem, {*self.of.values(), *self.letters.values(), *_letter_names(self.of).values()})


def identifier(text: str, used: Collection[str]) -> str:
    """A name that Coq takes, made of ``text``, that is not among ``used``."""
    plain = re.sub(r"\W", "_", text, flags=re.ASCII)
    plain = plain if re.match(r"[A-Za-z]", plain) and not plain.startswith(OURS) else f"x{plain}"
    plain = f"{plain}_" if plain in TAKEN else plain
    return next(name for name in chain([plain], (f"{plain}_{k}" for k in count(2))) if name not in used)


def letter_name(spectrum: str, names: Mapping[sp.Symbol, str], letter: sp.Symbol) -> str:
    """The function on the levels of a spectrum that a level letter is; no two letters share one."""
    return _letter_names(names)[spectrum, letter]


def _letter_names(names: Mapping[sp.Symbol, str]) -> dict[tuple[str, sp.Symbol], str]:
    found: dict[tuple[str, sp.Symbol], str] = {}
    for s, name in names.items():
        along = letters_along(s)
        for v in along.symbols if along is not None else ():
            found[name, v] = identifier(f"{v.name}_{name}", {*names.values(), *found.values()})
    return found


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
    if e.is_Add:
        return _sum(e, names), SUM
    if e.is_Mul:
        return _product(e, names), PRODUCT
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
        variable, function = _derivative(e, names)
        return f"Derive {function} {names[variable]}", APPLIED
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
        return f"Rpower {coq_term(base, names)} {coq_term(exponent, names)}", APPLIED
    times = abs(exponent.p)
    text = (f"sqrt {coq_term(base, names)}", APPLIED) if half else _text(base, names)
    if times != 1:
        text = f"{_placed(text, APPLIED)} ^ {times}", POWER
    return text if exponent >= 0 else (f"/ {_placed(text, POWER)}", MINUS)


def _derivative(e: sp.Derivative, names: Scope) -> tuple[sp.Symbol, str]:
    """The symbol along which a derivative is taken, and the function."""
    (variable, times), *others = e.variable_count
    if others or times != 1 or e.expr.has(sp.Derivative) or variable in names.letters or letters_along(variable):
        raise Untranslatable(f"{e} is no first derivative in a symbol of the claim")
    bound, inside = names.bound(variable)
    return variable, f"(fun {bound} => {_written(e.expr, inside, SIDE)})"


@dataclass(frozen=True)
class Need:
    """A proposition that is assumed, or that makes a formula have a value.

    ``text`` is the proposition, ``relation`` how ``expression`` compares to zero (empty for another kind), and ``over``
    names the spectra at whose levels it holds, outermost first.
    """

    text: str
    relation: str = ""
    expression: sp.Expr = sp.S.Zero
    over: tuple[SpectrumSymbol, ...] = ()


def value_needs(e: sp.Expr, names: Scope, around: bool = False) -> Iterator[Need]:
    """What must hold so that a formula has a value; ``around`` asks for one at all points close by too."""
    if isinstance(e, Total):
        index, inside = names.within(e.over)
        yield from (_at_levels(e.over, index, need, names) for need in value_needs(e.summand, inside, around))
        return
    if isinstance(e, sp.Derivative):
        variable, function = _derivative(e, names)
        yield from value_needs(e.expr, names, True)
        yield Need(f"ex_derive {function} {names[variable]}", "derivable", e)
        return
    for a in e.args:
        yield from value_needs(a, names, around)
    relation = ">" if isinstance(e, sp.log) else ""
    if e.is_Pow and not (e.base.is_Rational and e.base > 0):
        root = e.exp.is_Rational and e.exp.q == 2 and e.exp > 0 and not around
        relation = ">=" if root else ">" if not e.exp.is_Integer else "!=" if e.exp < 0 else ""
    if relation:
        yield Need(comparison(e.args[0], relation, sp.S.Zero, names), relation, e.args[0])


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

    ``names`` are the identifiers of its symbols.
    """

    name: str
    binders: tuple[str, ...]
    hypotheses: tuple[Need, ...]
    needs: tuple[Need, ...]
    conclusion: str
    names: Scope

    @property
    def goal(self) -> str:
        """Needs and statement in one proposition."""
        closed = f"({self.conclusion})" if "<->" in self.conclusion else self.conclusion
        return " /\\ ".join((*(need.text for need in self.needs), closed))

    def text(self) -> str:
        """The theorem as Coq reads it, without a proof."""
        binders = f" forall {' '.join(self.binders)}," if self.binders else ""
        premises = (f"  {need.text} ->" for need in self.hypotheses)
        return "\n".join((f"Theorem {self.name} :{binders}", *premises, f"  {self.goal}."))


def theorem(claim: Claim) -> Theorem:
    """The claim as a theorem. Raises :class:`Untranslatable` with what it has no words for."""
    if claim.witness is not None or claim.domain.points:
        raise Untranslatable("a claim about single points")
    symbols = symbols_of(claim)
    names = named(symbols)
    statement = claim.statement
    if isinstance(statement, Asymptotic):
        return _limit(claim, statement, symbols, names)
    parts = (statement.left, statement.right) if isinstance(statement, Iff) else (statement,)
    sides = [side for c in parts for side in (c.lhs, c.rhs)]
    _require_fixed(claim, sides)
    found = {need.text: need for side in sides for need in value_needs(side, names)}
    conclusion = " <-> ".join(comparison(c.lhs, c.relation, c.rhs, names) for c in parts)
    own, hypotheses = tuple(binders(symbols, names)), tuple(assumed(claim, symbols, names))
    return Theorem(theorem_name(claim), own, hypotheses, tuple(found.values()), conclusion, names)


def _limit(claim: Claim, statement: Asymptotic, symbols: tuple[sp.Symbol, ...], names: Scope) -> Theorem:
    """For all large values of the symbol its conditions hold and the formulas make sense, and its power ``order`` times
    the difference of the sides has a limit that is not zero. Assumed is only what does not mention it.
    """
    s, sides = statement.in_, (statement.lhs, statement.rhs)
    if claim.given or any(t.has(s) for side in sides for t in side.atoms(Total, sp.Derivative)):
        raise Untranslatable("a limit with given equations, sums or derivatives")
    others = tuple(x for x in symbols if x != s)
    fixed = tuple(restricted(others, (c for c in claim.domain.conditions if s not in c.free_symbols), names))
    moving = [c for c in (*claim.domain.conditions, *Domain((s,)).assumptions()) if s in c.free_symbols]
    formulas = (*sides, *(side for c in moving for side in (c.lhs, c.rhs)))
    needs = {n.text: n for side in formulas for n in value_needs(side, names)}
    inside = " /\\ ".join((*(n.text for n in stated(moving, names)), *needs)) or "True"
    x, limit = names[s], names.fresh("limit")
    scale = (
        f"{x} ^ {statement.order}" if statement.order.is_Integer else f"Rpower {x} {coq_term(statement.order, names)}"
    )
    difference = f"({_written(sides[0], names, SUM)} - {_written(sides[1], names, PRODUCT)})"
    conclusion = (
        f"eventually (fun {x} => {inside}) /\\\n"
        f"  exists {limit}, {limit} <> 0 /\\ is_lim (fun {x} => {scale} * {difference}) p_infty {limit}"
    )
    return Theorem(theorem_name(claim), tuple(binders(others, names)), fixed, (), conclusion, names)


def theorem_name(claim: Claim) -> str:
    """The name of a claim's theorem, made of its id."""
    return identifier(claim.id.replace("/", "__"), ())


def _require_fixed(claim: Claim, sides: Iterable[sp.Expr]) -> None:
    """Formulas only; and what a derivative runs over is in no given equation: its unknown would vary along."""
    if not all(isinstance(side, sp.Expr) for side in sides):
        raise Untranslatable("random matrices")
    running = {s for e in sides for node in e.atoms(sp.Derivative) for s in node.variables}
    for equation in claim.given:
        if equation.free_symbols & running:
            raise Untranslatable(f"a derivative along which {equation.unknown} varies")


def _require_plain(c: Condition) -> None:
    """In a condition Coq's functions have the claim's values: no derivative, and no Rpower of what is not positive."""
    for node in {*c.lhs.atoms(sp.Pow), *c.rhs.atoms(sp.Pow)}:
        if not ((2 * node.exp).is_Integer or node.base.is_positive):
            raise Untranslatable(f"the base of {node} in the condition {c} may not be positive")
    if c.lhs.has(sp.Derivative) or c.rhs.has(sp.Derivative):
        raise Untranslatable(f"a derivative in the condition {c}")


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
    """Everything that the claim assumes."""
    yield from restricted(symbols, claim.domain.conditions, names)
    for equation in claim.given:
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
