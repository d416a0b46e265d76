"""What stands for a name in a cell: a number, another name, a product of names, or an array made from numbers.

Nothing is evaluated: a text is the name of an axis or of a value, or a spectrum in the grammar of ``--spectrum`` with
names in braces.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.spectra.array_files import open_npy
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum
from w2s_sym.sweeps.numbers_given import SweepError, Table, fits, fraction_of, shown

KINDS = (
    "a number, the name of an axis or value, { times = [...] }, { spectrum = '...' }, { signal = number }, "
    "{ each = number }, { file = 'x.npy' } or a list of numbers"
)
_HOLE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
# Spectra and signals that a worker keeps at hand.
_KEPT = 64


@dataclass(frozen=True)
class Times:
    """The product of numbers and of what names stand for."""

    factors: tuple[str | Fraction, ...]


@dataclass(frozen=True)
class SpectrumOf:
    """A spectrum in text with names in braces."""

    text: str


@dataclass(frozen=True)
class SignalOf:
    """A power-law signal, whose exponent is a number or a name."""

    exponent: str | Fraction


@dataclass(frozen=True)
class EachOf:
    """The same coefficient in each direction, a number or a name."""

    coefficient: str | Fraction


@dataclass(frozen=True, eq=False)
class ArrayGiven:
    """An array from a file, or from Python."""

    array: np.ndarray

    @functools.cached_property
    def digest(self) -> str:
        """A hash of its shape and entries."""
        plain = np.ascontiguousarray(self.array)
        return hashlib.sha256(f"{plain.dtype.str}{plain.shape}".encode() + plain.tobytes()).hexdigest()


Binding = Times | SpectrumOf | SignalOf | EachOf | ArrayGiven


@dataclass(frozen=True)
class Filled:
    """An array-like value of a cell: a key that tells it from others, and the object."""

    key: str
    thing: Any


CellValue = Fraction | Filled


def read_binding(given: Any, where: str, folder: Path) -> Binding:
    """What a user wrote for a name. Files lie in ``folder``. Raises :class:`SweepError`."""
    if isinstance(given, Spectrum):
        raise SweepError(f"{where}: give a spectrum as text, {{ spectrum = 'power:alpha=2,p=100' }}")
    if isinstance(given, str):
        return Times((_name(given, where),))
    if isinstance(given, np.ndarray) and given.ndim:
        return _array(given, where)
    if isinstance(given, list | tuple):
        return _array(np.array([float(fraction_of(v, f"{where}[{i}]")) for i, v in enumerate(given)]), where)
    if not isinstance(given, Mapping):
        return Times((fraction_of(given, where),))
    table = Table(where, given)
    kinds = [k for k in ("times", "spectrum", "signal", "each", "file") if table.has(k)]
    if len(kinds) != 1 or len(given) != 1:
        raise SweepError(f"{where}: has the keys {', '.join(map(str, given))[:80] or 'none'}; give {KINDS}")
    return _of_kind(kinds[0], table, folder)


def _of_kind(kind: str, table: Table, folder: Path) -> Binding:
    where = table.at(kind)
    match kind:
        case "times":
            factors = table.take(kind)
            if not isinstance(factors, list | tuple) or not factors:
                table.fail(kind, "is no list of names and numbers; write times = ['ratio', 100]")
            return Times(tuple(_scalar(v, f"{where}[{i}]") for i, v in enumerate(factors)))
        case "spectrum":
            text = table.text(kind)
            if text.strip().startswith("file:"):
                table.fail(kind, "reads no file; write { file = 'x.npy' }")
            return SpectrumOf(text)
        case "signal":
            return SignalOf(_scalar(table.take(kind), where))
        case "each":
            return EachOf(_scalar(table.take(kind), where))
    return _array(_file(folder / table.text(kind), where), where)


def _file(path: Path, where: str) -> np.ndarray:
    try:
        return open_npy(path)
    except (ArrayError, OSError) as problem:
        raise SweepError(f"{where}: {path} {problem}") from problem


def _array(array: np.ndarray, where: str) -> ArrayGiven:
    if array.dtype.kind not in "iuf" or array.ndim not in (1, 2) or not array.size:
        raise SweepError(f"{where}: an array of shape {array.shape} and type {array.dtype}; give a vector or a matrix")
    array = np.array(array, dtype=float)
    if not np.isfinite(array).all():
        raise SweepError(f"{where}: has an entry that is not finite; give finite numbers")
    return ArrayGiven(array)


def _scalar(given: Any, where: str) -> str | Fraction:
    return _name(given, where) if isinstance(given, str) else fraction_of(given, where)


def _name(text: str, where: str) -> str:
    """A name that is used; what looks like a formula is refused with the way to write it."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text):
        raise SweepError(
            f"{where}: {text[:60]!r} is no name of an axis or value; a typed formula is not evaluated: give {KINDS}"
        )
    return text


def names_in(binding: Binding) -> tuple[str, ...]:
    """The names of axes and values that it uses."""
    match binding:
        case Times(factors):
            return tuple(f for f in factors if isinstance(f, str))
        case SpectrumOf(text):
            return tuple(_HOLE.findall(text))
        case SignalOf(number) | EachOf(number):
            return (number,) if isinstance(number, str) else ()
    return ()


def is_scalar(binding: Binding, arrays: Sequence[str]) -> bool:
    """Whether it stands for a number, where these names stand for arrays."""
    return isinstance(binding, Times) and not set(names_in(binding)) & set(arrays)


def filled(binding: Binding, known: Mapping[str, CellValue]) -> CellValue:
    """What a binding stands for in a cell, where ``known`` names stand for these values.

    Raises :class:`~w2s_sym.spectra.arguments.SpectrumError` for a spectrum or a signal that is none in this cell.
    """
    match binding:
        case Times((str() as name,)):
            return known[name]
        case Times(factors):
            product = Fraction(1)
            for factor in factors:
                product *= _number(factor, known)
            if not fits(product):
                raise SpectrumError(f"the product {shown(product)} is no number that floats hold")
            return product
        case SpectrumOf(text):
            text = _HOLE.sub(lambda hole: str(_number(hole[1], known)), text)
            return Filled(text, _spectrum(text))
        case SignalOf(exponent):
            number = _number(exponent, known)
            return Filled(f"signal {number}", Signal.power_law(number))
        case EachOf(coefficient):
            number = _number(coefficient, known)
            return Filled(f"each {number}", float(number))
    return Filled(binding.digest, binding.array)


def _number(given: str | Fraction, known: Mapping[str, CellValue]) -> Fraction:
    found = known[given] if isinstance(given, str) else given
    if isinstance(found, Filled):
        raise SpectrumError(f"{given} stands for an array: a product and a spectrum are made of numbers")
    return found


@functools.lru_cache(maxsize=_KEPT)
def _spectrum(text: str) -> Spectrum:
    return Spectrum.parse(text)


def described(binding: Binding) -> str:
    """The binding as a text that differs where it does."""
    return f"array {binding.digest}" if isinstance(binding, ArrayGiven) else repr(binding)
