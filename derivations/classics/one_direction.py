"""Ridge regression on a fixed design, along one eigenvector of X'X: the setting that two papers share.

Along an eigenvector v, with x = X v: x'x = s, and (X'X + lam)^{-1} acts on v as 1/(s + lam). The same regression in
full has three columns, of which x is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym import Condition, fixed, identity, letters, symbol, tr

n = letters.n
s = symbol("s", r"an eigenvalue of $X^\top X$", positive=True)
b = symbol("b", r"coefficient of the truth on an eigenvector of $X^\top X$", r"\beta", real=True)
h = symbol("h", "weight of a direction in the test error", positive=True)
a = symbol("a", "share of the least-squares coefficient that is kept on a direction", positive=True)

x, ONE = fixed("x", n, 1), identity(sp.Integer(1))
# What the length of x is called.
LENGTH = ((s, tr(x.T @ x)),)
THREE_ROWS = Condition(n, ">=", 3, "take three rows or more")


def columns(along: np.ndarray) -> np.ndarray:
    """A design with three orthogonal columns: ``along``, shape (n, 1), and two more."""
    others = np.linalg.qr(np.hstack([along, np.eye(len(along))]))[0][:, 1:3]
    return np.hstack([along, others * [0.7, 1.9]])


def coefficients(first: float) -> np.ndarray:
    """Coefficients on these columns, shape (3, 1), the first as given."""
    return np.array([[first], [1.0], [-2.0]])


def ridge_solution(design: np.ndarray, labels: np.ndarray, penalty: float) -> np.ndarray:
    """(X'X + penalty)^{-1} X' labels."""
    gram = design.T @ design + penalty * np.eye(design.shape[1])
    return np.asarray(np.linalg.solve(gram, design.T @ labels))


def instance(point: Mapping[str, Any], rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, Any]:
    """The point's numbers, or drawn quarters for those it does not give, and x of squared length s."""
    made = {k: point.get(k, sp.Rational(int(rng.integers(1, 9)), 4)) for k in names}
    along = rng.standard_normal((int(point["n"]), 1))
    return {**made, "x": along * np.sqrt(float(made["s"]) / (along**2).sum())}
