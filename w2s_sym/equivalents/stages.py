r"""The excess risk of two stages: a surrogate that was itself trained, and a target that is trained on its labels.

The surrogate is the min-norm interpolator of m rows x ~ N(0, Sigma_s), labels x'b_star plus noise; the target that of n
rows x ~ N(0, Sigma_t), labels x'b_s plus noise, and its excess risk is taken over Sigma_t. With tau_s solving
tr Sigma_s (Sigma_s + tau_s)^-1 = m, A_s = Sigma_s (Sigma_s + tau_s)^-1 and Omega_s = tr A_s^2/m, the surrogate acts as
a random vector with

    mean mu = A_s b_star,    covariance C = (V_s/m) Sigma_s (Sigma_s + tau_s)^-2,
    V_s = (noise_s + |Sigma_s^1/2 (I - A_s) b_star|^2)/(1 - Omega_s).

For m > rank_s + 1 it is exact that mu is b_star on the range of Sigma_s and C = noise_s Sigma_s^+/(m - rank_s - 1). The
target's risk (:mod:`w2s_sym.spectra.risks`) is quadratic in b_s, so it takes both moments: in the eigenbasis of
Sigma_t, with C_i the i-th diagonal entry of C in it,

    sum lam (u mu - b)^2 + sum lam u^2 C_i + k (noise_t + sum lam zeta^2 (mu^2 + C_i)).

Only these diagonal entries are needed: covariances that do not commute cost one matrix of squared overlaps.

The two-stage model is that of Ildiz et al. (2025), arXiv:2410.18837.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.spectra import compression, ridge_of_many
from w2s_sym.spectra.coordinates import RiskError, broadcast, coefficients, finite_numbers, ordered, require_range
from w2s_sym.spectra.risks import LEAST_EFFECTIVE, EquivalentWarning
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum


def two_stage(
    source: Spectrum,
    target: Spectrum,
    signal: Signal,
    m: Any,
    n: Any,
    noise_s: Any = 0.0,
    noise_t: Any = 0.0,
) -> Any:
    """The excess risk for covariances with the same eigenvectors, eigenvalues paired in the order they were given.

    ``source`` is the spectrum of the surrogate's data, ``target`` that of the target's and of the risk; ``signal`` is
    b_star on ``target``. ``m``, ``n`` and both noise variances are broadcast; returns an array of that shape, or a
    float for four numbers. Infinite for rank <= n <= rank + 1 (likewise m) with noise. Warns with
    :class:`~w2s_sym.spectra.risks.EquivalentWarning` where m (1 - Omega_s) or n (1 - Omega_t) is small, and raises
    :class:`~w2s_sym.spectra.coordinates.RiskError` for spectra of different length and for numbers that are not finite.
    """
    lam_s, lam_t = ordered(source), ordered(target)
    if len(lam_s) != len(lam_t):
        raise RiskError(f"source of {len(lam_s)} eigenvalues, target of {len(lam_t)}: needs as many; pad with zeros")
    return _combine(lam_s, lam_t, coefficients(target, signal), None, (m, n, noise_s, noise_t))


def two_stage_matrix(
    Sigma_s: np.ndarray,
    Sigma_t: np.ndarray,
    b_star: np.ndarray,
    m: Any,
    n: Any,
    noise_s: Any = 0.0,
    noise_t: Any = 0.0,
) -> Any:
    """As :func:`two_stage` for any two covariances, shape (p, p), and ``b_star`` of shape (p,): they need not commute.

    Eigenvalues below p 2^-52 times the largest count as zero. Raises :class:`~w2s_sym.spectra.arguments.SpectrumError`
    for a matrix that is no covariance, :class:`~w2s_sym.spectra.coordinates.RiskError` for shapes that do not fit.
    """
    bases = []
    for matrix in (Sigma_s, Sigma_t):
        # Refuses what is not a covariance.
        Spectrum.of_covariance(matrix)
        values, vectors = np.linalg.eigh(np.asarray(matrix, dtype=float))
        floor = len(values) * 2.0**-52 * float(values[-1])
        bases.append((np.where(values > floor, values, 0.0), vectors))
    (lam_s, Q_s), (lam_t, Q_t) = bases
    b = np.asarray(b_star, dtype=float)
    if len(lam_s) != len(lam_t) or b.shape != lam_t.shape or not np.isfinite(b).all():
        raise RiskError(
            f"Sigma_s, Sigma_t and b_star have {len(lam_s)}, {len(lam_t)} and {b.shape} entries: needs one size p, and "
            "finite numbers"
        )
    return _combine(lam_s, lam_t, Q_t.T @ b, Q_t.T @ Q_s, (m, n, noise_s, noise_t))


@dataclass(frozen=True)
class _Stage:
    """A min-norm interpolator on eigenvalues ``lam``: u and zeta of each, Omega and 1 - Omega; ``tau`` = 0 for
    n >= rank, where Omega is not used."""

    lam: np.ndarray
    n: float
    rank: int
    tau: float
    Omega: float
    rest: float

    @classmethod
    def of(cls, lam: np.ndarray, n: float) -> _Stage:
        positive = lam > 0
        rank = int(positive.sum())
        if n >= rank:
            return cls(lam, n, rank, tau=0.0, Omega=1.0, rest=0.0)
        some = lam[positive]
        nodes = compression.uncompressed(some, np.ones(rank), some)
        tau = float(ridge_of_many.solve_many(nodes, np.array([n])).t[0])
        u, zeta = some / (some + tau), tau / (some + tau)
        Omega, effective = float((u * u).sum()) / n, float((u * zeta).sum())
        require_range(np.array([n]), np.array([Omega]), np.array([effective]))
        return cls(lam, n, rank, tau=tau, Omega=Omega, rest=effective / n)

    @property
    def u(self) -> np.ndarray:
        return self.lam / (self.lam + self.tau) if self.tau else (self.lam > 0).astype(float)

    @property
    def zeta(self) -> np.ndarray:
        return self.tau / (self.lam + self.tau) if self.tau else (self.lam == 0).astype(float)

    def per_noise(self, noise: float) -> float:
        """noise/(n - rank - 1) where n >= rank; infinite up to rank + 1; 0 without noise."""
        if not noise:
            return 0.0
        return noise / (self.n - self.rank - 1) if self.n > self.rank + 1 else np.inf

    def moments(self, b: np.ndarray, noise: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean, and variance along each eigenvector, of the surrogate trained here on b (its eigen-coordinates)."""
        if not self.tau:
            scale = self.per_noise(noise)
            inverse = np.divide(1.0, self.lam, out=np.zeros(self.lam.shape), where=self.lam > 0)
            return self.u * b, np.where(self.lam > 0, scale * np.where(self.lam > 0, inverse, 1.0), 0.0)
        V = (noise + float((self.lam * (self.zeta * b) ** 2).sum())) / self.rest
        return self.u * b, V / self.n * self.u / (self.lam + self.tau)

    def risk(self, mean: np.ndarray, spread: np.ndarray, b: np.ndarray, noise: float) -> float:
        """The risk of the target trained here, for a surrogate with this mean and these variances, of truth b."""
        live = self.lam > 0
        lam, u, zeta = self.lam[live], self.u[live], self.zeta[live]
        mean, spread, b = mean[live], spread[live], b[live]
        # (u mean - b), so that nothing is lost where zeta is small.
        off = (mean - b) - zeta * mean
        odds = self.Omega / self.rest if self.tau else 0.0
        kept = float((lam * off * off).sum()) + float((lam * u * u * spread).sum())
        if not self.tau:
            return kept + self.rank * self.per_noise(noise)
        return kept + odds * (noise + float((lam * zeta * zeta * (mean * mean + spread)).sum()))


def _combine(
    lam_s: np.ndarray, lam_t: np.ndarray, b: np.ndarray, overlaps: np.ndarray | None, given: tuple[Any, ...]
) -> Any:
    """Every combination; ``overlaps`` = Q_t'Q_s, None when both bases are one."""
    names = ("m", "n", "noise_s", "noise_t")
    arrays = [finite_numbers(v, k, positive=k in ("m", "n")) for k, v in zip(names, given, strict=True)]
    m, n, noise_s, noise_t = broadcast(**dict(zip(names, arrays, strict=True)))
    sources = {v: _Stage.of(lam_s, v) for v in np.unique(m).tolist()}
    targets = {v: _Stage.of(lam_t, v) for v in np.unique(n).tolist()}
    b_s = b if overlaps is None else overlaps.T @ b
    squared = None if overlaps is None else overlaps**2
    out = np.empty(m.shape)
    for at in np.ndindex(m.shape):
        mean, spread = sources[float(m[at])].moments(b_s, float(noise_s[at]))
        if overlaps is not None and squared is not None:
            mean = overlaps @ mean
            # An overlap that is zero up to rounding is of no use beside an infinite variance: all of it is infinite.
            spread = squared @ spread if np.isfinite(spread).all() else np.full(spread.shape, np.inf)
        with np.errstate(over="ignore", invalid="ignore"):
            out[at] = targets[float(n[at])].risk(mean, spread, b, float(noise_t[at]))
        if np.isnan(out[at]):
            raise RiskError(f"m={m[at]:.6g}, n={n[at]:.6g}: the risk is beyond floats; scale the signal and the noise")
    for letter, stages in (("m", sources), ("n", targets)):
        few = [(s.n * s.rest, v) for v, s in stages.items() if s.tau and s.n * s.rest < LEAST_EFFECTIVE]
        if few:
            least, size = min(few)
            warnings.warn(
                f"{letter}={size:.6g}: {letter} (1 - Omega) = {least:.3g} < {LEAST_EFFECTIVE:g}, the equivalent of the "
                "risk can be far from its mean; simulate there, or use more samples or a flatter spectrum",
                EquivalentWarning,
                stacklevel=3,
            )
    return out if out.ndim else float(out)


__all__ = ["two_stage", "two_stage_matrix"]
