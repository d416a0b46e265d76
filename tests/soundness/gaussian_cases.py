"""Claims about means of words in Gaussian matrices, some with a wrong mean, some where a mean does not exist.

Truth never comes from the package. Polynomials are expanded entry by entry in independent standard Gaussian numbers
and averaged by E g^(2k) = (2k-1)!!, in integers. Ratios of a vector are averaged over its direction: a homogeneous
polynomial p of degree D over |x|^(2k) has the mean E p / ((n + D - 2) ... (n + D - 2k)) if n + D > 2k, and none else.
For matrices of d columns, E (Z'Z)^{-1} = I/(n - d - 1) for n > d + 1, and none else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy as sp

from tests.soundness.adversary import Case
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Quantity,
    Sample,
    Setting,
    Source,
    fixed,
    gaussian,
    gram_inverse,
    pinv,
    power,
    projector,
    tr,
)
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Mat, identity

SOURCE = Source("test", "A. Theorist", "On means", 2026)
n, d, N = (sp.Symbol(s, integer=True, positive=True) for s in ("n", "d", "N"))
MEAN = sp.Symbol("mean", real=True)
NAMES = sp.symbols("t0:40", real=True)
Polynomial = dict[tuple[int, ...], int]  # sorted indices of independent standard numbers -> coefficient


def claim(quantity: Quantity, right: sp.Expr, domain: Domain, derivation: Derivation) -> Claim:
    """A claim whose one proof is the derivation."""
    return Claim("toy", "A toy claim.", Compare(quantity, "=", right), domain, SOURCE, (derivation,))


def pick(rng: np.random.Generator, options: Any) -> Any:
    """One of the options."""
    return options[int(rng.integers(len(options)))]


# -- polynomials in Gaussian numbers, in integers ----------------------------------------------------------------


def plus(p: Polynomial, q: Polynomial, factor: int = 1) -> Polynomial:
    """p + factor q."""
    out = dict(p)
    for key, c in q.items():
        out[key] = out.get(key, 0) + factor * c
    return {k: c for k, c in out.items() if c}


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """p q."""
    out: Polynomial = {}
    for (a, x), (b, y) in product(p.items(), q.items()):
        key = tuple(sorted(a + b))
        out[key] = out.get(key, 0) + x * y
    return {k: c for k, c in out.items() if c}


def mean(p: Polynomial) -> int:
    """The mean of a polynomial: each number to an even power 2k counts (2k-1)!!."""
    total = 0
    for key, c in p.items():
        counts = [key.count(i) for i in set(key)]
        if all(k % 2 == 0 for k in counts):
            total += c * prod(prod(range(1, k, 2)) for k in counts)
    return total


Entries = list[list[Polynomial]]


def constants(array: np.ndarray) -> Entries:
    """A matrix of integers as entries."""
    return [[{(): int(v)} if v else {} for v in row] for row in array]


def matmul(a: Entries, b: Entries) -> Entries:
    """The product."""
    out: Entries = []
    for row in a:
        line = []
        for j in range(len(b[0])):
            entry: Polynomial = {}
            for k, left in enumerate(row):
                if left and b[k][j]:
                    entry = plus(entry, times(left, b[k][j]))
            line.append(entry)
        out.append(line)
    return out


def trace(word: list[Entries]) -> Polynomial:
    """The trace of a product."""
    full = word[0]
    for other in word[1:]:
        full = matmul(full, other)
    total: Polynomial = {}
    for i in range(len(full)):
        total = plus(total, full[i][i])
    return total


def transposed(a: Entries) -> Entries:
    """The transpose."""
    return [list(row) for row in zip(*a, strict=True)]


# -- words of two correlated blocks --------------------------------------------------------------------------------

X, Y = gaussian("X", n, d), gaussian("Y", n, d)
C, S = fixed("C", d, d), fixed("S", d, d, symmetric=True)
FIXED = {"A": fixed("A", d, d), "B": fixed("B", d, d), "K": fixed("K", n, n), "R": fixed("R", d, n)}
PAIR = Sample.of(n, (X, Y), {(X, Y): C, (Y, Y): S})
Letter = tuple[str, bool]  # name, whether transposed


def random_trace(rng: np.random.Generator, order: int) -> list[Letter]:
    """A closed word of so many random letters with fixed matrices between some of them."""
    letters = [(pick(rng, "XY"), bool(rng.integers(2))) for _ in range(order)]
    word: list[Letter] = []
    for here, after in zip(letters, [*letters[1:], letters[0]], strict=True):
        word.append(here)
        rows, cols = "nd"[not here[1]], "nd"[after[1]]
        word += {"dd": [[], [("A", False)], [("B", True)]], "nn": [[], [("K", False)], [("K", True)]]}.get(
            rows + cols, [[("R", rows == "n")]] * 3
        )[int(rng.integers(3))]
    return word


def as_traces(words: list[list[Letter]]) -> TraceSum:
    """The product of the traces of the words."""
    blocks = {"X": X, "Y": Y, **FIXED}
    value = TraceSum.scalar(1)
    for word in words:
        full: Mat | None = None
        for name, flipped in word:
            letter = blocks[name].T if flipped else blocks[name]
            full = letter if full is None else full @ letter
        assert full is not None
        value = value * tr(full)
    return value


def pair_instance(rng: np.random.Generator, rows: int, cols: int) -> tuple[dict[str, np.ndarray], dict[str, Entries]]:
    """Integer matrices, and X and Y = X C + G M as linear forms, so that S = C'C + M'M."""
    made = {k: rng.integers(-2, 3, (cols, cols)) for k in "ABCM"}
    made |= {"K": rng.integers(-2, 3, (rows, rows)), "R": rng.integers(-2, 3, (cols, rows))}
    made["S"] = made["C"].T @ made["C"] + made["M"].T @ made["M"]
    grid = [[{(2 * cols * i + j,): 1} for j in range(2 * cols)] for i in range(rows)]
    root = np.block([[made["C"]], [made["M"]]])
    entries: dict[str, Entries] = {"X": [row[:cols] for row in grid], "Y": matmul(grid, constants(root))}
    return made, entries | {k: constants(v) for k, v in made.items()}


def _realise(point: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
    made, _ = pair_instance(rng, int(point["n"]), int(point["d"]))
    return {k: v.astype(float) for k, v in made.items() if k != "M"}


def named(value: TraceSum) -> tuple[sp.Expr, tuple[tuple[sp.Symbol, TraceSum], ...]]:
    """A sum of traces of fixed matrices as a formula, with a name for each trace."""
    words = list(dict.fromkeys(word for monomial, _ in value.terms for word in monomial))
    names = tuple((NAMES[k], TraceSum.build([((word,), sp.Integer(1))])) for k, word in enumerate(words))
    formula = sp.Add(*(c * sp.Mul(*(NAMES[words.index(w)] for w in monomial)) for monomial, c in value.terms))
    return formula, names


def corrupted(rng: np.random.Generator, formula: sp.Expr, names: list[sp.Symbol]) -> sp.Expr:
    """The formula with one part changed; it may be the same by accident."""
    terms = list(sp.Add.make_args(sp.expand(formula)))
    k = int(rng.integers(len(terms)))
    changed = [
        lambda: formula - terms[k],
        lambda: formula + terms[k],
        lambda: formula - 2 * terms[k],
        lambda: formula + pick(rng, [n, d, sp.Integer(1), *names]),
        lambda: formula.xreplace({n: d, d: n}),
        lambda: formula.xreplace(dict(zip(names, [*names[1:], *names[:1]], strict=True))),
        lambda: formula - terms[k] + terms[k] * pick(rng, [n / d, d / n, (n + 1) / n]),
    ]
    return sp.sympify(pick(rng, changed)())


def _is_mean(words: list[list[Letter]], formula: sp.Expr, names: Any, rng: np.random.Generator) -> bool:
    """Whether the formula is the mean at random instances, small enough to be multiplied out."""
    order = sum(name in "XY" for word in words for name, _ in word)
    for rows, cols in 2 * (((2, 2), (1, 2), (2, 1), (3, 1)) if order <= 4 else ((1, 2), (2, 1), (1, 1))):
        made, entries = pair_instance(rng, rows, cols)
        total: Polynomial = {(): 1}
        for word in words:
            total = times(total, trace([transposed(entries[k]) if t else entries[k] for k, t in word]))
        point: dict[sp.Symbol, int] = {n: rows, d: cols}
        for s, definition in names:
            ((word, *_), _) = definition.terms[0]
            arrays = [made[f.atom.name].T if f.transposed else made[f.atom.name] for f in word]
            point[s] = int(np.trace(np.linalg.multi_dot(arrays) if len(arrays) > 1 else arrays[0]))
        if formula.xreplace({k: sp.Integer(v) for k, v in point.items()}) != mean(total):
            return False
    return True


def pairing(rng: np.random.Generator) -> Case:
    """G1: the mean of a product of traces, as it is or with a part of it changed."""
    orders = pick(rng, [(2,), (1, 1), (4,), (2, 2), (1, 3), (3,), (1, 1, 2)])
    words = [random_trace(rng, order) for order in orders]
    value = as_traces(words)
    sample_rng = np.random.default_rng(int(rng.integers(2**32)))
    # The formula that a user would state; whether it is true is decided entry by entry.
    formula, names = named(_by_hand(words))
    if rng.random() < 0.7:
        formula = corrupted(rng, formula, [s for s, _ in names] or [n])
    symbols = sorted({*formula.free_symbols, *(s for s, _ in names), n, d}, key=str)
    true = _is_mean(words, formula, names, sample_rng)

    def make() -> Claim:
        quantity = Quantity(MEAN, "a mean", value, Setting((PAIR,), names, _realise))
        return claim(quantity, formula, Domain(tuple(symbols)), Derivation(quantity).expect(X, Y).in_names())

    return Case("G1", make, true)


def _by_hand(words: list[list[Letter]]) -> TraceSum:
    """The sum over all pairings, written with matrix units: each pair ties the ends of two letters together.

    Every random letter is a string from a row end to a column end. A pairing ties row ends by I and column ends by
    a covariance; what remains are closed loops through the fixed letters.
    """
    flat = [(i, j) for i, word in enumerate(words) for j, (name, _) in enumerate(word) if name in "XY"]
    total = TraceSum.scalar(0)
    for pairs in _perfect_matchings(list(range(len(flat)))):
        total = total + _loops(words, [(flat[a], flat[b]) for a, b in pairs])
    return total


def _perfect_matchings(items: list[int]) -> Iterator[list[tuple[int, int]]]:
    if not items:
        yield []
    for k in range(1, len(items)):
        for rest in _perfect_matchings(items[1:k] + items[k + 1 :]):
            yield [(items[0], items[k]), *rest]


Place = tuple[int, int]


def _loops(words: list[list[Letter]], pairs: list[tuple[Place, Place]]) -> TraceSum:
    """One pairing: walk along the words, jumping at each random letter to the end it is tied to."""
    cov = {("X", "X"): identity(d), ("X", "Y"): C, ("Y", "X"): C.T, ("Y", "Y"): S}
    other = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
    # An end of a random letter is (place, side): side 0 is before it in its word, side 1 after it.
    unused = {(place, side) for pair in pairs for place in pair for side in (0, 1)}
    total = TraceSum.scalar(1)
    while unused:
        start = min(unused)
        here, matrix = start, None
        while True:
            # Along the word, from this end to the next random letter; backwards from side 0.
            (i, j), side = here
            unused.discard(here)
            word, step = words[i], 1 if side else -1
            j = (j + step) % len(word)
            while word[j][0] not in "XY":
                name, flipped = word[j]
                letter = FIXED[name].T if flipped == bool(side) else FIXED[name]
                matrix = letter if matrix is None else matrix @ letter
                j = (j + step) % len(word)
            arrived = ((i, j), 0 if side else 1)
            unused.discard(arrived)
            # Through the tie: a row end to a row end, a column end to a column end.
            (name, flipped), partner = words[i][j], other[i, j]
            tied, turned = words[partner[0]][partner[1]]
            column = (arrived[1] == 1) != flipped
            if column:
                link = cov[name, tied]
                matrix = link if matrix is None else matrix @ link
            elif matrix is None:
                matrix = identity(n)
            here = (partner, int(column != turned))
            if here == start:
                break
        total = total * tr(matrix)
    return total


# -- Stein's identity of a vector, where it may fail ---------------------------------------------------------------


def _vector_entries(size: int) -> Entries:
    return [[{(i,): 1}] for i in range(size)]


def _ratio_mean(pieces: list[tuple[Polynomial, int]], size: int) -> Fraction | None:
    """The mean of a sum of p_j / |x|^(2 k_j); None where it does not exist.

    All is brought over one power of |x|^2, so that what cancels does not count.
    """
    square: Polynomial = {(i, i): 1 for i in range(size)}
    top = max(k for _, k in pieces)
    total: Polynomial = {}
    for p, k in pieces:
        for _ in range(top - k):
            p = times(p, square)
        total = plus(total, p)
    value = Fraction(0)
    for degree in {len(key) for key in total}:
        part = {key: c for key, c in total.items() if len(key) == degree}
        power_left = top
        while power_left and (quotient := _divided(part, size)) is not None:
            part, power_left = quotient, power_left - 1
        now = degree - 2 * (top - power_left)
        if size + now - 2 * power_left <= 0:
            return None
        value += Fraction(mean(part), prod(size + now - 2 * j for j in range(1, power_left + 1)))
    return value


def _divided(p: Polynomial, size: int) -> Polynomial | None:
    """p over |x|^2 when that is a polynomial, else None: long division by x_0^2 + ..."""
    rest, quotient = dict(p), {}
    while rest:
        key = max(rest, key=lambda k: k.count(0))
        if key.count(0) < 2:
            return None
        smaller, c = key[2:], rest[key]
        quotient[smaller] = quotient.get(smaller, 0) + c
        rest = plus(rest, {tuple(sorted((*smaller, i, i))): c for i in range(size)}, -1)
    return quotient


def field_of_a_vector(rng: np.random.Generator) -> Case:
    """G2: tr(x' F) - div F for F = M x (x' K x)^j / |x|^(2k), with the divergence written by hand, maybe wrong.

    Its mean is 0 unless something flows into the origin; the claim adds tr(M) on both sides.
    """
    j, k = int(rng.integers(3)), int(rng.integers(4))
    # With many rows every mean exists, and the identity, written without a slip, is true.
    many = rng.random() < 0.4
    least = int(rng.integers(9, 13)) if many else int(rng.integers(1, 7))
    symbolic = bool(rng.integers(2))
    size: Any = n if symbolic else sp.Integer(least)
    slip = 0 if many else pick(rng, [0, 0, 0, 1, -1, 2])
    trivial = rng.random() < 0.4
    x, one = gaussian("x", size, 1), identity(size)
    M, K = (one if trivial else fixed("M", size, size)), fixed("K", size, size)
    w, q = tr(gram_inverse(x)), tr(x.T @ K @ x)
    forms = prod([q] * j, start=TraceSum.scalar(1))
    weight, field = prod([w] * k, start=forms), M @ x
    if trivial and k:  # written out with |x|^2 / |x|^2 = 1
        for _ in range(k):
            field = field @ gram_inverse(x)
        zero = prod([w] * (k - 1), start=forms) - weight * (size - 2 * k - slip + 2 * j)
        weight = forms
    else:
        lower = prod([q] * (j - 1) + [w] * k, start=TraceSum.scalar(1))
        zero = tr(x.T @ M @ x) * weight - tr(M) * weight
        if k:
            zero = zero + tr(x.T @ M @ x) * w * weight * (2 * k + slip)
        if j:
            zero = zero - tr(x.T @ (K + K.T) @ M @ x) * lower * j
    names = () if trivial else ((NAMES[0], tr(M)),)
    truths = [
        many or _zero_is_true(np.random.default_rng(least), here, j, k, slip, trivial)
        for here in ((least, least + 1, least + 2) if symbolic else (least,))
    ]

    def realise(point: Any, inner: np.random.Generator) -> dict[str, np.ndarray]:
        rows = int(point["n"]) if symbolic else least
        return {name: inner.integers(-2, 3, (rows, rows)).astype(float) for name in "MK"}

    def make() -> Claim:
        quantity = Quantity(MEAN, "a mean", zero + tr(M), Setting((Sample.of(size, (x,)),), names, realise))
        own = (n,) if symbolic else ()
        domain = Domain((*own, *(s for s, _ in names)), (Condition(n, ">=", least),) if symbolic else ())
        chain = Derivation(quantity).stein(x, field, -1, weight=weight).in_names()
        return claim(quantity, size if trivial else NAMES[0], domain, chain)

    return Case("G2", make, all(truths))


def _zero_is_true(rng: np.random.Generator, size: int, j: int, k: int, slip: int, trivial: bool) -> bool:
    """Whether tr(x' F) - div F, as written, has the mean 0 for random M and K of this size."""
    x = _vector_entries(size)
    for _ in range(2):
        big = np.eye(size, dtype=int) if trivial else rng.integers(-2, 3, (size, size))
        small = rng.integers(-2, 3, (size, size))
        form = trace([transposed(x), constants(big), x])
        q = trace([transposed(x), constants(small), x])
        mixed = trace([transposed(x), constants((small + small.T) @ big), x])
        qj: Polynomial = {(): 1}
        lower: Polynomial = {(): 1}
        for step in range(j):
            lower, qj = qj, times(qj, q)
            assert step < j
        pieces = [(times(form, qj), k), (times({(): -int(np.trace(big))}, qj), k)]
        if k:
            pieces.append((times(times(form, qj), {(): 2 * k + slip}), k + 1))
        if j:
            pieces.append((times(times(mixed, lower), {(): -j}), k))
        if _ratio_mean([(p, m) for p, m in pieces if p] or [({}, 0)], size) != 0:
            return False
    return True


# -- ratios of power sums --------------------------------------------------------------------------------------------


def ratio(rng: np.random.Generator) -> Case:
    """G3: the mean of power sums over |x|^(2k), with the right or a neighbouring denominator."""
    exponents = [int(rng.integers(1, 5)) for _ in range(int(rng.integers(1, 4)))]
    k, degree = int(rng.integers(0, 4)), sum(exponents)
    start = pick(rng, [0, 0, 0, 1, -1, 2])
    formula = _power_sums(exponents) / sp.Mul(*(N + degree - 2 * i + start for i in range(1, k + 1)))
    if rng.random() < 0.2:
        formula = formula * (N + 1) / N
    x = gaussian("x", N, 1)
    value = prod((tr(power(x, a - 1).T @ x) for a in exponents), start=TraceSum.scalar(1))
    value = prod([tr(gram_inverse(x))] * k, start=value)
    true = True
    for size in (1, 2, 3):
        p: Polynomial = {(): 1}
        for a in exponents:
            p = times(p, {(i,) * a: 1 for i in range(size)})
        seen, said = _ratio_mean([(p, k)], size), formula.subs(N, size)
        true = true and seen is not None and said == sp.Rational(seen.numerator, seen.denominator)

    def make() -> Claim:
        quantity = Quantity(MEAN, "a mean", value, Setting((Sample.of(N, (x,)),)))
        return claim(quantity, formula, Domain((N,)), Derivation(quantity).expect_polar(x).in_names())

    return Case("G3", make, true)


def _power_sums(exponents: list[int]) -> sp.Expr:
    """E prod_j sum_i x_i^(a_j): the sum over the ways in which indices coincide."""
    total: sp.Expr = sp.Integer(0)
    for labels in product(range(len(exponents)), repeat=len(exponents)):
        groups = max(labels) + 1
        if list(dict.fromkeys(labels)) != list(range(groups)):
            continue
        sums = [sum(a for a, g in zip(exponents, labels, strict=True) if g == k) for k in range(groups)]
        if all(s % 2 == 0 for s in sums):
            total += sp.Mul(*(N - k for k in range(groups))) * prod(prod(range(1, s, 2)) for s in sums)
    return sp.expand(total)


# -- inverse Gram matrices ---------------------------------------------------------------------------------------------


def inverse_mean(rng: np.random.Generator) -> Case:
    """G4: s2 E tr (Z'Z)^{-1} B = s2 tr(B)/(n - d - 1 + e) for n > d + c, by noise, directly or by a field."""
    e, c = pick(rng, [0, 0, 0, 1, -1]), int(rng.integers(-2, 4))
    numbers = rng.random() < 0.4
    cols = int(rng.integers(1, 4)) if numbers else d
    rows = cols + c + 1 if numbers else n
    if numbers and rows < 1:
        rows = 1
    Z, z = gaussian("Z", rows, cols), gaussian("z", rows, 1)
    B = fixed("B", cols, cols)
    t = NAMES[0]
    excess = sp.sympify(rows - cols - 1 + e)
    kind = pick(rng, ["noise", "direct", "field"])
    true = e == 0 and (rows > cols + 1 if numbers else c >= 1)

    def realise(point: Any, inner: np.random.Generator) -> dict[str, np.ndarray]:
        width = cols if numbers else int(point["d"])
        return {"B": inner.integers(-2, 3, (width, width)).astype(float)}

    def make() -> Claim:
        response = pinv(Z) @ z
        value = tr(response.T @ B @ response) if kind == "noise" else tr(gram_inverse(Z) @ B)
        quantity = Quantity(MEAN, "a mean", value, Setting((Sample.of(rows, (Z, z)),), ((t, tr(B)),), realise))
        chain = Derivation(quantity).expect(z) if kind == "noise" else Derivation(quantity)
        if kind == "field":
            chain = chain.stein(Z, Z @ gram_inverse(Z) @ B, 1 / sp.sympify(rows - cols - 1))
        else:
            chain = chain.expect_gram_inverse(Z)
        own = () if numbers else (n, d)
        domain = Domain((*own, t), () if numbers else (Condition(n, ">", d + c),))
        return claim(quantity, t / excess, domain, chain.in_names())

    return Case("G4", make, true)


def projected(rng: np.random.Generator) -> Case:
    """G5: E tr(P A) = d tr(A)/(n + e) for n >= d + c by the field (I - P) A Z, with a multiplier that may be wrong."""
    e, c, slip = pick(rng, [0, 0, 0, 1, -1]), int(rng.integers(-2, 2)), pick(rng, [0, 0, 0, 1])
    Z, A, t = gaussian("Z", n, d), fixed("A", n, n), NAMES[0]
    true = e == 0 and c >= 0 and slip == 0

    def realise(point: Any, inner: np.random.Generator) -> dict[str, np.ndarray]:
        rows = int(point["n"])
        return {"A": inner.integers(-2, 3, (rows, rows)).astype(float)}

    def make() -> Claim:
        setting = Setting((Sample.of(n, (Z,)),), ((t, tr(A)),), realise)
        quantity = Quantity(MEAN, "a mean", tr(projector(Z) @ A), setting)
        field = A @ Z - projector(Z) @ A @ Z
        chain = Derivation(quantity).stein(Z, field, -1 / (n + e + slip)).in_names()
        return claim(quantity, d * t / (n + e), Domain((n, d, t), (Condition(n, ">=", d + c),)), chain)

    return Case("G5", make, true)


KINDS: tuple[Callable[[np.random.Generator], Case], ...] = (pairing, field_of_a_vector, ratio, inverse_mean, projected)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Random claims about means, of all kinds in turn."""
    while True:
        for kind in KINDS:
            yield kind(rng)
