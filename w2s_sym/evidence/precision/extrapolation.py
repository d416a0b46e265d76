"""Evidence for the limit of a curve: its values at growing sizes, extrapolated with the known powers of what is left.

A :class:`Curve` evaluates itself at any size to any digits. If its distance from the limit is a sum of powers n^-e with
known e, one power after the other is eliminated from values at sizes in geometric progression. How far the result is
trusted is seen from the same values: leave out the smallest size, or the largest, and it may move by no more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product
from typing import Any

import sympy as sp
from flint import arb, ctx

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.comparisons import point_text
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import LEAST_DRAWN, admissible_points
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare, ExperimentError
from w2s_sym.formula.balls import At, UndefinedError, UnsupportedError, ball, ball_text
from w2s_sym.formula.conditions import DomainError, Point
from w2s_sym.formula.mutants import candidates
from w2s_sym.formula.notation import latex
from w2s_sym.formula.rational import identical
from w2s_sym.formula.typed import typed
from w2s_sym.formula.user_code import in_this_process

Value = Callable[[Point, int, int], arb]

# What is not eliminated may be this many times the movement that is seen.
SAFETY = 10
# Digits computed beyond those asked for: differences of values lose some, and so does elimination.
GUARD = 20
# So many points are drawn at the most; where an extrapolation does not reach, the next one is taken.
MOST_DRAWN = 8
_ELSEWHERE = "give sizes and orders with which the digits are reached at other points of the domain too"


@typed
@dataclass(frozen=True, eq=False)
class Curve:
    """A quantity at growing sizes, and in a claim's left side its limit.

    ``value(point, size, digits)`` returns a ball; ``form`` is its LaTeX; ``symbol`` names the limit, ``size`` is the
    symbol that grows.
    """

    symbol: sp.Symbol
    form: str
    size: sp.Symbol
    value: Value

    def latex(self) -> str:
        """The limit of the curve as its size grows, as LaTeX."""
        return rf"\lim_{{{latex(self.size)}\to\infty}} {self.form}"

    def at(self, point: Point, size: int, digits: int) -> arb:
        """The ball that ``value`` returns. Raises :class:`ExperimentError` for what is no ball, such as a float."""
        with in_this_process():
            found: object = self.value(point, size, digits)
        if isinstance(found, arb):
            return found
        raise ExperimentError(
            f"{self.symbol}: its value at size {size} is a {type(found).__name__}: needs a ball, flint.arb, which "
            "says how far it may be off"
        )


@dataclass(frozen=True)
class _Seen:
    """A point with the limit there, how far it may be off, the right side, and verdicts on it (0), rivals, mutants."""

    point: Point
    limit: arb
    error: arb
    right: arb | None
    judged: Mapping[int, Verdict]

    def __str__(self) -> str:
        return point_text(self.point)

    def row(self, digits: int) -> dict[str, Any]:
        """The numbers for a finding's detail; the right side must have a value."""
        assert self.right is not None
        return {
            "point": {str(k): str(v) for k, v in self.point.items()},
            "limit": ball_text(self.limit, digits + 4),
            "right": ball_text(self.right, digits + 4),
            "error": ball_text(self.error, 2),
        }


@typed
@dataclass(frozen=True, eq=False)
class Extrapolation(Evidence):
    """Evidence: the limit of the claim's curve at exact points, to ``digits`` digits.

    The rule: a limit supports a claim only if the digits are reached and agree at LEAST_DRAWN points, too, that were
    drawn from the claim's domain by no author's choice; of a listed domain, at all its points. Else the finding is
    ``within`` the points that are named, and supports nothing.

    Parameters
    ----------
    points
        Values of the claim's symbols, by name, beside which others are drawn; all are used, at quick effort only the
        first. A witness takes their place.
    orders
        The powers e in n^-e, in symbols of the claim; their sums are eliminated too, smallest first. Naming one that
        does not occur costs accuracy and nothing else. An empty tuple eliminates nothing.
    sizes
        Whole numbers in geometric progression, three or more.
    repeat
        How often each power is eliminated: twice takes care of a factor log n.

    ``check`` returns AGREES when limit and right side agree to the digits asked for and all rivals and mutants do
    not; REFUTED when they differ by far more than the extrapolation is off; INCONCLUSIVE when it does not reach. The
    values are proven; that the distance is such a sum of powers is what the extrapolation assumes.
    """

    points: tuple[Mapping[str, Any], ...]
    orders: tuple[sp.Expr, ...]
    sizes: tuple[int, ...] = (10**4, 10**6, 10**8, 10**10, 10**12)
    digits: int = 10
    repeat: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "orders", tuple(sp.sympify(e, strict=True) for e in self.orders))
        whole = all(isinstance(n, int) and n > 0 for n in self.sizes)
        steady = all(b * b == a * c for a, b, c in zip(self.sizes, self.sizes[1:], self.sizes[2:], strict=False))
        if not (whole and steady and len(self.sizes) >= 3 and self.sizes[1] > self.sizes[0]):
            raise ValueError(f"sizes {self.sizes}: needs three growing integers or more in geometric progression")
        if not self.points:
            raise ValueError("an extrapolation needs a point at which its curve is evaluated")

    kind = "limit"

    def accepts(self, claim: Claim) -> str | None:
        """Refuses all but the limit of a curve that equals an expression."""
        statement = claim.statement
        curve = isinstance(statement, Compare) and statement.relation == "=" and isinstance(statement.lhs, Curve)
        return None if curve else "an extrapolation checks 'limit of a curve = expression'"

    def check(self, claim: Claim, run: Run) -> Finding:
        self.require_accepted(claim)
        statement = claim.statement
        assert isinstance(statement, Compare)
        assert isinstance(statement.lhs, Curve)
        mutants = list(candidates(statement.rhs))
        sides = (statement.rhs, *claim.rivals, *mutants)
        named = [self._point(claim, values) for values in self._named(claim, run)]
        seen: list[_Seen] = []
        for point in named:
            run.tell(f"{claim.id}: sizes up to {self.sizes[-1]:g} at {point_text(point)}")
            try:
                seen.append(self._look(statement.lhs, sides, point, seen))
            except (UndefinedError, UnsupportedError) as problem:
                return Finding(self.kind, Verdict.INCONCLUSIVE, f"at {point_text(point)}: {problem}")
        drawn, missed = self._drawn(claim, run, statement.lhs, sides, seen)
        for one in (*seen, *drawn):
            if one.right is None:
                text = f"the right side is undefined at {one}; restrict the domain to where it exists"
                return Finding(self.kind, Verdict.INCONCLUSIVE, text)
        found = self._finding(claim, mutants, seen, drawn)
        confined = self._confined(claim, seen, drawn)
        if not confined or found.verdict is not Verdict.AGREES:
            return found
        text = f"{found.summary}, only {'; '.join(confined)}{missed}"
        return replace(found, summary=text, within=confined, next_move=_ELSEWHERE)

    def _named(self, claim: Claim, run: Run) -> Sequence[Mapping[str, Any]]:
        """The author's points that are looked at: the witness, where there is one, and nothing else."""
        if claim.witness is not None:
            return ({str(s): value for s, value in claim.witness.items()},)
        return self.points[:1] if run.effort == "quick" else self.points

    def _look(self, curve: Curve, sides: Sequence[Any], point: Point, before: Sequence[_Seen]) -> _Seen:
        """The limit at a point, against all right sides that have not fallen before. Raises what the curve raises."""
        limit, error = self.limit(curve, point)
        # One evaluator for all sides: mutants differ from the right side in one node.
        at = At(point, self.digits + GUARD)
        right = self._value(sides[0], at)
        size = arb(1) if right is None or right.contains(0) else abs(right).lower()
        wanted = size * arb(10) ** -self.digits
        out = _fallen(before)
        others = [i for i in range(1, len(sides)) if i not in out]
        judged = {i: _judge(limit, error, self._value(sides[i], at), wanted) for i in others}
        return _Seen(point, limit, error, right, {0: _judge(limit, error, right, wanted), **judged})

    def _drawn(
        self, claim: Claim, run: Run, curve: Curve, sides: Sequence[Any], named: Sequence[_Seen]
    ) -> tuple[list[_Seen], str]:
        """Points that no author chose and at which the digits are reached, or one that refutes; and what was missed.

        Of a listed domain, all other points; else LEAST_DRAWN of up to MOST_DRAWN drawn ones.
        """
        if claim.witness is not None or not claim.domain.symbols:
            return [], ""
        seen: list[_Seen] = []
        missed = ""
        try:
            listed = [p for p in map(claim.domain.check, claim.domain.points) if all(p != one.point for one in named)]
            points = iter(listed) if claim.domain.points else admissible_points(claim, run.rng("limit"), MOST_DRAWN)
            for point in islice(points, MOST_DRAWN):
                run.tell(f"{claim.id}: sizes up to {self.sizes[-1]:g} at {point_text(point)}, drawn")
                try:
                    one = self._look(curve, sides, point, (*named, *seen))
                except (ArithmeticError, ValueError, LookupError, UnsupportedError) as problem:
                    missed = f"; at {point_text(point)}, drawn: {problem}"
                    continue
                if one.right is not None and one.judged[0] is Verdict.INCONCLUSIVE:
                    missed = f"; too coarse at {one}, drawn"
                    continue
                seen.append(one)
                if one.judged[0] is not Verdict.AGREES or (not listed and len(seen) == LEAST_DRAWN):
                    break
        except (ClaimError, DomainError) as problem:
            missed = f"; {problem}"
        return seen, missed

    @staticmethod
    def _confined(claim: Claim, named: Sequence[_Seen], drawn: Sequence[_Seen]) -> tuple[str, ...]:
        """In words, the author's points, when too few are drawn beside them; empty when they stand for the domain."""
        if claim.witness is not None or not claim.domain.symbols:
            return ()
        if claim.domain.points:
            count, whole = len({*map(str, named), *map(str, drawn)}), len({*map(point_text, claim.domain.points)})
            return () if count >= whole else (f"at {count} of {whole} listed points",)
        return () if len(drawn) >= LEAST_DRAWN else tuple(f"at {one}" for one in named)

    def _finding(
        self, claim: Claim, mutants: Sequence[sp.Expr], named: Sequence[_Seen], drawn: Sequence[_Seen]
    ) -> Finding:
        """What all points together say: one refutes, one that does not reach decides nothing, and rivals must fall."""
        assert isinstance(claim.statement, Compare)
        seen, first = (*named, *drawn), 1 + len(claim.rivals)
        rows = [one.row(self.digits) for one in seen]
        detail = {"sizes": list(self.sizes), "digits": self.digits, "points": rows, "drawn": len(drawn)}
        fallen = _fallen(seen)
        refuted = tuple(i for i in range(len(claim.rivals)) if i + 1 in fallen)
        for wanted, words in (
            (Verdict.REFUTED, "the limit is not the right side"),
            (Verdict.INCONCLUSIVE, "too coarse"),
        ):
            for one, row in zip(seen, rows, strict=True):
                if one.judged[0] is wanted:
                    numbers = f"{row['limit']} +- {row['error']}, right side {row['right']}"
                    return Finding(self.kind, wanted, f"{words} at {one}: extrapolated {numbers}", detail, refuted)
        right = claim.statement.rhs
        alive = [rival for i, rival in enumerate(claim.rivals, 1) if i not in fallen]
        standing = [m for i, m in enumerate(mutants, first) if i not in fallen and not identical(m, right)]
        if alive or standing:
            text = f"does not tell the right side from {(*alive, *standing)[0]}; name another point"
            return Finding(self.kind, Verdict.INCONCLUSIVE, text, detail, refuted)
        worst = max(rows, key=lambda row: float(row["error"]))["error"]
        count = f"{len(named)} named and {len(drawn)} drawn points"
        text = f"{self.digits} digits agree at {count}, sizes to {self.sizes[-1]:g}, extrapolation error {worst}"
        return Finding(self.kind, Verdict.AGREES, text, detail, refuted)

    def _point(self, claim: Claim, values: Mapping[str, Any]) -> Point:
        names = {s.name: s for s in claim.domain.symbols}
        if set(values) != set(names):
            raise DomainError(f"{claim.id}: the point {dict(values)} must give exactly {', '.join(names)}")
        return claim.domain.check({names[k]: v for k, v in values.items()}, claim.id)

    def _value(self, expression: sp.Expr, at: At) -> arb | None:
        """The right side or a rival of it; None where it has no value."""
        with ctx.workdps(self.digits + GUARD):
            try:
                return ball(at(expression))
            except UndefinedError:
                return None

    def limit(self, curve: Curve, point: Point) -> tuple[arb, arb]:
        """The extrapolated limit at a point, and how far it may be off."""
        digits = self.digits + GUARD
        values = [curve.at(point, size, digits) for size in self.sizes]
        self._require_steady(curve, point, values, digits)
        powers = list(self._powers(point, digits))
        with ctx.workdps(digits + 10):
            ratio = arb(self.sizes[1]) / self.sizes[0]
            whole = _eliminate(values, powers, ratio)
            moved = [abs(whole - _eliminate(part, powers, ratio)) for part in (values[1:], values[:-1])]
            return whole.mid(), (max(moved, key=lambda m: float(m.upper())).upper() * SAFETY + whole.rad()).upper()

    def _require_steady(self, curve: Curve, point: Point, values: Sequence[arb], digits: int) -> None:
        """The rule: one size more than the largest moves the curve by no more than the step to the largest did.

        The sizes share their divisors, so that a curve could have another limit along all others. Raises
        :class:`UnsupportedError`.
        """
        last, beside = self.sizes[-1], curve.at(point, self.sizes[-1] + 1, digits)
        if abs(beside - values[-1]).lower() > abs(values[-1] - values[-2]).upper():
            raise UnsupportedError(
                f"from size {last} to {last + 1} the curve moves by more than from {self.sizes[-2]} to {last}; "
                "its limit may depend on which sizes are taken"
            )

    def _powers(self, point: Point, digits: int) -> Iterator[arb]:
        """The smallest sums of the orders at a point, each as often as asked for, one less than there are sizes."""
        if not self.orders:
            return
        value = At(point, digits)
        orders = [value(e) for e in self.orders]
        if not all(e > 0 for e in orders):
            raise ClaimError(f"orders {', '.join(map(str, self.orders))} at {point_text(point)}: each must be positive")
        most = len(self.sizes) - 1
        sums: list[Any] = []
        for counts in product(range(most + 1), repeat=len(orders)):
            total = sum((k * e for k, e in zip(counts, orders, strict=True)), orders[0] * 0)
            if any(counts) and sum(counts) <= most and not any(abs(arb(total - s)) < 1e-9 for s in sums):
                sums.append(total)
        for e in sorted(sums, key=lambda e: float(arb(e)))[:most]:
            for _ in range(self.repeat):
                yield ball(e)


def _fallen(seen: Sequence[_Seen]) -> set[int]:
    """Positions of the right sides that are not the limit at one of these points."""
    return {i for one in seen for i, v in one.judged.items() if v is Verdict.REFUTED}


def _eliminate(values: Sequence[arb], powers: Sequence[arb], ratio: arb) -> arb:
    left = list(values)
    for power in powers[: len(values) - 1]:
        factor = ratio**power
        left = [(factor * b - a) / (factor - 1) for a, b in pairwise(left)]
    return left[-1]


def _judge(limit: arb, error: arb, right: arb | None, wanted: arb) -> Verdict:
    """Whether a right side is the limit, up to ``wanted``; what has no value is not."""
    if right is None:
        return Verdict.REFUTED
    gap = abs(limit - right)
    if gap.lower() > SAFETY * error and gap.lower() > wanted:
        return Verdict.REFUTED
    return Verdict.AGREES if error < wanted and gap.upper() < wanted else Verdict.INCONCLUSIVE


__all__ = ["Curve", "Extrapolation"]
