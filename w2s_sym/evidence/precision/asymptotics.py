"""Checks of limits by evaluation: the order of the error, by algebra where it is a quotient of polynomials.

The rule: a fit refutes nothing, for it has looked at some sizes only. The order at a point is known where the error is
there a quotient of polynomials in a root of the size; such an order may refute. Otherwise an order is fitted at two
scales, the second beyond every number of the formula, and the finding says up to which size it looked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from w2s_sym.claims.comparisons import point_text
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points, complete_point, point_plan
from w2s_sym.claims.statement import Asymptotic
from w2s_sym.evidence.precision.boundary import closed_ends, divisors, zeros_nearby
from w2s_sym.evidence.precision.limit_places import odd_places, two_signs
from w2s_sym.evidence.precision.orders import FittedOrder, fitted_order
from w2s_sym.evidence.precision.session import Session, surface, whole_domain
from w2s_sym.formula.balls import Place, UndefinedError, UnsupportedError
from w2s_sym.formula.conditions import DomainError, Point
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.instantiate import CaptureError, instantiate
from w2s_sym.formula.rational import NotRational, error_coefficient, polynomials
from w2s_sym.formula.totals import letters_along

# An order is fitted at this many sizes, each twice the last, the first of which dwarfs all else.
SIZES = 9
DWARFS = 1024
# Between powers of two the error is looked at so many sizes from so many starts; there it is this often as large.
UNEVEN = 5
SWAY = 16.0
# Sizes of more binary digits than this are not looked at.
FARTHEST = 8000


@dataclass(frozen=True)
class OrdersOfError:
    """What is known of the order of an error: exactly, point by point (None where unknown), and by fits.

    ``reach`` is the largest size of the fits, as a power of two; it is 0 where nothing was fitted.
    """

    exact: tuple[sp.Expr | None, ...]
    fits: tuple[FittedOrder, ...]
    reach: int = 0

    @property
    def certain(self) -> bool:
        """Whether the order is known exactly at every point."""
        return bool(self.exact) and None not in self.exact

    def refuted_by(self, order: sp.Expr) -> sp.Expr | None:
        """An exact order that is not the stated one: of the slowest error, or of all when each is faster."""
        known = [e for e in self.exact if e is not None]
        if not known or (min(known) >= order and not (self.certain and min(known) > order)):
            return None
        return min(known)


def check_asymptotic(session: Session, statement: Asymptotic) -> Finding:
    """The order of the exact error, all other symbols held at random admissible values.

    AGREES when the order is the stated one and fits hold it and shut out that order +- 1/2; another order that is known
    exactly is REFUTED. Rivals are right sides whose error must have another order.
    """
    claim, x = session.claim, statement.in_
    if any(s == x or x in e.free_symbols for s, e in point_plan(claim)[1]):
        return session.stuck(f"the given equations tie {x} to other symbols; state the limit along a free symbol")
    rivals = [
        r if isinstance(r, Asymptotic) else Asymptotic(statement.lhs, r, x, statement.order) for r in claim.rivals
    ]
    starts = list(admissible_points(claim, session.rng("points"), session.count))
    found = _orders(session, statement, starts)
    alive = [i for i, rival in enumerate(rivals) if not _falls(session, rival, starts)]
    refuted = session.count_rivals(alive)
    session.detail |= {"points": len(starts), "sizes": SIZES, "orders": [str(f) for f in found.fits]}
    if not found.fits:
        text = f"no error at all at {len(starts)} points, whatever {x}: an exact equality; state it as a Compare"
        return session.finding(Verdict.REFUTED if found.certain else Verdict.INCONCLUSIVE, text, refuted)
    off = found.refuted_by(statement.order)
    if off is not None:
        lost = "the error does not vanish" if off <= 0 else "the error has another order"
        return session.finding(Verdict.REFUTED, f"{lost}: {x}^-p, p = {off}, stated p = {statement.order}", refuted)
    verdict = limit_verdict(list(found.fits), float(statement.order))
    widest = max(found.fits, key=lambda f: f.high - f.low)
    upto = f"{x} up to {_size_text(found.reach)}"
    if verdict is Verdict.REFUTED:
        slowest = min(found.fits, key=lambda f: f.high)
        text = f"for {upto} the error falls as {x}^-p, p = {slowest}, stated p = {statement.order}"
        return session.stuck(f"{text}; a fit decides nothing beyond: give the claim a Derivation", refuted)
    if verdict is Verdict.INCONCLUSIVE:
        return session.stuck(f"the fitted order {widest} does not single out {statement.order}", refuted)
    uneven = "" if found.certain else _uneven(session, statement, starts)
    if uneven:
        return session.stuck(uneven, refuted)
    open_ = _coefficient_vanishes(session, statement, list(found.fits), refuted)
    if open_ is not None:
        return open_
    odd = _odd(session, statement, starts, refuted)
    if odd is not None:
        return odd
    if alive:
        session.detail["surviving"] = [f"the rival {claim.rivals[i]}" for i in alive]
        text = f"the error of the rival {claim.rivals[alive[0]]} has the stated order too; state more terms"
        return session.stuck(text, refuted)
    text = f"order {widest} at {len(found.fits)} points"
    if not found.certain:
        text += f", {upto}: what is less than {_size_text(-int(found.reach * statement.order))} there is not seen"
    return session.finding(verdict, text + session.beaten(), refuted)


def _odd(session: Session, statement: Asymptotic, starts: Sequence[Point], refuted: tuple[int, ...]) -> Finding | None:
    """What is found where random points do not look, or None: another order, or errors of two signs."""
    x, base = statement.in_, point_plan(session.claim)[0]
    # As in edge_places: what holds only for a bounded size is no place to let the size grow.
    for point in (p for p in odd_places(session, statement) if base.contains(_grown(p, x, 0))):
        exact = order_at(statement, point)
        where = point_text({s: v for s, v in point.items() if s != x})
        if exact is not None and exact != statement.order:
            falls = "there is no error" if exact == sp.oo else f"the error goes as {x}^-p, p = {exact}"
            return session.finding(Verdict.REFUTED, f"at {where} {falls}, stated p = {statement.order}", refuted)
        if exact is None:
            try:
                fits = order_fits(session, statement, [point])
            except (DomainError, UnsupportedError):
                continue
            if not fits or fits[0].excludes(float(statement.order)):
                falls = f"as {x}^-p, p = {fits[0]}" if fits else "to nothing"
                return session.stuck(f"at {where} the error falls {falls}, stated p = {statement.order}", refuted)
    if _coefficient(session, statement) is None:
        signs = two_signs(statement, [(_sign(session, statement, p), p) for p in starts])
        return session.stuck(signs, refuted) if signs else None
    return None


def _sign(session: Session, statement: Asymptotic, start: Point) -> int:
    """The sign of the error at a large size; 0 where it has none or is not told."""
    try:
        look = Place(_grown(start, statement.in_, SIZES), session.digits + 40).look(statement.lhs, statement.rhs)
    except (UndefinedError, UnsupportedError):
        return 0
    return look.order or 0


def _uneven(session: Session, statement: Asymptotic, starts: Sequence[Point]) -> str:
    """In words a size between two of a fit at which the error has another size; empty when none was seen.

    Sizes of fits are powers of two: there an error that has a period, in the size or in its logarithm, hides.
    """
    x, (base, chain), rng = statement.in_, point_plan(session.claim), session.rng("uneven")
    order = float(statement.order)
    for start in starts[:UNEVEN]:
        first = _first(start, x) << 4
        sizes = [sp.Integer(first), *(sp.Integer(int(first * rng.uniform(1, 2))) for _ in range(UNEVEN))]
        # The remainders of small numbers, one after another, and what is no whole number where that may be.
        sizes += [sizes[-1] + k for k in range(1, UNEVEN)]
        sizes += [] if x.is_integer else [s + sp.Rational(int(rng.integers(1, 97)), 97) for s in sizes[1:]]
        points = [p for s in sizes if base.contains({**start, x: s}) and (p := {**start, x: s})]
        gaps: list[tuple[sp.Expr, float]] = []
        for point in (p for p in points if complete_point(session.claim, chain, p) is not None):
            try:
                look = Place(point, session.digits + 40).look(statement.lhs, statement.rhs)
            except (UndefinedError, UnsupportedError):
                return f"undefined at {point_text(point)}; restrict the domain"
            weight = abs(float(look.gap)) * float(point[x] / first) ** order if look.order else 0.0
            gaps.append((point[x], weight))
        least, most = min(gaps, key=lambda g: g[1]), max(gaps, key=lambda g: g[1])
        if most[1] > SWAY * least[1]:
            others = {s: v for s, v in start.items() if s != x}
            return (
                f"the error waves as {x} grows: times {x}^{statement.order} it is {most[1] / least[1]:.3g} times "
                f"as large at {x}={most[0]} as at {x}={least[0]}"
                if least[1]
                else f"the error waves as {x} grows: it is zero at {x}={least[0]} and not at {x}={most[0]}"
            ) + (f", with {point_text(others)}" if others else "")
    return ""


def _size_text(bits: int) -> str:
    return f"10^{round(bits * math.log10(2))}"


def _orders(session: Session, statement: Asymptotic, starts: list[Point]) -> OrdersOfError:
    """The orders at random points, and where they fall short at poles and closed ends of the domain."""
    edges = edge_places(session, statement, starts)
    exact = [order_at(statement, p) for p in starts]
    ends = [e for e in (order_at(statement, p) for p in edges) if e is not None and e < statement.order]
    fits = order_fits(session, statement, starts) + slower(session, statement, edges)
    bits = 0
    if None in exact or limit_verdict(fits, float(statement.order)) is not Verdict.AGREES:
        far = _far(session, statement, starts)
        try:
            beyond = order_fits(session, statement, starts, far) + slower(session, statement, edges, far)
            fits, bits = beyond or fits, far
        except (DomainError, UnsupportedError):
            pass  # the finding says up to which size it looked
    reach = min((_first(p, statement.in_).bit_length() for p in starts), default=0) + SIZES - 2
    return OrdersOfError((*exact, *ends), tuple(fits), reach + bits)


def _falls(session: Session, rival: Asymptotic, starts: list[Point]) -> bool:
    """Whether the error of a rival has no order, or another one than it states, as far as is known or fitted."""
    exact = tuple(order_at(rival, p) for p in starts)
    fits = order_fits(session, rival, starts)
    if not fits or OrdersOfError(exact, ()).refuted_by(rival.order) is not None:
        return True
    return None in exact and limit_verdict(fits, float(rival.order)) is Verdict.REFUTED


def order_at(statement: Asymptotic, point: Point) -> sp.Expr | None:
    """The exact order of the error at a point: infinite for no error, None where algebra does not give it.

    The error must be a quotient of polynomials in a root of the size once all else is put in.
    """
    x = statement.in_
    try:
        error = instantiate(statement.lhs - statement.rhs, {s: v for s, v in point.items() if s != x})
        powers = [p.exp.q for p in error.atoms(sp.Pow) if p.base == x and p.exp.is_Rational]
        root, degree = sp.Dummy("root", positive=True), math.lcm(1, *powers)
        top, bottom = polynomials(error.xreplace({x: root**degree}))
    except (CaptureError, NotRational, ZeroDivisionError, sp.PolynomialError):
        return None
    if top == 0:
        return sp.oo
    return sp.Rational(int(sp.degree(bottom, root)) - int(sp.degree(top, root)), degree)


def _far(session: Session, statement: Asymptotic, starts: list[Point]) -> int:
    """By how many doublings a size is beyond every number that the sides have at these points, and its square."""
    digits = 0
    for start in starts[:2]:
        place = session.place(_grown(start, statement.in_, 0))
        try:
            place.look(statement.lhs, statement.rhs)
            digits = max(digits, place.low.span(statement.lhs, statement.rhs))
        except (ArithmeticError, UnsupportedError):
            continue
    return min(FARTHEST, math.ceil(2 * digits * math.log2(10)) + 64)


def edge_places(session: Session, statement: Asymptotic, starts: list[Point]) -> list[Point]:
    """Poles and closed ends of the domain that do not involve the growing symbol, and let it grow."""
    x, base = statement.in_, point_plan(session.claim)[0]
    fixed = [d for d in divisors(statement.lhs, statement.rhs) if x not in d.free_symbols]
    rng = session.rng("edges")
    found = (*zeros_nearby(session, fixed, rng, 1), *closed_ends(session, starts, rng))
    # An end that holds only for a bounded size is no place to let the size grow.
    return [p for p in found if base.contains(_grown(p, x, 0))]


def slower(session: Session, statement: Asymptotic, places: list[Point], bits: int = 0) -> list[FittedOrder]:
    """The fitted orders that fall short of the stated one at these places. Raises DomainError for undefined sides."""
    return [f for f in order_fits(session, statement, places, bits) if f.high < statement.order]


def _coefficient_vanishes(
    session: Session, statement: Asymptotic, fits: list[FittedOrder], refuted: tuple[int, ...]
) -> Finding | None:
    """What keeps the order from being exact at every point; None when the error is shown to fall no faster anywhere."""
    coefficient, x = _coefficient(session, statement), statement.in_
    if coefficient is None:
        if len(fits) >= session.detail["points"] and not any(f.low > statement.order for f in fits):
            return None
        return session.stuck(f"at some points the error falls faster than {x}^-{statement.order}", refuted)
    if coefficient.is_number or defined(1 / coefficient, whole_domain(session.claim)) is None:
        return None
    for point in zeros_nearby(session, [coefficient], session.rng("coefficient"), 1):
        exact = order_at(statement, point)
        if exact is not None and exact > statement.order:
            where = point_text({s: v for s, v in point.items() if s != x})
            text = f"the error falls faster at {where}, where its coefficient {coefficient} is zero"
            return session.finding(Verdict.REFUTED, text, refuted)
    text = f"cannot show that {coefficient}, the coefficient of the error, is nonzero on the domain; state that"
    return session.stuck(text, refuted)


def _coefficient(session: Session, statement: Asymptotic) -> sp.Expr | None:
    replace = surface(session.claim)
    try:
        return error_coefficient(replace(statement.lhs) - replace(statement.rhs), statement.in_)
    except (NotRational, ZeroDivisionError, sp.PolynomialError):
        return None


def _first(start: Point, x: sp.Symbol) -> int:
    """A size that dwarfs all values of a point."""
    largest = max((int(sp.ceiling(abs(v))) for s, v in start.items() if s != x and letters_along(s) is None), default=1)
    return DWARFS << largest.bit_length()


def _grown(start: Point, x: sp.Symbol, doublings: int) -> Point:
    """The start with ``x`` far beyond all other values."""
    return {**start, x: sp.Integer(_first(start, x) << doublings)}


def order_fits(session: Session, statement: Asymptotic, starts: Sequence[Point], bits: int = 0) -> list[FittedOrder]:
    """The fitted order at each start whose error is not zero. Raises DomainError for what cannot be fitted.

    With ``bits`` the sizes are doubled so many times more, and digits are added for them.
    """
    x, (base, chain) = statement.in_, point_plan(session.claim)
    digits = session.digits + math.ceil(2 * bits * float(max(1, statement.order)) * math.log10(2))
    found = []
    for start in starts:
        looks = []
        for j in range(SIZES):
            point = _grown(start, x, j + bits)
            base.check(point, f"{session.claim.id}: as {x} tends to infinity")
            if complete_point(session.claim, chain, point) is None:
                raise DomainError(f"{x} cannot tend to infinity from {point_text(start)}: the domain bounds it")
            try:
                looks.append(Place(point, digits).look(statement.lhs, statement.rhs))
            except UndefinedError as error:
                raise DomainError(f"undefined at {point_text(point)}: {error}; restrict the domain") from None
        if any(look.order is None or not look.certified for look in looks):
            raise DomainError(
                f"the error at {point_text(start)} drowns in {session.digits} digits as {x} grows; use more"
            )
        if all(look.order for look in looks):
            fit = fitted_order([look.gap for look in looks])
            if not math.isfinite(fit.high - fit.low):
                raise DomainError(f"the error at {point_text(start)} falls faster than floats can tell")
            found.append(fit)
    return found


def limit_verdict(fits: list[FittedOrder], order: float) -> Verdict:
    """AGREES when no point is slower than ``order`` and most single it out: near a zero some seem to be faster."""
    if any(f.high < order for f in fits) or all(f.low > order for f in fits):
        return Verdict.REFUTED
    sharp = [f for f in fits if f.contains(order) and f.low > order - 0.5 and f.high < order + 0.5]
    faster = [f for f in fits if f.low > order]
    most = 2 * len(sharp) > len(fits) and len(sharp) + len(faster) == len(fits)
    return Verdict.AGREES if most else Verdict.INCONCLUSIVE
