"""Check that two expressions in matrices are one, by their values modulo the prime 2^61 - 1, at listed sizes.

A record is plain data: {"sizes": [{"n": 2, "d": 3}, ...], "lines": [...], "pairs": [[left, right], ...], "average":
none or {"blocks": [names], "covariance": [[line, ...], ...]}}. Each line is an operation on earlier lines, which are
named by their positions:

    ["number", "3/7"], ["size", "n"], ["symbol", name], ["root", prime], ["plus" | "times", i, j, ...],
    ["power", i, integer], ["matrix", name, rows, cols, "" | "symmetric" | "orthonormal"], ["identity", i],
    ["zero", rows, cols], ["sum" | "product", i, j], ["scaled", number, i], ["transpose" | "inverse" | "trace", i],
    ["entrywise", i, power].

At each size, symbols and matrices are drawn at random in the field, and both sides of each pair are evaluated as they
are written: nothing is cancelled, an inverse is computed, and what has none is reported with the size at which. With
"average", the left sides are averaged over centred Gaussian blocks of one sample, by a product rule that is exact for
polynomials of the degree at hand (its nodes are 0, 1, 2, ..., its weights give the moments of a Gaussian).

What is checked: at the listed sizes, and as rational functions with rational coefficients. Two that differ modulo the
prime agree at a random point with a probability of at most their degree over 2^61 (Schwartz and Zippel). What is not
checked: other sizes; that the lines are the claim's; that blocks left as they are do not depend on averaged ones.
"""

from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from itertools import product
from json import dumps
from math import factorial, prod
from random import Random
from typing import Any

from flint import nmod_mat

P = 2**61 - 1
LONGEST_SIDE = 80  # no side of a matrix is longer
MOST = 400  # no average takes more evaluations

SINGLE = ("number", "size", "symbol", "root")  # lines that use no other line

Instruction = list[Any]
Evaluated = Any  # a number from 0 to P - 1, or an nmod_mat


class Undefined(ArithmeticError):  # noqa: N818 - it names what happened
    """An expression has no value: a division by zero, a singular matrix, a shape that no matrix has."""


def inverse(number: int) -> int:
    """One over a number of the field; raises :class:`Undefined` for zero."""
    if number % P == 0:
        raise Undefined("a division by zero")
    return pow(number, -1, P)


def root_of_prime(prime: int) -> int:
    """A square root of a prime; which one does not matter. Raises :class:`Undefined` where the field has none."""
    found = pow(prime, (P + 1) // 4, P)
    if any(prime % k == 0 for k in range(2, prime)) or found * found % P != prime:
        raise Undefined(f"the field has no square root of {prime}, or that is no prime")
    return found


def matrix(rows: int, cols: int, entries: Any) -> nmod_mat:
    """The matrix with these entries, row by row."""
    return nmod_mat(rows, cols, [int(e) % P for e in entries], P)


def unit(size: int) -> nmod_mat:
    """The identity of that size."""
    return matrix(size, size, (i == j for i in range(size) for j in range(size)))


def inverted(square: nmod_mat) -> nmod_mat:
    """The inverse; raises :class:`Undefined` where there is none."""
    if square.nrows() != square.ncols() or square.rank() < square.nrows():
        raise Undefined(f"a {square.nrows()} x {square.ncols()} matrix of rank {square.rank()} has no inverse")
    return square.inv() if square.nrows() else square


def length(number: int) -> int:
    """A number as a length; raises :class:`Undefined` for what is no small integer (P - 1 stands for minus 1)."""
    if number > LONGEST_SIDE:
        raise Undefined(f"a side of a matrix is negative, not whole, or larger than {LONGEST_SIDE}")
    return number


def drawn(seed: str, line: Instruction, rows: int, cols: int) -> nmod_mat:
    """A random matrix of a kind; one with orthonormal columns by Cayley's formula and random signs."""
    stream, kind = Random(seed + str(line[1])), line[4]
    if kind == "orthonormal":
        if cols > rows:
            raise Undefined(f"{cols} columns of length {rows} cannot be orthonormal")
        low = matrix(rows, rows, (stream.randrange(P) if j < i else 0 for i in range(rows) for j in range(rows)))
        skew = low - low.transpose()
        turn = (unit(rows) - skew) * inverted(unit(rows) + skew)
        signs = [stream.choice((1, -1)) for _ in range(cols)]
        return matrix(rows, cols, (int(turn[i, j]) * signs[j] for i in range(rows) for j in range(cols)))
    free = [[stream.randrange(P) for _ in range(cols)] for _ in range(rows)]
    if kind == "symmetric":
        return matrix(rows, cols, (free[max(i, j)][min(i, j)] for i in range(rows) for j in range(cols)))
    return matrix(rows, cols, (e for row in free for e in row))


def evaluated(line: Instruction, values: list[Evaluated], sizes: dict[str, int], seed: str) -> Evaluated:
    """The value of one line from those of earlier ones; raises :class:`Undefined` where it has none."""
    name, *rest = line
    if name in SINGLE:
        if name == "symbol":
            return Random(seed + "symbol " + rest[0]).randrange(P)
        if name == "root":
            return root_of_prime(rest[0])
        number = Fraction(rest[0] if name == "number" else sizes[rest[0]])
        return number.numerator * inverse(number.denominator) % P
    if name == "matrix":
        return drawn(seed, line, length(values[rest[1]]), length(values[rest[2]]))
    first = values[rest[0]]
    if name == "plus":
        return sum(values[i] for i in rest) % P
    if name == "times":
        return prod(values[i] for i in rest) % P
    if name == "power":
        return pow(first if rest[1] >= 0 else inverse(first), abs(rest[1]), P)
    if name == "identity":
        return unit(length(first))
    if name == "zero":
        return matrix(length(first), length(values[rest[1]]), [0] * (first * values[rest[1]]))
    if name == "sum":
        return first + values[rest[1]]
    if name == "product":
        return first * values[rest[1]]
    if name == "scaled":
        return values[rest[1]] * first
    if name == "transpose":
        return first.transpose()
    if name == "inverse":
        return inverted(first)
    if name == "entrywise":
        return matrix(first.nrows(), first.ncols(), (pow(int(e), rest[1], P) for e in first.entries()))
    if name == "trace" and first.nrows() == first.ncols():
        return sum(int(first[i, i]) for i in range(first.nrows())) % P
    raise ValueError(f"no operation {name}")


def all_evaluated(record: dict[str, Any], sizes: dict[str, int], seed: str) -> list[Evaluated]:
    """The values of all lines at one size."""
    values: list[Evaluated] = []
    for line in record["lines"]:
        values.append(evaluated(line, values, sizes, seed))
    return values


# -- averages ----------------------------------------------------------------------------------------------------------


def degrees(lines: list[Instruction], blocks: list[str]) -> list[int]:
    """The degree of every line as a polynomial in the entries of the blocks; ValueError for a line that is none."""
    found: list[int] = []
    for name, *rest in lines:
        if name in (*SINGLE, "matrix"):
            found.append(int(name == "matrix" and rest[0] in blocks))
            continue
        parts = [found[i] for i in (rest[:1] if name in ("power", "entrywise") else rest)]
        if any(parts) and (name in ("inverse", "identity", "zero") or (name == "power" and rest[1] < 0)):
            raise ValueError(f"{name} of an averaged block is no polynomial")
        if name in ("power", "entrywise"):
            found.append(parts[0] * max(rest[1], 0))
        else:
            found.append(sum(parts) if name in ("times", "product", "scaled") else max(parts))
    return found


def triangular(covariance: list[list[int]]) -> tuple[list[list[int]], list[int]]:
    """L with ones on its diagonal, and pivots D, with L D L' the covariance; Undefined where there are none."""
    size, rest = len(covariance), [list(row) for row in covariance]
    lower, pivots = [[int(i == j) for j in range(size)] for i in range(size)], []
    for k in range(size):
        pivot = rest[k][k] % P
        if any((rest[i][k] - rest[k][i]) % P or (pivot == 0 and rest[i][k] % P) for i in range(k, size)):
            raise Undefined("a covariance is not symmetric, or has a zero on its diagonal beside other entries")
        pivots.append(pivot)
        for i in range(k + 1, size):
            lower[i][k] = rest[i][k] * inverse(pivot) % P if pivot else 0
        for i in range(k + 1, size):
            for j in range(k + 1, size):
                rest[i][j] = (rest[i][j] - lower[i][k] * pivot * lower[j][k]) % P
    return lower, pivots


def weights(variance: int, degree: int) -> list[int]:
    """Weights of the nodes 0, ..., degree that give a Gaussian's moments up to the degree."""
    size = degree + 1
    moments = [0 if k % 2 else factorial(k) // factorial(k // 2) * inverse(2 ** (k // 2)) for k in range(size)]
    right = matrix(size, 1, (m * pow(variance, k // 2, P) for k, m in enumerate(moments)))
    powers = matrix(size, size, (pow(node, k, P) for k in range(size) for node in range(size)))
    return [int(w) for w in (inverted(powers) * right).entries()]


def joint(average: dict[str, Any], values: list[Evaluated]) -> list[list[int]]:
    """The covariance of one row of all averaged blocks together."""
    table = [[values[i] for i in row] for row in average["covariance"]]
    return [[int(m[i, j]) for m in row for j in range(m.ncols())] for row in table for i in range(row[0].nrows())]


def draws(
    average: dict[str, Any], values: list[Evaluated], rows: int, degree: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The nodes of the product rule: a weight, and a matrix for each averaged block."""
    lower, pivots = triangular(joint(average, values))
    width, rules = len(pivots), [weights(pivot, degree) for pivot in pivots]
    starts, ends = 0, []
    for row in average["covariance"]:
        ends.append((starts, starts + values[row[0]].nrows()))
        starts = ends[-1][1]
    for nodes in product(range(degree + 1), repeat=rows * width):
        weight = prod(rules[k % width][node] for k, node in enumerate(nodes)) % P
        grid = matrix(rows, width, nodes) * matrix(width, width, (e for row in lower for e in row)).transpose()
        parts = [matrix(rows, b - a, (grid[i, j] for i in range(rows) for j in range(a, b))) for a, b in ends]
        yield weight, dict(zip(average["blocks"], parts, strict=True))


def evaluations(record: dict[str, Any], sizes: dict[str, int]) -> int:
    """How many evaluations the average at one size takes; raises what :func:`evaluated` does."""
    return evaluations_of(record, all_evaluated(record, sizes, ""))


def evaluations_of(record: dict[str, Any], values: list[Evaluated]) -> int:
    """The same, from the values of the lines."""
    found = degrees(record["lines"], record["average"]["blocks"])
    entries = len(joint(record["average"], values)) * rows_of(record, values)
    return int((max(found[left] for left, _ in record["pairs"]) + 1) ** entries)


def rows_of(record: dict[str, Any], values: list[Evaluated]) -> int:
    """The number of rows that the averaged blocks share; ValueError where they do not."""
    blocks = record["average"]["blocks"]
    named = zip(record["lines"], values, strict=True)
    (rows,) = {value.nrows() for line, value in named if line[0] == "matrix" and line[1] in blocks}
    return int(rows)


def averages(record: dict[str, Any], values: list[Evaluated], sizes: dict[str, int], seed: str) -> list[int]:
    """The left sides of all pairs, averaged; ``values`` are those of all lines for blocks that are drawn at random."""
    average, lines = record["average"], record["lines"]
    depends = degrees(lines, average["blocks"])
    if any(depends[right] for _, right in record["pairs"]):
        raise ValueError("a right side still has a block that was averaged")
    if any(depends[i] for row in average["covariance"] for i in row):
        raise ValueError("a covariance has a block that is averaged")
    if evaluations_of(record, values) > MOST:
        raise ValueError(f"an average takes {evaluations_of(record, values)} evaluations, more than {MOST}")
    rows, degree = rows_of(record, values), max(depends[left] for left, _ in record["pairs"])
    totals, current = [0] * len(record["pairs"]), list(values)
    for weight, blocks in draws(average, values, rows, degree):
        for i, line in enumerate(lines):
            if depends[i]:
                current[i] = blocks[line[1]] if line[0] == "matrix" else evaluated(line, current, sizes, seed)
        for k, (left, _) in enumerate(record["pairs"]):
            totals[k] = (totals[k] + weight * current[left]) % P
    return totals


# -- the check ---------------------------------------------------------------------------------------------------------


def at_size(record: dict[str, Any], sizes: dict[str, int], seed: str) -> list[str]:
    """What is wrong at one size; nothing when both sides of each pair have one value there."""
    where = "at " + ", ".join(f"{name}={number}" for name, number in sizes.items())
    try:
        values = all_evaluated(record, sizes, seed)
        sides = [(values[left], values[right]) for left, right in record["pairs"]]
        if record.get("average"):
            means = averages(record, values, sizes, seed)
            sides = [(mean, right) for mean, (_, right) in zip(means, sides, strict=True)]
    except Undefined as problem:
        return [f"undefined {where}: {problem}"]
    return [f"the two sides differ {where}" for left, right in sides if left != right]


def replay_words(record: dict[str, Any]) -> list[str]:
    """What is wrong with a record; nothing when all its pairs, of which it has some, agree at all its sizes."""
    try:
        if not record["sizes"] or not record["pairs"]:
            return ["the record has no size or no pair"]
        names = [line[1] for line in record["lines"] if line[0] == "matrix"]
        if len(set(names)) < len(names):
            return ["the record has two matrices of one name"]
        if any(i >= k for k, line in enumerate(record["lines"]) for i in uses(line)):
            return ["a line of the record uses a later one"]
        seed = sha256(dumps(record, sort_keys=True).encode()).hexdigest()
        return [problem for sizes in record["sizes"] for problem in at_size(record, sizes, seed)]
    except (LookupError, TypeError, ValueError, ArithmeticError) as problem:
        return [f"the record is malformed: {type(problem).__name__}: {problem}"]


def uses(line: Instruction) -> list[int]:
    """The positions of the lines that one line uses."""
    name, *rest = line
    parts = {"matrix": rest[1:3], "power": rest[:1], "entrywise": rest[:1], **dict.fromkeys(SINGLE, ())}
    return [i if isinstance(i, int) and i >= 0 else 10**9 for i in parts.get(name, rest)]
