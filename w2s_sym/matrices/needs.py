"""What must hold for an experiment and a quantity of it to exist, as conditions on the domain.

A quantity has a value where everything has that it was ever written with: what cancels is needed all the same. Sizes
are not negative, orthonormal columns are no more than their rows, X'X that is inverted has n >= d and a covariance that
is positive definite, numbers that multiply have a value, and every declared covariance is positive semi-definite.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.gaussian_rules import state_in_names
from w2s_sym.matrices.traces import TraceSum, tr
from w2s_sym.matrices.words import Atom, Mat, TraceError, identity

Names = tuple[tuple[sp.Symbol, TraceSum], ...]


# Derivation, simulation and its verdict ask of the same quantity.
@lru_cache(maxsize=64)
def needs(quantity: Quantity, listed: frozenset[sp.Symbol]) -> tuple[Condition, ...]:
    """The conditions under which the experiment exists and its value is defined with probability one.

    Where a covariance is made of fixed matrices, the claim is about those for which it is one; what its traces say of
    the names that the domain has ``listed`` is a condition. Raises ``TraceError`` where no condition would do.
    """
    found = [*_shapes(quantity), *_inverses(quantity)]
    for sample in quantity.setting.samples:
        found.extend(_law(sample, quantity.setting.names, listed))
    return tuple(dict.fromkeys(need for need in found if _open(need)))


def multipliers(quantity: Quantity) -> tuple[sp.Expr, ...]:
    """Every number that something in the experiment was ever multiplied by, sorted by its text."""
    return tuple(sorted({c for written in quantity.written() for c in written.coefficients()}, key=str))


def _open(need: Condition) -> bool:
    """Whether it is not met by its own symbols alone."""
    gap = sp.expand(need.lhs - need.rhs)
    return not (gap.is_nonnegative if need.relation == ">=" else gap.is_positive)


def _shapes(quantity: Quantity) -> Iterator[Condition]:
    atoms = {atom for written in quantity.written() for atom in written.atoms()}
    blocks = [block for sample in quantity.setting.samples for block in sample.blocks]
    sizes = {size for written in quantity.written() for size in written.shapes()}
    sizes |= {size for block in blocks for size in (block.rows, block.cols)}
    for size in sorted(sizes, key=str):
        if size.is_integer is not True:
            raise TraceError(f"the size {size} is not whole; declare its symbols integer=True")
        yield Condition(size, ">=", sp.Integer(0), "a matrix has no negative size")
    for atom in sorted(atoms, key=lambda a: a.name):
        if atom.orthonormal:
            yield Condition(atom.rows, ">=", atom.cols, f"{atom.name} has orthonormal columns only then")


def _inverses(quantity: Quantity) -> Iterator[Condition]:
    for atom in quantity.value.written.atoms():
        if atom.form != "gram_inverse":
            continue
        sample = quantity.setting.sample_of(atom.of)
        assert sample is not None  # refused when the quantity is made
        block = sample.block(atom.of)
        yield Condition(block.rows, ">=", block.cols, f"{block.name}'{block.name} has an inverse only then")
        scale = _multiple(sample.cov(block.name, block.name))
        if scale is None:
            raise TraceError(
                f"{block.name}'{block.name} is inverted and the covariance of {block.name} may be singular; "
                f"write {block.name} as a whitened block times a matrix"
            )
        yield Condition(scale, ">", sp.Integer(0), f"{block.name}'{block.name} is singular otherwise")


def _multiple(matrix: Mat) -> sp.Expr | None:
    """c when the matrix is c times the identity, zero included; else None."""
    if matrix.is_zero:
        return sp.Integer(0)
    square = matrix.rows == matrix.cols and len(matrix.terms) == 1 and matrix.terms[0][0] == ()
    return matrix.terms[0][1] if square else None


def _law(sample: Sample, names: Names, listed: frozenset[sp.Symbol]) -> Iterator[Condition]:
    """The covariance of one row is positive semi-definite: minors of numbers, else traces in the names."""
    advice = f"the sample of {', '.join(sample.names())} has a law only then"
    for group in _groups(sample):
        table = [[_multiple(sample.cov(a.name, b.name)) for b in group] for a in group]
        if all(c is not None for row in table for c in row):
            for size in range(1, len(group) + 1):
                for chosen in combinations(range(len(group)), size):
                    minor = sp.Matrix([[table[i][j] for j in chosen] for i in chosen]).det()
                    yield Condition(sp.factor(minor), ">=", sp.Integer(0), advice)
            continue
        for block in group:
            for rest in _explained(sample, block, group):
                try:
                    trace = state_in_names(tr(rest), names)
                except TraceError:
                    continue  # no name of the setting bounds it
                if trace.free_symbols <= listed:
                    yield Condition(trace, ">=", sp.Integer(0), advice)


def _explained(sample: Sample, block: Atom, group: tuple[Atom, ...]) -> Iterator[Mat]:
    """The covariance of a block, and what each whitened block of its group leaves of it."""
    own = sample.cov(block.name, block.name)
    yield own
    for other in group:
        if other != block and sample.cov(other.name, other.name) == identity(other.cols):
            cross = sample.cov(other.name, block.name)
            yield own - cross.T @ cross


def _groups(sample: Sample) -> Iterator[tuple[Atom, ...]]:
    """The blocks of a sample, those that are correlated together."""
    left = list(sample.blocks)
    while left:
        group = [left.pop(0)]
        for member in group:
            near = [b for b in left if not sample.cov(member.name, b.name).is_zero]
            group.extend(near)
            left = [b for b in left if b not in near]
        yield tuple(group)
