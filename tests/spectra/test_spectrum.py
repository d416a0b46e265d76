"""Spectra hold what was given, exactly; what cannot be one is refused in a line that says why."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from w2s_sym import Signal, Spectrum, SpectrumError
from w2s_sym.formula.notation import latex
from w2s_sym.spectra.signals import Coefficients, PowerLawSignal
from w2s_sym.spectra.spectrum import Levels, PowerLaw


def refusal(build: object, *arguments: object) -> str:
    with pytest.raises(SpectrumError) as caught:
        build(*arguments)  # type: ignore[operator]
    text = str(caught.value)
    assert "\n" not in text
    return text


# -- what is given is kept ------------------------------------------------------------------------------------


def test_typed_decimals_are_exact() -> None:
    assert Spectrum.power_law("1.7", 5).alpha == Fraction(17, 10)
    assert list(Spectrum.levels([("0.1", 2), ("1/3", 1)]).exact()) == [(Fraction(1, 3), 1), (Fraction(1, 10), 2)]
    assert list(Spectrum.parse("levels:0.125x900,1x100").exact()) == [(Fraction(1), 100), (Fraction(1, 8), 900)]


def test_floats_are_their_binary_value() -> None:
    assert next(Spectrum.explicit([0.1]).exact()) == (Fraction(0.1), 1)
    assert Fraction(0.1) != Fraction(1, 10)
    assert next(Spectrum.explicit([0.1, Fraction(1, 20)]).exact()) == (Fraction(0.1), 1)


def test_kinds_of_number_agree() -> None:
    half = [Fraction(1, 2), "0.5", 0.5, sp.Rational(1, 2), np.float32(0.5), "1/2", "5e-1"]
    for value in half:
        assert list(Spectrum.explicit([value, 3]).exact()) == [(Fraction(3), 1), (Fraction(1, 2), 1)]


def test_equal_eigenvalues_are_grouped_and_zeros_count_in_p_alone() -> None:
    for values in ([2.0, 0.0, 1.0, 2.0, 0.0], ["2", "0", "1", "2", "0"]):
        spectrum = Spectrum.explicit(values)
        lam, weights = spectrum.values()
        assert (spectrum.p, spectrum.rank) == (5, 3)
        assert lam.tolist() == [2.0, 1.0]
        assert weights.tolist() == [2.0, 1.0]


def test_what_is_shared_cannot_be_changed() -> None:
    given = np.array([3.0, 2.0, 1.0])
    for spectrum in (Spectrum.explicit(given), Spectrum.power_law(2, 3), Spectrum.isotropic(3)):
        with pytest.raises(ValueError, match="read-only"):
            spectrum.values()[0][0] = 7
    spectrum = Spectrum.explicit(given)
    given[0] = 9  # the caller's array stays the caller's
    assert spectrum.values()[0][0] == 3


def test_there_are_two_kinds() -> None:
    laws = [Spectrum.power_law(2), Spectrum.power_law(1, 5), Spectrum.parse("power:alpha=2,p=inf")]
    lists = [Spectrum.isotropic(5), Spectrum.levels({1: 2}), Spectrum.explicit([1.0]), Spectrum.of_covariance([[1.0]])]
    assert all(isinstance(x, Spectrum) and isinstance(x, PowerLaw) for x in laws)
    assert all(isinstance(x, Spectrum) and isinstance(x, Levels) for x in lists)
    assert isinstance(Signal.of([1.0]), Coefficients)
    assert isinstance(Signal.power_law(2), PowerLawSignal)
    with pytest.raises(TypeError, match="abstract"):
        Spectrum(5)  # type: ignore[abstract]


def test_levels_of_one_value_add_up() -> None:
    assert list(Spectrum.levels([(2, 3), ("2.0", 4)]).exact()) == [(Fraction(2), 7)]
    assert Spectrum.levels({1: 2, 0: 5}).p == 7


def test_a_power_law_with_a_whole_exponent_is_rational() -> None:
    assert [lam for lam, _ in Spectrum.power_law(2, 3).exact()] == [1, Fraction(1, 4), Fraction(1, 9)]
    endless = Spectrum.power_law("1.5")
    assert endless.is_infinite
    assert [lam for lam, _ in islice(endless.exact(), 4)][3] == sp.Rational(1, 8)


@pytest.mark.parametrize("infinite", [None, sp.oo, math.inf])
def test_infinitely_many(infinite: object) -> None:
    spectrum = Spectrum.power_law(2, infinite)
    assert spectrum.p is None
    assert spectrum.rank is None
    assert "array" in refusal(spectrum.values)


@pytest.mark.parametrize("alpha", ["0.3", "0.5", "1", "1.5", "1.7", "2", "2.5", "7", "33.33"])
def test_the_float_view_is_within_its_bound(alpha: str) -> None:
    """Against balls of 40 digits, for every eigenvalue."""
    spectrum = Spectrum.power_law(alpha, 2000)
    lam, _ = spectrum.values()
    with ctx.workdps(40):
        power = arb(fmpq(*Fraction(alpha).as_integer_ratio()))
        worst = max(abs(x * arb(i) ** power - 1) for i, x in enumerate(map(arb, lam.tolist()), 1))
    assert worst < spectrum.rounding
    assert spectrum.rounding < 1e-13


def test_the_float_view_of_rationals_is_within_its_bound() -> None:
    spectrum = Spectrum.explicit([Fraction(k, 7**k) for k in range(1, 50)])
    lam, _ = spectrum.values()
    pairs = zip(lam.tolist(), spectrum.exact(), strict=True)
    assert 0 < max(abs(Fraction(x) / e - 1) for x, (e, _) in pairs) < spectrum.rounding


def test_ten_million_eigenvalues() -> None:
    rng = np.random.default_rng(0)
    spectrum = Spectrum.explicit(np.sort(rng.random(10**7))[::-1])
    assert spectrum.p == 10**7
    assert spectrum.describe().startswith("10000000 eigenvalues from 1")


# -- matrices, files and text ---------------------------------------------------------------------------------


def test_of_covariance() -> None:
    basis, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))
    spectrum = Spectrum.of_covariance(basis @ np.diag([3.0, 2.0, 0.5, 0.0]) @ basis.T)
    assert (spectrum.p, spectrum.rank) == (4, 3)
    assert spectrum.values()[0] == pytest.approx([3, 2, 0.5], rel=1e-13)


def test_matrices_that_are_no_covariance() -> None:
    assert "0.5 at (0, 1) and 0.25 at (1, 0)" in refusal(Spectrum.of_covariance, [[1, 0.5], [0.25, 1]])
    assert "eigenvalue -1" in refusal(Spectrum.of_covariance, [[1, 2], [2, 1]])
    assert "(2, 3)" in refusal(Spectrum.of_covariance, np.ones((2, 3)))
    assert "nan at row 1, column 0" in refusal(Spectrum.of_covariance, [[1, 0], [np.nan, 1]])
    assert "real numbers" in refusal(Spectrum.of_covariance, [[1j]])
    assert "real numbers" in refusal(Spectrum.of_covariance, [["a"]])


def test_files(tmp_path: Path) -> None:
    array, text = tmp_path / "lam.npy", tmp_path / "lam.csv"
    np.save(array, [1.0, 0.25, 0.0])
    text.write_text("0.1\n 1e-300\n\n2/3\n", encoding="utf-8")
    assert list(Spectrum.parse(f"file:{array}").exact()) == [(Fraction(1), 1), (Fraction(1, 4), 1)]
    exact = [lam for lam, _ in Spectrum.read(text).exact()]
    assert exact == [Fraction(2, 3), Fraction(1, 10), Fraction(1, 10**300)]


def test_bad_files(tmp_path: Path) -> None:
    def write(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    pickled = tmp_path / "pickled.npy"
    np.save(pickled, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "pickled Python objects, which are never loaded" in refusal(Spectrum.read, pickled)
    assert "is cut short" in refusal(Spectrum.read, write("cut.npy", b"\x93NUMPY\x01"))
    unknown = write("new.npy", b"\x93NUMPY\x09\x00" + bytes(120))
    assert "of a version of .npy that does not exist" in refusal(Spectrum.read, unknown)
    assert "line 2: value=x" in refusal(Spectrum.read, write("a.csv", b"1\nx\n"))
    assert "no text" in refusal(Spectrum.read, write("b.csv", b"\xff\xfe\x00"))
    assert "no eigenvalues" in refusal(Spectrum.read, write("c.csv", b"\n"))
    assert ".npy, .npz or .csv" in refusal(Spectrum.read, write("a.txt", b"1"))
    assert "is no file" in refusal(Spectrum.read, tmp_path)
    matrix = tmp_path / "matrix.npy"
    np.save(matrix, np.eye(2))
    assert "of_covariance" in refusal(Spectrum.read, matrix)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no known form"),
        ("isotropic", "no known form"),
        ("cubic:p=5", "no known form"),
        ("isotropic:p=0", "p=0"),
        ("isotropic:p=2.5", "p=2.5"),
        ("isotropic:p=5,lam=-1", "-1"),
        ("isotropic:p=5,lam=0", "zero"),
        ("isotropic:p=5,p=6", "once"),
        ("isotropic:lam=5", "p is missing"),
        ("isotropic:p=inf", "p=inf"),
        ("power:alpha=2", "p is missing"),
        ("power:alpha=0,p=5", "alpha=0"),
        ("power:alpha=1,p=inf", "alpha > 1"),
        ("power:alpha=nan,p=5", "alpha=nan"),
        ("power:alpha=1e9999999,p=5", "is no number"),
        ("power:alpha=2,q=5", "q=5"),
        ("levels:", "no level"),
        ("levels:1x", "no level"),
        ("levels:1x2x3", "weight=2x3"),
        ("levels:1x2,,3x1", "no level"),
        ("levels:-1x2", "-1"),
        ("levels:1/0x2", "1/0"),
        ("levels:٣x2", "is no number"),
        ("levels:__import__('os').getpid()x2", "is no number"),
        ("file:", "is no file"),
    ],
)
def test_text_that_is_refused(text: str, said: str) -> None:
    assert said in refusal(Spectrum.parse, text)


@pytest.mark.parametrize("given", [3, None, b"isotropic:p=5", ["isotropic:p=5"]])
def test_what_is_no_text_is_refused(given: object) -> None:
    assert f"is a {type(given).__name__}, not text" in refusal(Spectrum.parse, given)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "no eigenvalues"),
        ([1.0, -1.0], "-1.0 at position 1"),
        ([1.0, math.nan], "nan at position 1"),
        ([1.0, math.inf], "inf at position 1"),
        ([1, None], "eigenvalue 2=None"),
        ([True, 1.0], "eigenvalue 1=True"),
        ([1, "a"], "eigenvalue 2=a"),
        ([1, 2j], "eigenvalue 2=2j"),
        ([0.0, 0.0], "all 2"),
        ([1, -2], "-2"),
        ([sp.sqrt(2), 1], "eigenvalue 1"),
        (np.ones((2, 2)), "(2, 2)"),
        (np.array([1j]), "complex128"),
        (np.array([True]), "bool"),
    ],
)
def test_eigenvalues_that_are_refused(values: object, said: str) -> None:
    assert said in refusal(Spectrum.explicit, values)


def test_eigenvalues_beyond_floats_are_kept_but_not_as_floats() -> None:
    spectrum = Spectrum.explicit(["1e-400", "1e400"])
    assert spectrum.rank == 2
    assert "range of floats" in refusal(spectrum.values)
    assert "range of floats" in refusal(Spectrum.power_law(100, 10**4).values)


# -- the SymPy view and signals -------------------------------------------------------------------------------


def test_sums_print_as_papers_print_them() -> None:
    tau = sp.Symbol("tau", positive=True)

    def share(lam: sp.Expr) -> sp.Expr:
        return lam / (lam + tau)

    named = Spectrum.explicit([float(k) for k in range(1, 31)]).total(share)
    assert latex(named) == r"\sum_{i=1}^{30} \frac{{\lambda}_{i}}{\tau + {\lambda}_{i}}"
    levels = Spectrum.parse("levels:2x3,1x1").total(share)
    assert levels.subs(tau, 1) == 3 * sp.Rational(2, 3) + sp.Rational(1, 2)
    endless = Spectrum.power_law(2).total(lambda lam: lam)
    assert endless.doit() == sp.pi**2 / 6


def test_a_signal_follows_the_order_given() -> None:
    signal = Signal.of([1, 2, 3, 4])
    assert signal.energy(Spectrum.explicit([3.0, 1.0, 3.0, 0.0])).tolist() == [3 * (1 + 9), 1 * 4]
    assert signal.energy(Spectrum.explicit(["1", "3", "0", "3"])).tolist() == [3 * (4 + 16), 1]
    assert signal.energy(Spectrum.explicit([4.0, 3.0, 2.0, 1.0])).tolist() == [4, 12, 18, 16]
    assert signal.energy(Spectrum.explicit([4.0, 4.0, 2.0, 0.0])).tolist() == [20, 18]
    assert signal.energy(Spectrum.levels({1: 2, 2: 2})).tolist() == [10, 25]


def test_a_signal_with_a_power_law_counts_in_descending_order() -> None:
    signal = Signal.power_law(1)
    assert signal.energy(Spectrum.explicit([1.0, 2.0, 4.0])).tolist() == [1, 1 / 2, 1 / 3]
    assert signal.energy(Spectrum.levels({1: 2, 2: 2, 0: 3})).tolist() == pytest.approx([1 + 1 / 2, 1 / 3 + 1 / 4])


def test_signals_that_are_refused() -> None:
    assert "3 coefficients for p=2" in refusal(Signal.of([1, 2, 3]).energy, Spectrum.isotropic(2))
    assert "array" in refusal(Signal.power_law(2).energy, Spectrum.power_law(2))
    for bad in ([], [[1.0]], [math.nan], ["a"], [1j]):
        refusal(Signal.of, bad)
    assert "beta=0" in refusal(Signal.power_law, 0)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0, 1e-300]), min_size=1, max_size=12), st.randoms())
def test_total_energy_is_that_of_the_single_eigenvalues(values: list[float], random: object) -> None:
    if not any(values):
        return
    b = np.arange(1.0, len(values) + 1)
    spectrum = Spectrum.explicit(np.array(values))
    expected = math.fsum(x * y * y for x, y in zip(values, b.tolist(), strict=True))
    assert math.fsum(Signal.of(b).energy(spectrum)) == pytest.approx(expected, rel=1e-14)
    assert sum(int(w) for w in spectrum.values()[1]) == spectrum.rank == sum(v > 0 for v in values)


@pytest.mark.parametrize("values", [3, None, "12", 2.5])
def test_eigenvalues_are_a_list_of_numbers(values: object) -> None:
    with pytest.raises(SpectrumError, match="needs a list of numbers"):
        Spectrum.explicit(values)
