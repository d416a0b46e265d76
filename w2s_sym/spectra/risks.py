r"""Excess risks of the min-norm interpolator (or ridge) that is trained on a surrogate's labels, in floats.

A surrogate b_s labels n rows x ~ N(0, Sigma) with noise sigma2; the target is the min-l2-norm interpolator of them, or
the ridge solution of X'X/n + R. The excess risk is (b - b_star)' Sigma (b - b_star). In the eigenbasis of Sigma, with t
the effective ridge (:mod:`w2s_sym.spectra.effective_ridge`), u = lam/(lam + t), zeta = 1 - u, Omega = (1/n) sum u^2,
its deterministic equivalent is

    sum lam (u b_s - b_star)^2 + Omega (sigma2 + sum lam zeta^2 b_s^2)/(1 - Omega).

With b_s = g b_star, E = lam b_star^2 and k = Omega/(1 - Omega) this is sum E ((1 - u g)^2 + k zeta^2 g^2) + k sigma2:
- g = 1 gives (sum E zeta^2 + Omega sigma2)/(1 - Omega);
- each term is a parabola in g, least at g = u/(u^2 + k zeta^2), where it is E/(1 + (lam/t)^2/k): the optimal surrogate;
- g in {0, 1} leaves E min(1, zeta^2/(1 - Omega)): the optimal mask, which keeps zeta^2 < 1 - Omega.

Without a ridge and with n >= rank, X has full column rank on the range of Sigma, so the target is b_s plus noise and
E (X'X)^-1 = Sigma^-1/(n - rank - 1): the risk is exactly |Sigma^1/2 (b_s - b_star)|^2 + sigma2 rank/(n - rank - 1). For
rank <= n <= rank + 1 it is infinite when sigma2 > 0, and the first term alone when sigma2 = 0. The truth is then
optimal. No value is ever NaN; what floats cannot hold is refused, and what they lose near zero is part of the radius.

This is the surrogate-to-target model of Ildiz et al. (2025), arXiv:2410.18837, with its standard target ("truth"),
optimal surrogate and optimal mask. The equivalent is close to the mean risk while n (1 - Omega) is large; where it is
below 10, :class:`EquivalentWarning` is issued by :func:`risk`, and :attr:`Risk.notes` says it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from w2s_sym.spectra import compression, ridge_of_many
from w2s_sym.spectra.compression import Nodes
from w2s_sym.spectra.coordinates import RiskError, broadcast, coefficients, finite_numbers, ordered, require_range
from w2s_sym.spectra.rounding import UNDERFLOW, UNIT, pairwise
from w2s_sym.spectra.signals import PowerLawSignal, Signal, require
from w2s_sym.spectra.spectrum import PowerLaw, Spectrum

SURROGATES = ("truth", "optimal", "mask")
NamedSurrogate = Literal["truth", "optimal", "mask"]
# Below this n (1 - Omega) the equivalent of the risk is not to be trusted: at exp(-i) and n = 10 it is a third off.
LEAST_EFFECTIVE = 10.0
# Spectra with more levels than this are compressed.
DENSE = 1 << 13


class EquivalentWarning(UserWarning):
    """The equivalent of a risk is used where n (1 - Omega) is small."""


@dataclass(frozen=True, eq=False)
class Risk:
    """Excess risks, one for each pair of a sample size and a noise level that were broadcast against each other.

    All arrays have that one shape. ``value``: the risk. ``radius``: a proven bound on its distance to the formula's
    exact value (not to the mean risk, which the formula only approximates). ``tau``: the effective ridge, ``kappa`` of
    the papers when ``ridge`` > 0, 0 for n >= rank without a ridge. ``effective``: n (1 - Omega), 0 for n >= rank.
    ``notes``: what the reader has to know, as sentences.
    """

    value: np.ndarray
    radius: np.ndarray
    n: np.ndarray
    noise: np.ndarray
    tau: np.ndarray
    Omega: np.ndarray
    effective: np.ndarray
    surrogate: str
    notes: tuple[str, ...]

    def gains(self, lam: np.ndarray, at: tuple[int, ...] | int = ()) -> np.ndarray:
        """b_s,i/b_star,i of the named surrogate on eigenvalues ``lam`` (shape kept), for entry ``at`` of the arrays.

        Raises :class:`RiskError` for a surrogate that was given as a vector.
        """
        if self.surrogate not in SURROGATES:
            raise RiskError("the surrogate was given as a vector; its gains are that vector over the truth")
        lam = np.asarray(lam, dtype=float)
        t, Omega, rest = float(self.tau[at]), float(self.Omega[at]), float(self.effective[at] / self.n[at])
        if self.surrogate == "truth" or rest == 0:
            return np.ones(lam.shape)
        u, zeta = lam / (lam + t), t / (lam + t)
        if self.surrogate == "mask":
            return np.asarray(zeta * zeta < rest, dtype=float)
        return np.asarray(u / (u * u + Omega / rest * zeta * zeta))


# -- one target -----------------------------------------------------------------------------------------------


def risk(
    spectrum: Spectrum,
    signal: Signal,
    n: Any,
    noise: Any = 0.0,
    surrogate: NamedSurrogate | Any = "truth",
    *,
    ridge: float = 0.0,
    gain: Any = None,
) -> Any:
    """The excess risk, an array of the shape of ``n`` and ``noise`` broadcast together (a float for two numbers).

    See :func:`evaluate_risk` for the parameters and the errors. Warns with :class:`EquivalentWarning`.
    """
    found = evaluate_risk(spectrum, signal, n, noise, surrogate, ridge=ridge, gain=gain)
    for note in found.notes:
        warnings.warn(note, EquivalentWarning, stacklevel=2)
    return found.value if found.value.ndim else float(found.value)


def evaluate_risk(
    spectrum: Spectrum,
    signal: Signal,
    n: Any,
    noise: Any = 0.0,
    surrogate: NamedSurrogate | Any = "truth",
    *,
    ridge: float = 0.0,
    gain: Any = None,
) -> Risk:
    """The excess risk with its effective ridge, Omega and a bound on the error of the arithmetic.

    Parameters
    ----------
    spectrum, signal
        Eigenvalues of the covariance, and b_star on them. Infinite power laws take power-law signals.
    n, noise
        Sample sizes (real numbers > 0) and noise variances sigma2 >= 0; arrays are broadcast.
    surrogate
        "truth", "optimal" (an oracle: it uses b_star), "mask" (the best one that drops features), or the coefficients
        of b_s, one for each eigenvalue in the order of the signal's.
    ridge
        R >= 0; with R > 0 any n is allowed.
    gain
        In place of a surrogate: b_s = gain * b_star, an array of numbers in the order of the signal's coefficients.

    Raises :class:`RiskError` for numbers outside of these conditions, :class:`~w2s_sym.spectra.arguments.SpectrumError`
    and :class:`~w2s_sym.spectra.ridge_of_many.RootError` for spectra that do not fit floats,
    :class:`~w2s_sym.spectra.compression.CompressionError` for infinite ones whose sums diverge or are not bounded.
    """
    require(spectrum, signal)
    sizes, levels = broadcast(
        n=finite_numbers(n, "n", positive=True), noise=finite_numbers(noise, "noise", positive=False)
    )
    vector = _vector(spectrum, signal, surrogate, gain)
    distinct, back = np.unique(sizes, return_inverse=True)
    at = _Places(sizes.copy(), levels.copy(), back.reshape(sizes.shape))
    solved, nodes = _solved(spectrum, signal, distinct, _penalty(ridge))
    bias = _named(nodes, solved, str(surrogate)) if vector is None else _given(solved, vector)
    rank = np.inf if spectrum.rank is None else float(spectrum.rank)
    return _assembled(at, solved, bias, rank, str(surrogate) if vector is None else "vector")


@dataclass(frozen=True)
class _Places:
    """The sizes and noises that were broadcast, of one shape, and the index of each among the distinct sizes."""

    n: np.ndarray
    noise: np.ndarray
    back: np.ndarray


def _penalty(ridge: float) -> float:
    if np.ndim(ridge) != 0:
        raise RiskError(f"ridge={ridge}: needs one finite number >= 0")
    return float(finite_numbers(ridge, "ridge", positive=False))


def _assembled(at: _Places, solved: _Solved, bias: tuple[np.ndarray, np.ndarray], rank: float, surrogate: str) -> Risk:
    """The risks at all places, from the part without sigma2 (and its error) at each distinct size."""
    back, over = at.back, solved.over
    # What sigma2 is multiplied with.
    factor = solved.factor(rank)
    # Only an infinite factor makes a risk infinite; what is beyond floats is refused.
    infinite = (at.noise > 0) & np.isinf(factor[back])
    with np.errstate(invalid="ignore", over="ignore"):
        variance = np.where(at.noise > 0, at.noise * factor[back], 0.0)
        value = bias[0][back] + variance
        radius = bias[1][back] + variance * solved.slack[back] + 4 * UNIT * value
        radius = np.where(infinite, 0.0, np.where(variance > 0, radius + UNDERFLOW, radius))
    beyond = ~np.isfinite(bias[0][back]) | ~np.isfinite(radius) | (~np.isfinite(value) & ~infinite)
    if beyond.any():
        where = f"n={at.n[beyond].flat[0]:.6g}, noise={at.noise[beyond].flat[0]:.6g}"
        raise RiskError(f"{where}: the risk is beyond floats; scale the signal and the noise down")
    return Risk(
        # Arrays, where numpy makes numbers of them.
        value=np.asarray(value),
        radius=np.asarray(radius),
        n=at.n,
        noise=at.noise,
        tau=np.asarray(solved.t[back]),
        Omega=np.asarray(solved.Omega[back]),
        effective=np.asarray(solved.effective[back]),
        surrogate=surrogate,
        notes=_notes(solved.n[over], solved.effective[over]),
    )


def _notes(n: np.ndarray, effective: np.ndarray) -> tuple[str, ...]:
    few = effective < LEAST_EFFECTIVE
    if not few.any():
        return ()
    at = int(np.argmin(effective))
    many = f" (and {int(few.sum()) - 1} more sizes)" if few.sum() > 1 else ""
    return (
        f"n={n[at]:.6g}{many}: n (1 - Omega) = {effective[at]:.3g} < {LEAST_EFFECTIVE:g}, the equivalent of the risk "
        "can be far from its mean; simulate there, or use more samples or a flatter spectrum",
    )


@dataclass(frozen=True)
class _Solved:
    """Per distinct n: t, Omega, n (1 - Omega), and bounds on relative errors of what is made of them.

    ``step`` bounds |log t - log root|, eigenvalues that are rounded included. Per unit of log t, log(1 - Omega) moves
    by at most 1, log Omega, log zeta^2 by 2: ``slack`` bounds the relative error of each risk of a named surrogate.
    """

    n: np.ndarray
    over: np.ndarray
    t: np.ndarray
    Omega: np.ndarray
    effective: np.ndarray
    step: np.ndarray
    slack: np.ndarray

    @classmethod
    def of(
        cls, nodes: Nodes, n: np.ndarray, over: np.ndarray, ridge: float, rounding: float, energies: float
    ) -> _Solved:
        """``rounding`` and ``energies`` bound the relative errors of eigenvalues and of signal energies."""
        t, Omega, effective, step = (np.zeros(n.shape) for _ in range(4))
        Omega[~over] = 1.0
        if over.any():
            found = ridge_of_many.solve_many(nodes, n[over], ridge)
            t[over], step[over] = found.t, found.radius + 2 * rounding
            df2, mixed = np.empty(found.t.shape), np.empty(found.t.shape)
            for rows in ridge_of_many.in_blocks(nodes, len(found.t)):
                u = nodes.lam / (nodes.lam + found.t[rows, None])
                df2[rows] = nodes.sum(u * u)
                u *= found.t[rows, None] / (nodes.lam + found.t[rows, None])
                mixed[rows] = nodes.sum(u)
            effective[over] = mixed + n[over] * ridge / found.t
            Omega[over] = df2 / n[over]
            require_range(n[over], Omega[over], effective[over])
        # 5 steps and 4 sums of the module's formulas, and what is of second order in them.
        lost = 5 * step + 4 * nodes.error + 4 * rounding + energies + 16 * UNIT
        slack = np.where(over, 1.1 * lost, 8 * UNIT)
        return cls(n, over, t=t, Omega=Omega, effective=effective, step=step, slack=slack)

    @property
    def odds(self) -> np.ndarray:
        """k = Omega/(1 - Omega) where n is below the rank (or there is a ridge), 0 elsewhere."""
        out = np.zeros(self.n.shape)
        out[self.over] = self.Omega[self.over] * self.n[self.over] / self.effective[self.over]
        return out

    def factor(self, rank: float) -> np.ndarray:
        """The variance of the target per unit of noise; infinite for rank <= n <= rank + 1."""
        out = self.odds
        with np.errstate(divide="ignore"):
            excess = np.maximum(self.n - rank - 1, 0.0)[~self.over]
            out[~self.over] = rank / excess
        return out


def _solved(spectrum: Spectrum, signal: Signal, distinct: np.ndarray, ridge: float) -> tuple[_Solved, Nodes]:
    """The fixed points of all distinct sizes, and the nodes that they are of."""
    rank = np.inf if spectrum.rank is None else spectrum.rank
    over = (distinct < rank) | (ridge > 0)
    nodes = _nodes(spectrum, signal, distinct[over])
    return _Solved.of(nodes, distinct, over, ridge, *_rounding(spectrum, signal)), nodes


def _named(nodes: Nodes, solved: _Solved, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The part of the risk without sigma2, and its error; for a named surrogate."""
    bias, lost = np.zeros(solved.n.shape), np.zeros(solved.n.shape)
    t, over = solved.t[solved.over], solved.over
    rest = solved.effective[over] / solved.n[over]
    # Squares of ratios below the range of floats, and energies there.
    with np.errstate(over="ignore"):
        mass = float(nodes.energy.sum()) + float((nodes.weight * nodes.lam).sum()) + len(nodes.lam)
        lost[over] = UNDERFLOW * mass * (1 + solved.odds[over]) / rest
    if name == "mask":
        bias[over] = nodes.capped(t, rest)
    else:
        part = np.empty(t.shape)
        odds = solved.odds[over]
        for rows in ridge_of_many.in_blocks(nodes, len(t)):
            if name == "truth":
                values = t[rows, None] / (nodes.lam + t[rows, None])
                values *= values
            else:
                # Squares of ratios may leave the range of floats where the summand is 0 or 1.
                with np.errstate(over="ignore", under="ignore"):
                    values = nodes.lam / t[rows, None]
                    values *= values
                    values /= odds[rows, None]
                    values = 1 / (1 + values)
            part[rows] = nodes.sum_energy(values)
        bias[over] = part / rest if name == "truth" else part
    return bias, bias * solved.slack + lost


# -- surrogates that are given --------------------------------------------------------------------------------


def _vector(
    spectrum: Spectrum, signal: Signal, surrogate: Any, gain: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(lam, b_s, b_star), each of shape (p,); None for a named surrogate."""
    if isinstance(surrogate, str) and gain is None:
        if surrogate not in SURROGATES:
            raise RiskError(f"surrogate={surrogate!r}: needs {', '.join(SURROGATES)} or an array of coefficients")
        return None
    if gain is not None and not (isinstance(surrogate, str) and surrogate == "truth"):
        raise RiskError("surrogate and gain are both given; give one of them")
    lam, truth = ordered(spectrum), coefficients(spectrum, signal)
    name = "surrogate" if gain is None else "gain"
    try:
        array = np.asarray(surrogate if gain is None else gain, dtype=float)
    except (TypeError, ValueError):
        raise RiskError(f"{name}: needs an array of real numbers") from None
    if array.shape != lam.shape or not np.isfinite(array).all():
        raise RiskError(f"{name} of shape {array.shape}: needs {len(lam)} finite numbers, one for each eigenvalue")
    return lam, array if gain is None else array * truth, truth


def _given(solved: _Solved, vector: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`_named`, for coefficients: the sums are taken over the spectrum itself, one size at a time."""
    lam, b_s, b = vector
    bias, spread = np.zeros(solved.n.shape), np.zeros(solved.n.shape)
    odds = solved.odds
    with np.errstate(over="ignore", invalid="ignore"):
        _sum_given(solved, vector, bias, spread)
        size = np.abs(b_s) + np.abs(b)
        spread += UNDERFLOW * float((lam + size + 1).sum()) * (1 + odds)
    return bias, spread


def _sum_given(
    solved: _Solved, vector: tuple[np.ndarray, np.ndarray, np.ndarray], bias: np.ndarray, spread: np.ndarray
) -> None:
    """The sums of :func:`_given` and their rounding errors, but for what is lost below the range of floats."""
    (lam, b_s, b), odds = vector, solved.odds
    for at, t in enumerate(solved.t):
        u = lam / (lam + t) if t > 0 else np.ones(lam.shape)
        zeta = t / (lam + t) if t > 0 else np.zeros(lam.shape)
        # u b_s - b, written so that b_s = b and zeta -> 0 lose nothing.
        off = (b_s - b) - zeta * b_s
        noise = float((lam * (zeta * b_s) ** 2).sum())
        bias[at] = float((lam * off * off).sum()) + odds[at] * noise
        # off moves by u zeta |b_s| per unit of log t, and is rounded to a few units of |b_s| + |b|.
        size = np.abs(b_s) + np.abs(b)
        moved = float((lam * np.abs(off) * (u * zeta * np.abs(b_s) * solved.step[at] + 4 * UNIT * size)).sum())
        second = float((lam * (u * zeta * np.abs(b_s) * solved.step[at] + 4 * UNIT * size) ** 2).sum())
        own = pairwise(len(lam)) + 8
        spread[at] = 2 * moved + second + odds[at] * noise * solved.slack[at] + own * UNIT * bias[at]


# -- nodes ----------------------------------------------------------------------------------------------------


def _rounding(spectrum: Spectrum, signal: Signal) -> tuple[float, float]:
    """Bounds on the relative errors of the floats that stand for eigenvalues, and for the signal's energies."""
    if spectrum.p is None:
        # Part of the error of the nodes.
        return 0.0, 0.0
    energies = (20 + float(spectrum.largest_repeat)) * UNIT + spectrum.rounding
    if isinstance(signal, PowerLawSignal) and float(signal.beta) != signal.beta:
        # The exponent is rounded, which i^-beta feels as a factor i^(beta UNIT).
        energies += 2 * float(signal.beta) * float(np.log(spectrum.p)) * UNIT
    return spectrum.rounding, energies


def _nodes(spectrum: Spectrum, signal: Signal, n: np.ndarray) -> Nodes:
    """Nodes for these sample sizes: the eigenvalues, or a compressed spectrum that was checked against them."""
    match spectrum, signal:
        case PowerLaw(p=None, alpha=alpha), PowerLawSignal(beta):
            from w2s_sym.spectra.compressed_power_laws import power_law

            return power_law(alpha, beta, float(n.max(initial=1.0)))
        case PowerLaw(p=None), _:
            raise RiskError(f"{spectrum.describe()}: needs a signal lam_i b_i^2 = i^-beta; use Signal.power_law")
    lam, weights = spectrum.values()
    energy = signal.energy(spectrum)
    if len(lam) <= DENSE or not len(n):
        return compression.uncompressed(lam, weights, energy)
    nodes = compression.compress(lam, weights, energy)
    # Anywhere will do, the bound is uniform: near the effective ridge of the middle size.
    middle = int(np.searchsorted(-nodes.above, -float(np.median(n))))
    compression.check(nodes, lam, weights, energy, float(nodes.lam[min(middle, len(nodes.lam) - 1)]))
    return nodes


__all__ = ["EquivalentWarning", "Risk", "evaluate_risk", "risk"]
