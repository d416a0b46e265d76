"""The right sides of a core and their slopes from one inverse of its blocks, in numbers: for cores of many unknowns.

Written out, such a core has many letters, each with a derivative in each unknown. Here A - eta is put together as an
array and inverted at once, and the derivative of G in a gain is G C F_v G.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2s_sym.equivalents.arithmetic import Array
from w2s_sym.equivalents.book import Words, multiply_words
from w2s_sym.equivalents.branch import Map
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.gates import Equivalence, Gain

# Entries of all blocks of a side, squared: more are not put into one array.
LARGEST_ARRAY = 4_000_000


@dataclass
class _Side:
    """The blocks of one side: L matrices of k blocks of r rows each, such as a scalar on each of L eigenvalues.

    ``plain`` is A, shape (L, k, r, k, r), and ``shifted`` what a shift is added to. ``arguments`` are C' F_u of each
    gain whose trace is on this side, ``pushed`` C F_v of each that stands in eta here, shapes (gains, L, r, k, r).
    ``weight`` is what a trace is multiplied by.
    """

    blocks: list[int]
    weight: float
    plain: Array
    shifted: Array
    traced: list[int]
    arguments: Array
    standing: list[int]
    pushed: Array


def block_map(made: Equivalence, group: Sequence[int], gains: Sequence[Gain], values: PointValues) -> Map | None:
    """f(s, d, which) of a core with its derivative in s, as the words have it; None where blocks do not fit arrays.

    ``values`` holds numbers as floats, or as arrays with an entry for each point.
    """
    known: dict[int, list[_Side] | None] = {}

    def sides_at(k: int) -> list[_Side] | None:
        if k not in known:
            numbers = {p: float(v[k]) if isinstance(v, Array) and v.ndim else v for p, v in values.numbers.items()}
            known.clear()
            known[k] = _sides(made, group, gains, replace(values, numbers=numbers))
        return known[k]

    if sides_at(0) is None:
        return None

    def f(s: Array, d: Array, which: Array) -> tuple[Array, Array]:
        value, slope = np.zeros(s.shape), np.zeros((*s.shape, s.shape[1]))
        for at, k in enumerate(which):
            for side in sides_at(int(k)) or ():
                try:
                    _add(side, gains, s[at], float(d[at]), value[at], slope[at])
                except np.linalg.LinAlgError:  # no root is there
                    value[at] = np.nan
        return value, slope

    return f


def _add(side: _Side, gains: Sequence[Gain], s: Array, d: float, value: Array, slope: Array) -> None:
    """The gains that are traced on a side, and their slopes in those that stand in its blocks."""
    levels, k, r = side.plain.shape[:3]
    at = {b: i for i, b in enumerate(side.blocks)}
    matrix = side.plain + d * side.shifted
    for j, pushed in zip(side.standing, side.pushed, strict=True):
        matrix[:, at[gains[j].at]] -= s[j] * pushed
    inverse = np.linalg.inv(matrix.reshape(levels, k * r, k * r))
    answered = _times(side.arguments, inverse)
    pushed = _times(side.pushed, inverse)
    heads = [at[gains[j].at] for j in side.standing]
    for i, answer in zip(side.traced, answered, strict=True):
        source = at[gains[i].source]
        value[i] = side.weight * np.einsum("lxx->", answer[:, :, source])
        if heads:
            found = np.einsum("lxjy,jlyx->j", answer[:, :, heads], pushed[:, :, :, source])
            slope[i, side.standing] = side.weight * found


def _times(rows: Array, inverse: Array) -> Array:
    """Rows of blocks, (gains, L, r, k, r), times the inverse."""
    gains, levels, r, k, _ = rows.shape
    return np.asarray(rows.reshape(gains, levels, r, k * r) @ inverse).reshape(gains, levels, r, k, r)


def _sides(made: Equivalence, group: Sequence[int], gains: Sequence[Gain], values: PointValues) -> list[_Side] | None:
    """The sides of a core at one point; None where a word leads from one side to another, or arrays would be large."""
    blocks, run, inside = made.circuit.blocks, Evaluation(made.book, values), set(group)
    plain: dict[int, dict[int, Words]] = {b: {} for b in group}
    for (b, c), words in replace(made, shift=None).plain(group).items():
        plain[b][c] = words
    traced = [_row(blocks[g.at].row, g.inner, inside) for g in gains]
    pushed = [_row(blocks[g.source].row, g.outer, inside) for g in gains]
    found = []
    for side in dict.fromkeys(blocks[b].side for b in group):
        here = [b for b in group if blocks[b].side == side]
        reads = [i for i, g in enumerate(gains) if blocks[g.source].side == side]
        stands = [i for i, g in enumerate(gains) if blocks[g.at].side == side]
        rows = [*(plain[b] for b in here), *(traced[i] for i in reads), *(pushed[i] for i in stands)]
        if any(blocks[c].side != side for row in rows for c in row) or _leaves(made, side, rows):
            return None
        scalar = all(not word for row in rows for words in row.values() for word in words)
        dense = not scalar and values.arithmetic.identity(1).ndim == 2
        size = 1 if scalar else values.dimensions[side]
        shape = (1, size, len(here), size) if dense else (size, 1, len(here), 1)
        if shape[0] * (len(here) * shape[1]) ** 2 > LARGEST_ARRAY:
            return None
        arrays = np.zeros((len(rows), *shape))
        for array, row in zip(arrays, rows, strict=True):
            for c, words in row.items():
                array[:, :, here.index(c)] = _value(run, words, shape[0], shape[1])
        cut, last = len(here), len(here) + len(reads)
        shifted = np.einsum("bc,xy->bxcy", np.diag([float(blocks[b].inverse) for b in here]), np.eye(shape[1]))
        weight = float(values.numbers[side]) if scalar else 1.0
        matrix = np.moveaxis(arrays[:cut], 0, 1)
        found.append(
            _Side(
                here, weight, matrix, shifted,
                traced=reads, arguments=arrays[cut:last], standing=stands, pushed=arrays[last:],
            )
        )  # fmt: skip
    return found


def _row(row: Mapping[int, Words], outer: Words, inside: set[int]) -> dict[int, Words]:
    return {c: multiply_words(outer, words) for c, words in row.items() if c in inside}


def _leaves(made: Equivalence, side: int, rows: Sequence[Mapping[int, Words]]) -> bool:
    """Whether a letter of some word has another side: then entries are no square blocks."""
    letters = made.book.letters
    used = {code >> 1 for row in rows for words in row.values() for word in words for code in word}
    return any(letters[k].side != side or letters[k].other != side for k in used)


def _value(run: Evaluation, words: Words, levels: int, r: int) -> Any:
    """A sum of words as an array of shape (levels, r, r)."""
    total = np.zeros((levels, r, r))
    for word, coefficient in words.items():
        c = run.polynomial(coefficient)[0]
        if not word:
            total += c * np.eye(r)
        else:
            side = run.book.letters[word[0] >> 1].side
            total += c * np.asarray(run.product(word, side)[0]).reshape(levels, r, r)
    return total
