"""The kernel's evaluation of words: true identities pass, false ones and undefined ones are found, edits are caught."""

from __future__ import annotations

import ast
import copy
import inspect
import json
from fractions import Fraction
from itertools import product as pairs_of
from typing import Any

import pytest
from flint import nmod_mat

from w2s_sym.kernel import words
from w2s_sym.kernel.words import P, replay_words

X = [["size", "n"], ["size", "d"], ["matrix", "X", 0, 1, ""]]
# 3: X', 4: X'X, 5: its inverse, 6: X (X'X)^{-1}, 7: the projector, 8: its trace
HAT = [*X, ["transpose", 2], ["product", 3, 2], ["inverse", 4], ["product", 2, 5], ["product", 6, 3], ["trace", 7]]
SIZES = [{"n": 3, "d": 2}, {"n": 4, "d": 4}, {"n": 5, "d": 1}]


def record(
    lines: list[Any], pairs: list[list[int]], sizes: list[dict[str, int]], average: Any = None
) -> dict[str, Any]:
    """A record of the kernel."""
    return {"lines": lines, "pairs": pairs, "sizes": sizes, "average": average}


def test_a_true_identity_passes_and_a_false_one_does_not() -> None:
    assert replay_words(record(HAT, [[8, 1]], SIZES)) == []
    assert replay_words(record(HAT, [[8, 0]], SIZES)) == [
        "the two sides differ at n=3, d=2",
        "the two sides differ at n=5, d=1",
    ]
    twice = [*HAT, ["product", 7, 7], ["sum", 7, 7], ["scaled", 1, 7]]
    assert replay_words(record(twice, [[9, 7], [7, 9]], SIZES)) == []
    assert len(replay_words(record(twice, [[10, 7], [11, 10]], SIZES))) == 5  # d = 2 once: 2 P is P + P
    assert replay_words(json.loads(json.dumps(record(HAT, [[8, 1]], SIZES)))) == []


def test_fewer_rows_than_columns_are_found_out() -> None:
    problems = replay_words(record(HAT, [[8, 1]], [{"n": 2, "d": 5}, {"n": 5, "d": 2}]))
    assert problems == ["undefined at n=2, d=5: a 5 x 5 matrix of rank 2 has no inverse"]
    # What is not used by any pair must have a value too.
    assert replay_words(record(HAT, [[0, 0]], [{"n": 1, "d": 2}])) != []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["number", "3/7"], Fraction(3, 7)),
        (["number", "-2"], Fraction(-2)),
        (["plus", 0, 1, 1], Fraction(7)),
        (["times", 0, 1, 1], Fraction(12)),
        (["power", 1, 3], Fraction(8)),
        (["power", 1, -2], Fraction(1, 4)),
        (["power", 1, 0], Fraction(1)),
        (["root", 2], None),
    ],
)
def test_numbers(line: list[Any], expected: Fraction | None) -> None:
    lines = [["number", "3"], ["number", "2"], line]
    if expected is None:
        lines, target = [*lines, ["power", 2, 2]], 1
        assert replay_words(record(lines, [[3, target]], [{"n": 1}])) == []
        return
    wanted = [["number", str(expected)], ["number", str(expected + 1)]]
    assert replay_words(record(lines + wanted, [[2, 3]], [{"n": 1}])) == []
    assert replay_words(record(lines + wanted, [[2, 4]], [{"n": 1}])) == ["the two sides differ at n=1"]


def test_symbols_are_random_and_the_same_wherever_they_stand() -> None:
    lines = [["symbol", "s"], ["symbol", "t"], ["plus", 0, 1], ["plus", 1, 0]]
    assert replay_words(record(lines, [[2, 3]], [{}])) == []
    assert replay_words(record(lines, [[0, 1]], [{}])) == ["the two sides differ at "]


def test_what_is_undefined_says_so() -> None:
    zero = [["number", "0"], ["number", "1"]]
    for line, message in (
        (["power", 0, -1], "a division by zero"),
        (["root", 6], "no prime"),
        (["root", 7], "no square root of 7") if pow(7, (P - 1) // 2, P) != 1 else (["root", 4], "no prime"),
    ):
        assert message in replay_words(record([*zero, line], [[1, 1]], [{"n": 1}]))[0]
    negative = [["number", "-1"], ["number", "1/2"], ["number", "81"], ["number", "80"], ["number", "0"]]
    for rows, fine in ((0, False), (1, False), (2, False), (3, True), (4, True)):
        found = replay_words(record([*negative, ["zero", rows, 4], ["zero", rows, 4]], [[5, 6]], [{}]))
        assert (found == []) is fine
        found = replay_words(record([*negative, ["identity", rows], ["trace", 5]], [[6, rows]], [{}]))
        assert (found == []) is fine


def test_kinds_of_matrices() -> None:
    base = [["size", "n"], ["size", "d"]]
    symmetric = [*base, ["matrix", "S", 0, 0, "symmetric"], ["transpose", 2], ["product", 2, 2]]
    assert replay_words(record(symmetric, [[2, 3]], SIZES)) == []
    assert len(replay_words(record(symmetric, [[2, 4]], SIZES))) == 3
    general = [*base, ["matrix", "S", 0, 0, ""], ["transpose", 2]]
    assert len(replay_words(record(general, [[2, 3]], SIZES))) == 3
    frame = [*base, ["matrix", "U", 0, 1, "orthonormal"], ["transpose", 2], ["product", 3, 2], ["identity", 1]]
    assert replay_words(record(frame, [[4, 5]], SIZES)) == []
    assert replay_words(record(frame, [[4, 5]], [{"n": 2, "d": 3}])) == [
        "undefined at n=2, d=3: 3 columns of length 2 cannot be orthonormal"
    ]
    square = [*frame, ["product", 2, 3], ["identity", 0]]
    found = replay_words(record(square, [[6, 7]], SIZES))
    assert found == ["the two sides differ at n=3, d=2", "the two sides differ at n=5, d=1"]
    # Frames are turned: an orthonormal matrix is not symmetric.
    turned = [["size", "n"], ["matrix", "U", 0, 0, "orthonormal"], ["transpose", 1]]
    assert replay_words(record(turned, [[1, 2]], [{"n": 3}])) == ["the two sides differ at n=3"]
    # Frames are not all rotations: (tr U)^2 - tr U^2 is 2 det U for 2 x 2, both signs must turn up over names.
    signs = set()
    for name in "abcdefgh":
        lines = [["size", "n"], ["matrix", name, 0, 0, "orthonormal"], ["product", 1, 1], ["trace", 1], ["trace", 2]]
        lines += [["power", 3, 2], ["number", "-1"], ["times", 4, 6], ["plus", 5, 7], ["number", "2"]]
        signs.add(not replay_words(record(lines, [[8, 9]], [{"n": 2}])))
    assert signs == {True, False}


def test_entrywise_powers() -> None:
    lines = [
        *X,
        ["entrywise", 2, 2],
        ["entrywise", 3, 2],
        ["entrywise", 2, 4],
        ["entrywise", 2, 0],
        ["entrywise", 2, 1],
    ]
    assert replay_words(record(lines, [[4, 5], [7, 2]], SIZES)) == []
    assert len(replay_words(record(lines, [[3, 2]], SIZES))) == 3
    ones = [*lines, ["transpose", 6], ["product", 8, 6], ["trace", 9], ["times", 0, 1]]
    assert replay_words(record(ones, [[10, 11]], SIZES)) == []


# -- averages: E tr Z'Z = n d s for n x d entries of variance s, and the like ------------------------------------------

ONE_BLOCK: list[Any] = [
    ["size", "n"],
    ["size", "d"],
    ["matrix", "Z", 0, 1, ""],
    ["transpose", 2],
    ["product", 3, 2],
    ["trace", 4],  # tr Z'Z
    ["identity", 1],
    ["symbol", "s"],
    ["scaled", 7, 6],  # s I
    ["times", 0, 1, 7],  # n d s
    ["product", 4, 4],
    ["trace", 10],  # tr Z'Z Z'Z
    ["number", "1"],
    ["plus", 0, 1, 12],
    ["times", 9, 7, 13],  # n d (n + d + 1) s^2
    ["trace", 2],
    ["number", "0"],
]
LAW = {"blocks": ["Z"], "covariance": [[8]]}
SMALL = [{"n": 1, "d": 1}, {"n": 1, "d": 2}, {"n": 2, "d": 1}]


def test_gaussian_averages() -> None:
    assert replay_words(record(ONE_BLOCK[:-2], [[5, 9], [11, 14]], SMALL, LAW)) == []
    assert len(replay_words(record(ONE_BLOCK[:-2], [[5, 14]], SMALL, LAW))) == 3
    assert len(replay_words(record(ONE_BLOCK[:-2], [[11, 9]], SMALL, LAW))) == 3
    assert replay_words(record(ONE_BLOCK, [[15, 16]], [{"n": 2, "d": 2}], LAW)) == []  # odd
    # E tr Z'Z is not the value of one draw
    assert len(replay_words(record(ONE_BLOCK[:-2], [[5, 9]], SMALL))) == 3
    assert words.evaluations(record(ONE_BLOCK[:-2], [[5, 9], [11, 14]], SMALL, LAW), {"n": 1, "d": 3}) == 5**3


def test_correlated_blocks() -> None:
    # Z, W: n x 1 with variances a, b and covariance c: E (z'w)^2 = n(ab + c^2) + n^2 c^2
    lines: list[Any] = [["size", "n"], ["number", "1"], ["matrix", "Z", 0, 1, ""], ["matrix", "W", 0, 1, ""]]
    lines += [["symbol", k] for k in "abc"]  # 4, 5, 6
    lines += [["identity", 1], *(["scaled", k, 7] for k in (4, 5, 6))]  # 8, 9, 10
    lines += [["transpose", 2], ["product", 11, 3], ["trace", 12], ["power", 13, 2]]  # 14
    lines += [["times", 4, 5], ["power", 6, 2], ["plus", 15, 16], ["times", 0, 17], ["times", 0, 0, 16]]
    lines += [["plus", 18, 19], ["times", 0, 6]]  # 20: E (z'w)^2, 21: E z'w
    law = {"blocks": ["Z", "W"], "covariance": [[8, 10], [10, 9]]}
    assert replay_words(record(lines, [[14, 20], [13, 21]], [{"n": 1}], law)) == []
    assert len(replay_words(record(lines, [[14, 18]], [{"n": 1}], law))) == 1
    crooked = {"blocks": ["Z", "W"], "covariance": [[8, 10], [9, 9]]}
    assert "is not symmetric" in replay_words(record(lines, [[13, 21]], [{"n": 1}], crooked))[0]
    swapped = {"blocks": ["W", "Z"], "covariance": [[9, 10], [10, 8]]}
    assert replay_words(record(lines, [[14, 20]], [{"n": 1}], swapped)) == []
    # A block without spread is zero; beside another it may not be correlated.
    still = [*lines, ["number", "0"], ["scaled", 22, 7], ["number", "0"]]
    none = {"blocks": ["Z", "W"], "covariance": [[23, 23], [23, 9]]}
    assert replay_words(record(still, [[14, 24]], [{"n": 1}], none)) == []
    assert (
        "undefined"
        in replay_words(record(still, [[14, 24]], [{"n": 1}], none | {"covariance": [[23, 10], [10, 9]]}))[0]
    )


def test_triangular_factors_by_hand() -> None:
    covariance = [[4, 2, 6], [2, 5, 1], [6, 1, 20]]
    lower, pivots = words.triangular(covariance)
    for i, j in pairs_of(range(3), range(3)):
        assert sum(lower[i][k] * pivots[k] * lower[j][k] for k in range(3)) % P == covariance[i][j]
    assert all(lower[i][i] == 1 and lower[i][j] == 0 for i in range(3) for j in range(i + 1, 3))


def test_weights_give_the_moments() -> None:
    moments = [1, 0, 1, 0, 3, 0, 15, 0, 105]
    for degree in range(9):
        found = words.weights(4, degree)
        assert len(found) == degree + 1
        for k in range(degree + 1):
            assert sum(w * node**k for node, w in enumerate(found)) % P == moments[k] * 2**k


def test_what_cannot_be_averaged_is_refused() -> None:
    def problem(lines: list[Any], pairs: list[list[int]], sizes: Any = None, law: Any = None) -> str:
        found = replay_words(record(lines, pairs, sizes or SMALL[:1], law or LAW))
        assert len(found) == 1
        return found[0]

    assert "right side still has a block" in problem(ONE_BLOCK[:-2], [[9, 5]])
    assert "no polynomial" in problem([*ONE_BLOCK[:-2], ["inverse", 4]], [[5, 9]])
    assert "no polynomial" in problem([*ONE_BLOCK[:-2], ["power", 5, -1]], [[5, 9]])
    assert "more than 400" in problem(ONE_BLOCK[:-2], [[11, 14]], [{"n": 2, "d": 2}])
    assert "covariance has a block" in problem(ONE_BLOCK[:-2], [[5, 9]], law={"blocks": ["Z"], "covariance": [[4]]})
    assert "malformed" in problem(ONE_BLOCK[:-2], [[5, 9]], law={"blocks": ["Z", "W"], "covariance": [[8]]})
    assert "malformed" in problem(ONE_BLOCK[:-2], [[5, 9]], law={"blocks": ["Y"], "covariance": [[8]]})
    assert words.degrees([*X, ["entrywise", 2, 3], ["transpose", 3], ["product", 4, 2], ["sum", 2, 3]], ["X"]) == [
        *(0, 0, 1, 3, 3, 4, 3)
    ]
    assert words.degrees([["matrix", "X", 0, 0, ""], ["trace", 0], ["power", 1, 3], ["scaled", 2, 0]], ["X"]) == [
        1,
        1,
        3,
        4,
    ]


# -- malformed records -------------------------------------------------------------------------------------------------


def test_malformed_records_say_so() -> None:
    sound = record(HAT, [[8, 1]], SIZES)

    def forged(change: Any) -> list[str]:
        copied = copy.deepcopy(sound)
        change(copied)
        return replay_words(copied)

    assert forged(lambda r: r.update(sizes=[])) == ["the record has no size or no pair"]
    assert forged(lambda r: r.update(pairs=[])) == ["the record has no size or no pair"]
    assert forged(lambda r: r["lines"].append(["matrix", "X", 1, 0, ""])) == ["the record has two matrices of one name"]
    later = ["a line of the record uses a later one"]
    for wrong in (["product", 9, 7], ["trace", -1], ["matrix", "Y", 0, 12, ""], ["power", 9, 2], ["trace", "x"]):
        assert forged(lambda r, wrong=wrong: r["lines"].append(wrong)) == later
    for wrong in (["trace", 2], ["product", 2, 2], ["sum", 2, 3], ["cross", 2, 3], ["inverse"], ["number", "pi"], []):
        assert "malformed" in forged(lambda r, wrong=wrong: r["lines"].append(wrong))[0]
    for key in ("sizes", "lines", "pairs"):
        assert "malformed" in forged(lambda r, key=key: r.pop(key))[0]
    assert "malformed" in forged(lambda r: r["sizes"].append({"n": 2}))[0]
    assert "malformed" in forged(lambda r: r["pairs"].append([8, 99]))[0]
    assert "undefined" in forged(lambda r: r["lines"].append(["inverse", 2]))[0]  # no square


def test_a_matrix_and_a_number_are_never_equal() -> None:
    assert replay_words(record(HAT, [[8, 4]], [{"n": 1, "d": 1}])) != []


def test_empty_matrices_have_values() -> None:
    assert replay_words(record(HAT, [[8, 1]], [{"n": 3, "d": 0}, {"n": 0, "d": 0}])) == []
    assert words.unit(0) == nmod_mat(0, 0, P)


def test_it_imports_the_standard_library_and_flint_alone() -> None:
    tree = ast.parse(inspect.getsource(words))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert found == {
        "collections.abc",
        "fractions",
        "hashlib",
        "itertools",
        "json",
        "math",
        "random",
        "typing",
        "flint",
    }
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    assert len(inspect.getsource(words).splitlines()) < 300


@pytest.mark.parametrize("number", [4, 9, 15, 25])
def test_a_number_that_is_no_prime_has_no_root_here(number: int) -> None:
    assert replay_words(record([["root", number]], [[0, 0]], [{}])) != []


@pytest.mark.parametrize("prime", [2, 3, 5, 7, 11, 13, 17, 19, 23, 29])
def test_a_prime_has_a_root_where_euler_says_so(prime: int) -> None:
    found = replay_words(record([["root", prime], ["power", 0, 2], ["number", str(prime)]], [[1, 2]], [{}]))
    if pow(prime, (P - 1) // 2, P) == 1:
        assert found == []
    else:
        assert len(found) == 1
        assert f"no square root of {prime}" in found[0]


def test_powers_of_zero_and_high_powers() -> None:
    zero = [["number", "0"], ["power", 0, 0], ["number", "1"]]
    assert replay_words(record(zero, [[1, 2]], [{}])) == []
    # An exponent is no position: 9 is larger than that of any line.
    entries = [["size", "n"], ["matrix", "A", 0, 0, ""], ["entrywise", 1, 9], ["entrywise", 1, 3], ["entrywise", 3, 3]]
    assert replay_words(record(entries, [[2, 4]], [{"n": 2}])) == []


def test_the_power_zero_of_an_averaged_block_is_a_polynomial() -> None:
    assert words.degrees([["matrix", "X", 0, 0, ""], ["trace", 0], ["power", 1, 0], ["power", 1, 2]], ["X"]) == [
        1,
        1,
        0,
        2,
    ]
    with pytest.raises(ValueError, match="no polynomial"):
        words.degrees([["matrix", "X", 0, 0, ""], ["trace", 0], ["power", 1, -1]], ["X"])
