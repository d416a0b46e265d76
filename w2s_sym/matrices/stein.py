"""Stein's identity for words: E tr(X' F) = E div F. Every average of the package follows from it.

For a block X of a sample of Gaussian rows and a field F of its shape, made of blocks, inverse Gram matrices and fixed
matrices, div F is the sum over entries and blocks of cov(X_ij, Y_ik) times the derivative of F_ij by Y_ik. The
derivative is taken letter by letter; that of W = (Y'Y)^{-1} is -W (dY' Y + Y' dY) W.

``STEIN`` is the axiom for fields that are polynomial in what is differentiated, ``HAFF`` the one for fields with
inverses. Nothing else about Gaussian matrices is believed, but for the reciprocal moments in ``inverse_moments``.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.matrices.experiment import Sample
from w2s_sym.matrices.inverse_moments import existence, home, no_flux
from w2s_sym.matrices.traces import Monomial, TraceSum, tr
from w2s_sym.matrices.words import Factor, Mat, TraceError, Word

STEIN = "gaussian/steins_identity"
HAFF = "gaussian/steins_identity_of_inverses"


def identity_of_means(
    field: Mat, weight: TraceSum, block: str, samples: tuple[Sample, ...]
) -> tuple[TraceSum, tuple[Condition, ...]]:
    """``weight`` tr(X' F) minus the divergence of ``weight`` F, whose mean is zero, and the conditions for that.

    TraceError for a field of another shape, or with an inverse of a block that is neither independent of X nor X
    itself with identity covariance.
    """
    sample = home(samples, block)
    x = sample.block(block)
    if (field.rows, field.cols) != (x.rows, x.cols):
        raise TraceError(f"the field is {field.rows} x {field.cols} and {block} is {x.rows} x {x.cols}; make it alike")
    for letter in (*(f for word, _ in field.terms for f in word), *weight.letters):
        _require_smooth(letter, block, sample)
    turned = Mat.build(x.cols, x.rows, [((Factor(x).T,), sp.Integer(1))])
    value = tr(turned @ field) * weight - divergence(field, weight, block, sample)
    return value, tuple(dict.fromkeys((*no_flux(field, weight, block, samples), *existence(value, samples))))


def _require_smooth(letter: Factor, block: str, sample: Sample) -> None:
    atom = letter.atom
    if atom.form == "plain" or atom.base not in sample.names() or sample.cov(block, atom.base).is_zero:
        return
    if atom.form != "gram_inverse":
        raise TraceError(f"{atom.name} is no word of {atom.of}: its derivative is not known; use expect_polar")
    if atom.of != block:
        raise TraceError(f"{block} is not independent of {atom.name}; condition {block} on {atom.of} first")
    if not sample.cov(block, block).is_identity:
        raise TraceError(f"{block} is not whitened: its inverse needs rows with identity covariance")


def divergence(field: Mat, weight: TraceSum, block: str, sample: Sample) -> TraceSum:
    """The divergence of the field ``weight`` F in the directions of a block, without a word on whether means exist."""
    total = TraceSum.scalar(0)
    for word, factor in field.terms:
        for monomial, coefficient in weight.terms:
            rest = TraceSum.build([(monomial, sp.Integer(1))])
            for piece in _of_field(word, field.cols, block, sample):
                total = total + piece * rest * (factor * coefficient)
            for piece in _of_weight(open_word(word, field.rows, field.cols), monomial, block, sample):
                total = total + piece * (factor * coefficient)
    return total


def open_word(word: Word, rows: sp.Expr, cols: sp.Expr) -> Mat:
    """One word as a matrix; of an empty one the shape is not known from its letters."""
    return Mat.build(rows, cols, [(word, sp.Integer(1))])


def _places(word: Word, block: str, sample: Sample) -> Iterator[tuple[Word, Factor, Word, int]]:
    """Every letter that varies with the block, as (letters before, it, letters after, sign)."""
    for k, letter in enumerate(word):
        atom = letter.atom
        if atom.base not in sample.names() or sample.cov(block, atom.base).is_zero:
            continue
        before, after = word[:k], word[k + 1 :]
        if atom.form == "plain":
            yield before, letter, after, 1
        elif atom.form == "gram_inverse":
            y = Factor(sample.block(atom.of))
            yield (*before, letter, y.T), y, (letter, *after), -1
            yield (*before, letter), y.T, (y, letter, *after), -1
        else:
            raise TraceError(f"{atom.name} is no word of {atom.of}: its derivative is not known")


def _of_field(word: Word, cols: sp.Expr, block: str, sample: Sample) -> Iterator[TraceSum]:
    """The sum over entries of the derivative of F_ij, F = L Y R or L Y' R, one piece for each letter Y."""
    for before, y, after, sign in _places(word, block, sample):
        cov = sample.cov(block, y.atom.name)
        left, right = open_word(before, sample.rows, y.rows), open_word(after, y.cols, cols)
        if y.transposed:
            yield tr(left.T @ right @ cov) * sign
        else:
            yield tr(left) * tr(cov @ right) * sign


def _of_weight(field: Mat, monomial: Monomial, block: str, sample: Sample) -> Iterator[TraceSum]:
    """The sum over entries of F_ij times the derivative of the traces, one piece for each letter in them."""
    for index, word in enumerate(monomial):
        others = TraceSum.build([(monomial[:index] + monomial[index + 1 :], sp.Integer(1))])
        for before, y, after, sign in _places(word, block, sample):
            cov = sample.cov(block, y.atom.name)
            around = open_word(after + before, y.cols, y.rows)
            yield tr(field @ cov @ (around.T if y.transposed else around)) * others * sign
