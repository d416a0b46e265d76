"""Draws of a Quantity: fixed matrices at a point, random blocks, and the value of the words on them.

The words are evaluated by the one evaluator of :mod:`w2s_sym.matrices.traces`, on one of two kinds of draw. *Full rows*
are the experiment itself. The *fast* kind uses that rows i.i.d. Gaussian with covariance S form X = G S^{1/2}, G = Q T
with Q orthonormal and T'T Wishart: where every contraction of a row index joins two blocks of the sample, Q cancels and
T S^{1/2}, with min(rows, width) rows, stands for X. Its cost does not grow with the number of rows. Where a row index
meets anything else (a fixed vector, an entrywise power) full rows are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import sympy as sp

from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.number_text import told
from w2s_sym.formula.numbers import holds_at
from w2s_sym.formula.plain_arrays import ArrayError, floats_of
from w2s_sym.matrices import gaussian_rules, samplers
from w2s_sym.matrices.evaluation import covariance_matrix, evaluate_words
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Factor, TraceError

# Draws of one batch keep their matrices below this many bytes, and never exceed this number.
BATCH_BYTES = 1 << 26
BATCH_DRAWS = 1 << 12
# A scalar computed from the fixed matrices must match the point's up to this relative error.
NAMED = 1e-9

# The largest size that is drawn: floats count no further.
LARGEST_DRAWN = sp.Integer(2**53)

Scalar = float | int
Fill = Callable[[Mapping[str, Scalar]], Mapping[str, Scalar]]


@dataclass(frozen=True)
class Instance:
    """A setting at one point: numpy arrays of its fixed matrices, and all its scalars by name."""

    setting: Setting
    arrays: Mapping[str, np.ndarray]
    scalars: Mapping[str, Scalar]

    def size(self, expression: sp.Expr) -> int:
        """A number of rows or columns. Raises ``ModelError`` for what is no size, or is too large for floats."""
        point = {s: self.scalars[s.name] for s in sorted(expression.free_symbols, key=str)}
        whole = {s: sp.Integer(int(v)) for s, v in point.items() if int(v) == v}
        value = None
        # Balls first: powers of powers have values that no integer could hold.
        if len(whole) == len(point) and (
            not expression.args or holds_at(expression - LARGEST_DRAWN, "<=", whole) is not False
        ):
            value = expression.xreplace(whole)
        if value is None or not value.is_Integer or not 0 <= value <= LARGEST_DRAWN:
            at = ", ".join(f"{s}={v:.6g}" for s, v in point.items()) or "every point"
            raise samplers.ModelError(
                f"a matrix has {told(expression)} rows or columns, which at {at} is no whole number from 0 to 2^53; "
                "declare sizes integer=True and bound them by conditions of the domain"
            )
        return int(value)


@dataclass(frozen=True)
class Group:
    """Samples drawn as one matrix: ``blocks`` side by side with block-diagonal covariance ``root' root``."""

    rows: int
    blocks: tuple[tuple[str, int, int], ...]
    root: np.ndarray | None
    width: int
    full: bool

    @property
    def height(self) -> int:
        """The rows of what is drawn."""
        return self.rows if self.full else min(self.rows, self.width)

    def draw(self, rng: np.random.Generator, draws: int) -> dict[str, np.ndarray]:
        """Stacks of the blocks, or of what stands for them."""
        if not self.full:
            matrix = samplers.bartlett(rng, draws, self.rows, self.width)
            if self.root is not None:
                matrix = matrix @ self.root
        else:
            matrix = samplers.gaussian_rows(
                rng, draws, self.rows, np.eye(self.width) if self.root is None else self.root
            )
        return {name: matrix[..., start:stop] for name, start, stop in self.blocks}


@dataclass(frozen=True)
class DrawPlan:
    """How the value of one quantity is drawn at one instance. Made by :func:`plan`."""

    value: TraceSum
    instance: Instance
    groups: tuple[Group, ...]
    operations: float = field(init=False)
    batch: int = field(init=False)

    def __post_init__(self) -> None:
        dims = {a.name: (self.instance.size(a.rows), self.instance.size(a.cols)) for a in self.value.atoms}
        for group in self.groups:
            dims.update({name: (group.height, stop - start) for name, start, stop in group.blocks})
        words = {w for m, _ in self.value.terms for w in m}
        cost = sum(math.prod(dims[letter.atom.name]) for w in words for letter in w)
        largest = max((max(d) for d in dims.values()), default=1)
        object.__setattr__(self, "operations", float(1 + cost * largest))
        numbers = sum(3 * g.height * g.width for g in self.groups) + 4 * sum(math.prod(d) for d in dims.values())
        fits = max(1, BATCH_BYTES // (8 * max(1, numbers)))
        object.__setattr__(self, "batch", min(BATCH_DRAWS, 1 << (fits.bit_length() - 1)))

    def arrays(self, rng: np.random.Generator, draws: int) -> dict[str, np.ndarray]:
        """The fixed matrices and stacks of the random blocks."""
        found = dict(self.instance.arrays)
        for group in self.groups:
            found.update(group.draw(rng, draws))
        return found

    def draw(self, rng: np.random.Generator, draws: int) -> np.ndarray:
        """One value of the words per draw."""
        value = evaluate_words(self.value, self.arrays(rng, draws), self.instance.scalars)
        return np.broadcast_to(np.asarray(value, dtype=float), (draws,))


# -- the fixed part -------------------------------------------------------------------------------------------


def realise(
    quantity: Quantity, point: Mapping[str, Scalar], rng: np.random.Generator, fill: Fill | None = None
) -> Instance:
    """The quantity's setting at ``point`` (sizes and, if wanted, scalars by name), checked against its names.

    ``fill`` maps the scalars known so far to those that neither the point nor the setting's ``realise`` gives.
    Raises :class:`ClaimError` when a size is missing, a matrix has the wrong shape or a scalar contradicts the point.
    """
    setting = quantity.setting
    missing = [s.name for s in quantity.size_symbols if s.name not in point]
    if missing:
        raise ClaimError(f"{quantity.symbol}: no value for {', '.join(missing)}; name all sizes of the experiment")
    try:
        matrices, numbers_made = setting.realised(point, rng)
    except KeyError as problem:
        raise ClaimError(
            f"{quantity.symbol}: realise asks for {problem}, which is no size of the experiment"
        ) from problem
    try:
        arrays = {name: floats_of(matrix) for name, matrix in matrices.items()}
    except ArrayError as problem:
        raise ClaimError(f"{quantity.symbol}: a matrix that realise returns {problem}") from None
    given = {name: float(number) for name, number in numbers_made.items()}
    scalars: dict[str, Scalar] = {**given, **point}
    for name, value in given.items():
        if not _same(scalars[name], value):
            raise _contradiction(quantity, name, scalars[name], f"its setting makes {value:.12g}")
    if fill is not None:
        scalars.update(fill(scalars))
    # Sizes as floats: SymPy rationals such as 1/N would turn stacks of floats into arrays of objects.
    numbers = {k: float(v) for k, v in scalars.items()}
    instance = Instance(setting, arrays, numbers)
    for size in quantity.sizes:
        instance.size(size)
    for atom in quantity.fixed_atoms:
        wanted = (instance.size(atom.rows), instance.size(atom.cols))
        if atom.name not in arrays:
            raise ClaimError(f"{quantity.symbol}: realise returns no matrix {atom.name}; it should be {wanted}")
        if arrays[atom.name].shape != wanted:
            raise ClaimError(
                f"{quantity.symbol}: realise returns {atom.name} of shape {arrays[atom.name].shape}, not {wanted}"
            )
    for s, definition in setting.names:
        value = float(evaluate_words(definition, arrays, numbers))
        if not _same(numbers.setdefault(s.name, value), value):
            raise _contradiction(quantity, s.name, numbers[s.name], f"{definition} is {value:.12g}")
    return Instance(setting, arrays, numbers)


def _same(wanted: Scalar, value: float) -> bool:
    return math.isclose(float(wanted), value, rel_tol=NAMED, abs_tol=NAMED * 1e-3)


def _contradiction(quantity: Quantity, name: str, wanted: Scalar, found: str) -> ClaimError:
    return ClaimError(
        f"{quantity.symbol}: the point has {name}={float(wanted):.12g} and {found}; "
        f"let realise honour the {name} of its point"
    )


# -- the random part ------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def averaged(quantity: Quantity, names: tuple[str, ...]) -> TraceSum:
    """The quantity's words with these blocks averaged exactly, one sample after another, by :func:`rules.expect`."""
    value, left = quantity.value, list(names)
    while left:
        home = quantity.setting.sample_of(left[0])
        if home is None:
            raise ClaimError(f"{quantity.symbol}: {left[0]} is no block of its setting; average a block of a sample")
        together = tuple(n for n in left if n in home.names())
        try:
            value = gaussian_rules.expect(value, quantity.setting.samples, together).value
        except TraceError as problem:
            raise ClaimError(f"{quantity.symbol}: cannot average {', '.join(together)}: {problem}") from problem
        left = [n for n in left if n not in together]
    return value


def plan_draws(
    quantity: Quantity, instance: Instance, average: Iterable[str] = (), full_rows: bool = False
) -> DrawPlan:
    """How to draw the quantity at an instance; with ``full_rows`` every block of every sample, row by row."""
    value = averaged(quantity, tuple(average))
    samples = quantity.setting.samples
    used = {a.base for a in value.atoms}
    groups = []
    for members, full in _groups(value, samples):
        blocks, roots, start = [], [], 0
        for sample in (samples[i] for i in members):
            kept = tuple(b for b in sample.blocks if full_rows or b.name in used)
            if not kept:
                continue
            part = Sample(sample.rows, kept, sample.covariance)
            covariance = covariance_matrix(part, instance.arrays, instance.scalars)
            what = f"{quantity.symbol}: the covariance of {', '.join(b.name for b in kept)}"
            roots.append(samplers.root(covariance, what))
            for block in kept:
                stop = start + instance.size(block.cols)
                blocks.append((block.name, start, stop))
                start = stop
        if blocks:
            rows = instance.size(samples[members[0]].rows)
            groups.append(Group(rows, tuple(blocks), _side_by_side(roots), start, full or full_rows))
    return DrawPlan(value, instance, tuple(groups))


def check_law(quantity: Quantity, instance: Instance, where: str) -> None:
    """Whether rows with the covariance of each sample exist, blocks that are averaged out or unused included.

    Raises :class:`ClaimError` with the sample, the least eigenvalue and the point.
    """
    for sample in quantity.setting.samples:
        what = f"{quantity.symbol}: the covariance of the sample {', '.join(sample.names())} at {where}"
        try:
            samplers.root(covariance_matrix(sample, instance.arrays, instance.scalars), what)
        except samplers.ModelError as problem:
            raise ClaimError(str(problem)) from problem


def _side_by_side(roots: list[np.ndarray]) -> np.ndarray | None:
    """The block-diagonal matrix of these; None for the identity, which needs no multiplication."""
    size = sum(len(r) for r in roots)
    whole, start = np.zeros((size, size)), 0
    for r in roots:
        whole[start : start + len(r), start : start + len(r)] = r
        start += len(r)
    return None if np.array_equal(whole, np.eye(size)) else whole


def _groups(value: TraceSum, samples: tuple[Sample, ...]) -> list[tuple[tuple[int, ...], bool]]:
    """Samples that words join at a row index, and whether a row index meets anything that is no row index."""
    home = {name: i for i, s in enumerate(samples) for name in s.names()}
    parent = list(range(len(samples)))
    exposed: set[int] = set()

    def find(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    def row_of(letter: Factor, right: bool) -> int | None:
        """The sample whose row index this side of the letter is."""
        if letter.atom.form == "gram_inverse" or letter.transposed != right:
            return None
        return home.get(letter.atom.base)

    for monomial, _ in value.terms:
        for word in monomial:
            for left, after in zip(word, (*word[1:], word[0]), strict=True):
                ends = [e for e in (row_of(left, True), row_of(after, False)) if e is not None]
                if len(ends) == 1:
                    exposed.add(ends[0])
                elif len(ends) == 2:
                    parent[find(ends[0])] = find(ends[1])
            exposed.update(
                home[letter.atom.base] for letter in word if letter.atom.form == "power" and letter.atom.base in home
            )
    members: dict[int, list[int]] = {}
    for i in range(len(samples)):
        members.setdefault(find(i), []).append(i)
    return [(tuple(group), bool(exposed & set(group))) for group in members.values()]


# -- what tests and notebooks call ----------------------------------------------------------------------------


def draw_arrays(
    quantity: Quantity, point: Mapping[str, Scalar], rng: np.random.Generator, draws: int, full_rows: bool
) -> tuple[dict[str, np.ndarray], dict[str, Scalar]]:
    """Arrays by name (fixed matrices, and stacks of blocks with the draw first) and scalars by name.

    With ``full_rows`` the blocks are the experiment's own, else what the fast sampler draws in their place.
    """
    instance = realise(quantity, point, rng)
    return plan_draws(quantity, instance, (), full_rows).arrays(rng, draws), dict(instance.scalars)


def sample(
    quantity: Quantity,
    point: Mapping[str, Scalar],
    rng: np.random.Generator,
    draws: int,
    average: Iterable[str] = (),
    full_rows: bool = False,
) -> np.ndarray:
    """Independent values of the quantity's words, one per draw, in batches that bound the memory."""
    made = plan_draws(quantity, realise(quantity, point, rng), average, full_rows)
    parts = [made.draw(rng, min(made.batch, draws - done)) for done in range(0, draws, made.batch)]
    return np.concatenate(parts) if parts else np.zeros(0)


# -- tails ----------------------------------------------------------------------------------------------------

EXCESS = 6


def needed_excesses(value: TraceSum, setting: Setting) -> tuple[tuple[sp.Expr, sp.Expr, int], ...]:
    """(rows, cols, least rows - cols) for every block whose inverse Gram matrix occurs, for a z-test.

    A word that is of net degree 1 in (X'X)^{-1} needs 6; of net degree k it has the tail of the k-th power, and the
    same tail index is reached at rows - cols >= 7k - 1.
    """
    blocks = {b.name: b for s in setting.samples for b in s.blocks}
    found = {k: max(EXCESS, math.ceil(7 * h / 2) - 1) for k, h in _inverted(value).items()}
    return tuple((blocks[k].rows, blocks[k].cols, found[k]) for k in sorted(found))


def conditions_of_means(value: TraceSum, setting: Setting) -> tuple[Condition, ...]:
    """For every block whose inverse Gram matrix occurs, the condition under which its mean exists for certain.

    The k-th power of (X'X)^{-1} has a mean iff rows - cols >= 2k; a projector needs rows >= cols.
    """
    blocks = {b.name: b for s in setting.samples for b in s.blocks}
    found = sorted(_inverted(value).items())
    return tuple(Condition(blocks[k].rows, ">=", blocks[k].cols + max(0, h)) for k, h in found)


def _inverted(value: TraceSum) -> dict[str, int]:
    """Blocks whose inverse Gram matrix occurs, each with twice the largest net degree of a term in it."""
    degrees: dict[str, int] = {}
    for monomial, _ in value.terms:
        halves: dict[str, int] = {}
        inverted: set[str] = set()
        for letter in (letter for word in monomial for letter in word):
            name = letter.atom.base
            if letter.atom.form == "gram_inverse":
                inverted.add(name)
                halves[name] = halves.get(name, 0) + 2
            else:
                halves[name] = halves.get(name, 0) - letter.atom.exponent
        degrees |= {name: max(halves[name], degrees.get(name, halves[name])) for name in inverted}
    return degrees


__all__ = [
    "EXCESS",
    "DrawPlan",
    "Group",
    "Instance",
    "averaged",
    "check_law",
    "conditions_of_means",
    "draw_arrays",
    "needed_excesses",
    "plan_draws",
    "realise",
    "sample",
]
