"""A claim as a theorem of Coq: what must be read to trust a proof that Coq accepts.

Symbols become real numbers; all that the claim says of them becomes a hypothesis: signs, integers, conditions, what
holds at every level of a spectrum, and each given equation with its bracket. The conclusion is a conjunction: every
formula of the statement has a value (no denominator is zero, each logarithm and each base of a power with a symbolic
exponent is positive, nothing negative stands under a root), and the statement itself. Coq's division, logarithm and
root are total functions, so that the first part cannot be left out.

A spectrum is a list ``S`` of levels of any type, and its letters are functions on that type: ``lam i`` is the
eigenvalue at level ``i``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic, Compare, Iff
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import LevelTable, SpectrumSymbol, Total, letters_along

RELATIONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<="}
UNARY = {sp.exp: "exp", sp.log: "ln", sp.sin: "sin", sp.cos: "cos", sp.Abs: "Rabs"}
# Identifiers that statements and proofs use themselves; a symbol of such a name gets a mark.
TAKEN = frozenset(
    [
        "exp",
        "ln",
        "sin",
        "cos",
        "Rabs",
        "sqrt",
        "Rpower",
        "Rmin",
        "Rmax",
        "PI",
        "total",
        "Derive",
        "ex_derive",
        "is_derive",
        "RInt",
        "ex_RInt",
        "is_lim",
        "p_infty",
        "integer",
        "In",
        "nil",
        "cons",
        "list",
        "nth",
        "nat",
        "IZR",
        "INR",
        "R",
        "Type",
        "Prop",
        "Set",
        "forall",
        "exists",
        "fun",
        "let",
        "in",
        "if",
        "then",
        "else",
        "match",
        "with",
        "end",
        "as",
        "at",
        "return",
        "where",
        "fix",
        "cofix",
        "using",
        "and",
        "or",
        "not",
        "True",
        "False",
        "eq",
        "conj",
        "ex",
        "fst",
        "snd",
        "pair",
        "O",
        "S",
        "Rbar_locally",
        "Finite",
        "Z",
        "Q",
        "N",
        "positive",
        "bool",
    ]
)


class Untranslatable(ValueError):  # noqa: N818 - it names what happened
    """What the translator has no words for."""


@dataclass(frozen=True)
class Names:
    """The identifier of each symbol, and what the letters of spectra are where a sum runs."""

    of: Mapping[sp.Symbol, str]
    letters: Mapping[sp.Symbol, str] = field(default_factory=dict)

    def __getitem__(self, s: sp.Symbol) -> str:
        if s in self.letters:
            return self.letters[s]
        if s not in self.of:
            raise Untranslatable(f"{s} is no symbol of the claim")
        return self.of[s]

    def within(self, over: SpectrumSymbol) -> tuple[str, Names]:
        """A fresh index of a level of a spectrum, and the names inside a sum over it."""
        index = self.fresh("i")
        inner = {v: f"({letter_name(self.of[over], self.of, v)} {index})" for v in over.symbols}
        return index, replace(self, letters={**self.letters, **inner, sp.Dummy(): index})

    def bound(self, s: sp.Symbol) -> tuple[str, Names]:
        """A fresh name for a bound number, and the names in its scope."""
        name = self.fresh(identifier(s.name, set()))
        return name, replace(self, letters={**self.letters, s: name})

    def fresh(self, stem: str) -> str:
        """A name that stands for nothing yet."""
        used = {*self.of.values(), *self.letters.values()}
        return next(n for n in (stem, *(f"{stem}{k}" for k in range(1, 1000))) if n not in used)


def identifier(text: str, used: Iterable[str]) -> str:
    """A name that Coq takes, made of ``text``, that is not among ``used``."""
    plain = re.sub(r"\W", "_", text, flags=re.ASCII)
    plain = plain if re.match(r"[A-Za-z]", plain) else f"x{plain}"
    plain = f"{plain}_" if plain in TAKEN or plain.startswith(("H_", "W2S_")) else plain
    return next(n for n in (plain, *(f"{plain}_{k}" for k in range(2, 1000))) if n not in set(used))


def letter_name(spectrum: str, names: Mapping[sp.Symbol, str], letter: sp.Symbol) -> str:
    """The function on the levels of a spectrum that a level letter is."""
    return f"{identifier(letter.name, ())}_{spectrum}"


# -- formulas -------------------------------------------------------------------------------------------------


def term(e: sp.Expr, names: Names) -> str:
    """A formula as a real number of Coq. Raises :class:`Untranslatable`."""
    if e.is_Symbol:
        if letters_along(e) is not None:
            raise Untranslatable(f"the spectrum {e} stands where a number should")
        return names[e]
    if e.is_Rational:
        return _rational(e)
    if e in (sp.pi, sp.E):
        return "PI" if e is sp.pi else "(exp 1)"
    if e.is_Add:
        return _sum(e, names)
    if e.is_Mul:
        return _product(e, names)
    if isinstance(e, sp.exp):
        return f"(exp {term(e.args[0], names)})"
    if e.is_Pow:
        return _power(e, names)
    if type(e) in UNARY:
        return f"({UNARY[type(e)]} {term(e.args[0], names)})"
    if isinstance(e, (sp.Min, sp.Max)):
        head, (first, *rest) = ("Rmin" if isinstance(e, sp.Min) else "Rmax"), e.args
        inner = term(first, names)
        for a in rest:
            inner = f"({head} {inner} {term(a, names)})"
        return inner
    if isinstance(e, Total):
        index, inside = names.within(e.over)
        return f"(total (fun {index} => {term(e.summand, inside)}) {names[e.over]})"
    if isinstance(e, sp.Derivative):
        variable, function, _ = _derivative(e, names)
        return f"(Derive {function} {names[variable]})"
    if isinstance(e, sp.Integral):
        function, low, high = _integral(e, names)
        return f"(RInt {function} {low} {high})"
    raise Untranslatable(f"{type(e).__name__} is not translated")


def _sum(e: sp.Add, names: Names) -> str:
    text = ""
    for a in e.args:
        minus = bool(text) and a.as_coeff_Mul()[0].is_negative
        text += f" {'-' if minus else '+'} {term(-a if minus else a, names)}" if text else term(a, names)
    return f"({text})"


def _product(e: sp.Mul, names: Names) -> str:
    """A product as a quotient; what has a negative exponent stands below."""
    above, below = [], []
    for a in e.args:
        under = a.is_Pow and a.exp.is_Rational and a.exp.is_negative
        (below if under else above).append(term(a.base ** (-a.exp) if under else a, names))
    if above[:1] == ["(-1)"] and len(above) > 1:
        above = [f"(- {above[1]})", *above[2:]]
    text = " * ".join(above) or "1"
    return f"({text})" if not below else f"({text} / ({' * '.join(below)}))"


def _rational(q: sp.Rational) -> str:
    whole = f"{q.p}" if q.q == 1 else f"{q.p} / {q.q}"
    return whole if q.is_Integer and q >= 0 else f"({whole})"


def _power(e: sp.Pow, names: Names) -> str:
    base, exponent = e.base, e.exp
    inner = term(base, names)
    if exponent.is_Integer:
        power = inner if abs(exponent) == 1 else f"({inner} ^ {abs(exponent)})"
        return power if exponent > 0 else f"(/ {power})"
    if exponent.is_Rational and exponent.q == 2:
        root = f"(sqrt {inner})"
        power = root if abs(exponent.p) == 1 else f"({root} ^ {abs(exponent.p)})"
        return power if exponent > 0 else f"(/ {power})"
    return f"(Rpower {inner} {term(exponent, names)})"


def _derivative(e: sp.Derivative, names: Names) -> tuple[sp.Symbol, str, Names]:
    if len(e.variables) != 1:
        raise Untranslatable(f"{e} is no first derivative")
    (variable,) = e.variables
    if variable in names.letters or letters_along(variable) is not None:
        raise Untranslatable(f"{e} is a derivative in a level of a spectrum")
    bound, inside = names.bound(variable)
    return variable, f"(fun {bound} => {term(e.expr, inside)})", inside


def _integral(e: sp.Integral, names: Names) -> tuple[str, str, str]:
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        raise Untranslatable(f"{e} has not one variable with two limits")
    x, low, high = e.limits[0]
    if low.is_infinite or high.is_infinite:
        raise Untranslatable("an integral up to infinity is not translated")
    bound, inside = names.bound(x)
    return f"(fun {bound} => {term(e.function, inside)})", term(low, names), term(high, names)


@dataclass(frozen=True)
class Need:
    """A proposition, and what it says: something that is assumed, or that makes a formula have a value.

    Parameters
    ----------
    text
        The proposition.
    relation
        How ``expression`` compares to zero; empty for another kind of proposition.
    expression
        What is compared.
    over
        The spectra at whose levels it holds, outermost first.
    """

    text: str
    relation: str = ""
    expression: sp.Expr = sp.S.Zero
    over: tuple[SpectrumSymbol, ...] = ()


def defined(e: sp.Expr, names: Names) -> Iterator[Need]:
    """What must hold so that a formula has a value."""
    if isinstance(e, Total):
        index, inside = names.within(e.over)
        for need in defined(e.summand, inside):
            text = f"(forall {index}, In {index} {names[e.over]} -> {need.text})"
            yield replace(need, text=text, over=(e.over, *need.over))
        return
    if isinstance(e, sp.Derivative):
        variable, function, _ = _derivative(e, names)
        yield from defined(e.expr, names)
        yield Need(f"(ex_derive {function} {names[variable]})", "derivable", e)
        return
    if isinstance(e, sp.Integral):
        yield from _integrable(e, names)
        return
    for a in e.args:
        yield from defined(a, names)
    if isinstance(e, sp.log):
        yield Need(f"(0 < {term(e.args[0], names)})", ">", e.args[0])
    elif e.is_Pow and not (e.base.is_Rational and e.base > 0):
        yield from _base(e, term(e.base, names))


def _integrable(e: sp.Integral, names: Names) -> Iterator[Need]:
    x, low, high = e.limits[0]
    function, a, b = _integral(e, names)
    yield from (*defined(low, names), *defined(high, names))
    yield Need(f"(ex_RInt {function} {a} {b})")
    bound, inside = names.bound(x)
    for need in defined(e.function, inside):
        yield Need(f"(forall {bound}, {a} < {bound} < {b} -> {need.text})")


def _base(e: sp.Pow, base: str) -> Iterator[Need]:
    if e.exp.is_Integer:
        if e.exp < 0:
            yield Need(f"({base} <> 0)", "!=", e.base)
    elif e.exp.is_Rational and e.exp.q == 2 and e.exp > 0:
        yield Need(f"(0 <= {base})", ">=", e.base)
    else:
        yield Need(f"(0 < {base})", ">", e.base)


def comparison(left: sp.Expr, relation: str, right: sp.Expr, names: Names) -> str:
    """``left relation right`` as a proposition; what is larger stands on the right."""
    if Relation(relation).direction > 0:
        left, relation, right = right, Relation(relation).turned, left
    return f"{term(left, names)} {RELATIONS[relation]} {term(right, names)}"


# -- what a claim says ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Theorem:
    """A claim in Coq.

    Parameters
    ----------
    name
        The name of the theorem.
    binders
        Types and variables, such as ``(n : R)``.
    hypotheses
        All that the claim assumes.
    needs
        What makes the formulas of the statement have a value.
    conclusion
        The statement.
    names
        The identifier of each symbol.
    """

    name: str
    binders: tuple[str, ...]
    hypotheses: tuple[Need, ...]
    needs: tuple[Need, ...]
    conclusion: str
    names: Names

    @property
    def goal(self) -> str:
        """Needs and statement in one proposition."""
        return " /\\ ".join((*(need.text for need in self.needs), f"({self.conclusion})"))

    def text(self) -> str:
        """The theorem as Coq reads it, without a proof."""
        lines = [
            f"Theorem {self.name} : forall {' '.join(self.binders)}," if self.binders else f"Theorem {self.name} :"
        ]
        lines += [f"  ({need.text}) ->" for need in self.hypotheses]
        return "\n".join((*lines, f"  {self.goal}."))


def theorem(claim: Claim) -> Theorem:
    """The claim as a theorem. Raises :class:`Untranslatable` with what it has no words for."""
    if claim.witness is not None or claim.domain.points:
        raise Untranslatable("a claim about single points")
    symbols = symbols_of(claim)
    names = named(symbols)
    statement = claim.statement
    if isinstance(statement, Asymptotic):
        return _limit(claim, statement, symbols, names)
    sides = _sides(statement)
    _require_fixed(claim, sides)
    found = {need.text: need for side in sides for need in defined(side, names)}
    if isinstance(statement, Iff):
        left, right = (comparison(c.lhs, c.relation, c.rhs, names) for c in (statement.left, statement.right))
        conclusion = f"({left}) <-> ({right})"
    else:
        conclusion = comparison(statement.lhs, statement.relation, statement.rhs, names)
    hypotheses = tuple(assumed(claim, symbols, names))
    return Theorem(
        theorem_name(claim), tuple(binders(symbols, names)), hypotheses, tuple(found.values()), conclusion, names
    )


def _limit(claim: Claim, statement: Asymptotic, symbols: tuple[sp.Symbol, ...], names: Names) -> Theorem:
    """An expansion at infinity: the conditions and the formulas make sense for all large values of the symbol, and
    its power ``order`` times the difference of the sides has a limit that is not zero. What is assumed of the other
    symbols is only what does not mention it.
    """
    s = statement.in_
    if claim.given or any(t.has(s) for side in (statement.lhs, statement.rhs) for t in side.atoms(Total, sp.Integral)):
        raise Untranslatable("a limit with given equations or sums")
    others = tuple(x for x in symbols if x != s)
    fixed, moving = [], []
    for need in assumed(claim, others, names):
        fixed.append(need) if not _mentions(need, s) else moving.append(need)
    moving += [n for n in _sorts(Domain((s,)), names) if n.relation]
    needs = {n.text: n for side in (statement.lhs, statement.rhs) for n in defined(side, names)}
    inside = " /\\ ".join((*(n.text for n in moving), *(n.text for n in needs.values()))) or "True"
    power = (
        f"{names[s]} ^ {statement.order}"
        if statement.order.is_Integer
        else f"Rpower {names[s]} {_rational(statement.order)}"
    )
    difference = f"({term(statement.lhs, names)} - {term(statement.rhs, names)})"
    conclusion = (
        f"eventually (fun {names[s]} => {inside}) /\\\n"
        f"  exists limit, limit <> 0 /\\ is_lim (fun {names[s]} => {power} * {difference}) p_infty limit"
    )
    return Theorem(theorem_name(claim), tuple(binders(others, names)), tuple(fixed), (), conclusion, names)


def _mentions(need: Need, s: sp.Symbol) -> bool:
    return s in need.expression.free_symbols


def theorem_name(claim: Claim) -> str:
    """The name of a claim's theorem, made of its id."""
    return identifier(claim.id.replace("/", "__"), ())


def _sides(statement: Compare | Iff) -> tuple[sp.Expr, ...]:
    parts = (statement.left, statement.right) if isinstance(statement, Iff) else (statement,)
    sides = tuple(side for c in parts for side in (c.lhs, c.rhs))
    if not all(isinstance(side, sp.Expr) for side in sides):
        raise Untranslatable("random matrices")
    return sides


def _require_fixed(claim: Claim, sides: Iterable[sp.Expr]) -> None:
    """What a derivative or an integral runs over is in no given equation: its unknown would vary along."""
    running = {s for e in sides for node in e.atoms(sp.Derivative, sp.Integral) for s in node.variables}
    tied = next((e for e in claim.given if e.free_symbols & running), None)
    if tied is not None:
        raise Untranslatable(f"a derivative or integral along which {tied.unknown} varies")


def symbols_of(claim: Claim) -> tuple[sp.Symbol, ...]:
    """The symbols of the domain, then those that given equations define."""
    own = dict.fromkeys(claim.domain.symbols)
    for equation in claim.given:
        own |= dict.fromkeys(sorted(equation.free_symbols, key=lambda s: s.name))
    return tuple(own)


def named(symbols: Iterable[sp.Symbol]) -> Names:
    """An identifier for each symbol; two symbols never share one."""
    of: dict[sp.Symbol, str] = {}
    for s in symbols:
        of[s] = identifier(s.name, of.values())
    return Names(of)


def binders(symbols: Iterable[sp.Symbol], names: Names) -> Iterator[str]:
    """The variables of a theorem: real numbers; for a spectrum a type, a list and its letters."""
    for s in symbols:
        along = letters_along(s)
        if along is None:
            yield f"({names[s]} : R)"
            continue
        level = f"level_{names[s]}"
        letters = " ".join(letter_name(names[s], names.of, v) for v in along.symbols)
        yield f"({level} : Type) ({names[s]} : list {level}) ({letters} : {level} -> R)"


def assumed(claim: Claim, symbols: tuple[sp.Symbol, ...], names: Names) -> Iterator[Need]:
    """Everything that the claim assumes."""
    for s in symbols:
        along = letters_along(s)
        if along is not None:
            yield Need(f"{names[s]} <> nil")
            index, inside = names.within(along)
            level = Domain(along.symbols, along.conditions)
            for need in (*_sorts(level, inside), *_conditions(level.conditions, inside)):
                yield replace(need, text=f"forall {index}, In {index} {names[s]} -> {need.text}", over=(along,))
    numbers = Domain(tuple(s for s in symbols if letters_along(s) is None))
    yield from _sorts(numbers, names)
    yield from _conditions(claim.domain.conditions, names)
    for equation in claim.given:
        yield from _conditions([Condition(equation.residual, "=", sp.S.Zero)], names)
        low, high = equation.bracket or (None, None)
        if low is not None and low.is_finite is not False:
            yield from _conditions([Condition(low, "<", equation.unknown)], names)
        if high is not None and high.is_finite is not False:
            yield from _conditions([Condition(equation.unknown, "<", high)], names)


def _sorts(domain: Domain, names: Names) -> Iterator[Need]:
    """Integers and signs, as the symbols' own assumptions state them."""
    for s in domain.symbols:
        if s.is_integer:
            yield Need(f"integer {names[s]}")
    yield from _conditions(domain.assumptions(), names)


def _conditions(conditions: Iterable[Condition], names: Names) -> Iterator[Need]:
    for c in conditions:
        yield Need(comparison(c.lhs, c.relation, c.rhs, names), c.relation, c.lhs - c.rhs)


def levels(table: LevelTable) -> list[dict[sp.Symbol, sp.Expr]]:
    """The levels of a spectrum, each as often as it occurs."""
    return [at for row, at in zip(table.rows, table.points(), strict=True) for _ in range(int(row[0]))]
