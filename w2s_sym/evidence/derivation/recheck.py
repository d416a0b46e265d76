"""Lines in random matrices, checked again by the kernel: it evaluates both sides and shares no code with the rules.

A proof about random matrices counts only where the experiment exists on the whole domain, and where the kernel agrees
with every line that is algebra and, at small sizes, with every average of a polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.evidence.derivation.matrix_steps import Conditioned, Expect, InNames
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.signs import follows
from w2s_sym.kernel.words import MOST, Undefined, evaluations, replay_words
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.needs import multipliers, needs
from w2s_sym.matrices.programs import Program, covariances
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Atom, Factor, Mat

Sizes = dict[str, int]
RECHECKED_SIDE = 40  # no side of a matrix is longer when it is rechecked
SEVERAL = 3
SIZE_DRAWS = 40


def require_existence(quantity: Quantity, claim: Claim) -> None:
    """The experiment exists, and its value is defined with probability one, at every point of the claim's domain.

    Raises :class:`StepFailed` with the first condition that does not follow.
    """
    domain = with_given(claim)
    for need in needs(quantity, frozenset(domain.symbols)):
        if not follows(need, domain):
            text = f"needs {need} ({need.next_move}); it does not follow from the domain"
            raise StepFailed(text, False, needs=(str(need),))
    for coefficient in multipliers(quantity):
        guilty = defined(coefficient, domain)
        if guilty is not None:
            raise StepFailed(f"cannot show {guilty} on the domain; add it as a condition", False, needs=(str(guilty),))


def recheck(quantity: Quantity, states: Sequence[State], steps: Sequence[Step], claim: Claim) -> dict[str, int]:
    """What the kernel agreed with: how many lines of words, how many averages, and at how many sizes.

    Averages that are no polynomials rest on their rules alone. Raises :class:`StepFailed` where the kernel does not
    agree, or where no size is small enough.
    """
    symbols = _size_symbols(quantity)
    drawn = _drawn(symbols, claim.domain)
    if not drawn:
        raise StepFailed(
            f"the kernel rechecks matrices of at most {RECHECKED_SIDE} rows; the domain has none so small", False
        )
    sizes = _orders(drawn)
    counts = {"lines": 1, "averages": 0, "sizes": len(sizes)}
    _agree(_as_written(quantity, symbols, sizes), "the first line")
    for number, (step, (before, after)) in enumerate(zip(steps, pairwise(states), strict=False), 1):
        where = f"step {number} ({step.name})"
        if isinstance(step, Conditioned):
            _agree(_conditioned(step, before, after, symbols, sizes), where)
            counts["lines"] += 1
        elif isinstance(step, InNames):
            _agree(_named(quantity, before, after, symbols, sizes), where)
            counts["lines"] += 1
        elif isinstance(step, Expect):
            counts["averages"] += _averaged(step, before, after, symbols, drawn)
    return counts


def _agree(record: dict[str, Any], where: str) -> None:
    problems = replay_words(record)
    if problems:
        raise StepFailed(f"{where}: the kernel does not agree: {problems[0]}", False, {"record": record})


# -- the records of the steps ------------------------------------------------------------------------------------------


def _traces(state: State) -> TraceSum:
    value = state.value.value if isinstance(state.value, Quantity) else state.value
    return value if isinstance(value, TraceSum) else TraceSum.scalar(value)


def _program(state: State, symbols: frozenset[sp.Symbol], **more: Any) -> Program:
    return Program(symbols, {block.name: block for sample in state.samples for block in sample.blocks}, **more)


def _as_written(quantity: Quantity, symbols: frozenset[sp.Symbol], sizes: list[Sizes]) -> dict[str, Any]:
    """Everything in the experiment as it was written, and as the words that are left of it."""
    setting = quantity.setting
    program = _program(State(quantity, "", "", setting.samples), symbols)
    values = [quantity.value, *(definition for _, definition in setting.names)]
    laws = [matrix for sample in setting.samples for matrix in sample.covariance.values()]
    pairs = [(program.written(value.written), program.traces(value)) for value in values]
    pairs += [(program.written(matrix.written), program.matrix(matrix)) for matrix in laws]
    return program.record(pairs, sizes)


def _conditioned(
    step: Conditioned, before: State, after: State, symbols: frozenset[sp.Symbol], sizes: list[Sizes]
) -> dict[str, Any]:
    """The line with Y = X C + R put in, and the law of (X, R) against that of (X, Y)."""
    index = next(i for i, sample in enumerate(before.samples) if step.on in sample.names())
    old, new = before.samples[index], after.samples[index]
    rest = {a.name: b for a, b in zip(old.blocks, new.blocks, strict=True)}
    x = _as_matrix(old.block(step.on))
    images = {name: x @ old.cov(step.on, name) + _as_matrix(rest[name]) for name in step.blocks}
    left, right = _program(before, symbols, images=images), _program(after, symbols)
    right.lines = left.lines
    pairs = [(left.traces(_traces(before)), right.traces(_traces(after)))]
    for a in old.names():
        for b in old.names():
            explained = _explained(left, old, step, a, b)
            residual = right.matrix(new.cov(rest[a].name, rest[b].name))
            pairs.append((left.matrix(old.cov(a, b)), left.line("sum", explained, residual)))
    return left.record(pairs, sizes)


def _explained(program: Program, sample: Sample, step: Conditioned, a: str, b: str) -> int:
    """What X explains of the covariance of two blocks: L_a' L_b, L = E[x'y] for a block that is written in full."""
    left, right = (program.matrix(sample.cov(step.on, name)) for name in (a, b))
    if a not in step.blocks and b not in step.blocks:
        return program.line("scaled", program.line("number", "0"), program.matrix(sample.cov(a, b)))
    return program.line("product", program.line("transpose", left), right)


def _named(
    quantity: Quantity, before: State, after: State, symbols: frozenset[sp.Symbol], sizes: list[Sizes]
) -> dict[str, Any]:
    """Traces of fixed matrices against the formula, whose scalars stand for what they are defined to be."""
    names = quantity.setting.names
    if len({s for s, _ in names}) < len(names) or {s for s, _ in names} & symbols:
        raise StepFailed("a scalar of the setting is defined twice, or is a size too; rename one", False)
    program = _program(before, symbols, definitions=dict(names))
    assert isinstance(after.value, sp.Expr)
    try:
        pairs = [(program.traces(_traces(before)), program.number(after.value))]
    except RecursionError as problem:
        raise StepFailed("the scalars of the setting are defined by each other in a circle", False) from problem
    return program.record(pairs, sizes)


def _averaged(step: Expect, before: State, after: State, symbols: frozenset[sp.Symbol], drawn: Sequence[Sizes]) -> int:
    """1 when the kernel could compute the average at some size, and agreed; 0 when no size is small enough."""
    sample = next(s for s in before.samples if step.blocks[0] in s.names())
    program = _program(before, symbols)
    pairs = [(program.traces(_traces(before)), program.traces(_traces(after)))]
    present = [line[1] for line in program.lines if line[0] == "matrix"]
    names = [name for name in step.blocks if name in present]
    if not names:
        return 0
    record = program.record(pairs, [], covariances(program, sample, names))
    record["sizes"] = [sizes for sizes in drawn if _small(record, sizes)][:SEVERAL]
    if not record["sizes"]:
        return 0
    _agree(record, step.name)
    return 1


def _small(record: dict[str, Any], sizes: Sizes) -> bool:
    try:
        return evaluations(record, sizes) <= MOST
    except Undefined:
        return True  # the kernel says so


def _as_matrix(atom: Atom) -> Mat:
    """A block as a matrix."""
    return Mat.build(atom.rows, atom.cols, [((Factor(atom),), sp.Integer(1))])


# -- sizes -------------------------------------------------------------------------------------------------------------


def _size_symbols(quantity: Quantity) -> frozenset[sp.Symbol]:
    """The symbols in any shape that a matrix of the experiment ever had."""
    shapes = {size for written in quantity.written() for size in written.shapes()}
    return frozenset(quantity.size_symbols) | {s for size in shapes for s in size.free_symbols}


def _drawn(symbols: frozenset[sp.Symbol], domain: Domain) -> list[Sizes]:
    """Sizes that the domain's conditions on sizes admit, the smallest first; a symbol that it does not list is free."""
    ordered = sorted(symbols, key=lambda s: s.name)
    rng, restricted = np.random.Generator(np.random.PCG64(20250212)), domain.restrict(set(symbols))
    found: set[tuple[int, ...]] = set()
    scales = [1, 2, 3, 4]
    for attempt in range(SIZE_DRAWS):
        if not scales:
            break
        scale = scales[attempt % len(scales)]
        try:
            point = restricted.sample(rng, scale)
        except DomainError:
            scales.remove(scale)  # too little room for it
            continue
        numbers = tuple(int(point[s]) if s in point else int(rng.integers(1, 5)) for s in ordered)
        if max(numbers, default=0) <= RECHECKED_SIDE:
            found.add(numbers)
    names = [s.name for s in ordered]
    return [dict(zip(names, numbers, strict=True)) for numbers in sorted(found, key=lambda t: (sum(t), t))]


def _orders(drawn: Sequence[Sizes]) -> list[Sizes]:
    """The first few sizes, and for every two symbols the first at which one is smaller than the other, if any is."""
    chosen = list(drawn[:SEVERAL])
    names = list(drawn[0])
    for pair in ((a, b) for a in names for b in names if a != b):
        if not any(sizes[pair[0]] < sizes[pair[1]] for sizes in chosen):
            chosen.extend([sizes for sizes in drawn if sizes[pair[0]] < sizes[pair[1]]][:1])
    return chosen
