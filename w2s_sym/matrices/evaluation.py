"""Values of words on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from sympy.polys.rings import PolyElement, ring

from w2s_sym.matrices.words import Factor, Mat, PoleError, TraceError, Word

if TYPE_CHECKING:
    from w2s_sym.matrices.experiment import Quantity, Sample
    from w2s_sym.matrices.traces import TraceSum


def _integers(array: np.ndarray) -> np.ndarray:
    """The array with exact entries; it must hold integers."""
    out = np.empty(array.shape, dtype=object)
    for index, value in np.ndenumerate(array):
        if not _whole(value):
            raise TraceError("exact moments need a setting that makes integer matrices")
        out[index] = sp.Integer(int(value))
    return out


def _whole(value: Any) -> bool:
    """Whether an entry is a whole number: of a numpy type, of Python or of SymPy."""
    try:
        return bool(int(value) == value)
    except (TypeError, ValueError, OverflowError):  # no number, not a number, infinite
        return False


def _entrywise(
    quantity: Quantity, arrays: Mapping[str, np.ndarray], point: Mapping[sp.Symbol, sp.Expr], scalars: Mapping[str, Any]
) -> sp.Expr:
    numbers = {**{k.name: v for k, v in point.items()}, **scalars}
    everything = dict(arrays)
    variables: list[sp.Expr] = []
    plan: list[tuple[Sample, np.ndarray, list[sp.Expr], int]] = []
    for sample in quantity.setting.samples:
        rows = int(sample.rows.xreplace(dict(point)))
        matrix = covariance_matrix(sample, arrays, numbers, exact=True)
        lower, pivots = _ldl(matrix)
        plan.append((sample, lower, pivots, rows))
        variables.extend(pivots * rows)
    domain = ring([f"g{i}" for i in range(max(1, len(variables)))], sp.QQ)
    generators = domain[1:]
    used = 0
    for sample, lower, pivots, rows in plan:
        size = len(pivots)
        grid = np.empty((rows, size), dtype=object)
        for i in range(rows):
            for j in range(size):
                grid[i, j] = generators[used]
                used += 1
        rooted = grid @ lower.T
        start = 0
        for block in sample.blocks:
            width = int(block.cols.xreplace(dict(point)))
            everything[block.name] = rooted[:, start : start + width]
            start += width
    polynomial = evaluate_words(quantity.value, everything, numbers)
    if not isinstance(polynomial, PolyElement):
        return sp.sympify(polynomial, strict=True)
    total: sp.Expr = sp.Integer(0)
    for exponents, coefficient in polynomial.terms():
        moment = sp.Rational(int(coefficient.numerator), int(coefficient.denominator))
        for exponent, variance in zip(exponents, variables, strict=False):
            if exponent % 2:
                moment = sp.Integer(0)
                break
            moment *= sp.factorial2(exponent - 1) * variance ** (exponent // 2)
        total += moment
    return total


def _ldl(matrix: np.ndarray) -> tuple[np.ndarray, list[sp.Expr]]:
    """Exact L and pivots with L diag(pivots) L' = matrix, for a positive semi-definite matrix of rationals.

    Raises :class:`TraceError` for a matrix that is no covariance: not symmetric, or not positive semi-definite.
    """
    size = matrix.shape[0]
    lower = np.full((size, size), sp.Integer(0), dtype=object)
    pivots: list[sp.Expr] = []
    rest = matrix.copy()
    for k in range(size):
        pivot = rest[k, k]
        if not np.array_equal(matrix[k], matrix[:, k]) or pivot < 0 or (pivot == 0 and any(rest[k + 1 :, k])):
            raise TraceError(
                f"the declared covariance is not that of any row (pivot {pivot} at column {k + 1}); "
                "let realise make a symmetric positive semi-definite one"
            )
        pivots.append(pivot)
        lower[k, k] = sp.Integer(1)
        if pivot != 0:
            for i in range(k + 1, size):
                lower[i, k] = rest[i, k] / pivot
            for i in range(k + 1, size):
                for j in range(k + 1, size):
                    rest[i, j] = rest[i, j] - lower[i, k] * pivot * lower[j, k]
    return np.vectorize(lambda v: sp.QQ(int(v.p), int(v.q)), otypes=[object])(lower), pivots


def covariance_matrix(
    sample: Sample, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any], exact: bool = False
) -> np.ndarray:
    """The full covariance of one row of a sample, from arrays for its fixed matrices."""
    rows = []
    for a in sample.blocks:
        rows.append([evaluate_matrix(sample.cov(a.name, b.name), arrays, numbers, exact) for b in sample.blocks])
    return np.concatenate([np.concatenate(r, axis=1) for r in rows], axis=0)


def _number(expression: sp.Expr, numbers: Mapping[str, Any], exact: bool) -> Any:
    """The value of a coefficient or a size: an exact SymPy number, or a float that leaves float arrays float."""
    if expression.is_Integer:
        return int(expression)
    letters = _letters(expression)
    missing = [s.name for s in letters if s.name not in numbers]
    if missing:
        raise TraceError(f"no value for {', '.join(missing)} in {expression}; give a number for each symbol")
    given = tuple(numbers[s.name] for s in letters)
    # As keys of a dictionary 2 and 2.0 are one, as numbers of SymPy they are not: the types are part of the key.
    return _number_at(expression, given, tuple(map(type, given)), exact)


@lru_cache(maxsize=10_000)
def _letters(expression: sp.Expr) -> tuple[sp.Symbol, ...]:
    return tuple(sorted(expression.free_symbols, key=lambda s: str(s.name)))


# One instance is drawn from in many batches, with the same numbers.
@lru_cache(maxsize=10_000)
def _number_at(expression: sp.Expr, given: tuple[Any, ...], kinds: tuple[type, ...], exact: bool) -> Any:
    values = {s: sp.sympify(v, strict=True) for s, v in zip(_letters(expression), given, strict=True)}
    number = sp.sympify(expression.xreplace(values), strict=True)
    if number.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
        at = ", ".join(f"{s.name} = {v}" for s, v in values.items())
        raise PoleError(f"{expression} has no value at {at}; give the experiment other numbers")
    return number if exact else float(number)


def evaluate_matrix(
    matrix: Mat, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any], exact: bool = False
) -> np.ndarray:
    """A matrix expression in fixed matrices as an array."""
    shape = (int(_number(matrix.rows, numbers, True)), int(_number(matrix.cols, numbers, True)))
    total: np.ndarray = np.full(shape, sp.Integer(0), dtype=object) if exact else np.zeros(shape)
    for word, coefficient in matrix.terms:
        factor = _number(coefficient, numbers, exact)
        if word:
            product = letter_array(word[0], arrays)
            for letter in word[1:]:
                product = product @ letter_array(letter, arrays)
        else:
            product = (
                np.vectorize(sp.Integer, otypes=[object])(np.eye(shape[0], dtype=int)) if exact else np.eye(shape[0])
            )
        total = total + product * factor
    return total


def letter_array(letter: Factor, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """The array (or stack of arrays) of one letter, from the arrays of plain atoms."""
    atom = letter.atom
    base = arrays[atom.base]
    if atom.form == "gram_inverse":
        return np.asarray(np.linalg.inv(np.swapaxes(base, -1, -2) @ base))
    value = base if atom.form == "plain" else base**atom.exponent
    return np.swapaxes(value, -1, -2) if letter.transposed else value


def evaluate_words(value: TraceSum, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any]) -> Any:
    """The trace expression on arrays (or on stacks of them: then one value per draw).

    On arrays of exact entries (of dtype object) the value is exact; on float arrays everything is float.
    """
    exact = all(a.dtype == object for a in arrays.values())
    cache: dict[tuple[str, bool], np.ndarray] = {}

    def array(letter: Factor) -> np.ndarray:
        if letter.key not in cache:
            cache[letter.key] = letter_array(letter, arrays)
        return cache[letter.key]

    total: Any = 0
    words: dict[Word, Any] = {}
    for monomial, coefficient in value.terms:
        product = _number(coefficient, numbers, exact)
        for word in monomial:
            if word not in words:
                words[word] = _trace_of([array(letter) for letter in word])
            product = product * words[word]
        total = total + product
    return total


def _trace_of(factors: list[np.ndarray]) -> Any:
    """The trace of a product, cut open where it is narrowest so that vectors stay vectors."""
    narrow = min(range(len(factors)), key=lambda i: factors[i].shape[-2])
    turned = factors[narrow:] + factors[:narrow]
    product = turned[0]
    for factor in turned[1:]:
        product = product @ factor
    return sum(product[..., i, i] for i in range(product.shape[-1]))
