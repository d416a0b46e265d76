"""The file that ``w2s-sym new`` writes: five kinds of claims about averaged teachers, commented."""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import sys

_TEXT = '''"""How much noise is left when k teachers are averaged?

Setting. Each of k teachers fits d features by least squares on n labels of its own, with label noise of variance s2.
The teachers' noise is independent, so that averaging their coefficients divides the variance by k.

Verify with:  w2s-sym verify FILE        every claim, with its evidence
              w2s-sym show FILE::one_teacher_variance    one claim, every step
              pytest FILE                each piece of evidence as a test
"""

import numpy as np
import sympy as sp

from w2s_sym import (
    Asymptotic,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Iff,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    Source,
    gaussian,
    identity,
    letters,
    pinv,
    symbol,
    tr,
)

# Where the claims come from. The key is the first part of their ids.
PAPER = Source("KEY", "A. Theorist", "On averages of teachers", 2026)

# Symbols: a name, what it stands for, its LaTeX, and assumptions. Shared letters are in w2s_sym.letters: n, N, d_s, ...
n = letters.n
d = symbol("d", "number of features", integer=True, positive=True)
k = symbol("k", "number of teachers", integer=True, positive=True)
s2 = symbol("s2", "variance of the label noise", r"s^2", positive=True)
V = symbol("V_teacher", "variance of one teacher", r"V", positive=True)

# The experiment, as matrices with a law: X is n x d standard Gaussian, z the label noise.
X, z = gaussian("X", n, d), gaussian("z", n, 1)
LAW = Sample.of(n, (X, z), {(z, z): s2 * identity(sp.Integer(1))})


def by_lstsq(arrays, scalars):
    """The same experiment by hand, on drawn arrays: the independent reading of the words below."""
    noise = np.linalg.lstsq(arrays["X"], arrays["z"], rcond=None)[0]
    return float(np.sum(noise**2))


response = pinv(X) @ z  # (X'X)^{-1} X' z, the coefficients that least squares fits to the noise
TEACHER = Quantity(
    V,
    "mean squared length of $(X'X)^{-1} X'z$",
    tr(response.T @ response),
    Setting((LAW,), realise=lambda point, rng: {"s2": rng.uniform(0.5, 2)}, rounded=True),
    literal=by_lstsq,
)

ENOUGH = Condition(n, ">", d + 1, "take more labels than features, plus one")
one_teacher = s2 * d / (n - d - 1)
average = s2 * d / (k * (n - d - 1))

# The sentence of a claim may have TeX between dollars.
CLAIMS = (
    # A theorem: derived by checked steps, evaluated exactly, simulated. Its rivals are wrong formulas that the evidence
    # has to refute. Change a sign in the statement and see all three say so.
    Claim(
        "one_teacher_variance",
        "The variance of one teacher is $s^2 d/(n - d - 1)$, exactly.",
        Compare(TEACHER, "=", one_teacher),
        Domain((d, n, s2), (ENOUGH,)),
        PAPER.at("setting"),
        (
            Derivation(TEACHER).expect(z).expect_gram_inverse(X).in_names(),
            Precision(),
            Simulation(average=("z",)),
        ),
        rivals=(s2 * d / n, s2 * d / (n - d)),
    ),
    # A bound: by= is the next line minus the current one, as terms and factors of provable sign.
    Claim(
        "averaging_never_hurts",
        "The variance of the average of $k$ teachers is at most that of one.",
        Compare(average, "<=", one_teacher),
        Domain((d, n, k, s2), (ENOUGH,)),
        PAPER.at("consequence"),
        (Derivation(average).bound("<=", one_teacher, by=one_teacher * (k - 1) / k), Precision()),
        rivals=(one_teacher / 2,),
    ),
    # An equivalence: the same points satisfy both sides.
    Claim(
        "noise_beats_the_signal_iff_labels_are_few",
        "One teacher has more variance than $s^2$ if and only if $n < 2d + 1$.",
        Iff(Compare(one_teacher, ">", s2), Compare(n, "<", 2 * d + 1)),
        Domain((d, n, s2), (ENOUGH,)),
        PAPER.at("consequence"),
        (Derivation.same_sign(), Precision()),
        rivals=(Compare(n, "<", 2 * d),),
    ),
    # "There is": one exact point of the domain proves it.
    Claim(
        "averaging_may_leave_more_than_the_noise",
        "There are two teachers whose average has more variance than $s^2$.",
        Compare(average, ">", s2),
        Domain((d, n, k, s2), (ENOUGH,)),
        PAPER.at("example"),
        (Precision(),),
        rivals=(3 * s2,),
        witness={d: 4, n: 6, k: 2, s2: 1},
    ),
    # A limit with its order: many labels make the teacher's variance vanish like 1/n.
    Claim(
        "variance_vanishes_with_labels",
        "The variance of one teacher tends to 0 as $n$ grows, with an error of order $1/n$.",
        Asymptotic(one_teacher, sp.Integer(0), n),
        Domain((d, n, s2), (ENOUGH,)),
        PAPER.at("limit"),
        (Derivation(one_teacher).limit(n), Precision()),
        rivals=(s2,),
    ),
)
'''


def claims_file(name: str) -> str:
    """The claims file for a file of this name (``my_paper.py``); the key of its source is derived from the name."""
    key = re.sub(r"[^a-z0-9]+", "_", name.removesuffix(".py").lower()).strip("_") or "paper"
    shown = name if re.fullmatch(r"[\w.-]{1,40}", name) else "FILE"
    return _TEXT.replace("KEY", key if key[0].isalpha() else f"paper_{key}").replace("FILE", shown)


def trouble(name: str, folder: str) -> str:
    """Why ``name`` is no name for a module in ``folder``; empty when it is one. Nothing is imported."""
    if not name.isidentifier():
        return f"{name} is no name that Python can import (letters, digits and _, no digit first)"
    if keyword.iskeyword(name):
        return f"{name} is a word of Python's own"
    if name in sys.stdlib_module_names:
        return f"{name} would hide the module {name} of Python's standard library"
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # a module that is loaded without a specification
        found = None
    # What lies beside the new file hides nothing, whether or not the folder is on the path.
    places = () if found is None else (found.submodule_search_locations or [found.origin or ""])
    beside = {os.path.realpath(os.path.join(folder, n)) for n in (name, f"{name}.py")}
    if any(os.path.realpath(place) not in beside for place in places):
        return f"{name} would hide the installed package {name}"
    return ""
