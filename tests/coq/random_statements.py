"""Random claims, and what they say at a point by a reading of their own: fractions, and floats of fifty digits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp
from coq_reader import BeyondReach, Junk, Read, both, exponential, holds, order, read_theorem, real

from w2s_sym import Claim, ClaimError, Compare, Condition, Domain, Equation, Evidence, Finding, Iff, Source
from w2s_sym.coq.statement import Theorem, Untranslatable, theorem
from w2s_sym.coq.vanishing import vanishing_powers
from w2s_sym.formula.totals import any_spectrum, letters_along, total

SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
NAMES = ("x", "y", "n", "λ", "μ", "lambda'", "S", "R", "exp", "limit", "x_2", "level_S", "forall", "lam_T", "i", "H_d0")
SORTS: tuple[dict[str, bool], ...] = (
    {},
    {"real": True},
    {"positive": True},
    {"positive": True},
    {"nonnegative": True},
    {"negative": True},
    {"nonpositive": True},
    {"nonzero": True, "real": True},
    {"integer": True},
    {"integer": True, "positive": True},
    {"integer": True, "negative": True},
)
RELATIONS = ("=", "!=", "<", "<=", ">", ">=")


class NoValue(ArithmeticError):  # noqa: N818 - it names what was met
    """A formula without a real value, or with a power whose base is not positive."""


class Says(Evidence):
    """Evidence that is never asked."""

    kind = "fake"

    def check(self, claim: Claim, run: Any) -> Finding:
        raise AssertionError


def claim(statement: Any, *symbols: sp.Symbol, conditions: tuple[Condition, ...] = (), **more: Any) -> Claim:
    """A claim that says this on that domain."""
    domain = Domain(symbols, conditions)
    return Claim("a_claim", "It holds.", statement, domain, SOURCE, (Says(),), **more)


# -- claims ---------------------------------------------------------------------------------------------------


@dataclass
class Maker:
    """Makes random formulas of these numbers and spectra."""

    rng: random.Random
    numbers: list[sp.Symbol]
    spectra: list[sp.Symbol]

    def formula(self, depth: int, letters: tuple[sp.Symbol, ...] = ()) -> sp.Expr:
        """A formula that SymPy takes for a real number, or nothing speaks against it."""
        for _ in range(50):
            e = self._formula(depth, letters)
            if not e.has(sp.zoo, sp.nan, sp.I, sp.oo, -sp.oo):
                return e
        return sp.Integer(1)

    def _formula(self, depth: int, letters: tuple[sp.Symbol, ...]) -> sp.Expr:
        rng = self.rng
        if depth == 0 or rng.random() < 0.1:
            if rng.random() < 0.3 or not (self.numbers or letters):
                return sp.Rational(rng.randint(-4, 6), rng.choice((1, 1, 1, 2, 3)))
            return rng.choice([*self.numbers, *letters, *letters])

        def part() -> sp.Expr:
            return self.formula(depth - 1, letters)

        make: Callable[[], sp.Expr] = rng.choice(
            (
                lambda: sp.Add(*(part() for _ in range(rng.randint(2, 3)))),
                lambda: part() - part(),
                lambda: sp.Mul(*(part() for _ in range(rng.randint(2, 3)))),
                lambda: -part(),
                lambda: part() / part(),
                lambda: part() / (part() + part()) ** 2,
                lambda: part() ** rng.choice((-3, -2, -1, 2, 2, 3)),
                lambda: part() ** sp.Rational(rng.choice((-3, -1, 1, 1, 3)), 2),
                lambda: part() ** part(),
                lambda: part() ** sp.Rational(1, 3),
                lambda: sp.exp(part()),
                lambda: sp.log(part()),
                lambda: sp.Abs(part()),
                lambda: rng.choice((sp.sin, sp.cos))(part()),
                lambda: rng.choice((sp.Min, sp.Max))(*(part() for _ in range(rng.randint(2, 3)))),
                lambda: rng.choice((sp.Add, sp.Mul))(part(), part(), evaluate=False),
                lambda: sp.Pow(part(), rng.choice((-2, -1, 2)), evaluate=False),
                lambda: sp.pi * part() + sp.E,
                lambda: self._total(depth, letters) if self.spectra else part(),
                lambda: self._total(depth, letters) if self.spectra else part(),
            )
        )
        return make()

    def _total(self, depth: int, letters: tuple[sp.Symbol, ...]) -> sp.Expr:
        over = self.rng.choice(self.spectra)
        return total(self.formula(depth - 1, (*letters, *letters_along(over).symbols)), over)

    def condition(self, symbols: list[sp.Symbol], shallow: bool = False) -> Condition:
        """A condition on some of these symbols."""
        inner = Maker(self.rng, symbols, [] if shallow else self.spectra)
        relation = self.rng.choice(RELATIONS)
        return Condition(inner.formula(self.rng.randint(0, 2)), relation, inner.formula(self.rng.randint(0, 1)))


def random_claim(rng: random.Random) -> Claim:
    """A claim about one to three numbers and up to two spectra."""
    names = rng.sample(NAMES, 6)
    numbers = [sp.Symbol(names.pop(), **rng.choice(SORTS)) for _ in range(rng.randint(1, 3))]
    pool = [sp.Symbol(v, **rng.choice(SORTS)) for v in rng.sample(("λ", "μ", "lam", "b", "x"), 3)]
    pool = [v for v in pool if v not in numbers]
    spectra = []
    for name in rng.sample(("S", "T", "S_g", "σ"), rng.choice((0, 0, 1, 1, 2))):
        if name in {s.name for s in numbers}:
            continue
        letters = tuple(rng.sample(pool, rng.randint(1, min(2, len(pool)))))
        conditions = tuple(
            Maker(rng, list(letters), []).condition(list(letters), True) for _ in range(rng.randint(0, 1))
        )
        spectra.append(any_spectrum(name, "a spectrum", *letters, conditions=conditions))
    make = Maker(rng, numbers, spectra)
    depth = rng.randint(1, 3)
    compared = [Compare(make.formula(depth), rng.choice(RELATIONS), make.formula(depth)) for _ in range(2)]
    statement = Iff(*compared) if rng.random() < 0.2 else compared[0]
    conditions = tuple(make.condition(numbers) for _ in range(rng.choice((0, 0, 1, 2))))
    given = []
    if rng.random() < 0.3:
        unknown = rng.choice([*numbers, sp.Symbol(names.pop(), **rng.choice(SORTS))])
        bracket = rng.choice(
            (None, (sp.Integer(0), sp.oo), (-sp.oo, sp.Integer(5)), (sp.Rational(1, 2), numbers[0] + 4))
        )
        given.append(Equation(unknown, sp.Add(make.formula(1), -unknown, evaluate=False), bracket))
    order_ = [*numbers, *spectra]
    rng.shuffle(order_)
    return claim(statement, *order_, conditions=conditions, given=tuple(given))


def claims(rng: random.Random) -> Iterator[Claim]:
    """Random claims that are well formed."""
    while True:
        try:
            yield random_claim(rng)
        except (ClaimError, ValueError):
            continue


# -- what they say --------------------------------------------------------------------------------------------

Point = Mapping[sp.Symbol, Any]


VANISHING = sp.Dummy("vanishing")


def amount(e: sp.Expr, at: Point) -> Any:
    """The value of a formula at a point; :class:`NoValue` where it has none."""
    if e.is_Symbol:
        return at[e]
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if e.is_NumberSymbol:
        return {"pi": mpmath.pi + 0, "E": mpmath.e + 0}[str(e).replace("exp(1)", "E")]
    name = type(e).__name__
    if name == "Total":
        summand, over = e.args
        return _added(amount(summand, {**at, **level}) for level in at[over])
    if name == "Pow":
        return _powered(amount(e.args[0], at), e, at)
    values = [amount(a, at) for a in e.args]
    if name == "Add":
        return _added(values)
    if name == "Mul":
        found: Any = Fraction(1)
        for v in values:
            a, b = both(found, v)
            found = a * b
        return found
    if name in ("Min", "Max"):
        best = values[0]
        for v in values[1:]:
            best = v if order(v, best) == (-1 if name == "Min" else 1) else best
        return best
    (x,) = values
    if name == "Abs":
        return abs(x)
    if name == "log":
        if order(x, Fraction(0)) <= 0:
            raise NoValue
        return mpmath.log(real(x))
    return exponential(real(x)) if name == "exp" else {"sin": mpmath.sin, "cos": mpmath.cos}[name](real(x))


def _added(values: Any) -> Any:
    found: Any = Fraction(0)
    for v in values:
        a, b = both(found, v)
        found = a + b
    return found


def _powered(base: Any, e: sp.Expr, at: Point) -> Any:
    sign, exponent = order(base, Fraction(0)), e.args[1]
    if exponent.is_Integer:
        if sign == 0 and exponent < 0:
            raise NoValue
        if isinstance(base, Fraction) and max(abs(base.numerator), base.denominator) > 10**300:
            raise BeyondReach
        return base ** int(exponent)
    n = amount(exponent, at)
    root = exponent.is_Rational and exponent.q == 2 and exponent > 0
    zero = sign == 0 and (root or (e in at.get(VANISHING, ()) and order(n, Fraction(0)) > 0))
    if sign < 0 or (sign == 0 and not zero):
        raise NoValue
    if sign == 0:
        return Fraction(0)
    return exponential(real(n) * mpmath.log(real(base)))


def compares(left: sp.Expr, relation: str, right: sp.Expr, at: Point) -> bool:
    """Whether a comparison holds at a point."""
    sign = order(amount(left, at), amount(right, at))
    return sign in {"=": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}[relation]


def right_sort(s: sp.Symbol, x: Any) -> bool:
    """Whether a number is what SymPy assumes of its symbol."""
    said = s.assumptions0
    return not (
        (said.get("integer") and x.denominator != 1)
        or (said.get("positive") and not x > 0)
        or (said.get("negative") and not x < 0)
        or (said.get("nonnegative") and not x >= 0)
        or (said.get("nonpositive") and not x <= 0)
        or (said.get("nonzero") and x == 0)
    )


def admissible(c: Claim, at: Point) -> bool:
    """Whether all that the claim assumes holds at a point."""
    for s, x in at.items():
        along = letters_along(s)
        if along is None and not right_sort(s, x):
            return False
        for level in x if along is not None else ():
            if not all(right_sort(v, level[v]) for v in along.symbols):
                return False
            if not all(compares(k.lhs, k.relation, k.rhs, level) for k in along.conditions):
                return False
    if not all(compares(k.lhs, k.relation, k.rhs, at) for k in c.domain.conditions):
        return False
    for equation in c.given:
        if order(amount(equation.residual, at), Fraction(0)) != 0:
            return False
        low, high = equation.bracket or (-sp.oo, sp.oo)
        if low != -sp.oo and not compares(low, "<", equation.unknown, at):
            return False
        if high != sp.oo and not compares(equation.unknown, "<", high, at):
            return False
    return True


def comparisons(c: Claim) -> tuple[Compare, ...]:
    """The comparisons of a statement."""
    return (c.statement.left, c.statement.right) if isinstance(c.statement, Iff) else (c.statement,)


def says(c: Claim, at: Point) -> bool | None:
    """Whether the statement holds at a point; None where one of its formulas has no value.

    A power with a symbolic exponent has one at the base zero where no base is negative on the whole domain.
    """
    at = {**at, VANISHING: vanishing_powers(c)}
    truths = [compares(k.lhs, k.relation, k.rhs, at) for k in comparisons(c)]
    return truths[0] == truths[-1] if len(truths) == 2 else truths[0]


# -- both readings --------------------------------------------------------------------------------------------


def all_symbols(c: Claim) -> list[sp.Symbol]:
    """The symbols in the order of the binders: those of the domain, then those of equations by name."""
    extra = [s for e in c.given for s in sorted(e.free_symbols, key=lambda s: s.name)]
    return list(dict.fromkeys((*c.domain.symbols, *extra)))


def number(rng: random.Random, s: sp.Symbol) -> Fraction:
    """A small number, mostly one of the sort of the symbol."""
    for _ in range(30):
        x = Fraction(rng.randint(-6, 9), rng.choice((1, 1, 2, 3)))
        if right_sort(s, x):
            return x if rng.random() < 0.93 else -x + Fraction(rng.randint(0, 1), 2)
    return Fraction(1)


def point(rng: random.Random, c: Claim) -> dict[sp.Symbol, Any]:
    """A point at which the claim may hold or not, admissible or not."""
    at: dict[sp.Symbol, Any] = {}
    for s in all_symbols(c):
        along = letters_along(s)
        if along is None:
            at[s] = number(rng, s)
        else:
            at[s] = [{v: number(rng, v) for v in along.symbols} for _ in range(rng.randint(1, 3))]
    for e in c.given:
        rest, _ = e.residual.args
        if rng.random() < 0.8 and e.unknown not in rest.free_symbols:
            try:
                x = amount(rest, at)
            except (NoValue, BeyondReach):
                continue
            at[e.unknown] = x if isinstance(x, Fraction) else at[e.unknown]
    return at


def in_coq(c: Claim, read: Read, at: Point) -> dict[str, Any]:
    """The point under the names of a theorem, which are told by the order of its binders alone."""
    found: dict[str, Any] = {}
    rest = list(read.binders)
    for s in all_symbols(c):
        names, sort = rest.pop(0)
        along = letters_along(s)
        if along is None:
            assert (sort, len(names)) == ("R", 1), (names, sort)
            found[names[0]] = at[s]
            continue
        (level,) = names
        assert sort == "Type"
        (spectrum,), sort = rest.pop(0)
        assert sort == f"list {level}"
        letters, sort = rest.pop(0)
        assert sort == f"{level} -> R"
        assert len(set(letters)) == len(along.symbols) == len(letters)
        found[spectrum] = list(range(len(at[s])))
        for name, v in zip(letters, along.symbols, strict=True):
            assert name not in found
            found[name] = {k: row[v] for k, row in enumerate(at[s])}
    assert not rest
    assert len(found) == sum(
        1 if letters_along(s) is None else 1 + len(letters_along(s).symbols) for s in all_symbols(c)
    )
    return found


def agree(c: Claim, made: Theorem, at: Point) -> str:
    """Compares both readings at a point, and tells what was compared."""
    read = read_theorem(made.text())
    there = in_coq(c, read, at)
    try:
        try:
            inside: bool | None = admissible(c, at)
        except NoValue:
            inside = None
        if inside is not None:
            try:
                assert all(holds(p, there) for p in read.premises) == inside, "premises"
            except Junk:
                assert not inside, "a premise rests on what Coq makes up"
        *needs, conclusion = read.conjuncts
        try:
            said = says(c, at)
        except NoValue:
            said = None
        assert all(holds(p, there) for p in needs) == (said is not None), "needs"
        if said is not None:
            assert holds(conclusion, there) == said, "conclusion"
    except BeyondReach:
        return "beyond reach"
    except AssertionError as problem:
        raise AssertionError(f"{problem}\n{c.statement}\n{c.domain}\n{c.given}\n{made.text()}\n{at}") from problem
    return f"{'inside' if inside else 'outside'}, {'undefined' if said is None else said}"


def measure(seed: int, count: int, points: int = 6) -> dict[str, int]:
    """How often what was met, over so many random claims: both readings agree at all their points, or it raises."""
    rng = random.Random(seed)
    stream, met = claims(rng), {"claims": 0, "refused": 0}
    while met["claims"] < count:
        c = next(stream)
        try:
            made = theorem(c)
        except Untranslatable:
            met["refused"] += 1
            continue
        met["claims"] += 1
        for _ in range(points):
            told = agree(c, made, point(rng, c))
            met[told] = met.get(told, 0) + 1
    return met
