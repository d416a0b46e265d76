"""Spectra in text and in files: the grammar of ``--spectrum``, and eigenvalues in ``.npy`` and ``.csv``.

Nothing in a text is evaluated and no file is unpickled. What is found is plain data, of which
:mod:`w2s_sym.spectra.spectrum` makes a spectrum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.spectra.arguments import SpectrumError, exact_rational
from w2s_sym.spectra.array_files import open_npy

# Files with more numbers, and texts with more bytes, are refused.
MOST_NUMBERS, MOST_BYTES = 50_000_000, 2**24

GRAMMAR = "isotropic:p=500[,lam=2], power:alpha=2,p=500, power:alpha=1.5,p=inf, levels:1x100,0.125x900 or file:PATH"


@dataclass(frozen=True)
class IsotropicText:
    """``isotropic:p=500[,lam=2]``; the numbers are still text."""

    p: str
    lam: str


@dataclass(frozen=True)
class PowerText:
    """``power:alpha=2,p=500``; ``p`` is None for ``inf`` and ``oo``."""

    alpha: str
    p: str | None


@dataclass(frozen=True)
class LevelsText:
    """``levels:1x100,0.125x900`` as pairs (eigenvalue, multiplicity)."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FileText:
    """``file:PATH``."""

    path: str


SpectrumText = IsotropicText | PowerText | LevelsText | FileText


def parse_spectrum(text: str) -> SpectrumText:
    """The parts of one line of the grammar :data:`GRAMMAR`; :class:`SpectrumError` for what does not belong to it."""
    given: object = text
    if not isinstance(given, str):
        raise SpectrumError(f"spectrum {given!r:.60}: is a {type(given).__name__}, not text; give {GRAMMAR}")
    kind, colon, rest = text.strip().partition(":")
    if colon:
        match kind:
            case "file":
                return FileText(rest)
            case "levels":
                return _levels(rest)
            case "isotropic":
                found = _assignments(kind, rest, ("p", "lam"), optional="lam")
                return IsotropicText(found["p"], found.get("lam", "1"))
            case "power":
                found = _assignments(kind, rest, ("alpha", "p"))
                return PowerText(found["alpha"], None if found["p"] in ("inf", "oo") else found["p"])
    raise SpectrumError(f"spectrum {text[:60]!r}: is of no known form; give {GRAMMAR}")


def _levels(rest: str) -> LevelsText:
    cut = [part.strip().partition("x") for part in rest.split(",")]
    bad = next(("".join(c) for c in cut if not (c[0] and c[2])), None)
    if bad is not None:
        raise SpectrumError(f"spectrum levels: {bad[:60]!r} is no level; write one such as 2x100")
    return LevelsText(tuple((lam, weight) for lam, _, weight in cut))


def _assignments(kind: str, rest: str, known: tuple[str, ...], optional: str = "") -> dict[str, str]:
    """``key=value`` pairs, each of the ``known`` keys once; the ``optional`` one may be left out."""
    given: dict[str, str] = {}
    for part in rest.split(","):
        key, equals, value = (s.strip() for s in part.partition("="))
        if key not in known or not equals or key in given:
            raise SpectrumError(
                f"spectrum {kind}: {part[:60]!r} is not understood; give {' and '.join(known)} once each"
            )
        given[key] = value
    missing = [key for key in known if key not in given and key != optional]
    if missing:
        raise SpectrumError(f"spectrum {kind}: {missing[0]} is missing; such as {missing[0]}=2")
    return given


def read_eigenvalues(path: str | Path) -> np.ndarray | list[Fraction]:
    """The numbers of a ``.npy`` file (as they are stored) or of a ``.csv`` file (exact: one a line, or one line).

    Raises :class:`SpectrumError` for other names, for what is no such file, for several columns, and for text that is
    no number.
    """
    if not isinstance(path, (str, Path)):
        raise SpectrumError(f"file {path!r:.60}: is no path; give the name of a .npy or .csv file of eigenvalues")
    where = Path(path)
    if not where.is_file():
        raise SpectrumError(f"file {path}: is no file; give a .npy or .csv file of eigenvalues")
    if where.suffix in (".npy", ".npz"):
        try:
            array = open_npy(where)
        except ArrayError as problem:
            raise SpectrumError(f"file {path}: {problem}") from None
        if array.size > MOST_NUMBERS:
            raise SpectrumError(f"file {path}: has {array.size} numbers; give at most {MOST_NUMBERS}")
        return array
    if where.suffix != ".csv":
        raise SpectrumError(f"file {path}: needs a name that ends in .npy, .npz or .csv")
    try:
        if where.stat().st_size > MOST_BYTES:
            raise SpectrumError(f"file {path}: has more than {MOST_BYTES} bytes; save the numbers with numpy.save")
        lines = re.split(r"\r\n|\r|\n", where.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise SpectrumError(f"file {path}: is no text; give one number a line") from None
    return [exact_rational(cell, f"file {path}, line {k}: value") for k, cell in _cells(path, lines)]


def _cells(path: str | Path, lines: list[str]) -> list[tuple[int, str]]:
    """The numbers of a table of one column or of one row, each with its line; which column is meant is not guessed."""
    rows = [(k, line.split(",")) for k, line in enumerate(lines, 1) if line.strip()]
    wide = next(((k, cells) for k, cells in rows if len(cells) > 1), None)
    if wide is None:
        return [(k, cells[0]) for k, cells in rows]
    k, cells = wide
    if len(rows) > 1:
        raise SpectrumError(
            f"file {path}, line {k}: {len(cells)} columns, {','.join(cells)[:40]!r}; give the eigenvalues alone, one a "
            "line, with decimal points"
        )
    if len(cells) == 2 and all(c.isascii() and c.isdigit() for c in cells):
        raise SpectrumError(
            f"file {path}, line {k}: {','.join(cells)[:40]!r} is one number with a decimal comma or two numbers; write "
            "one a line, with decimal points"
        )
    return [(k, cell) for cell in cells]


__all__ = [
    "GRAMMAR",
    "FileText",
    "IsotropicText",
    "LevelsText",
    "PowerText",
    "SpectrumText",
    "parse_spectrum",
    "read_eigenvalues",
]
