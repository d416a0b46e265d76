"""An experiment with matrices of no special form in place of those that its author makes.

The rule: a claim speaks of all matrices and numbers of its domain. A ``realise`` that makes symmetric or diagonal
matrices only, or those of positive trace, or that ties a number to a size, does not stand for the claim. What looks at
numbers looks at instances made here too: they have the shapes and the properties that are declared, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.words import Atom, TraceError

_SCALES = (1.0, 0.5, 0.1)


def generic(quantity: Quantity, numbers: frozenset[str], *, exact: bool) -> Quantity | None:
    """The quantity with generic fixed matrices, of small integers when ``exact``, and ``numbers`` not of its setting.

    When ``exact`` those numbers are rationals of either sign, else the setting leaves them open. None where the setting
    makes nothing. The instances may have no law and lie outside of a domain: whoever uses them looks.
    """
    setting = quantity.setting
    if setting.realise is None:
        return None

    def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        _, made = setting.realised(point, rng)
        draw = _integers if exact else _reals
        found: dict[str, Any] = {a.name: draw(a, _shape(a, point), rng) for a in quantity.fixed_atoms}
        for name, value in made.items():
            if name not in numbers:
                found[name] = value
            elif exact:
                found[name] = sp.Rational(int(rng.integers(-9, 10)), int(rng.integers(1, 5)))
        return found

    return replace(quantity, setting=replace(setting, realise=realise))


def makes_something(quantity: Quantity, numbers: frozenset[str], rng: np.random.Generator) -> bool:
    """Whether the setting's ``realise`` chooses matrices, or one of these numbers, at sizes of 2."""
    if quantity.fixed_atoms:
        return True
    _, made = quantity.setting.realised({s.name: 2 for s in quantity.size_symbols}, rng)
    return any(name in numbers for name in made)


def _shape(atom: Atom, point: Mapping[str, Any]) -> tuple[int, int]:
    sizes = {s: sp.Integer(int(point[s.name])) for s in (atom.rows.free_symbols | atom.cols.free_symbols)}
    rows, cols = (int(size.xreplace(sizes)) for size in (atom.rows, atom.cols))
    if atom.orthonormal and cols > rows:
        raise TraceError(f"{atom.name} has more columns than rows, which are not orthonormal")
    return rows, cols


def _reals(atom: Atom, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    made, scale = rng.standard_normal(shape), float(rng.choice(_SCALES))
    if atom.orthonormal:
        return np.asarray(np.linalg.qr(made)[0])
    if atom.symmetric:  # half of them are covariances
        return scale * (made.T @ made / max(shape[0], 1) if rng.random() < 0.5 else made + made.T)
    return scale * made


def _integers(atom: Atom, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    made = rng.integers(-2, 3, shape)
    if atom.orthonormal:  # columns of a signed permutation
        signs = rng.choice((-1, 1), shape[0])
        return np.asarray((np.diag(signs)[:, rng.permutation(shape[0])])[:, : shape[1]])
    if atom.symmetric:
        return made.T @ made if rng.random() < 0.5 else made + made.T
    return made
