"""What boxes are to prove: one inequality on a product of intervals, with its zeros divided out.

All that the short replayer takes on trust is checked here, exactly: that the function times its factors is the
difference of the claim's sides and is defined inside, that its zeros are zeros, and that a change of variables is onto.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.certificate.record_text import endpoint, endpoint_text, tree
from w2s_sym.formula.balls import UnsupportedError
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined, first_undefined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.elementary import same
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import require_small
from w2s_sym.formula.symbol_bounds import true_between
from w2s_sym.kernel.boxes import ZeroLists
from w2s_sym.kernel.records import Formula, RecordError, read_tree

Range = tuple[sp.Expr, sp.Expr]
Ends = list[Fraction | float]

# How often a function may vanish at an end for this to be found; zeros of higher order must be named.
MOST_ZEROS = 6


@dataclass(frozen=True)
class BoxProblem:
    """``function > 0`` inside a box, where ``difference`` is the function times the positive ``factor``.

    ``equal`` are the ends in the claim's domain at which both sides of a strict inequality would be equal; ``relaxed``
    names the real variables that stand for symbols of integers.
    """

    variables: tuple[sp.Symbol, ...]
    ranges: tuple[Range, ...]
    difference: sp.Expr
    factors: tuple[sp.Expr, ...]
    factor: sp.Expr
    function: sp.Expr
    zeros: tuple[tuple[sp.Expr, ...], ...]
    equal: tuple[tuple[sp.Symbol, sp.Expr], ...]
    change: Mapping[sp.Symbol, sp.Expr]
    relaxed: Mapping[sp.Symbol, sp.Symbol]

    def record(self, bits: int) -> dict[str, Any]:
        """What the replayer needs, as plain JSON: variables, ranges, the function as a tree, its zeros, and bits."""
        return {
            "variables": [str(s) for s in self.variables],
            "domain": [[endpoint_text(e) for e in ends] for ends in self.ranges],
            "function": tree(self.function, self.variables),
            "zeros": [[str(c) for c in zeros] for zeros in self.zeros],
            "bits": bits,
        }

    def formula(self) -> Formula:
        """The function as the replayer reads it. Raises :class:`UnsupportedError` for one that is too long."""
        try:
            return read_tree(tree(self.function, self.variables), len(self.variables))
        except RecordError as problem:
            raise UnsupportedError(f"no certificate is about so long a function: {problem}") from None

    def nodes(self) -> ZeroLists:
        """The zeros of each variable as fractions."""
        return tuple(tuple(Fraction(str(c)) for c in zeros) for zeros in self.zeros)

    def ends(self) -> list[Ends]:
        """The ranges as numbers, infinite ones included."""
        return [[endpoint(endpoint_text(e)) for e in ends] for ends in self.ranges]

    def known_factors(self) -> list[tuple[sp.Expr, ...]]:
        """Positive factors by which the difference may fall: those of its factored form, each power, exponential."""
        inside = _domain(dict(zip(self.variables, self.ranges, strict=True)))
        single = sorted(self.difference.atoms(sp.exp, sp.Pow), key=sp.default_sort_key)
        together = _positive(_parts(self.difference), inside)
        return [*([together] if together else []), *((f,) for f in _positive(single, inside))]


def gap(stated: Compare) -> sp.Expr:
    """The larger side of an inequality minus the smaller."""
    return stated.rhs - stated.lhs if stated.relation[0] == "<" else stated.lhs - stated.rhs


def prepare(
    claim: Claim,
    substitute: Mapping[sp.Symbol, sp.Expr],
    added: Mapping[sp.Symbol, Range],
    factors: tuple[sp.Expr, ...],
    function: sp.Expr | None,
    tried: tuple[sp.Expr, ...] | None = (),
) -> BoxProblem:
    """The problem in the new variables, whose ranges are ``added``; all that the replayer takes on trust is checked.

    With neither factors nor function, positive factors are found, and those that are ``tried`` divided out as well;
    nothing is when that is None. Raises :class:`ClaimError` for what is no such problem.
    """
    statement = _inequality_of(claim)
    relaxed = {s: sp.Symbol(s.name, real=True) for s in claim.domain.symbols if s.is_integer}
    claim, statement = _relaxed(claim, statement, relaxed)
    factors = tuple(sp.sympify(f, strict=True).xreplace(relaxed) for f in factors)
    function = None if function is None else sp.sympify(function, strict=True).xreplace(relaxed)
    old = _ranges(claim)
    change = {relaxed.get(s, s): sp.sympify(e, strict=True) for s, e in substitute.items()}
    ranges = _moved(claim, old, change, {s: tuple(map(sp.sympify, ends)) for s, ends in added.items()})
    variables = tuple(ranges)
    inside = _box(claim, ranges)
    difference = gap(statement).xreplace(change)
    _require_known(claim, (difference, *factors) if function is None else (difference, *factors, function), variables)
    # At closed ends a strict inequality needs factors that are positive there too; a weak one is continuous.
    where = inside if len(statement.relation) == 2 else _closed(ranges, old)
    if not factors and function is None and tried is not None:
        factors, function = _found(difference, where, ranges, tried)
    factor, zeros = _divided(claim, factors, where, ranges)
    if function is None:
        function = sp.powsimp(sp.expand(difference / factor))
        if function.is_rational_function(*variables):
            function = sp.factor(function)
    if not same(difference, factor * function):
        raise ClaimError(f"{claim.id}: {factor} times {function} is not the difference of the sides")
    # Closed ends belong to the claim's domain and not to the open box.
    guilty = defined(difference, inside) or first_undefined((statement.lhs, statement.rhs), claim.domain)
    if guilty is not None:
        raise ClaimError(f"{claim.id}: {guilty} is not shown on the domain")
    _require_zeros(claim, function, zeros)
    equal = []
    for s, nodes in zeros.items():
        for c in sorted(set(nodes)):
            left_out = c in ranges[s] and (s not in old or old[s][2 if c == ranges[s][0] else 3])
            equal += [(s, c)] if len(statement.relation) == 1 and not left_out else []
    return BoxProblem(
        variables=variables,
        ranges=tuple(ranges.values()),
        difference=difference,
        factors=factors,
        factor=factor,
        function=function,
        zeros=tuple(tuple(sorted(zeros[s])) for s in variables),
        equal=tuple(equal),
        change=change,
        relaxed=relaxed,
    )


def _inequality_of(claim: Claim) -> Compare:
    """The claim's statement; raises :class:`ClaimError` unless it compares two formulas by < or > on a whole domain."""
    statement = claim.statement
    if not isinstance(statement, Compare) or statement.relation in ("=", "!=") or claim.witness is not None:
        raise ClaimError(f"{claim.id}: a certificate proves an inequality on a whole domain")
    if not isinstance(statement.lhs, sp.Expr) or claim.given or claim.domain.points:
        raise ClaimError(f"{claim.id}: a certificate is about two formulas on a box, with nothing given")
    return statement


def _require_known(claim: Claim, formulas: Sequence[sp.Expr], variables: Sequence[sp.Symbol]) -> None:
    """Raise :class:`ClaimError` when a formula has a symbol that is none of the variables."""
    require_small(*formulas)
    for f in formulas:
        foreign = sorted(map(str, f.free_symbols - set(variables)))
        if foreign:
            known = ", ".join(map(str, variables))
            raise ClaimError(f"{claim.id}: {f} has {foreign[0]}, which is none of the variables {known}")


def _require_zeros(claim: Claim, function: sp.Expr, zeros: Mapping[sp.Symbol, Sequence[sp.Expr]]) -> None:
    """Raise :class:`ClaimError` unless the function vanishes at each zero, to the order in which it is listed."""
    for s, nodes in zeros.items():
        for c in sorted(set(nodes)):
            for order in range(nodes.count(c)):
                if not same(sp.diff(function, s, order).subs(s, c), sp.Integer(0)):
                    raise ClaimError(f"{claim.id}: {function} has no zero of order {nodes.count(c)} at {s} = {c}")


def _relaxed(claim: Claim, statement: Compare, relaxed: Mapping[sp.Symbol, sp.Symbol]) -> tuple[Claim, Compare]:
    """The claim with real symbols for whole ones, between the same ends: boxes know no integers."""
    if not relaxed:
        return claim, statement
    known = tuple(c for c in claim.domain.assumptions() if c.free_symbols & set(relaxed))
    conditions = tuple(
        Condition(c.lhs.xreplace(relaxed), c.relation, c.rhs.xreplace(relaxed))
        for c in (*known, *claim.domain.conditions)
    )
    left, right = (sp.sympify(side, strict=True).xreplace(relaxed) for side in (statement.lhs, statement.rhs))
    stated = Compare(left, statement.relation, right)
    domain = Domain(tuple(relaxed.get(s, s) for s in claim.domain.symbols), conditions)
    return replace(claim, statement=stated, domain=domain, rivals=()), stated


def _closed(ranges: Mapping[sp.Symbol, Range], old: Mapping[sp.Symbol, Any]) -> Domain:
    """The box with the ends that are in the claim's domain."""
    conditions = []
    for s, (low, high) in ranges.items():
        _, _, low_open, high_open = old.get(s, (low, high, True, True))
        conditions += [] if low == -sp.oo else [Condition(s, ">" if low_open else ">=", low)]
        conditions += [] if high == sp.oo else [Condition(s, "<" if high_open else "<=", high)]
    return Domain(tuple(ranges), tuple(conditions))


def _moved(
    claim: Claim,
    old: Mapping[sp.Symbol, Any],
    change: Mapping[sp.Symbol, sp.Expr],
    added: Mapping[sp.Symbol, Range],
) -> dict[sp.Symbol, Range]:
    """The open range of each variable, by name, once the change of variables is shown to be onto."""
    lies = next((s for s, (low, high) in added.items() if not true_between(s, low, high)), None)
    if lies is not None:
        raise ClaimError(f"{claim.id}: {lies} is no such number in its range; declare it real, with real=True alone")
    if clash := sorted({s.name for s in (*old, *claim.domain.symbols)} & {s.name for s in added}):
        raise ClaimError(f"{claim.id}: {', '.join(clash)} is in the domain already; name a new symbol")
    if strange := sorted(str(s) for s in set(change) - set(old)):
        raise ClaimError(f"{claim.id}: {', '.join(strange)} is no symbol of the claim; substitute one that is")
    for s, formula in change.items():
        _require_onto(claim, s, old[s], formula, added)
    unused = sorted(str(s) for s in set(added) - {v for e in change.values() for v in e.free_symbols})
    if unused:
        raise ClaimError(f"{claim.id}: the range of {', '.join(unused)} belongs to no change of variables")
    ranges = {s: (low, high) for s, (low, high, _, _) in old.items() if s not in change} | dict(added)
    return {s: ranges[s] for s in sorted(ranges, key=lambda s: str(s.name))}


def _divided(
    claim: Claim, factors: tuple[sp.Expr, ...], inside: Domain, ranges: Mapping[sp.Symbol, Range]
) -> tuple[sp.Expr, dict[sp.Symbol, list[sp.Expr]]]:
    """The product of the factors to be divided out by algebra, and the zeros to be divided out by series."""
    factor: sp.Expr = sp.Integer(1)
    zeros: dict[sp.Symbol, list[sp.Expr]] = {s: [] for s in ranges}
    for f in factors:
        root = linear_root(f, ranges)
        if root is not None:
            zeros[root[0]] += [root[1]] * root[2]
        elif proves(f, ">", inside):
            factor *= f
        else:
            raise ClaimError(f"{claim.id}: the factor {f} is not shown to be positive")
    return factor, zeros


def _found(
    difference: sp.Expr, inside: Domain, ranges: Mapping[sp.Symbol, Range], tried: tuple[sp.Expr, ...]
) -> tuple[tuple[sp.Expr, ...], sp.Expr | None]:
    """Positive factors of the difference, and what it is without them: None for its own shape.

    They are those of a rational difference, those that are tried, and powers of linear ones that vanish at an end of a
    range, as often as the derivatives there do.
    """
    parts = _parts(difference)
    roots = [f for f in parts if linear_root(f, ranges) is not None]
    rational = difference.is_rational_function(*ranges)
    if rational:
        tried = (*tried, *(f for f in _positive(parts, inside) if f not in roots))
    if set(tried) <= set(parts):
        function = sp.Mul(*(f for f in parts if f not in tried)) if tried else difference
    else:
        function = sp.powsimp(sp.expand(difference / sp.Mul(*tried)))
    if not rational:
        roots = [
            (s - c if c == ranges[s][0] else c - s) ** order
            for s in ranges
            for c in ranges[s]
            if not c.is_infinite and (order := _zeros(function, s, c))
        ]
    return tuple(sorted((*roots, *tried), key=sp.default_sort_key)), None if function == difference else function


def _parts(difference: sp.Expr) -> tuple[sp.Expr, ...]:
    """The factors of the difference, its hyperbolic functions written as exponentials."""
    hyperbolic = sorted(difference.atoms(HyperbolicFunction), key=sp.default_sort_key)
    return tuple(sp.Mul.make_args(sp.factor(difference.xreplace({f: f.rewrite(sp.exp) for f in hyperbolic}))))


def _positive(factors: Iterable[sp.Expr], inside: Domain) -> tuple[sp.Expr, ...]:
    return tuple(f for f in factors if f.free_symbols and proves(f, ">", inside))


def _zeros(function: sp.Expr, s: sp.Symbol, c: sp.Expr) -> int:
    """How many derivatives of a function, itself included, vanish at an end before one that is finite and does not."""
    for order in range(MOST_ZEROS + 1):
        try:
            value = function.subs(s, c)
        except (ValueError, TypeError):  # an infinite part that SymPy compares with another
            return 0
        if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
            return 0
        if not same(value, sp.Integer(0)):
            return order
        function = sp.diff(function, s)
    return 0


def _ranges(claim: Claim) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr, bool, bool]]:
    """(low, high, low is left out, high is left out) of each symbol; raises ClaimError unless the domain is a box."""
    found = {}
    conditions = (*claim.domain.assumptions(), *claim.domain.conditions)
    for s in claim.domain.symbols:
        low, high = (-sp.oo, True), (sp.oo, True)
        for c in (c for c in conditions if s in c.free_symbols):
            gap = sp.expand(c.lhs - c.rhs)
            if c.free_symbols != {s} or c.relation in ("=", "!=") or sp.degree(gap, s) != 1:
                raise ClaimError(f"{claim.id}: the domain is no box: {c}")
            slope = gap.coeff(s)
            bound = -gap.coeff(s, 0) / slope, len(c.relation) == 1
            if (c.relation[0] == ">") == bool(slope > 0):
                low = max(low, bound)
            else:
                high = min(high, bound, key=lambda b: (b[0], not b[1]))
        found[s] = (low[0], high[0], low[1], high[1])
    return found


def _box(claim: Claim, ranges: Mapping[sp.Symbol, Range]) -> Domain:
    """The open box as a domain; raises ClaimError for ends that are none."""
    for s, (low, high) in ranges.items():
        if not (low.is_Rational or low == -sp.oo) or not (high.is_Rational or high == sp.oo) or low >= high:
            raise ClaimError(
                f"{claim.id}: {s} runs from {low} to {high}; substitute a symbol that runs up between rational or "
                "infinite ends"
            )
    return _domain(ranges)


def _domain(ranges: Mapping[sp.Symbol, Range]) -> Domain:
    conditions = [Condition(s, ">", low) for s, (low, _) in ranges.items() if low != -sp.oo]
    conditions += [Condition(s, "<", high) for s, (_, high) in ranges.items() if high != sp.oo]
    return Domain(tuple(ranges), tuple(conditions))


def _require_onto(claim: Claim, s: sp.Symbol, range_: Any, formula: sp.Expr, ranges: Mapping[sp.Symbol, Range]) -> None:
    """A continuous formula whose limits at the ends of its range are those of ``s`` takes all values between."""
    if len(formula.free_symbols) != 1 or not formula.free_symbols <= set(ranges):
        raise ClaimError(f"{claim.id}: {s} must be a formula in one new symbol whose range is named")
    (new,) = formula.free_symbols
    low, high, low_open, high_open = range_
    if not (low_open and high_open):
        raise ClaimError(f"{claim.id}: {s} has a closed end, which a change of variables on an open range leaves out")
    guilty = defined(formula, _box(claim, {new: ranges[new]}))
    try:
        limits = {sp.limit(formula, new, ranges[new][0], "+"), sp.limit(formula, new, ranges[new][1], "-")}
    except (NotImplementedError, ValueError, TypeError):
        limits = set()
    if guilty is not None or limits != {low, high}:
        raise ClaimError(f"{claim.id}: {s} = {formula} is not shown to take exactly the values of {s}")
    tree(formula, (new,))  # elementary functions only: continuous where they are defined


def linear_root(f: sp.Expr, ranges: Mapping[sp.Symbol, Range]) -> tuple[sp.Symbol, sp.Expr, int] | None:
    """(variable, root, order) of a power of a linear factor that is positive but at one point of the closed range."""
    base, order = f.as_base_exp()
    if not (order.is_Integer and order > 0 and len(base.free_symbols) == 1):
        return None
    (s,) = base.free_symbols
    if s not in ranges or not base.is_polynomial(s) or sp.degree(base, s) != 1:
        return None
    slope, intercept = sp.Poly(base, s).all_coeffs()
    root, (low, high) = -intercept / slope, ranges[s]
    if not root.is_Rational or not low <= root <= high:
        return None
    positive = slope > 0 if root == low else slope < 0 and root == high
    return (s, root, int(order)) if positive or order % 2 == 0 else None
