"""Words over matrices: every relation against numpy on arrays that satisfy it, and every refusal by its words."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.notation import symbol
from w2s_sym.matrices import evaluation
from w2s_sym.matrices.evaluation import covariance_matrix, evaluate_matrix, evaluate_words, letter_array
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.traces import TraceSum, tr
from w2s_sym.matrices.words import (
    Atom,
    Factor,
    Mat,
    TraceError,
    close_word,
    fixed,
    gaussian,
    gram_inverse,
    identity,
    pinv,
    power,
    projector,
    reduce_word,
    transpose_word,
)

n, d, m = (sp.Symbol(s, integer=True, positive=True) for s in ["n", "d", "m"])
a, b = sp.symbols("a b", real=True)
ONE = sp.Integer(1)

X, Y = gaussian("X", n, d), gaussian("Y", n, d)
A, B = fixed("A", d, d), fixed("B", d, d)
K = fixed("K", n, n)
S = fixed("S", d, d, symmetric=True)
U = fixed("U", n, d, orthonormal=True)
u, v = fixed("u", n, 1), fixed("v", n, 1)
x = gaussian("x", n, 1)

SIZES = {"n": 5, "d": 3, "m": 2}


def arrays(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    made = {
        k: rng.standard_normal(shape)
        for k, shape in {
            "X": (5, 3), "Y": (5, 3), "A": (3, 3), "B": (3, 3), "K": (5, 5), "u": (5, 1), "v": (5, 1), "x": (5, 1),
        }.items()
    }  # fmt: skip
    root = rng.standard_normal((3, 3))
    made["S"] = root + root.T
    made["U"] = np.linalg.qr(rng.standard_normal((5, 3)))[0]
    return made


def number(value: TraceSum, **more: float) -> float:
    return float(evaluate_words(value, arrays(), {**SIZES, **more}))


def word(matrix: Mat) -> tuple[Factor, ...]:
    ((letters, coefficient),) = matrix.terms
    assert coefficient == 1
    return letters


def names(matrix: Mat) -> list[str]:
    return [str(letter) for letter in word(matrix)]


# -- letters and atoms ----------------------------------------------------------------------------------------


def test_letters_know_their_shape_their_transpose_and_how_they_print() -> None:
    plain, flipped = word(X)[0], word(X.T)[0]
    assert (plain.rows, plain.cols, plain.transposed) == (n, d, False)
    assert (flipped.rows, flipped.cols, flipped.transposed) == (d, n, True)
    assert flipped == plain.T
    assert plain == flipped.T
    assert (str(plain), str(flipped)) == ("X", "X'")
    assert (plain.key, flipped.key) == (("X", False), ("X", True))
    assert plain.latex() == "X"
    assert flipped.latex() == r"X^{\top}"
    symmetric = word(S)[0]
    assert symmetric.T is symmetric
    assert not symmetric.transposed


def test_an_atom_prints_as_it_is_told() -> None:
    assert Atom("Psi_s", n, d).latex() == r"\Psi_{s}"
    assert Atom("Psi_s", n, d, print_as=r"\Psi^{(s)}").latex() == r"\Psi^{(s)}"
    assert gaussian("Z", n, d, r"\mathcal Z").atom.latex() == r"\mathcal Z"
    assert fixed("C", n, d, "c").atom.print_as == "c"


def test_an_atom_names_the_block_it_is_a_function_of() -> None:
    assert X.atom.base == "X"
    assert gram_inverse(X).atom.base == "X"
    assert power(X, 3).atom.base == "X"


def test_constructors_record_what_they_are_told() -> None:
    inverse = gram_inverse(X).atom
    assert (inverse.name, inverse.rows, inverse.cols) == ("inv(X'X)", d, d)
    assert (inverse.form, inverse.of, inverse.symmetric) == ("gram_inverse", "X", True)
    assert inverse.latex() == r"(X^{\top} X)^{-1}"
    cube = power(X, 3).atom
    assert (cube.name, cube.rows, cube.cols, cube.form, cube.of, cube.exponent) == ("X^3", n, d, "power", "X", 3)
    assert cube.latex() == r"X^{\circ 3}"
    assert not cube.symmetric
    assert power(X, 1) == X
    assert power(X, 0).atom.exponent == 0
    assert S.atom.symmetric
    assert not S.atom.orthonormal
    assert U.atom.orthonormal
    assert not U.atom.symmetric
    assert (X.atom.symmetric, X.atom.orthonormal, X.atom.form, X.atom.exponent, X.atom.of) == (
        False,
        False,
        "plain",
        1,
        "",
    )
    assert fixed("J", 2, 3).atom.rows == 2


@pytest.mark.parametrize("of", [power(X, 2), gram_inverse(X)])
def test_functions_of_functions_are_refused(of: Mat) -> None:
    with pytest.raises(TraceError, match=r"is a function of X; the inverse of X'X needs a block itself"):
        gram_inverse(of)
    with pytest.raises(TraceError, match=r"is a function of X; take an entrywise power of a block itself"):
        power(of, 2)


@pytest.mark.parametrize("exponent", [-1, 0.5])
def test_an_entrywise_power_is_a_whole_number(exponent: Any) -> None:
    with pytest.raises(TraceError, match=rf"entrywise power {exponent} of X: needs an integer, 0 or more"):
        power(X, exponent)


def test_only_a_square_matrix_is_symmetric() -> None:
    with pytest.raises(TraceError, match=r"Q is n x d: only a square matrix is symmetric; drop the flag"):
        fixed("Q", n, d, symmetric=True)


# -- reduction of words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matrix", "reduced"),
    [
        (gram_inverse(X) @ X.T @ X, []),
        (X.T @ X @ gram_inverse(X), []),
        (U.T @ U, []),
        (A @ U.T @ U @ B, ["A", "B"]),
        (X @ gram_inverse(X) @ X.T @ X @ gram_inverse(X) @ X.T, ["X", "inv(X'X)", "X'"]),
        (gram_inverse(X) @ (X.T @ X) @ gram_inverse(X), ["inv(X'X)"]),
        (U.T @ U @ U.T @ U @ A, ["A"]),
        # Cancelling inside brings new neighbours together: both layers go.
        (U.T @ X @ gram_inverse(X) @ X.T @ X @ A, ["U'", "X", "A"]),
        (gram_inverse(X) @ X.T @ (U @ U.T @ U @ U.T) @ X, ["inv(X'X)", "X'", "U", "U'", "X"]),
        (gram_inverse(X) @ (U.T @ U) @ X.T @ (X @ A), ["A"]),
        # What does not cancel.
        (U @ U.T, ["U", "U'"]),
        (X.T @ X, ["X'", "X"]),
        (X @ gram_inverse(X) @ X.T, ["X", "inv(X'X)", "X'"]),
        (gram_inverse(X) @ Y.T @ Y, ["inv(X'X)", "Y'", "Y"]),
        (gram_inverse(X) @ X.T @ Y, ["inv(X'X)", "X'", "Y"]),
        (gram_inverse(X) @ Y.T @ X, ["inv(X'X)", "Y'", "X"]),
        (Y.T @ X @ gram_inverse(X), ["Y'", "X", "inv(X'X)"]),
        (X.T @ Y @ gram_inverse(X), ["X'", "Y", "inv(X'X)"]),
        (Y.T @ Y @ gram_inverse(X), ["Y'", "Y", "inv(X'X)"]),
        (gram_inverse(X) @ gram_inverse(X), ["inv(X'X)", "inv(X'X)"]),
        (U.T @ fixed("V", n, d, orthonormal=True), ["U'", "V"]),
        (X.T @ U, ["X'", "U"]),
    ],
)
def test_words_cancel_what_their_atoms_define_and_nothing_else(matrix: Mat, reduced: list[str]) -> None:
    assert names(matrix) == reduced


def test_square_blocks_cancel_only_in_the_defining_order() -> None:
    square = gaussian("Q", d, d)
    inverse = gram_inverse(square)
    assert names(square @ square.T @ inverse) == ["Q", "Q'", "inv(Q'Q)"]
    assert names(inverse @ square @ square.T) == ["inv(Q'Q)", "Q", "Q'"]
    assert names(square @ square @ inverse) == ["Q", "Q", "inv(Q'Q)"]
    assert names(square.T @ square.T @ inverse) == ["Q'", "Q'", "inv(Q'Q)"]
    assert names(inverse @ square.T @ square.T) == ["inv(Q'Q)", "Q'", "Q'"]
    assert names(inverse @ square @ square) == ["inv(Q'Q)", "Q", "Q"]
    turned = fixed("R", d, d, orthonormal=True)
    assert names(turned @ turned) == ["R", "R"]
    assert names(turned.T @ turned.T) == ["R'", "R'"]
    assert names(turned @ turned.T) == ["R", "R'"]
    assert names(turned.T @ turned) == []


def test_reduction_goes_back_as_far_as_a_run_can_reach() -> None:
    # Removing U'U leaves a run of three of which two letters lie before the place.
    letters = word(X.T @ X) + word(U.T) + word(U) + word(gram_inverse(X)) + word(A)
    assert [str(x) for x in reduce_word(letters)] == ["A"]
    assert reduce_word(()) == ()


def test_transposing_a_word_reverses_it() -> None:
    assert [str(x) for x in transpose_word(word(A @ S @ X.T))] == ["X", "S", "A'"]
    assert (A @ S @ X.T).T == X @ S @ A.T
    assert (A @ S @ X.T).T.T == A @ S @ X.T
    assert (A.T + B.T) * a == ((A + B) * a).T
    assert X.T.rows == d
    assert X.T.cols == n


# -- traces ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (tr(identity(n)), n),
        (tr(projector(X)), d),
        (tr(X @ pinv(X)), d),
        (tr(pinv(X) @ X), d),
        (tr(U @ U.T), d),
        (tr(U.T @ U), d),
        (tr(gram_inverse(X) @ X.T @ X), d),
        (tr(X.T @ X @ gram_inverse(X)), d),
        (tr(projector(X) @ projector(X) @ projector(X)), d),
        (tr(U @ U.T @ U @ U.T), d),
        (tr(projector(u)), ONE),
        (tr(X @ gram_inverse(X) @ X.T @ U @ U.T @ X @ gram_inverse(X) @ X.T) - tr(projector(X) @ U @ U.T), sp.S.Zero),
    ],
)
def test_projectors_and_identities_have_their_rank_as_trace(value: TraceSum, size: sp.Expr) -> None:
    assert value.as_scalar == size


def test_a_trace_is_cyclic_and_blind_to_transposition_but_keeps_order() -> None:
    assert tr(A @ B @ S) == tr(B @ S @ A) == tr(S @ A @ B)
    assert tr(A @ B @ S) == tr(S @ B.T @ A.T)
    assert tr(A @ B @ S) != tr(B @ A @ S)
    assert tr(A @ B) != tr(A @ B.T)
    assert tr(A) == tr(A.T)
    assert tr(X @ A @ Y.T) == tr(Y.T @ X @ A) == tr(A.T @ X.T @ Y)
    assert tr(X.T @ Y) != tr(X.T @ X)
    for left, right in ((A @ B @ S, S @ A @ B), (A @ B.T @ S, S @ B @ A.T), (X @ A @ Y.T, Y @ A.T @ X.T)):
        assert number(tr(left)) == pytest.approx(number(tr(right)))


def test_words_cancel_across_the_ends_of_a_trace() -> None:
    assert tr(U @ A @ U.T) == tr(A)
    assert tr(X @ A @ gram_inverse(X) @ X.T) == tr(A)
    assert tr(X @ gram_inverse(X) @ A @ X.T) == tr(A)
    assert tr(gram_inverse(X) @ A @ X.T @ X) == tr(A)
    assert tr(U @ (X.T @ X) @ A @ gram_inverse(X) @ U.T) == tr(A)
    assert tr(projector(X) @ K @ projector(X)) == tr(projector(X) @ K)


@pytest.mark.parametrize(
    "matrix",
    [
        projector(X) @ K,
        projector(X) @ K @ projector(X) @ K.T,
        U @ A @ U.T @ K,
        pinv(X) @ K @ U @ S,
        gram_inverse(X) @ X.T @ U @ U.T @ Y @ A,
        X.T @ u @ v.T @ Y @ A,
        u @ u.T @ K @ v @ v.T @ K.T,
        power(X, 2).T @ K @ power(Y, 3),
        power(x, 2) @ x.T,
        power(X, 0) @ A @ X.T,
        projector(x) @ K,
    ],
)
def test_a_trace_has_the_value_of_its_matrices(matrix: Mat) -> None:
    """The word as written, letter by letter on arrays, against its canonical traces."""
    made = arrays(3)
    full = np.eye(int(sp.sympify(matrix.rows).xreplace({n: sp.Integer(5), d: sp.Integer(3)})))
    for letter in word(matrix):
        array = made[letter.atom.base]
        if letter.atom.form == "gram_inverse":
            array = np.linalg.inv(array.T @ array)
        elif letter.atom.form == "power":
            array = array**letter.atom.exponent
        full = full @ (array.T if letter.transposed else array)
    assert float(evaluate_words(tr(matrix), made, SIZES)) == pytest.approx(np.trace(full))
    assert float(evaluate_words(tr(matrix.T), made, SIZES)) == pytest.approx(np.trace(full))


def test_a_word_splits_where_it_passes_through_dimension_one() -> None:
    assert tr(u @ v.T @ K) == tr(v.T @ K @ u)
    assert tr(u @ v.T @ u @ v.T) == tr(u.T @ v) * tr(v.T @ u) == tr(u.T @ v) * tr(u.T @ v)
    ((monomial, coefficient),) = tr(u @ u.T @ K @ v @ v.T).terms
    assert coefficient == 1
    assert sorted(len(w) for w in monomial) == [2, 3]
    assert tr(u @ u.T @ K @ v @ v.T) == tr(u.T @ K @ v) * tr(v.T @ u)
    assert tr(projector(u) @ projector(u)).as_scalar == 1
    scalar = fixed("t", 1, 1)
    assert tr(scalar @ scalar @ scalar) == tr(scalar) * tr(scalar) * tr(scalar)
    assert tr(scalar @ scalar.T) == tr(scalar) * tr(scalar)


def test_a_piece_of_a_split_word_may_cancel_wholly() -> None:
    w = fixed("w", n, 1, orthonormal=True)
    assert tr(w @ w.T @ u @ u.T) == tr(w.T @ u) * tr(u.T @ w)
    assert tr(u.T @ w @ w.T @ w @ w.T @ v) == tr(u.T @ w) * tr(w.T @ v)
    # v'(U'U)... a cancelling run inside one piece, and a piece that is a bare identity of dimension one.
    assert tr(u.T @ U @ (U.T @ U) @ U.T @ v @ v.T @ u) == tr(u.T @ U @ U.T @ v) * tr(v.T @ u)
    letters = word(w.T @ u)[:1] + word(w) + word(u.T) + word(v)
    assert close_word(letters) == (ONE, tr(u.T @ v).terms[0][0])


def test_a_trace_needs_a_square_matrix() -> None:
    with pytest.raises(TraceError, match=r"trace of a n x d matrix: needs a square one"):
        tr(X)


# -- sums and products ----------------------------------------------------------------------------------------


def test_matrix_sums_collect_equal_words() -> None:
    assert A + A == A * 2 == 2 * A
    assert (A - A).is_zero
    assert not A.is_zero
    assert -A == A * -1
    assert (A + B) @ (A - B) == A @ A - A @ B + B @ A - B @ B
    assert a * (A + B) == A * a + B * a
    assert (A * a) @ (B * b) == (A @ B) * (a * b)
    assert (A * a - A * (a + 1) + A).is_zero
    assert (X - Y).rows == n
    assert (X.T @ Y + A).cols == d


def test_matrix_shapes_must_fit() -> None:
    with pytest.raises(TraceError, match=r"cannot add shapes n x d and d x d"):
        X + A
    with pytest.raises(TraceError, match=r"cannot multiply n x d by n x d"):
        X @ Y
    with pytest.raises(TraceError, match=r"cannot add shapes n x d and d x n"):
        X - Y.T


def test_matrices_combine_with_matrices_and_multiply_by_exact_numbers_only() -> None:
    with pytest.raises(TypeError):
        A + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        A @ 2  # type: ignore[operator]
    with pytest.raises(TypeError):
        A * B  # type: ignore[operator]
    for mixed in (lambda: A * tr(A), lambda: tr(A) * A, lambda: tr(A) + A, lambda: tr(A) - A, lambda: A + tr(A)):
        with pytest.raises(TypeError):
            mixed()
    with pytest.raises(TypeError):
        A * "2"  # type: ignore[operator]
    with pytest.raises(sp.SympifyError):
        tr(A) + "2"  # type: ignore[operator]
    with pytest.raises(sp.SympifyError):
        tr(A) - "2"  # type: ignore[operator]


def test_identity_and_single_atoms_are_recognised() -> None:
    assert identity(d).is_identity
    assert not (identity(d) * 2).is_identity
    assert not A.is_identity
    assert not Mat.build(n, d, [((), ONE)]).is_identity
    assert identity(d) @ A == A == A @ identity(d)
    assert X.atom.name == "X"
    for bad in (X.T, A @ B, A + B, A * 2, identity(d)):
        with pytest.raises(TraceError, match=r"needs a single matrix here, not a sum or a product"):
            _ = bad.atom


def test_trace_sums_are_polynomials() -> None:
    p, q = tr(A), tr(B)
    assert p + q == q + p
    assert p * q == q * p
    assert (p + q) * (p - q) == p * p - q * q
    assert p + 1 == 1 + p == TraceSum.build([*p.terms, ((), ONE)])
    assert p - 1 == -(1 - p)
    assert p - q == p + (-q)
    assert a - p == TraceSum.scalar(a) - p
    assert 2 * p == p * 2 == p + p
    assert a * p == p * a
    assert (p - p).terms == ()
    assert p * a - p * a == TraceSum.scalar(0)
    assert (p * (a + 1) ** 2 - p * (a**2 + 2 * a + 1)).terms == ()
    assert tr(A + B * a) == p + q * a
    assert number(p * q - 3 * p + 2) == pytest.approx(number(p) * number(q) - 3 * number(p) + 2)


def test_scalars_are_told_from_traces() -> None:
    assert TraceSum.scalar(0).as_scalar == 0
    assert TraceSum.scalar(0).terms == ()
    assert TraceSum.scalar(a).as_scalar == a
    assert tr(A).as_scalar is None
    assert (tr(A) + 1).as_scalar is None
    assert (tr(A) * 0).as_scalar == 0


def test_a_trace_sum_lists_its_letters_and_atoms_once_each_in_order() -> None:
    value = tr(X.T @ K @ X @ A) + tr(A.T @ B) * tr(B)
    assert [letter.key for letter in value.letters] == sorted({letter.key for letter in value.letters})
    assert {str(letter) for letter in value.letters} >= {"A", "K", "X", "X'"}
    assert [x.name for x in value.atoms] == ["A", "B", "K", "X"]


def test_substitution_replaces_an_atom_and_its_transpose() -> None:
    value = tr(X.T @ K @ X @ A)
    image = Y @ B + U
    assert value.substitute({"X": image}) == tr(image.T @ K @ image @ A)
    assert value.substitute({}) == value
    assert value.substitute({"Q": A}) == value
    assert (tr(A) * tr(X.T @ X)).substitute({"A": B, "X": Y}) == tr(B) * tr(Y.T @ Y)
    swapped = tr(A @ B @ B).substitute({"A": B, "B": A})
    assert swapped == tr(B @ A @ A)


def test_substitution_refuses_what_is_used_inside_a_function_and_other_shapes() -> None:
    with pytest.raises(TraceError, match=r"inv\(X'X\) is a function of a block that is to be replaced"):
        tr(gram_inverse(X) @ A).substitute({"X": Y})
    with pytest.raises(TraceError, match=r"cannot replace A, d x d, by a matrix of shape n x d"):
        tr(A).substitute({"A": X})


def test_map_words_rewrites_each_word_of_each_monomial() -> None:
    value = tr(A) * tr(A) * 3 + tr(B)
    doubled = value.map_words(lambda w: TraceSum.build([((w,), sp.Integer(2))]))
    assert doubled == tr(A) * tr(A) * 12 + tr(B) * 2


# -- printing -------------------------------------------------------------------------------------------------


def test_printing_as_text() -> None:
    assert str(tr(A @ B)) == "tr(A B)"
    assert str(tr(B.T @ A)) in ("tr(A B')", "tr(A' B)")
    assert str(tr(A) * tr(B) * a + 2) == "2 + (a) tr(A) tr(B)"
    assert str(TraceSum.scalar(0)) == "0"
    assert str(tr(gram_inverse(X) @ A)) == "tr(A inv(X'X))"


def test_printing_as_latex() -> None:
    assert tr(A @ B).latex() == r"\operatorname{tr}(A B)"
    assert (tr(A) * tr(B) * a + 2).latex() == r"2 + a \, \operatorname{tr}(A) \, \operatorname{tr}(B)"
    assert (tr(A) * tr(A)).latex() == r"\operatorname{tr}(A)^{2}"
    row = fixed("r", 1, n)
    assert tr(row @ row.T).latex() == r"r r^{\top}"
    assert (tr(row @ row.T) * tr(row @ row.T)).latex() == r"(r r^{\top})^{2}"
    assert TraceSum.scalar(0).latex() == "0"
    assert tr(gram_inverse(X) @ A).latex() == r"\operatorname{tr}(A (X^{\top} X)^{-1})"


def test_a_word_through_dimension_one_is_printed_as_the_number_it_is() -> None:
    column = fixed("v", A.rows, 1)
    assert tr(A @ column @ column.T).latex() == r"v^{\top} A v"


def test_a_name_that_is_raised_already_is_transposed_within_its_superscript() -> None:
    block = gaussian("Zn", n, 2, r"Z^{n}")
    assert tr(block.T @ block).latex() == r"\operatorname{tr}(Z^{n} Z^{n\top})"
    assert gram_inverse(block).atom.latex() == r"(Z^{n\top} Z^{n})^{-1}"
    assert power(block, 2).atom.latex() == r"Z^{n\circ 2}"


def test_signs_and_coefficients_of_a_sum() -> None:
    shown = (tr(A) * (-a) + tr(B) * ((a + 1) / n) + tr(A @ B) * (1 / n)).latex()
    assert shown == (
        r"\frac{1}{n} \, \operatorname{tr}(A B) + \frac{a + 1}{n} \, \operatorname{tr}(B) - a \, \operatorname{tr}(A)"
    )
    assert (tr(A) * (a + 1)).latex() == r"(a + 1) \, \operatorname{tr}(A)"


# -- samples, settings, quantities ------------------------------------------------------------------------------


def test_a_sample_knows_its_law() -> None:
    C = fixed("C", d, d)
    sample = Sample.of(n, (X, Y), {(X, Y): C, (Y, Y): S})
    assert sample.names() == ("X", "Y")
    assert sample.rows == n
    assert sample.block("Y") == Y.atom
    assert sample.cov("X", "X").is_identity
    assert sample.cov("Y", "Y") == S
    assert sample.cov("X", "Y") == C
    assert sample.cov("Y", "X") == C.T
    apart = Sample.of(n, (X, gaussian("W", n, m)))
    assert apart.cov("X", "W").is_zero
    assert (apart.cov("X", "W").rows, apart.cov("X", "W").cols) == (d, m)
    assert apart.cov("W", "W") == identity(m)


def test_a_sample_refuses_a_law_that_does_not_fit() -> None:
    with pytest.raises(TraceError, match=r"X has n rows in a sample of d"):
        Sample.of(d, (X,))
    with pytest.raises(TraceError, match=r"covariance of X and Y: both must be blocks of the sample"):
        Sample.of(n, (X,), {(X, Y): A})
    with pytest.raises(TraceError, match=r"covariance of Y and X: both must be blocks of the sample"):
        Sample.of(n, (X,), {(Y, X): A})
    with pytest.raises(TraceError, match=r"covariance of X and Y is n x n, not d x d"):
        Sample.of(n, (X, Y), {(X, Y): K})
    with pytest.raises(TraceError, match=r"X is listed twice in one sample; give each block its own name"):
        Sample.of(n, (X, X))
    with pytest.raises(TraceError, match=r"the covariance of Y and X is given in both orders|X and Y is given in both"):
        Sample.of(n, (X, Y), {(X, Y): A, (Y, X): A.T})
    with pytest.raises(TraceError, match=r"the covariance of X with itself is not symmetric; declare its matrix symm"):
        Sample.of(n, (X,), {(X, X): A})
    assert Sample.of(n, (X,), {(X, X): A @ A.T + S}).cov("X", "X") == A @ A.T + S


def test_a_setting_keeps_what_is_random_apart() -> None:
    first, second = Sample.of(n, (X,)), Sample.of(n, (Y,))
    setting = Setting((first, second))
    assert setting.sample_of("X") is first
    assert setting.sample_of("Y") is second
    assert setting.sample_of("Z") is None
    with pytest.raises(TraceError, match=r"X is in two samples; different samples share no block"):
        Setting((first, Sample.of(n, (X, Y))))
    with pytest.raises(
        TraceError, match=r"the definition of a uses X, which is random; it may use fixed matrices only"
    ):
        Setting((first,), ((a, tr(X.T @ X)),))
    with pytest.raises(TraceError, match=r"the definition of a uses inv\(X'X\), which is random"):
        Setting((first,), ((a, tr(gram_inverse(X))),))
    with pytest.raises(TraceError, match=r"the covariance of X and X uses Y, which is random"):
        Setting((Sample.of(n, (X,), {(X, X): Y.T @ Y}), second))


def test_a_quantity_prints_its_definition() -> None:
    quantity = Quantity(
        symbol("V_test", "a test", r"\mathcal V"), "test", tr(X.T @ X @ A), Setting((Sample.of(n, (X,)),))
    )
    assert quantity.latex() == r"\mathcal V"
    assert quantity.definition() == f"E[{quantity.value}]" == "E[tr(A X' X)]"
    assert quantity.definition_latex() == rf"\mathbb{{E}}\left[{quantity.value.latex()}\right]"
    assert quantity.literal is None


def test_a_quantity_refuses_functions_of_what_is_no_block_and_shared_names() -> None:
    setting = Setting((Sample.of(n, (X,)),))
    with pytest.raises(TraceError, match=r"inv\(Y'Y\): Y is no block of a sample of the setting"):
        Quantity(a, "", tr(gram_inverse(Y)), setting)
    with pytest.raises(TraceError, match=r"Y\^2: Y is no block of a sample of the setting"):
        Quantity(a, "", tr(power(Y, 2).T @ X), setting)
    with pytest.raises(TraceError, match=r"two different matrices are called X: n x d and d x d; rename one"):
        Quantity(a, "", tr(fixed("X", d, d)), setting)
    with pytest.raises(TraceError, match=r"two different matrices are called S"):
        Quantity(a, "", tr(S), Setting((Sample.of(n, (X,)),), ((a, tr(fixed("S", d, d))),)))
    w = gaussian("w", n, n)
    other = Setting((Sample.of(n, (w,), {(w, w): fixed("A", n, n, symmetric=True)}),))
    with pytest.raises(TraceError, match=r"two different matrices are called A: n x n and d x d"):
        Quantity(a, "", tr(A), other)


# -- exact moments ----------------------------------------------------------------------------------------------


def integers(**shapes: tuple[int | str, int | str]) -> Any:
    def realise(point: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
        def size(k: int | str) -> int:
            return k if isinstance(k, int) else int(point[k])

        return {k: rng.integers(-3, 4, (size(r), size(c))).astype(float) for k, (r, c) in shapes.items()}

    return realise


def quantity_of(value: TraceSum, setting: Setting) -> Quantity:
    return Quantity(sp.Symbol("quantity"), "", value, setting)


def test_exact_moments_of_a_vector() -> None:
    """E sum x^2 = n, E (sum x^2)^2 = n(n+2), E sum x^4 = 3n, odd ones 0; the all-ones power sums to n."""
    z = gaussian("z", n, 1)
    setting = Setting((Sample.of(n, (z,)),), (), integers())
    square, fourth = tr(z.T @ z), tr(power(z, 2).T @ power(z, 2))
    sizes = {
        size
        for seed in range(20)
        for size in (quantity_of(square, setting).exact(np.random.default_rng(seed)) or ({}, 0))[0].values()
    }
    assert sizes == {1, 2, 3}
    for seed in range(4):
        for value, mean in (
            (square, n),
            (square * square, n * (n + 2)),
            (fourth, 3 * n),
            (fourth * square, 3 * n * (n + 4)),
            (tr(power(z, 2).T @ z), sp.S.Zero),
            (tr(power(z, 3).T @ power(z, 3)), 15 * n),
            (tr(power(z, 0).T @ power(z, 2)), n),
            (tr(power(z, 0).T @ power(z, 0)), n),
            (square * sp.Rational(1, 2), n / 2),
            (square * (1 / n), ONE),
            (TraceSum.scalar(n + 1), n + 1),
        ):
            outcome = quantity_of(value, setting).exact(np.random.default_rng(seed))
            assert outcome is not None
            point, moment = outcome
            assert moment == sp.sympify(mean).xreplace(point)


def test_exact_moments_name_the_scalars_of_the_setting() -> None:
    t = sp.Symbol("t", real=True)
    z = gaussian("z", n, d)
    setting = Setting((Sample.of(n, (z,)),), ((t, tr(A @ A.T)),), integers(A=("d", "d")))
    outcome = quantity_of(tr(z @ A @ A.T @ z.T), setting).exact(np.random.default_rng(1))
    assert outcome is not None
    point, moment = outcome
    assert set(point) == {n, d, t}
    assert moment == point[n] * point[t]
    assert point[t].is_Integer


def test_exact_moments_take_scalar_parameters_as_written() -> None:
    s2 = sp.Symbol("s2", positive=True)
    z = gaussian("z", n, 1)
    law = Sample.of(n, (z,), {(z, z): identity(ONE) * s2})
    setting = Setting((law,), (), lambda point, rng: {"s2": 0.1})
    outcome = quantity_of(tr(z.T @ z) * s2, setting).exact(np.random.default_rng(0))
    assert outcome is not None
    point, moment = outcome
    assert point[s2] == sp.Rational(1, 10)
    assert moment == point[n] / 100


def test_exact_moments_of_correlated_and_degenerate_blocks() -> None:
    """y = 2x exactly: a covariance of rank one, where the second pivot is zero."""
    p, q = gaussian("p", n, 1), gaussian("q", n, 1)
    one = identity(ONE)
    setting = Setting((Sample.of(n, (p, q), {(p, q): one * 2, (q, q): one * 4}),), (), integers())
    for value, mean in ((tr(p.T @ q), 2 * n), (tr((q - 2 * p).T @ q), 0), (tr(q.T @ q), 4 * n)):
        outcome = quantity_of(value, setting).exact(np.random.default_rng(4))
        assert outcome is not None
        assert outcome[1] == sp.sympify(mean).xreplace(outcome[0])


def test_no_exact_moments_of_inverses_or_without_instances() -> None:
    sample = Sample.of(n, (X,))
    assert quantity_of(tr(X.T @ X), Setting((sample,))).exact(np.random.default_rng(0)) is None
    inverse = quantity_of(tr(gram_inverse(X)), Setting((sample,), (), integers()))
    assert inverse.exact(np.random.default_rng(0)) is None


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({}, r"realise returns no matrix A; it should be \d x \d"),
        ({"A": np.zeros((7, 7))}, r"realise returns A of shape \(7, 7\), not \(\d, \d\)"),
        ({"A": np.full((2, 2), 0.5)}, r"exact moments need a setting that makes integer matrices"),
    ],
)
def test_instances_are_checked(made: dict[str, np.ndarray], message: str) -> None:
    setting = Setting((Sample.of(n, (X,)),), (), lambda point, rng: made)
    with pytest.raises(TraceError, match=message):
        quantity_of(tr(X @ A @ X.T), setting).exact(np.random.default_rng(0))


def test_declared_flags_of_an_instance_are_checked() -> None:
    p = fixed("p", 2, 2, symmetric=True)
    w = gaussian("w", n, 2)
    o = fixed("o", 2, 1, orthonormal=True)
    sample = Sample.of(n, (w,))
    bad = Setting((sample,), (), lambda point, rng: {"p": np.array([[1.0, 2.0], [0.0, 1.0]])})
    with pytest.raises(TraceError, match=r"realise returns a matrix p that is not symmetric"):
        quantity_of(tr(w @ p @ w.T), bad).exact(np.random.default_rng(0))
    long = Setting((sample,), (), lambda point, rng: {"o": np.array([[1.0], [1.0]])})
    with pytest.raises(TraceError, match=r"realise returns o without the orthonormal columns"):
        quantity_of(tr(o.T @ w.T @ w @ o), long).exact(np.random.default_rng(0))
    unit = Setting((sample,), (), lambda point, rng: {"o": np.array([[0.0], [1.0]])})
    outcome = quantity_of(tr(o.T @ w.T @ w @ o), unit).exact(np.random.default_rng(0))
    assert outcome is not None
    assert outcome[1] == outcome[0][n]


@pytest.mark.parametrize("entries", [[[1, 2], [2, 1]], [[0, 1], [1, 1]], [[-1, 0], [0, 1]]])
def test_a_covariance_that_is_none_is_refused(entries: list[list[int]]) -> None:
    p = fixed("p", 2, 2, symmetric=True)
    w = gaussian("w", n, 2)
    setting = Setting((Sample.of(n, (w,), {(w, w): p}),), (), lambda point, rng: {"p": np.array(entries, dtype=float)})
    with pytest.raises(TraceError, match=r"the declared covariance is not that of any row \(pivot"):
        quantity_of(tr(w @ w.T), setting).exact(np.random.default_rng(0))


def test_exact_factorisation_reproduces_the_matrix() -> None:
    matrix = np.array([[sp.Integer(v) for v in row] for row in [[4, 2, 0], [2, 5, 3], [0, 3, 7]]], dtype=object)
    lower, pivots = evaluation._ldl(matrix)
    back = lower @ np.diag([sp.QQ(int(p.p), int(p.q)) for p in pivots]) @ lower.T
    assert (np.vectorize(lambda q: sp.Rational(q.numerator, q.denominator))(back) == matrix).all()
    assert pivots == [4, 4, sp.Rational(19, 4)]
    assert lower[0, 1] == lower[0, 2] == lower[1, 2] == 0
    with pytest.raises(TraceError, match="not that of any row"):
        evaluation._ldl(np.array([[sp.Integer(2), sp.Integer(1)], [sp.Integer(0), sp.Integer(2)]], dtype=object))


# -- evaluation -------------------------------------------------------------------------------------------------


def test_a_covariance_matrix_is_assembled_in_the_order_of_the_blocks() -> None:
    C = fixed("C", d, m)
    W = gaussian("W", n, m)
    sample = Sample.of(n, (X, W), {(X, W): C, (W, W): identity(m) * a})
    cross = np.arange(6.0).reshape(3, 2)
    full = covariance_matrix(sample, {"C": cross}, {**SIZES, "a": 2.5})
    assert full.dtype == float
    np.testing.assert_array_equal(full, np.block([[np.eye(3), cross], [cross.T, 2.5 * np.eye(2)]]))


def test_matrix_expressions_evaluate_to_arrays() -> None:
    made = arrays()
    value = evaluate_matrix((A @ S.T - B.T * a) + identity(d) * 2, made, {**SIZES, "a": 0.5})
    np.testing.assert_allclose(value, made["A"] @ made["S"] - 0.5 * made["B"].T + 2 * np.eye(3))
    zero = evaluate_matrix(A - A, made, SIZES)
    np.testing.assert_array_equal(zero, np.zeros((3, 3)))
    assert zero.dtype == float


def test_stacks_of_arrays_give_one_value_per_draw() -> None:
    rng = np.random.default_rng(0)
    stack = rng.standard_normal((4, 5, 3))
    made = {**arrays(), "X": stack}
    value = tr(projector(X) @ K) * sp.Rational(1, 3) + tr(X.T @ X @ A) * (1 / n) + tr(B)
    seen = evaluate_words(value, made, SIZES)
    assert seen.shape == (4,)
    assert seen.dtype == float
    for k in range(4):
        assert seen[k] == pytest.approx(float(evaluate_words(value, {**made, "X": stack[k]}, SIZES)))


def test_letters_become_arrays() -> None:
    made = arrays()
    np.testing.assert_array_equal(letter_array(word(X.T)[0], made), made["X"].T)
    np.testing.assert_array_equal(letter_array(word(power(X, 3))[0], made), made["X"] ** 3)
    np.testing.assert_array_equal(letter_array(word(power(X, 2).T)[0], made), (made["X"] ** 2).T)
    np.testing.assert_array_equal(letter_array(word(power(X, 0))[0], made), np.ones((5, 3)))
    np.testing.assert_allclose(
        letter_array(word(gram_inverse(X))[0], made) @ (made["X"].T @ made["X"]), np.eye(3), atol=1e-12
    )


def test_coefficients_stay_exact_on_exact_arrays_and_float_on_float_arrays() -> None:
    exact = {"A": np.array([[sp.Integer(3)]], dtype=object)}
    value = evaluate_words(tr(A) * sp.Rational(1, 3) * a, exact, {"a": sp.Rational(1, 7)})
    assert value == sp.Rational(1, 7)
    approximate = evaluate_words(tr(A) * sp.Rational(1, 3) * a, {"A": np.array([[3.0]])}, {"a": sp.Rational(1, 7)})
    assert isinstance(approximate, float)
    assert approximate == pytest.approx(1 / 7)
    assert evaluate_words(TraceSum.scalar(0), {}, {}) == 0


def test_a_symbol_without_a_value_is_named() -> None:
    with pytest.raises(TraceError, match=r"no value for a, b in a \+ b; give a number for each symbol"):
        evaluate_words(tr(A) * (a + b), arrays(), SIZES)


def test_a_trace_is_cut_open_where_it_is_narrowest() -> None:
    """A product of long vectors never becomes a square matrix of that length."""
    long = np.ones((200_000, 1))
    assert evaluation._trace_of([long, long.T]) == 200_000.0
    assert evaluation._trace_of([long.T, long]) == 200_000.0


def test_domain_errors_name_a_scalar_that_is_no_number() -> None:
    setting = Setting((Sample.of(n, (X,)),), (), lambda point, rng: {"a": "three"})
    with pytest.raises(DomainError, match=r"a='three': needs a number"):
        quantity_of(tr(X.T @ X) * a, setting).exact(np.random.default_rng(0))


# -- immutability, and the column of a covariance that is to blame --------------------------------------------

X32 = gaussian("X", sp.Integer(3), sp.Integer(2))
SAMPLE = Sample.of(3, (X32,))
SETTING = Setting((SAMPLE,))
VALUE = tr(X32.T @ X32)


@pytest.mark.parametrize(
    "value",
    [X32.atom, Factor(X32.atom), X32, VALUE, SAMPLE, SETTING, Quantity(sp.Symbol("m"), "a mean", VALUE, SETTING)],
    ids=lambda v: type(v).__name__,
)
def test_words_and_laws_are_immutable(value: Any) -> None:
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


@pytest.mark.parametrize("column", [1, 2, 3])
def test_the_first_bad_column_of_a_covariance_is_named(column: int) -> None:
    matrix = np.array([[sp.Integer(int(i == j)) for j in range(3)] for i in range(3)], dtype=object)
    matrix[column - 1, column - 1] = sp.Integer(-2)
    with pytest.raises(TraceError, match=rf"\(pivot -2 at column {column}\)"):
        evaluation._ldl(matrix)


def test_a_singular_covariance_has_a_factor() -> None:
    rows = [[0, 0, 0], [0, 4, 2], [0, 2, 1]]
    matrix = np.array([[sp.Integer(v) for v in row] for row in rows], dtype=object)
    lower, pivots = evaluation._ldl(matrix)
    assert pivots == [0, 4, 0]
    back = lower @ np.diag([sp.QQ(int(p.p), int(p.q)) for p in pivots]) @ lower.T
    assert [[int(v) for v in row] for row in back] == rows


def test_the_first_function_of_a_replaced_block_is_named() -> None:
    value = tr(gram_inverse(X32)) + tr(power(X32, 2).T @ power(X32, 2))
    names = [a.name for a in value.atoms]
    assert len(names) == 2
    with pytest.raises(TraceError) as refused:
        value.substitute({"X": X32 * 2})
    assert str(refused.value).startswith(f"{names[0]} is a function of a block that is to be replaced")
