"""The exact Gaussian rules: how words are averaged. Each follows from Stein's identity, and from nothing else.

A rule checks its own hypotheses on the words in front of it and refuses otherwise; what must hold of the sizes is
returned as conditions that the derivation proves from the claim's domain. What is believed are the three claims in
``AXIOMS``; ``matrices/stein`` has the identity, ``matrices/inverse_moments`` says when words have a mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.matrices.experiment import Sample
from w2s_sym.matrices.inverse_moments import RECIPROCAL_MOMENTS, existence, home
from w2s_sym.matrices.stein import HAFF, STEIN, divergence, identity_of_means, open_word
from w2s_sym.matrices.traces import Monomial, TraceSum
from w2s_sym.matrices.words import Atom, Factor, Mat, TraceError, Word, gram_inverse, transpose_word

# Ids of the claims that averages rest on: the first always, the other two where an inverse Gram matrix occurs.
AXIOMS = (STEIN, HAFF, RECIPROCAL_MOMENTS)
# A product of few letters has at most 11!! = 10,395 pairings, which take seconds. Beyond, they are estimated from so
# many ways down their tree; a minute is enough for some 50,000. Of very long products even one way takes minutes.
FEW_LETTERS, MOST_LETTERS, WAYS, MOST_PAIRINGS = 12, 200, 8, 10**6


@dataclass(frozen=True)
class Averaged:
    """What a rule returns: the new expression, the samples as they are now, conditions to prove."""

    value: TraceSum
    samples: tuple[Sample, ...]
    needs: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", self.value.settled())


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


def expect(value: TraceSum, samples: tuple[Sample, ...], names: tuple[str, ...]) -> Averaged:
    """Average over Gaussian blocks of one sample, which enter polynomially: the sum over all pairings.

    Stein's identity for one letter after another: with E[row_X' row_Y] = S, E X_ij Y_kl = [i = k] S_jl, and so on for
    longer products. It contains E[Z A Z'] = tr(A S) I and E[Z' A Z] = tr(A) S.
    """
    sample = home(samples, names[0])
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
    _require_few_pairings(value, sample, names)
    total = TraceSum.scalar(0)
    for monomial, coefficient in value.terms:
        total = total + _pair_off(monomial, sample, names) * coefficient
    return Averaged(total, samples, existence(value, samples))


def _pair_off(monomial: Monomial, sample: Sample, names: tuple[str, ...]) -> TraceSum:
    """The mean of a product of traces: Stein's identity for the first letter named, again and again."""
    paired = _paired_first(monomial, sample, names)
    if paired is None:
        return TraceSum.build([(monomial, sp.Integer(1))])
    total = TraceSum.scalar(0)
    for inner, coefficient in paired.terms:
        total = total + _pair_off(inner, sample, names) * coefficient
    return total


def _paired_first(monomial: Monomial, sample: Sample, names: tuple[str, ...]) -> TraceSum | None:
    """A product of traces with its first letter named paired with each other one; None where none is named."""
    for index, word in enumerate(monomial):
        for position, letter in enumerate(word):
            if letter.atom.name in names:
                rest = TraceSum.build([(monomial[:index] + monomial[index + 1 :], sp.Integer(1))])
                first, tail = _open_at(word, position)
                field = open_word(transpose_word(tail), first.rows, first.cols)
                return divergence(field, rest, first.atom.name, sample)
    return None


def _require_few_pairings(value: TraceSum, sample: Sample, names: tuple[str, ...]) -> None:
    """Raises :class:`TraceError` before work that would not end: products of many letters have too many pairings."""
    for monomial, _ in value.terms:
        letters = sum(letter.atom.name in names for word in monomial for letter in word)
        many = letters > MOST_LETTERS or (letters > FEW_LETTERS and _pairings(monomial, sample, names) > MOST_PAIRINGS)
        if many:
            raise TraceError(
                f"the mean over {', '.join(names)} of a product with {letters} such letters is a sum over pairings; at "
                f"most {MOST_LETTERS} letters, and about {MOST_PAIRINGS:,} products of traces, are worked out: state "
                "the mean of a shorter product, or give the claim a Simulation"
            )


def _pairings(monomial: Monomial, sample: Sample, names: tuple[str, ...]) -> float:
    """About how many products the mean is worked out from: the mean over random ways down their tree (Knuth 1975).

    The expectation over ways is exact. A way ends where the estimate is far beyond what is tried, and a way without a
    choice is the only one. The stream is fixed, so that a proof does not depend on a seed.
    """
    chance = Random(0)
    total = 0.0
    for _ in range(WAYS):
        ways, at = 1.0, monomial
        while ways <= WAYS * MOST_PAIRINGS and (paired := _paired_first(at, sample, names)) is not None:
            if not paired.terms:
                break
            ways *= len(paired.terms)
            at = chance.choice(paired.terms)[0]
        if ways == 1:
            return 1.0
        total += ways
        if total > WAYS * MOST_PAIRINGS:
            break
    return total / WAYS


def _open_at(word: Word, position: int) -> tuple[Factor, Word]:
    """The word turned, and transposed if need be, so that it reads X R with X not transposed."""
    turned = word[position:] + word[:position]
    if turned[0].transposed:
        flipped = transpose_word(turned)
        turned = flipped[-1:] + flipped[:-1]
    return turned[0], turned[1:]


def stein(
    value: TraceSum, samples: tuple[Sample, ...], name: str, field: Mat, weight: TraceSum, times: sp.Expr
) -> Averaged:
    """The value plus ``times`` (``weight`` tr(X' F) - div(``weight`` F)), of mean zero; X is the block of that name."""
    zero, needs = identity_of_means(field, weight, name, samples)
    return Averaged(value + zero * times, samples, (*existence(value, samples), *needs))


def expect_gram_inverse(value: TraceSum, samples: tuple[Sample, ...], name: str) -> Averaged:
    """E (X'X)^{-1} = I/(n - d - 1) for n x d standard Gaussian X: needs n > d + 1 and a single occurrence.

    For tr(W M), W = (X'X)^{-1}, Stein's identity is that of the field X W M: tr(M) = (n - d - 1) tr(W M) in the mean.
    """
    sample = home(samples, name)
    block = sample.block(name)
    if not sample.cov(name, name).is_identity:
        raise TraceError(f"{name} is not whitened: the rule needs rows with identity covariance")
    _require_independent(value, sample, (name,))
    total, seen = TraceSum.scalar(0), False
    for monomial, coefficient in value.terms:
        term = TraceSum.build([(monomial, coefficient)])
        mine = [(word, k) for word in monomial for k, letter in enumerate(word) if letter.atom.base == name]
        if not mine:
            total = total + term
            continue
        if len(mine) != 1 or mine[0][0][mine[0][1]].atom.form != "gram_inverse":
            what = " ".join(str(word[k]) for word, k in mine)
            raise TraceError(
                f"the mean of ({name}'{name})^-1 needs it to occur once and {name} nowhere else; found {what}"
            )
        seen = True
        total = total + _without_inverse(term, *mine[0], block, samples)
    if not seen:
        raise TraceError(f"({name}'{name})^-1 does not occur; nothing to average")
    need = Condition(block.rows, ">", block.cols + 1, f"the mean of ({name}'{name})^-1 exists only then")
    return Averaged(total, samples, (need, *existence(value, samples, apart=name)))


def _without_inverse(term: TraceSum, word: Word, position: int, block: Atom, samples: tuple[Sample, ...]) -> TraceSum:
    """One product of traces, with a multiple of Stein's identity added in which it cancels.

    The needs of the identity are those of the caller: n > d + 1, and means for all else in the product.
    """
    ((monomial, coefficient),) = term.terms
    others = list(monomial)
    others.remove(word)
    x = Mat.build(block.rows, block.cols, [((Factor(block),), sp.Integer(1))])
    rest = open_word(word[position + 1 :] + word[:position], block.cols, block.cols)
    weight = TraceSum.build([(tuple(others), sp.Integer(1))])
    zero, _ = identity_of_means(x @ gram_inverse(x) @ rest, weight, block.name, samples)
    excess = sp.expand(-sp.Add(*(c for m, c in zero.terms if m == monomial)))
    # At n = d + 1 there is nothing to divide by; the condition n > d + 1 fails then, and the caller says so.
    return term if excess == 0 else term + zero * (coefficient / excess)


def condition(value: TraceSum, samples: tuple[Sample, ...], names: tuple[str, ...], on: str) -> Averaged:
    """Write Y = X E[x'y] + Y|X for each named block: Y|X is Gaussian and independent of X (whitened).

    No axiom of its own: Y|X = Y - X E[x'y] by definition, and Stein's identities for X and Y add up to the one for
    Y|X, with the covariances that are declared here.
    """
    sample = home(samples, on)
    if not sample.cov(on, on).is_identity:
        raise TraceError(f"{on} is not whitened: conditioning on it needs rows with identity covariance")
    if on in names:
        raise TraceError(f"cannot condition {on} on itself")
    for name in names:
        if name not in sample.names():
            raise TraceError(f"{name} and {on} belong to different samples: they are independent already")
    _require_new({f"{name}|{on}" for name in names}, value, samples)
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
    return Averaged(value.substitute(replacement), after)


def _require_new(names: set[str], value: TraceSum, samples: tuple[Sample, ...]) -> None:
    """Letters are told apart by their names, so that a residual must not be called like another matrix."""
    taken = {atom.name for atom in value.atoms} | {name for s in samples for name in s.names()}
    for sample in samples:
        for covariance in sample.covariance.values():
            taken |= {letter.atom.name for word, _ in covariance.terms for letter in word}
    clash = sorted(names & taken)
    if clash:
        raise TraceError(f"a matrix is called {clash[0]} already, which is the name of a residual; rename it")


def expect_polar(value: TraceSum, samples: tuple[Sample, ...], name: str) -> Averaged:
    """Average ratios of power sums of one standard Gaussian vector x of N entries over powers of |x|^2.

    Stein's identity along x: E |x|^2 f = (N + k) E f for f of degree k. Needs degrees that are not negative.
    """
    sample = home(samples, name)
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
        # Each |x|^2 that is multiplied back divides by N plus the degree that the ratio had.
        ratio = sp.Mul(*(1 / (block.rows + degree - 2 * k) for k in range(1, inverse + 1)))
        total.append((tuple(others), coefficient * power_sum_moment(exponents, block.rows) * ratio))
    return Averaged(TraceSum.build(total), samples, existence(value, samples, apart=name))


def power_sum_moment(exponents: list[int], size: sp.Expr) -> sp.Expr:
    """E prod_j p_(a_j), p_a = sum_i x_i^a, for ``size`` independent standard Gaussian numbers.

    Stein's identity for the field with entries x_i^(a - 1) times the other power sums: E p_a q is the mean of
    (a - 1) p_(a - 2) q plus, for each p_b in q, b p_(a + b - 2) times the rest.
    """
    first = next((j for j, a in enumerate(exponents) if a > 0), None)
    if first is None:
        return size ** len(exponents)
    a, rest = exponents[first], exponents[:first] + exponents[first + 1 :]
    total: sp.Expr = sp.Integer(0)
    if a > 1:
        total += (a - 1) * power_sum_moment([a - 2, *rest], size)
    for j, b in enumerate(rest):
        if b > 0:
            total += b * power_sum_moment([a + b - 2, *rest[:j], *rest[j + 1 :]], size)
    return sp.expand(total)


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
    return _minus_inside(sp.factor_terms(result))


def _minus_inside(expression: sp.Expr) -> sp.Expr:
    """The same value, as a reader writes it: a/(n - d - 1), where algebra gives -a/(d - n + 1)."""
    if expression.is_Mul and expression.could_extract_minus_sign():
        for power in expression.args:
            if (
                power.is_Pow
                and power.exp == -1
                and any(t.could_extract_minus_sign() for t in sp.Add.make_args(power.base))
            ):
                return -expression * power.base / -power.base
    return expression
