"""Every interval that is claimed contains the number: against closed forms, balls summed naively, and other methods."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from w2s_sym import Spectrum, SpectrumError, solve
from w2s_sym.spectra import ridge_in_balls, ridge_in_floats, sums_in_balls
from w2s_sym.spectra.effective_ridge import FLOAT_DIGITS
from w2s_sym.spectra.enclosure import Enclosed, FixedPoint
from w2s_sym.spectra.spectrum import PowerLaw

Level = tuple[Fraction, int]


def ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def naive(levels: Iterable[Level], t: Fraction) -> tuple[arb, arb]:
    """df1 and df2 at t, as they are defined."""
    first = second = arb(0)
    for lam, k in levels:
        u = ball(lam) / ball(lam + t)
        first += k * u
        second += k * u * u
    return first, second


def faults(found: FixedPoint, levels: list[Level], bits: int = 400) -> list[str]:
    """What is wrong with a solution, by signs at both ends and by monotonicity in t; empty when nothing is."""
    wrong = []
    with ctx.workprec(bits):
        low, high = found.t.lower, found.t.upper
        (df1_high, df2_high), (df1_low, df2_low) = naive(levels, low), naive(levels, high)
        pull = found.n * found.ridge
        # Touching the end is allowed: the root may be a float.
        if not low > 0 or (df1_high + ball(pull / low) - ball(found.n)).upper() < 0:
            wrong.append("the root is below the interval")
        if (df1_low + ball(pull / high) - ball(found.n)).lower() > 0:
            wrong.append("the root is above the interval")
        # In t these fall, so the numbers at the root lie between those at the ends.
        for name, value, least, most in (
            ("df1", found.df1, df1_low, df1_high),
            ("df2", found.df2, df2_low, df2_high),
            ("Omega", found.Omega, df2_low / ball(found.n), df2_high / ball(found.n)),
            ("effective", found.effective, ball(found.n) - df2_high, ball(found.n) - df2_low),
        ):
            if ball(value.upper) < least or ball(value.lower) > most:
                wrong.append(f"{name} misses its interval")
    return wrong


def contains(value: Enclosed, number: arb) -> bool:
    return bool(ball(value.lower) <= number) and bool(ball(value.upper) >= number)


def relative(value: Enclosed) -> float:
    return float(value.radius / abs(value.middle))


# -- closed forms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [None, 30, 80])
@pytest.mark.parametrize(("p", "n", "lam"), [(500, 200, "1.7"), (500, 499, "1"), (2, 1, "1e-300"), (10**15, 7, "3")])
def test_isotropic(p: int, n: int, lam: str, d: int | None) -> None:
    found = solve(Spectrum.isotropic(p, lam), n, digits=d)
    assert found.t.lower <= Fraction(lam) * (p - n) / n <= found.t.upper
    assert found.Omega.lower <= Fraction(n, p) <= found.Omega.upper
    assert found.effective.lower <= n * (1 - Fraction(n, p)) <= found.effective.upper
    assert found.df1 == Enclosed(Fraction(n), Fraction(n))
    bound = 1e-13 if d is None else 10.0**-d
    assert max(map(relative, (found.t, found.Omega, found.df2, found.effective))) < bound


@pytest.mark.parametrize("d", [None, 40])
@pytest.mark.parametrize("ridge", ["1e-12", "0.3", "1e9"])
def test_isotropic_with_a_ridge(ridge: str, d: int | None) -> None:
    """kappa^2 + kappa (lam - R - lam p/n) - R lam = 0, a quadratic whose other root is negative."""
    lam, p, n, R = Fraction(2), 300, 700, Fraction(ridge)
    found = solve(Spectrum.isotropic(p, lam), n, R, digits=d)
    assert found.name == "kappa"
    with ctx.workdps(120):
        b = ball(lam - R - lam * p / n)
        kappa = (-b + (b * b + 4 * ball(R * lam)).sqrt()) / 2
        assert contains(found.t, kappa)
        assert contains(found.df1, p * ball(lam) / (ball(lam) + kappa))


@pytest.mark.parametrize("d", [None, 60])
def test_two_levels(d: int | None) -> None:
    """100 a/(a + t) + 900 b/(b + t) = n is a quadratic in t."""
    a, b, n = Fraction(1), Fraction(1, 8), 250
    found = solve(Spectrum.parse("levels:1x100,0.125x900"), n, digits=d)
    with ctx.workdps(150):
        linear = n * (a + b) - 100 * a - 900 * b
        constant = (n - 1000) * a * b
        tau = (ball(-linear) + (ball(linear) ** 2 - 4 * n * ball(constant)).sqrt()) / (2 * n)
        assert contains(found.t, tau)


@pytest.mark.parametrize("d", [None, 50, 300])
@pytest.mark.parametrize("n", ["0.001", "1", "2.5", "40", "1000", "1000000000000"])
def test_the_inverse_squares(n: str, d: int | None) -> None:
    """sum_{i >= 1} 1/(1 + t i^2) = (pi/(2 sqrt t)) coth(pi/sqrt t) - 1/2: a sign change of the closed form."""
    found = solve(Spectrum.power_law(2), n, digits=d)
    with ctx.workdps(2 * (d or 20) + 20):

        def closed(t: Fraction) -> arb:
            root = ball(t).sqrt()
            return arb.pi() / (2 * root) * (arb.pi() / root).coth() - arb(1) / 2 - ball(Fraction(n))

        assert closed(found.t.lower) > 0
        assert closed(found.t.upper) < 0
        # df2 = df1 + t d(df1)/dt, by the closed form of the derivative.
        t = ball(found.t.middle)
        z = arb.pi() / t.sqrt()
        df2 = z / 4 * z.coth() - arb(1) / 2 + z * z / (4 * z.sinh() ** 2)
        middle = ball(found.df2.middle)
        assert abs(df2 / middle - 1) < arb(10) ** -(d or FLOAT_DIGITS)
    assert relative(found.t) < 10.0 ** -(d or FLOAT_DIGITS)


@pytest.mark.parametrize("d", [None, 50])
@pytest.mark.parametrize(("n", "ridge"), [("0.5", "1e-6"), ("30", "0.01"), ("1000000", "1e-9"), ("7", "1e5")])
def test_the_inverse_squares_with_a_ridge(n: str, ridge: str, d: int | None) -> None:
    found = solve(Spectrum.power_law(2), n, ridge, digits=d)
    with ctx.workdps(140):

        def closed(t: Fraction) -> arb:
            root = ball(t).sqrt()
            df1 = arb.pi() / (2 * root) * (arb.pi() / root).coth() - arb(1) / 2
            return df1 + ball(Fraction(n) * Fraction(ridge) / t) - ball(Fraction(n))

        assert closed(found.t.lower) > 0
        assert closed(found.t.upper) < 0
        t = ball(found.t.middle)
        df1 = arb.pi() / (2 * t.sqrt()) * (arb.pi() / t.sqrt()).coth() - arb(1) / 2
        assert abs(df1 / ball(found.df1.middle) - 1) < arb(10) ** -(d or FLOAT_DIGITS)
    assert relative(found.df2) < 10.0 ** -(d or FLOAT_DIGITS)


@pytest.mark.parametrize("alpha", ["1.05", "1.5", "1.7", "3", "9"])
def test_the_tail_agrees_with_hurwitz_zeta(alpha: str) -> None:
    """sum_{i > N} 1/(1 + t i^alpha) = sum_k (-1)^(k-1) t^-k zeta(alpha k, N + 1) when t N^alpha > 1."""
    exponent = Fraction(alpha)
    n = {"1.05": 6, "9": 40}.get(alpha, 25)
    found = solve(Spectrum.power_law(alpha), n, digits=40)
    with ctx.workdps(70):
        a, t = ball(exponent), ball(found.t.middle)
        N = int(float((arb(8) / t) ** (1 / a))) + 2
        first = sum((1 / (1 + t * arb(i) ** a) for i in range(1, N + 1)), arb(0))
        second = sum((1 / (1 + t * arb(i) ** a) ** 2 for i in range(1, N + 1)), arb(0))
        for k in range(1, 90):
            term = (a * k).zeta(arb(N + 1)) / t**k
            first += term if k % 2 else -term
            # u^2 = sum_k (-1)^k (k - 1) (t i^alpha)^-k
            second += -(k - 1) * term if k % 2 else (k - 1) * term
        assert abs(first / n - 1) < arb(10) ** -40
        assert abs(second / ball(found.df2.middle) - 1) < arb(10) ** -40


def test_a_law_by_its_tail_is_the_sum_term_by_term() -> None:
    for alpha, p, n in (("1.3", 4000, 700), ("2", 3500, 3499), ("5", 3200, 5)):
        spectrum = Spectrum.power_law(alpha, p)
        by_tail, by_terms = sums_in_balls.law(PowerLaw(p, Fraction(alpha))), sums_in_balls.direct(spectrum)
        t = ball(solve(spectrum, n).t.middle).mid()
        with ctx.workdps(80):
            one, other = by_tail(t, 3), by_terms(t, 3)
            # Cubes are summed to half of the digits.
            for left, right, agree in (
                (one.residual(fmpq(n), arb(0)), other.residual(fmpq(n), arb(0)), 60),
                (one.df2, other.df2, 60),
                (one.slope, other.slope, 60),
                (one.slope2, other.slope2, 30),
                (one.bend, other.bend, 30),
            ):
                assert left.overlaps(right)
                assert abs(left - right).upper() < arb(10) ** -agree


def test_the_derived_limits_for_large_n() -> None:
    """tau ((n + 1/2)/c1)^alpha -> 1 and Omega -> 1 - 1/alpha - 1/(2 alpha n), the rest of order n^(-1-alpha)."""
    for alpha in (Fraction(3, 2), Fraction(3)):
        n = 10**12
        found = solve(Spectrum.power_law(alpha), n, digits=50)
        with ctx.workdps(60):
            a = ball(alpha)
            c1 = arb.pi() / a / (1 / a).sin_pi()
            share = ball(found.t.middle) * ((n + arb(1) / 2) / c1) ** a
            assert abs(share - 1) < arb(10) ** -28
            assert abs(ball(found.Omega.middle) - (1 - 1 / a - 1 / (2 * a * n))) < arb(10) ** -23


def test_the_reference_numbers() -> None:
    found = solve(Spectrum.parse("power:alpha=2,p=500"), 200)
    assert f"{found.tau:.6g}" == "3.97337e-05"
    assert f"{float(found.Omega):.6g}" == "0.612985"


def test_kappa_by_its_definition() -> None:
    """kappa = R/mu, mu the fixed point of mu = 1/(1 + (1/n) tr Sigma (mu Sigma + R)^-1), iterated."""
    lam, n, R = np.arange(1, 101.0) ** -1.0, 60, 0.05
    mu = 1.0
    for _ in range(2000):
        mu = 1 / (1 + np.sum(lam / (mu * lam + R)) / n)
    assert solve(Spectrum.explicit(lam), n, R).kappa == pytest.approx(R / mu, rel=1e-12)


# -- adversarial spectra --------------------------------------------------------------------------------------

EXPONENTIAL = np.exp(-np.arange(1.0, 601.0))
ADVERSARIAL = {
    "exp(-i), n=100": (EXPONENTIAL, 100),
    "exp(-i), n=1": (EXPONENTIAL, 1),
    "exp(-i), n=p-1": (EXPONENTIAL, 599),
    "exp(-i), n a fraction": (EXPONENTIAL, Fraction(1, 1000)),
    "tiny": (np.full(9, 1e-300) * np.arange(1, 10), 4),
    "denormal": (np.array([5e-324, 1e-323, 1.5e-322]), 2),
    "huge": (np.array([1.7e308, 1e308, 1e307]), 2),
    "six hundred orders, at the gap": (np.array([1e300, 1e-300]), 1),
    "six hundred orders, above": (np.array([1e300, 1e-300, 1e-300]), 2),
    "six hundred orders, below": (np.array([1e300, 1e300, 1e-300]), 1),
    "clusters": (np.repeat([1.0, 1e-8, 1e-16], [5, 50, 500]), 55),
    "near clusters": (1 + 2.0**-52 * np.arange(20), 19),
    "repeated and zero": (np.array([1.0, 0, 1, 0, 0.5, 0, 0.5, 1]), 4),
    "one above": (np.array([1.0] + [1e-12] * 1000), 1),
    "n just below the rank": (np.arange(1.0, 11), Fraction(10**12 - 1, 10**11)),
    "n just above a cluster": (np.repeat([1.0, 1e-20], [10, 1000]), 10 + Fraction(1, 10**9)),
    "n just below a cluster": (np.repeat([1.0, 1e-20], [10, 1000]), 10 - Fraction(1, 10**9)),
}


@pytest.mark.parametrize("d", [None, 25])
@pytest.mark.parametrize("name", ADVERSARIAL)
def test_adversarial_spectra(name: str, d: int | None) -> None:
    values, n = ADVERSARIAL[name]
    spectrum = Spectrum.explicit(values)
    found = solve(spectrum, n, digits=d)
    assert faults(found, list(spectrum.exact()), 4000) == []
    bound = 1e-12 if d is None else 10.0**-d
    for value in (found.t, found.Omega, found.df2, found.effective):
        assert relative(value) < bound


@pytest.mark.parametrize("d", [None, 25])
@pytest.mark.parametrize("ridge", ["1e-290", "1e-5", "1", "1e100"])
@pytest.mark.parametrize("n", ["0.5", "5", "600", "1000", "999.5"])
def test_adversarial_ridges(n: str, ridge: str, d: int | None) -> None:
    for values in (EXPONENTIAL, np.repeat([1.0, 1e-20], [10, 1000])):
        spectrum = Spectrum.explicit(values)
        found = solve(spectrum, n, ridge, digits=d)
        assert faults(found, list(spectrum.exact()), 4000) == []
        for value in (found.t, found.df1, found.df2, found.effective):
            assert relative(value) < (1e-11 if d is None else 10.0**-d)


def test_a_small_ridge_below_the_rank_is_near_no_ridge() -> None:
    spectrum = Spectrum.parse("power:alpha=2,p=500")
    tau = solve(spectrum, 200, digits=40).t
    kappa = solve(spectrum, 200, "1e-30", digits=40).t
    assert 0 < kappa.lower - tau.upper < Fraction(1, 10**25)


def test_eigenvalues_beyond_floats_are_solved_by_digits_alone() -> None:
    spectrum = Spectrum.parse("levels:1e300x10,1e-3000x7")
    with pytest.raises(SpectrumError, match="ask for digits"):
        solve(spectrum, 16)
    found = solve(spectrum, 16, digits=30)
    assert faults(found, list(spectrum.exact()), 40000) == []
    wide = Spectrum.explicit([1.7e308, 5e-324])
    with pytest.raises(SpectrumError, match="ask for digits"):
        solve(wide, 1)
    assert faults(solve(wide, 1, digits=30), list(wide.exact()), 8000) == []


def test_ten_million_eigenvalues() -> None:
    spectrum = Spectrum.explicit(np.arange(1.0, 10**7 + 1) ** -1.5)
    found = solve(spectrum, 10**6)
    # The same law, summed by Euler and Maclaurin.
    exact = solve(Spectrum.power_law("1.5", 10**7), 10**6, digits=30)
    assert found.t.middle == pytest.approx(exact.t.middle, rel=1e-14)
    assert found.effective.middle == pytest.approx(exact.effective.middle, rel=1e-13)
    assert relative(found.t) < 1e-14


def test_a_long_law_is_enclosed_in_floats() -> None:
    """Its float eigenvalues are not exact, and the interval allows for that."""
    for alpha, p in (("1.5", 10**6), ("1.7", 10**6), ("2", 10**6), ("33.33", 500), ("97.7", 500)):
        spectrum = Spectrum.power_law(alpha, p)
        for n in (1, p // 3, p - 1):
            rough, fine = solve(spectrum, n), solve(spectrum, n, digits=30)
            for name in ("t", "df2", "Omega", "effective"):
                wide, narrow = getattr(rough, name), getattr(fine, name)
                assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper, (alpha, n, name)


def test_long_spectra_with_multiplicities() -> None:
    """More levels than are solved at once: the start is on strata, the certificate is not."""
    rng = np.random.default_rng(11)
    lam = np.unique(np.exp(4 * rng.standard_normal(70_000)))
    levels = [(Fraction(x), int(k)) for x, k in zip(lam.tolist(), rng.integers(1, 9, len(lam)).tolist(), strict=True)]
    spectrum = Spectrum.levels(levels)
    rank = spectrum.rank
    assert rank is not None
    for n, ridge in ((rank // 2, 0), (rank - 1, 0), (rank, "1e-4")):
        found = solve(spectrum, n, ridge)
        assert faults(found, levels, 120) == []
        assert relative(found.t) < 1e-13


@pytest.mark.parametrize("count", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_random_spectra(count: int) -> None:
    """None is silently wrong: signs at both ends, by balls that share nothing with the solver."""
    rng = np.random.default_rng(count)
    widths = []
    for _ in range(count):
        size = int(rng.integers(1, 7))
        values = np.exp(np.clip(rng.choice([0.1, 3.0, 60.0, 300.0]) * rng.standard_normal(size), -640, 640))
        counts = rng.integers(1, [2, 2, 40][int(rng.integers(3))], size)
        levels = [(Fraction(v), int(k)) for v, k in zip(values.tolist(), counts.tolist(), strict=True)]
        rank = int(counts.sum())
        ridge = Fraction(0) if rng.random() < 0.7 and rank > 1 else Fraction(float(np.exp(30 * rng.standard_normal())))
        n = Fraction(int(rng.integers(1, rank if not ridge else 2 * rank + 2)))
        if rng.random() < 0.3:
            n -= Fraction(float(rng.random()))
        found = solve(Spectrum.levels(levels), n, ridge)
        assert faults(found, levels, 3000) == [], (levels, n, ridge)
        widths.append(max(relative(found.t), relative(found.effective)))
    assert max(widths) < 1e-11


eigenvalue = st.floats(1e-200, 1e200, allow_nan=False) | st.sampled_from([1.0, 1e-9, 1e-100, 0.5])


@settings(max_examples=150, deadline=None)
@given(st.lists(eigenvalue, min_size=2, max_size=15), st.data())
def test_properties(values: list[float], data: st.DataObject) -> None:
    """The certificate holds; the root scales with the spectrum, falls with n and grows with an eigenvalue."""
    n = data.draw(st.integers(1, len(values) - 1))
    spectrum = Spectrum.explicit(values)
    found = solve(spectrum, n)
    assert faults(found, list(spectrum.exact()), 4000) == []
    fine = solve(spectrum, n, digits=20)
    assert found.t.lower <= fine.t.upper
    assert fine.t.lower <= found.t.upper
    doubled = solve(Spectrum.explicit([2 * v for v in values]), n).t
    assert doubled.lower <= 2 * fine.t.upper
    assert 2 * fine.t.lower <= doubled.upper
    assert solve(spectrum, n - Fraction(1, 2)).t.upper > found.t.lower
    assert solve(Spectrum.explicit([3 * values[0], *values[1:]]), n, digits=20).t.upper > fine.t.lower


# -- what is refused ------------------------------------------------------------------------------------------


def test_refusals() -> None:
    five = Spectrum.explicit([1.0, 2, 3, 0, 0])
    for arguments, said in (
        ((five, 3), "n=3 >= rank=3"),
        ((five, "3.5"), "n=3.5 >= rank=3"),
        ((five, 0), "n=0"),
        ((five, -1), "n=-1"),
        ((five, "x"), "n=x"),
        ((five, math.nan), "n=nan"),
        ((five, 10**16), "n="),
        ((five, "1e-20"), "n="),
        ((five, 1, -1), "ridge=-1"),
        ((five, 1, math.inf), "ridge=inf"),
    ):
        with pytest.raises(SpectrumError) as caught:
            solve(*arguments)  # type: ignore[arg-type]
        assert said in str(caught.value)
    with pytest.raises(SpectrumError, match="use ridge > 0"):
        solve(five, 3)
    for bad in (0, -3, 10**6, 2.0, True):
        with pytest.raises(SpectrumError, match="digits="):
            solve(five, 1, digits=bad)  # type: ignore[arg-type]
    assert solve(five, 3, "1e-3").kappa > 0
    with pytest.raises(AttributeError, match="kappa"):
        _ = solve(five, 3, "1e-3").tau


# -- where others go silently wrong ---------------------------------------------------------------------------


def test_where_fsolve_returns_a_negative_root_as_converged() -> None:
    from scipy.optimize import fsolve

    lam, n = np.arange(1.0, 501.0) ** -2, 200
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root, _, code, _ = fsolve(lambda t: np.sum(lam / (lam + t)) - n, lam.mean(), full_output=True)
    assert code == 1
    assert root[0] < 0
    assert solve(Spectrum.explicit(lam), n).t.lower > 0


def test_where_brentq_is_off_by_thirty_orders_of_magnitude() -> None:
    from scipy.optimize import brentq

    n = 100
    root, report = brentq(lambda t: np.sum(EXPONENTIAL / (EXPONENTIAL + t)) - n, 1e-300, 1, full_output=True)
    assert report.converged
    found = solve(Spectrum.explicit(EXPONENTIAL), n)
    assert root > 1e30 * found.tau
    assert relative(found.t) < 1e-14


def test_where_findroot_accepts_half_of_the_digits() -> None:
    import mpmath

    values, n = [3, *[1] * 5, *["1e-30"] * 5], 6
    with mpmath.workdps(50):
        lam = [mpmath.mpf(v) for v in values]
        root = mpmath.findroot(
            lambda t: mpmath.fsum(v / (v + t) for v in lam) - n, (mpmath.mpf(10) ** -30, mpmath.mpf(1)), solver="secant"
        )
        found = solve(Spectrum.explicit(values), n, digits=50)
        true = mpmath.mpf(found.t.middle.numerator) / found.t.middle.denominator
        assert abs(root / true - 1) > mpmath.mpf(10) ** -30
    assert faults(found, list(Spectrum.explicit(values).exact()), 1000) == []
    assert found.t.radius < found.t.middle / 10**50


# -- planted faults -------------------------------------------------------------------------------------------


def test_a_sum_that_loses_an_entry_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    halve = ridge_in_floats._halve
    monkeypatch.setattr(ridge_in_floats, "_halve", lambda x: halve(x[:-1]) if len(x) > 1 else halve(x))
    spectrum = Spectrum.explicit(np.arange(1.0, 101.0))
    assert "the root is below the interval" in faults(solve(spectrum, 40), list(spectrum.exact()))


def test_rounding_that_is_not_allowed_for_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the bounds on rounding set to nothing some interval misses, so the others do not hold by their width."""
    monkeypatch.setattr(ridge_in_floats, "_FIRST", 0.0)
    monkeypatch.setattr(ridge_in_floats, "_SECOND", 0.0)
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(60):
        spectrum = Spectrum.explicit(rng.random(50))
        found += bool(faults(solve(spectrum, 20), list(spectrum.exact())))
    assert found > 5


def test_a_remainder_that_is_dropped_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tail is then off by the remainder: at a low order it shows in the closed form."""
    plan = sums_in_balls._planned

    def short(alpha: Fraction) -> sums_in_balls._Plan:
        full = plan(alpha)
        return sums_in_balls._Plan(full.M, 4, full.theta, full.alpha, full.head, full.bernoulli[:2])

    monkeypatch.setattr(sums_in_balls, "_planned", short)
    t = arb(1) / 1000
    with ctx.workdps(50):
        closed = arb.pi() / (2 * t.sqrt()) * (arb.pi() / t.sqrt()).coth() - arb(1) / 2
        assert sums_in_balls.law(PowerLaw(None, Fraction(2)))(t, 1).B[0].overlaps(closed)
        monkeypatch.setattr(sums_in_balls, "_rest", lambda plan, t: arb(0))
        assert not sums_in_balls.law(PowerLaw(None, Fraction(2)))(t, 1).B[0].overlaps(closed)


def test_a_start_that_is_wrong_decides_nothing() -> None:
    """Newton from elsewhere either arrives or is refused: no certificate is made for another point."""
    spectrum = Spectrum.parse("levels:1x100,0.125x900")
    right, rough = solve(spectrum, 250, digits=30), solve(spectrum, 250)
    for factor in (Fraction(1, 1000), Fraction(9, 10), Fraction(3, 2)):
        try:
            start = replace(rough, t=rough.t.scaled(factor), effective=rough.effective.scaled(factor))
            found = ridge_in_balls.solve_digits(spectrum, Fraction(250), Fraction(0), 30, start)
        except SpectrumError:
            continue
        assert found.t.lower <= right.t.upper
        assert right.t.lower <= found.t.upper


# -- numbers as they are written ------------------------------------------------------------------------------


@given(st.fractions(-(10**9), 10**9), st.fractions(0, 1), st.integers(-30, 30), st.integers(1, 30))
def test_written_digits_are_proven(middle: Fraction, width: Fraction, power: int, most: int) -> None:
    scale = Fraction(10) ** power
    value = Enclosed.around(middle * scale, abs(middle) * scale * width / 1000)
    written = value.decimal(most)
    if not written:
        return
    digits_part = written.split("e")[0].lstrip("-").replace(".", "").lstrip("0")
    assert value.lower == value.upper or len(digits_part) <= most
    unit = Fraction(10) ** (int(written.split("e")[1]) if "e" in written else 0)
    unit /= Fraction(10) ** len(written.split("e")[0].partition(".")[2])
    assert max(abs(Fraction(written) - value.lower), abs(Fraction(written) - value.upper)) < unit
    error = Fraction(value.error(written))
    assert error >= max(abs(Fraction(written) - value.lower), abs(Fraction(written) - value.upper))


def test_how_numbers_are_written() -> None:
    third = Enclosed(Fraction(333332, 10**6), Fraction(333334, 10**6))
    assert third.decimal() == "0.33333"
    assert third.error("0.33333") == "4.0e-6"
    assert third.decimal(2) == "0.33"
    assert Enclosed(Fraction(200), Fraction(200)).decimal(2) == "200"
    assert Enclosed(Fraction(1, 4), Fraction(1, 4)).decimal(5) == "0.25"
    assert Enclosed(Fraction(-1), Fraction(1)).decimal() == ""
    assert Enclosed.around(Fraction(2, 10**44), Fraction(1, 10**50)).decimal() == "2.00000e-44"
    with pytest.raises(ValueError, match="above"):
        Enclosed(Fraction(1), Fraction(0))
