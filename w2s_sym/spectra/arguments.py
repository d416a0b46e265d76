"""Arguments of spectra and signals: taken exactly, or refused in one line that says why."""

from __future__ import annotations

from fractions import Fraction
from re import compile as pattern
from typing import Any

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError, require_real, without_subclass

# Larger counts mean a slip of the pen, and leave the range of exact floats.
MOST_EIGENVALUES = 10**15

_DECIMAL = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_RATIO = pattern(r"[+-]?[0-9]+/[0-9]*[1-9][0-9]*")


class SpectrumError(ValueError):
    """A spectrum, or a question about one, that is refused: the condition, the numbers and the next move."""


def exact_rational(value: object, name: str) -> Fraction:
    """The rational number that ``value`` is: an integer, Fraction, SymPy number, decimal in a string, or float.

    A float is its binary value. Raises :class:`SpectrumError` for anything else, and for what is not finite.
    """
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 1000 or not (_DECIMAL.fullmatch(text) or _RATIO.fullmatch(text)):
            raise SpectrumError(f"{name}={text[:60]}: is no number; give one such as 0.5, 1e-3 or 1/3")
        return Fraction(text)
    if isinstance(value, (bool, np.bool_)) or value is None:
        raise SpectrumError(f"{name}={value}: needs a number")
    if isinstance(value, np.integer):
        return Fraction(int(value))
    # SymPy's flags, asked for by name so that SymPy need not be loaded.
    if getattr(value, "is_Float", False):
        raise SpectrumError(
            f"{name}={value}: a SymPy float is no exact number; give a Rational or a decimal in a string"
        )
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]
    try:
        ratio: tuple[Any, Any] = value.as_integer_ratio()  # type: ignore[attr-defined]
        return Fraction(int(ratio[0]), int(ratio[1]))
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise SpectrumError(f"{name}={str(value)[:60]}: needs a finite rational number") from None


def eigenvalue_count(value: object, name: str) -> int:
    """A number of eigenvalues: an integer from 1 to 10^15; else :class:`SpectrumError`."""
    number = exact_rational(value, name)
    if number.denominator != 1 or not 1 <= number <= MOST_EIGENVALUES:
        raise SpectrumError(f"{name}={value}: needs an integer from 1 to {MOST_EIGENVALUES}")
    return int(number)


def real_array(values: Any, what: str) -> np.ndarray:
    """``values`` as a float array of any shape; :class:`SpectrumError` for what is not real numbers."""
    try:
        array = without_subclass(np.asanyarray(values))
        # Exact numbers are Python objects; what is text in an array is no number, though numpy would read it.
        exact = array.dtype.kind == "O" and not any(isinstance(v, (str, bytes)) for v in array.flat)
        if exact or array.dtype.kind in "fiub":
            return array.astype(float)
        require_real(array.dtype)
    except ArrayError as problem:
        raise SpectrumError(f"{what} {problem}") from None
    except (TypeError, ValueError, OverflowError):
        pass
    raise SpectrumError(f"{what}: needs an array of real numbers")


def exactly(value: Fraction) -> str:
    """A number for a heading, in full: a decimal where that ends, the float that it is, else a quotient."""
    number = Fraction(value)
    twos, rest = 0, number.denominator
    while rest % 2 == 0:
        twos, rest = twos + 1, rest // 2
    fives = 0
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    places = max(twos, fives)
    if rest == 1 and places <= 30:
        digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
        sign = "-" if number < 0 else ""
        return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
    if rest == 1 and number == Fraction(float(number)):
        return f"{float(number)!r} (the float)"
    return str(number)


def short(value: Fraction | float) -> str:
    """A number for a message: an integer as it is, else six digits; its power of ten where floats do not reach."""
    number = Fraction(value)
    if number.denominator == 1 and abs(number) < 10**6:
        return str(number.numerator)
    try:
        close = float(number)
    except OverflowError:
        close = float("inf")
    if close and abs(close) != float("inf"):
        return f"{close:.6g}"
    digits = len(str(abs(number.numerator))) - len(str(number.denominator))
    return f"about 1e{digits:+d}"


__all__ = ["MOST_EIGENVALUES", "SpectrumError", "eigenvalue_count", "exact_rational", "exactly", "real_array", "short"]
