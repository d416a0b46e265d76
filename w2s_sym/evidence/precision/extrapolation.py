"""Evidence for the limit of a curve: its values at growing sizes, extrapolated with the known powers of what is left.

A :class:`Curve` evaluates itself at any size to any digits. If its distance from the limit is a sum of powers n^-e with
known e, one power after the other is eliminated from values at sizes in geometric progression. How far the result is
trusted is seen from the same values: leave out the smallest size, or the largest, and it may move by no more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import sympy as sp
from flint import arb, ctx

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.comparisons import point_text
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.formula.balls import At, UndefinedError, UnsupportedError, ball, ball_text
from w2s_sym.formula.conditions import DomainError, Point
from w2s_sym.formula.mutants import candidates
from w2s_sym.formula.notation import latex
from w2s_sym.formula.rational import identical

Value = Callable[[Point, int, int], arb]

# What is not eliminated may be this many times the movement that is seen.
SAFETY = 10
# Digits computed beyond those asked for: differences of values lose some, and so does elimination.
GUARD = 20


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


@dataclass(frozen=True, eq=False)
class Extrapolation(Evidence):
    """Evidence: the limit of the claim's curve at exact points, to ``digits`` digits.

    Parameters
    ----------
    points
        Values of the claim's symbols, by name; all are used, at quick effort only the first.
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
            raise ValueError(f"sizes {self.sizes}: needs three growing whole numbers or more in geometric progression")
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
        points = [self._point(claim, values) for values in (self.points[:1] if run.effort == "quick" else self.points)]
        authors = list(claim.rivals)
        mutants = list(candidates(statement.rhs))
        alive, rows = [statement.rhs, *authors, *mutants], []
        fallen: set[int] = set()
        verdicts: list[tuple[Verdict, str]] = []
        for point in points:
            run.tell(f"{claim.id}: sizes up to {self.sizes[-1]:g} at {point_text(point)}")
            try:
                limit, error = self.limit(statement.lhs, point)
                values = [self._value(e, point) for e in alive]
            except (UndefinedError, UnsupportedError) as problem:
                return Finding(self.kind, Verdict.INCONCLUSIVE, f"at {point_text(point)}: {problem}")
            right = values[0]
            if right is None:
                text = f"the right side is undefined at {point_text(point)}; restrict the domain to where it exists"
                return Finding(self.kind, Verdict.INCONCLUSIVE, text)
            wanted = (arb(1) if right.contains(0) else abs(right).lower()) * arb(10) ** -self.digits
            judged = [_judge(limit, error, value, wanted) for value in values]
            verdicts.append((judged[0], point_text(point)))
            fallen |= {i for i, v in enumerate(judged) if v is Verdict.REFUTED}
            rows.append(
                {
                    "point": {str(k): str(v) for k, v in point.items()},
                    "limit": ball_text(limit, self.digits + 4),
                    "right": ball_text(right, self.digits + 4),
                    "error": ball_text(error, 2),
                }
            )
        detail = {"sizes": list(self.sizes), "digits": self.digits, "points": rows}
        refuted = tuple(i for i in range(len(authors)) if i + 1 in fallen)
        first = 1 + len(authors)
        standing = [m for i, m in enumerate(mutants, first) if i not in fallen and not identical(m, statement.rhs)]
        return self._finding(
            verdicts, rows, detail, refuted, [a for i, a in enumerate(authors, 1) if i not in fallen], standing
        )

    def _finding(
        self,
        verdicts: Sequence[tuple[Verdict, str]],
        rows: Sequence[Mapping[str, Any]],
        detail: dict[str, Any],
        refuted: tuple[int, ...],
        alive: Sequence[Any],
        standing: Sequence[sp.Expr],
    ) -> Finding:
        for wanted, words in (
            (Verdict.REFUTED, "the limit is not the right side"),
            (Verdict.INCONCLUSIVE, "too coarse"),
        ):
            for (verdict, where), row in zip(verdicts, rows, strict=True):
                if verdict is wanted:
                    numbers = f"{row['limit']} +- {row['error']}, right side {row['right']}"
                    return Finding(self.kind, wanted, f"{words} at {where}: extrapolated {numbers}", detail, refuted)
        if alive or standing:
            text = f"does not tell the right side from {(*alive, *standing)[0]}; name another point"
            return Finding(self.kind, Verdict.INCONCLUSIVE, text, detail, refuted)
        worst = max(rows, key=lambda row: float(row["error"]))["error"]
        count = f"{len(rows)} point{'s' if len(rows) > 1 else ''}"
        text = f"{self.digits} digits agree at {count}, sizes to {self.sizes[-1]:g}, extrapolation error {worst}"
        return Finding(self.kind, Verdict.AGREES, text, detail, refuted)

    def _point(self, claim: Claim, values: Mapping[str, Any]) -> Point:
        names = {s.name: s for s in claim.domain.symbols}
        if set(values) != set(names):
            raise DomainError(f"{claim.id}: the point {dict(values)} must give exactly {', '.join(names)}")
        return claim.domain.check({names[k]: v for k, v in values.items()}, claim.id)

    def _value(self, expression: sp.Expr, point: Point) -> arb | None:
        """The right side or a rival of it; None where it has no value."""
        with ctx.workdps(self.digits + GUARD):
            try:
                return ball(At(point, self.digits + GUARD)(expression))
            except UndefinedError:
                return None

    def limit(self, curve: Curve, point: Point) -> tuple[arb, arb]:
        """The extrapolated limit at a point, and how far it may be off."""
        digits = self.digits + GUARD
        values = [curve.value(point, size, digits) for size in self.sizes]
        powers = list(self._powers(point, digits))
        with ctx.workdps(digits + 10):
            ratio = arb(self.sizes[1]) / self.sizes[0]
            whole = _eliminate(values, powers, ratio)
            moved = [abs(whole - _eliminate(part, powers, ratio)) for part in (values[1:], values[:-1])]
            return whole.mid(), (max(moved, key=lambda m: float(m.upper())).upper() * SAFETY + whole.rad()).upper()

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
