"""Numbers that are known to lie between two exact rationals, and the digits that this proves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

# Digits beyond these are not written, whatever is proven: Python prints no longer integers.
MOST_WRITTEN_DIGITS = 4_000
# Digits of what is known exactly and has no end, such as 1/3, when nobody says how many.
ENDLESS = 30


@dataclass(frozen=True)
class Enclosed:
    """A real number proven to lie in [lower, upper]; the bounds are exact."""

    lower: Fraction
    upper: Fraction

    def __post_init__(self) -> None:
        if self.lower > self.upper:
            raise ValueError(f"lower bound {float(self.lower)!r} above upper bound {float(self.upper)!r}")

    @classmethod
    def around(cls, middle: Fraction, radius: Fraction) -> Enclosed:
        """[middle - radius, middle + radius], for radius >= 0."""
        return cls(middle - radius, middle + radius)

    @property
    def middle(self) -> Fraction:
        """The middle of the interval, exactly."""
        return (self.lower + self.upper) / 2

    @property
    def radius(self) -> Fraction:
        """Half the width."""
        return (self.upper - self.lower) / 2

    def __float__(self) -> float:
        """The float nearest to the middle."""
        return float(self.middle)

    def meet(self, other: Enclosed) -> Enclosed:
        """Both hold, so the number lies in both; raises ``ValueError`` when they exclude each other."""
        return Enclosed(max(self.lower, other.lower), min(self.upper, other.upper))

    def scaled(self, factor: Fraction) -> Enclosed:
        """The number times an exact factor of any sign."""
        ends = (self.lower * factor, self.upper * factor)
        return Enclosed(min(ends), max(ends))

    def __str__(self) -> str:
        written = self.decimal()
        return (
            f"{written} +- {self.error(written)}" if written else f"between {float(self.lower)} and {float(self.upper)}"
        )

    def decimal(self, digits: int | None = None) -> str:
        """The middle to as many significant digits as are proven, at most ``digits``.

        Proven means: the number differs from what is written by less than one unit of the last digit. Integers and
        decimals that are known exactly are written as such. An empty string when not even one digit is proven.
        """
        if self.lower == self.upper:
            places = _places(self.lower.denominator)
            if places is not None and places <= MOST_WRITTEN_DIGITS:
                return _write(int(self.lower * 10**places), -places)
            digits = ENDLESS if digits is None else digits
        digits = MOST_WRITTEN_DIGITS if digits is None else min(digits, MOST_WRITTEN_DIGITS)
        middle = self.middle
        if not middle:
            return ""
        top = _exponent(abs(middle))
        width = self.radius
        most = digits if not width else min(digits, top - _exponent(width) + 1)
        for kept in range(most, 0, -1):
            unit = top - kept + 1
            scaled = round(middle / Fraction(10) ** unit)
            if abs(scaled) == 10**kept:  # rounded up to one digit more
                scaled, unit = scaled // 10, unit + 1
            written = scaled * Fraction(10) ** unit
            if max(abs(written - self.lower), abs(written - self.upper)) < Fraction(10) ** unit:
                return _write(scaled, unit)
        return ""

    def error(self, written: str) -> str:
        """How far the number can be from a decimal that is written, rounded up to two digits."""
        value = Fraction(written)
        gap = max(abs(value - self.lower), abs(value - self.upper))
        if not gap:
            return "0"
        unit = _exponent(gap) - 1
        scaled = gap / Fraction(10) ** unit
        return _write(-(-scaled.numerator // scaled.denominator), unit)


def _places(denominator: int) -> int | None:
    """How many decimals a fraction in lowest terms with this denominator has; None when they do not end."""
    counts = []
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator, count = denominator // prime, count + 1
        counts.append(count)
    return max(counts) if denominator == 1 else None


def _exponent(value: Fraction) -> int:
    """The e with 10^e <= value < 10^(e+1), for a positive value."""
    # Bit lengths place log10 within 0.61 of this guess, so one comparison on each side settles it.
    guess = int((value.numerator.bit_length() - value.denominator.bit_length()) * 0.30102999566398120)
    while Fraction(10) ** guess > value:
        guess -= 1
    while Fraction(10) ** (guess + 1) <= value:
        guess += 1
    return guess


def _write(scaled: int, unit: int) -> str:
    """scaled * 10^unit as a decimal with all digits of ``scaled``."""
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled))
    top = unit + len(digits) - 1
    if unit <= 0 and top > -6:
        if top < 0:
            return f"{sign}0.{'0' * (-top - 1)}{digits}"
        whole, part = digits[: top + 1], digits[top + 1 :]
        return sign + whole + (f".{part}" if part else "")
    return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{top}"


@dataclass(frozen=True, repr=False)
class FixedPoint:
    """A solved equation for the effective ridge, with all that follows from it; every number is enclosed.

    ``t`` is tau (``ridge`` = 0) or kappa (``ridge`` > 0). With u_i = lam_i/(lam_i + t): ``df1`` = sum u_i, ``df2`` =
    sum u_i^2, ``Omega`` = df2/n, ``effective`` = n (1 - Omega).
    """

    n: Fraction
    ridge: Fraction
    t: Enclosed
    df1: Enclosed
    df2: Enclosed
    Omega: Enclosed
    effective: Enclosed

    def __str__(self) -> str:
        return "\n".join(f"{name:<10} {value}" for name, value in self.numbers())

    __repr__ = __str__

    def numbers(self) -> tuple[tuple[str, Enclosed], ...]:
        """The numbers with their names, in the order in which they are printed."""
        return (
            (self.name, self.t),
            ("Omega", self.Omega),
            ("df1", self.df1),
            ("df2", self.df2),
            ("effective", self.effective),
        )

    @property
    def name(self) -> str:
        """What ``t`` is called."""
        return "kappa" if self.ridge else "tau"

    @property
    def tau(self) -> float:
        """The ridgeless effective ridge as a float; an ``AttributeError`` when there is a ridge."""
        if self.ridge:
            raise AttributeError("tau is the ridgeless root; with ridge > 0 ask for kappa")
        return float(self.t)

    @property
    def kappa(self) -> float:
        """The effective ridge as a float, whatever the ridge."""
        return float(self.t)


__all__ = ["Enclosed", "FixedPoint"]
