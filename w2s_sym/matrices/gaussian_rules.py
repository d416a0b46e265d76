"""The exact Gaussian rules: how words are averaged. Each rule has the id of a claim that confirms it.

A rule checks its own hypotheses on the words in front of it and refuses otherwise; what must hold of the sizes is
returned as conditions that the derivation proves from the claim's domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.matrices.experiment import Sample
from w2s_sym.matrices.traces import Monomial, TraceSum, tr
from w2s_sym.matrices.words import Atom, Factor, Mat, TraceError, Word, identity, transpose_word

WICK = "gaussian/products_average_by_pairings"
GRAM_INVERSE = "gaussian/inverse_wishart_mean"
CONDITION = "gaussian/conditioning_splits_a_block"
POLAR = "gaussian/length_is_independent_of_direction"


@dataclass(frozen=True)
class Averaged:
    """What a rule returns: the new expression, the samples as they are now, the rule's id, conditions to prove."""

    value: TraceSum
    samples: tuple[Sample, ...]
    rule: str
    needs: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", self.value.settled())


def _home(samples: tuple[Sample, ...], name: str) -> Sample:
    for sample in samples:
        if name in sample.names():
            return sample
    known = ", ".join(n for s in samples for n in s.names())
    raise TraceError(f"{name} is no block of this experiment; it has {known}")


def _require_independent(value: TraceSum, sample: Sample, names: tuple[str, ...]) -> None:
    """Every other random letter left must be uncorrelated (jointly Gaussian: independent) with these blocks."""
    for atom in value.atoms:
        if atom.base in names or atom.base not in sample.names():
            continue
        for name in names:
            if not sample.cov(name, atom.base).is_zero:
                raise TraceError(
                    f"{name} is not independent of {atom.name}: their covariance is declared nonzero; "
                    f"condition {name} on {atom.base} first"
                )


def _existence(value: TraceSum, samples: tuple[Sample, ...], apart: str = "") -> tuple[Condition, ...]:
    """When every term of the value has a mean, as conditions on the sizes; the block ``apart`` is not looked at.

    Near a singular X'X, of smallest singular value s, (X'X)^{-1} grows as s^-2, X(X'X)^{-1} as 1/s, and the projector
    is bounded. The density of s falls as s^(n-d), so that s^-p has a mean if n > d + p - 1. A term that averages to
    zero is zero only if it has a mean. Inverses of correlated blocks are separated by Hoelder's inequality.
    """
    worst: dict[str, int] = {}
    for monomial, _ in value.terms:
        orders: dict[str, int] = {}
        for word in monomial:
            for i, letter in enumerate(word):
                if letter.atom.form != "gram_inverse" or letter.atom.of == apart:
                    continue
                before, after = word[i - 1], word[(i + 1) % len(word)]
                flanked = (before.key == (letter.atom.of, False)) + (after.key == (letter.atom.of, True))
                orders[letter.atom.of] = orders.get(letter.atom.of, 0) + 2 - flanked
        for name, order in orders.items():
            sample = _home(samples, name)
            others = [o for o in orders if o in sample.names() and orders[o] and not sample.cov(name, o).is_zero]
            worst[name] = max(worst.get(name, 0), order * len(others))
    needs = []
    for name in sorted(worst):
        block, order = _home(samples, name).block(name), worst[name]
        if order:
            need = Condition(
                block.rows, ">", block.cols + order - 1, f"a term of order {order} in 1/{name} has a mean only then"
            )
        else:
            need = Condition(block.rows, ">=", block.cols, f"{name}'{name} has an inverse only then")
        needs.append(need)
    return tuple(needs)


def expect(value: TraceSum, samples: tuple[Sample, ...], names: tuple[str, ...]) -> Averaged:
    """Average over Gaussian blocks of one sample, which enter polynomially: the sum over all pairings.

    With rows i.i.d. and E[row_X' row_Y] = S: E X_ij Y_kl = [i = k] S_jl, and Wick's rule for longer products. It
    contains E[Z A Z'] = tr(A S) I and E[Z' A Z] = tr(A) S.
    """
    sample = _home(samples, names[0])
    for name in names:
        if name not in sample.names():
            raise TraceError(f"{name} and {names[0]} belong to different samples; average one sample at a time")
    for atom in value.atoms:
        if atom.form != "plain" and atom.base in names:
            raise TraceError(
                f"{atom.name} is not polynomial in {atom.base}; average the other blocks first, "
                f"then use the rule for {atom.form}"
            )
    _require_independent(value, sample, names)
    total = TraceSum.scalar(0)
    for monomial, coefficient in value.terms:
        total = total + _pair_off(monomial, sample, names) * coefficient
    return Averaged(total, samples, WICK, _existence(value, samples))


def _pair_off(monomial: Monomial, sample: Sample, names: tuple[str, ...]) -> TraceSum:
    """The sum over all pairings of the letters named, by pairing the first one with each of the others."""
    for index, word in enumerate(monomial):
        for position, letter in enumerate(word):
            if letter.atom.name in names:
                rest = monomial[:index] + monomial[index + 1 :]
                first, tail = _open_at(word, position)
                total = TraceSum.scalar(0)
                for paired in _contractions(first, tail, rest, sample, names):
                    for inner, coefficient in paired.terms:
                        total = total + _pair_off(inner, sample, names) * coefficient
                return total
    return TraceSum.build([(monomial, sp.Integer(1))])


def _open_at(word: Word, position: int) -> tuple[Factor, Word]:
    """The word turned, and transposed if need be, so that it reads X R with X not transposed."""
    turned = word[position:] + word[:position]
    if turned[0].transposed:
        flipped = transpose_word(turned)
        turned = flipped[-1:] + flipped[:-1]
    return turned[0], turned[1:]


def _open(word: Word, rows: sp.Expr, cols: sp.Expr) -> Mat:
    return Mat.build(rows, cols, [(word, sp.Integer(1))])


def _contractions(
    first: Factor, tail: Word, rest: Monomial, sample: Sample, names: tuple[str, ...]
) -> Iterator[TraceSum]:
    others = TraceSum.build([(rest, sp.Integer(1))])
    x, rows, width = first.atom.name, first.rows, first.cols
    for k, second in enumerate(tail):
        if second.atom.name not in names:
            continue
        cov = sample.cov(x, second.atom.name)
        if second.transposed:  # tr(X R1 Y' R2) -> tr(R1 S') tr(R2)
            left = _open(tail[:k], width, second.rows)
            right = _open(tail[k + 1 :], rows, rows)
            yield tr(left @ cov.T) * tr(right) * others
        else:  # tr(X R1 Y R2) -> tr(R1' S R2)
            left = _open(tail[:k], width, rows)
            right = _open(tail[k + 1 :], second.cols, rows)
            yield tr(left.T @ cov @ right) * others
    whole = _open(tail, width, rows)
    for index, word in enumerate(rest):
        remaining = TraceSum.build([(rest[:index] + rest[index + 1 :], sp.Integer(1))])
        for position, letter in enumerate(word):
            if letter.atom.name not in names:
                continue
            second, other_tail = _open_at(word, position)
            cov = sample.cov(x, second.atom.name)
            yield tr(whole.T @ cov @ _open(other_tail, second.cols, rows)) * remaining


def expect_gram_inverse(value: TraceSum, samples: tuple[Sample, ...], name: str) -> Averaged:
    """E (X'X)^{-1} = I/(n - d - 1) for n x d standard Gaussian X: needs n > d + 1 and a single occurrence."""
    sample = _home(samples, name)
    block = sample.block(name)
    if not sample.cov(name, name).is_identity:
        raise TraceError(f"{name} is not whitened: the rule needs rows with identity covariance")
    _require_independent(value, sample, (name,))
    excess = block.rows - block.cols - 1
    total: list[tuple[Monomial, sp.Expr]] = []
    seen = False
    for monomial, coefficient in value.terms:
        mine = [letter for word in monomial for letter in word if letter.atom.base == name]
        if not mine:
            total.append((monomial, coefficient))
            continue
        if len(mine) != 1 or mine[0].atom.form != "gram_inverse":
            what = " ".join(str(m) for m in mine)
            raise TraceError(
                f"the mean of ({name}'{name})^-1 needs it to occur once and {name} nowhere else; found {what}"
            )
        seen = True
        product = TraceSum.scalar(coefficient / excess)
        for word in monomial:
            kept = tuple(letter for letter in word if letter is not mine[0] and letter.atom.base != name)
            if len(kept) == len(word):
                product = product * TraceSum.build([((word,), sp.Integer(1))])
            else:
                position = next(i for i, letter in enumerate(word) if letter.atom.base == name)
                product = product * tr(_open(word[position + 1 :] + word[:position], block.cols, block.cols))
        total.extend(product.terms)
    if not seen:
        raise TraceError(f"({name}'{name})^-1 does not occur; nothing to average")
    need = Condition(block.rows, ">", block.cols + 1, f"the mean of ({name}'{name})^-1 exists only then")
    return Averaged(TraceSum.build(total), samples, GRAM_INVERSE, (need, *_existence(value, samples, apart=name)))


def condition(value: TraceSum, samples: tuple[Sample, ...], names: tuple[str, ...], on: str) -> Averaged:
    """Write Y = X E[x'y] + Y|X for each named block: Y|X is Gaussian and independent of X (whitened)."""
    sample = _home(samples, on)
    if not sample.cov(on, on).is_identity:
        raise TraceError(f"{on} is not whitened: conditioning on it needs rows with identity covariance")
    if on in names:
        raise TraceError(f"cannot condition {on} on itself")
    for name in names:
        if name not in sample.names():
            raise TraceError(f"{name} and {on} belong to different samples: they are independent already")
    x = sample.block(on)
    x_matrix = Mat.build(x.rows, x.cols, [((Factor(x),), sp.Integer(1))])
    residuals = {
        name: Atom(
            f"{name}|{on}",
            sample.block(name).rows,
            sample.block(name).cols,
            print_as=rf"{{{sample.block(name).latex()}}}_{{\perp {x.latex()}}}",
        )
        for name in names
    }
    replacement = {
        name: x_matrix @ sample.cov(on, name) + Mat.build(r.rows, r.cols, [((Factor(r),), sp.Integer(1))])
        for name, r in residuals.items()
    }
    blocks = tuple(residuals.get(b.name, b) for b in sample.blocks)
    covariance: dict[tuple[str, str], Mat] = {}
    for i, a in enumerate(sample.blocks):
        for b in sample.blocks[i:]:
            cov = sample.cov(a.name, b.name)
            split = [name for name in (a.name, b.name) if name in names]
            if split and on not in (a.name, b.name):
                cov = cov - sample.cov(a.name, on) @ sample.cov(on, b.name)
            elif split:
                cov = Mat.build(cov.rows, cov.cols, [])
            new_a, new_b = residuals.get(a.name, a).name, residuals.get(b.name, b).name
            covariance[new_a, new_b] = cov
    changed = Sample(sample.rows, blocks, covariance)
    after = tuple(changed if s is sample else s for s in samples)
    return Averaged(value.substitute(replacement), after, CONDITION)


def expect_polar(value: TraceSum, samples: tuple[Sample, ...], name: str) -> Averaged:
    """Average ratios of power sums of one standard Gaussian vector x over powers of |x|^2.

    |x| is independent of x/|x|, so for a homogeneous polynomial p of degree D, E[p(x)/|x|^(2m)] =
    E[p(x)] E|x|^(D-2m) / E|x|^D. Needs D even and D >= 2m.
    """
    sample = _home(samples, name)
    block = sample.block(name)
    if block.cols != 1 or not sample.cov(name, name).is_identity:
        raise TraceError(f"{name} must be one standard Gaussian vector for this rule")
    _require_independent(value, sample, (name,))
    total: list[tuple[Monomial, sp.Expr]] = []
    for monomial, coefficient in value.terms:
        inverse, exponents, others = 0, [], []
        for word in monomial:
            mine = [letter for letter in word if letter.atom.base == name]
            if not mine:
                others.append(word)
            elif len(word) == 1 and mine[0].atom.form == "gram_inverse":
                inverse += 1
            elif len(word) == 2 and len(mine) == 2 and all(m.atom.form in ("plain", "power") for m in mine):
                exponents.append(sum(m.atom.exponent for m in mine))
            else:
                raise TraceError(f"{' '.join(map(str, word))} is no power sum of {name}")
        degree = sum(exponents)
        if degree < 2 * inverse:
            raise TraceError(
                f"degree {degree} over |{name}|^{2 * inverse}: the ratio rule needs a degree that is not lower"
            )
        if degree % 2:
            continue  # an odd polynomial of a symmetric vector averages to zero
        mean = power_sum_moment(exponents, block.rows)
        radial = _radial(block.rows, degree // 2 - inverse) / _radial(block.rows, degree // 2)
        total.append((tuple(others), coefficient * mean * radial))
    return Averaged(TraceSum.build(total), samples, POLAR, _existence(value, samples, apart=name))


def _radial(size: sp.Expr, half: int) -> sp.Expr:
    """E|x|^(2 half) = N(N+2)...(N + 2 half - 2)."""
    return sp.Mul(*(size + 2 * i for i in range(half)))


def power_sum_moment(exponents: list[int], size: sp.Expr) -> sp.Expr:
    """E prod_j (sum_i x_i^(a_j)) for N independent standard Gaussians: sum over the partitions of the factors."""
    total: sp.Expr = sp.Integer(0)
    for blocks in _partitions(list(range(len(exponents)))):
        term: sp.Expr = sp.Integer(1)
        for k, members in enumerate(blocks):
            order = sum(exponents[j] for j in members)
            term *= (size - k) * (0 if order % 2 else sp.factorial2(order - 1))
        total += term
    return sp.expand(total)


def _partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    head, tail = items[0], items[1:]
    for smaller in _partitions(tail):
        for i, part in enumerate(smaller):
            yield [*smaller[:i], [head, *part], *smaller[i + 1 :]]
        yield [[head], *smaller]


def state_in_names(value: TraceSum, names: tuple[tuple[sp.Symbol, TraceSum], ...]) -> sp.Expr:
    """The expression with every trace word and auxiliary scalar eliminated through the definitions ``names``.

    The definitions are linear equations in trace words; they are solved for one word after another and put in.
    Whatever is left over is an error: the result cannot be stated in these scalars.
    """
    defined = {s for s, _ in names}
    words: dict[Word, sp.Symbol] = {}

    def as_expression(trace: TraceSum) -> sp.Expr:
        total: sp.Expr = sp.Integer(0)
        for monomial, coefficient in trace.terms:
            total += coefficient * sp.Mul(*(words.setdefault(w, sp.Dummy(f"w{len(words)}")) for w in monomial))
        return total

    result = as_expression(value)
    equations = [s - as_expression(definition) for s, definition in names]
    shapes = {v for w in words for letter in w for size in (letter.rows, letter.cols) for v in size.free_symbols}
    auxiliary = sorted(
        {v for e in equations for v in e.free_symbols} - defined - shapes - set(words.values()), key=lambda v: v.name
    )
    unknowns = [*words.values(), *auxiliary]
    pending = [sp.expand(e) for e in equations]
    while pending:
        equation = pending.pop(0)
        pivot = next((u for u in unknowns if equation.is_polynomial(u) and sp.Poly(equation, u).degree() == 1), None)
        if pivot is None:
            continue
        linear = sp.Poly(equation, pivot)
        solution = sp.cancel(-linear.eval(pivot, 0) / linear.LC())
        result = result.xreplace({pivot: solution})
        pending = [sp.expand(e.xreplace({pivot: solution})) for e in pending]
        unknowns.remove(pivot)
    result = sp.cancel(sp.together(result))
    if result.free_symbols & set(words.values()):
        left = next(w for w, s in words.items() if s in result.free_symbols)
        raise TraceError(f"tr({' '.join(map(str, left))}) is left over; the setting gives it no name")
    stray = result.free_symbols & set(auxiliary)
    if stray:
        raise TraceError(f"{', '.join(sorted(map(str, stray)))} is left over; state the result in the setting's names")
    return sp.factor_terms(result)


__all__ = [
    "CONDITION",
    "GRAM_INVERSE",
    "POLAR",
    "WICK",
    "Averaged",
    "condition",
    "expect",
    "expect_gram_inverse",
    "expect_polar",
    "identity",
    "power_sum_moment",
    "state_in_names",
]
