"""Numbers and tables as a user gives them: taken exactly, or refused in one line that names the key."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal, localcontext
from fractions import Fraction
from numbers import Integral, Rational, Real
from typing import Any, NoReturn

import sympy as sp

# What may name an axis, a value or a column.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}\Z")
# A decimal exponent of more digits would be a number that floats do not hold.
LONGEST_EXPONENT, LONGEST_DECIMAL = 3, 400


class SweepError(ValueError):
    """A sweep that cannot be made or read. The message is one line: the key, what is wrong, and the next move."""


@dataclass(frozen=True)
class NotFinite:
    """What a file has in the place of a number that is not finite, or that floats do not hold."""

    text: str


def decimal(text: str) -> Fraction | NotFinite:
    """The exact rational that a decimal states, or what stands in its place: for ``tomllib``, as ``parse_float``."""
    plain = text.replace("_", "")
    exponent = plain.lower().partition("e")[2].lstrip("+-").lstrip("0")
    if len(plain) > LONGEST_DECIMAL or len(exponent) > LONGEST_EXPONENT:
        return NotFinite(text[:40])
    try:
        return Fraction(plain)
    except ValueError:  # inf and nan
        return NotFinite(text[:40])


def fraction_of(value: object, where: str) -> Fraction:
    """A number as a fraction: integers and decimals are exact, a float is its shortest decimal.

    Raises :class:`SweepError` for what is no number, and for one that floats do not hold.
    """
    found: object = decimal(repr(float(value))) if isinstance(value, float) else value
    if isinstance(value, sp.Rational):
        found = Fraction(int(value.p), int(value.q))
    elif isinstance(found, Rational | Integral) and not isinstance(found, bool):
        found = Fraction(int(found.numerator), int(found.denominator))
    elif isinstance(found, Real) and not isinstance(found, bool | Fraction):  # a scalar of numpy
        found = decimal(repr(float(found)))
    if isinstance(found, Fraction):
        if fits(found):
            return found
        found = NotFinite(shown(found))
    if isinstance(found, NotFinite):
        raise SweepError(f"{where}: {found.text} is no number that floats hold; give a finite one")
    raise SweepError(f"{where}: {_shown(value)} is {_kind(value)}; give a number")


def fits(value: Fraction) -> bool:
    """Whether floats hold the number: finite, and not rounded to zero."""
    try:
        near = float(value)
    except OverflowError:
        return False
    return math.isfinite(near) and (near != 0) == (value != 0)


def integer_of(value: object, where: str, least: int, most: int) -> int:
    """An integer between two bounds; raises :class:`SweepError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise SweepError(f"{where}: {_shown(value)} is {_kind(value)}; give an integer from {least} to {most}")
    if not least <= int(value) <= most:
        raise SweepError(f"{where}: {_shown(int(value))} is out of range; give an integer from {least} to {most}")
    return int(value)


def shown(value: Fraction) -> str:
    """A number for a reader: an integer of at most twenty digits, or a decimal of twelve, however large or small."""
    if value.denominator == 1 and abs(value) < 10**20:
        return str(value.numerator)
    if fits(value):
        return f"{float(value):.12g}"
    with localcontext(prec=12):
        return str((Decimal(value.numerator) / Decimal(value.denominator)).normalize()).lower()


@dataclass
class Table:
    """A table of a definition whose keys are taken one after another; what is left over is unknown."""

    where: str
    entries: Mapping[str, Any]
    taken: set[str] = field(default_factory=set)

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise :class:`SweepError` about a key of this table."""
        raise SweepError(f"{self.at(key)}: {problem}")

    def at(self, key: str) -> str:
        """The key with the tables around it, such as ``axes.n``."""
        return f"{self.where}.{key}" if self.where else key

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.entries

    def take(self, key: str) -> Any:
        """The value under a key, None when it is missing; it counts as known."""
        self.taken.add(key)
        return self.entries.get(key)

    def text(self, key: str, default: str = "") -> str:
        """The text under a key."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.fail(key, f"{_shown(value)} is {_kind(value)}; give a text in quotes")
        if control := [c for c in value if unicodedata.category(c) == "Cc" and c not in "\n\t"]:
            self.fail(key, f"has the control character {control[0]!r}, which no table or terminal shows; leave it out")
        return value

    def table(self, key: str) -> Table:
        """The table under a key, an empty one when it is missing."""
        value = self.take(key)
        if value is None:
            return Table(self.at(key), {})
        if not isinstance(value, Mapping):
            self.fail(key, f"is {_kind(value)}; give a table, [{self.at(key)}]")
        return Table(self.at(key), value)

    def end(self, known: str) -> None:
        """Refuse keys that nobody took; ``known`` lists the right ones."""
        for key in self.entries:
            if key not in self.taken:
                raise SweepError(f"{self.at(str(key)[:60])}: is an unknown key; the keys here are {known}")


def checked_name(name: object, where: str) -> str:
    """A name of an axis, a value or a column; raises :class:`SweepError` for anything else."""
    if not isinstance(name, str) or not NAME.match(name):
        raise SweepError(f"{where}: {_shown(name)} is no name; use a letter, then letters, digits and _")
    return name


def _shown(value: object) -> str:
    if isinstance(value, Fraction):
        return shown(value)
    if isinstance(value, list | tuple | Mapping):  # its entries are Python's objects, and not what was written
        return "it"
    return str(value) if isinstance(value, date | time) else repr(value)[:60]


def _kind(value: object) -> str:
    """What a value is, in the words of TOML."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Fraction | float | NotFinite):
        return "no integer"
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list | tuple) else f"of type {type(value).__name__}"
