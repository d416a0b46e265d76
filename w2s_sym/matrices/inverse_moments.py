"""When words with inverse Gram matrices have a mean: powers of the smallest singular value are counted.

The rule: near a singular X'X of an n x d block X with identity covariance, of smallest singular value s, (X'X)^{-1}
grows as s^-2, X(X'X)^{-1} as 1/s, and the projector is bounded. The mean of s^-p is finite exactly if n > d + p - 1,
which is the axiom ``RECIPROCAL_MOMENTS``. All else is products and Hoelder's inequality.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.matrices.experiment import Sample
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Atom, Factor, Mat, TraceError, Word

RECIPROCAL_MOMENTS = "gaussian/inverse_quadratic_form_is_reciprocal_chi_square"


def home(samples: tuple[Sample, ...], name: str) -> Sample:
    """The sample that has a block of that name; TraceError when there is none."""
    for sample in samples:
        if name in sample.names():
            return sample
    known = ", ".join(n for s in samples for n in s.names())
    raise TraceError(f"{name} is no block of this experiment; it has {known}")


def has_inverse(atoms: Iterable[Atom]) -> bool:
    """Whether an inverse Gram matrix is among the matrices."""
    return any(atom.form == "gram_inverse" for atom in atoms)


def orders(word: Word, *, closed: bool = True) -> dict[str, int]:
    """By block, the power of 1/s that bounds a word; in an open word the first letter does not follow the last."""
    found: dict[str, int] = {}
    for i, letter in enumerate(word):
        if letter.atom.form != "gram_inverse":
            continue
        before = word[i - 1] if closed or i else None
        after = word[(i + 1) % len(word)] if closed or i + 1 < len(word) else None
        flanked = (before is not None and before.key == (letter.atom.of, False)) + (
            after is not None and after.key == (letter.atom.of, True)
        )
        found[letter.atom.of] = found.get(letter.atom.of, 0) + 2 - flanked
    return found


def together(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The orders of a product."""
    total: dict[str, int] = {}
    for part in parts:
        for name, order in part.items():
            total[name] = total.get(name, 0) + order
    return total


def means_exist(
    products: Iterable[Mapping[str, int]], samples: tuple[Sample, ...], apart: str = ""
) -> tuple[Condition, ...]:
    """When all of these orders have a mean, as conditions on the sizes; the block ``apart`` is not looked at.

    Inverses of correlated blocks are separated by Hoelder's inequality.
    """
    worst: dict[str, int] = {}
    for product in products:
        here = {name: order for name, order in product.items() if name != apart}
        for name, order in here.items():
            sample = home(samples, name)
            others = [o for o in here if o in sample.names() and here[o] and not sample.cov(name, o).is_zero]
            if not sample.cov(name, name).is_identity:
                raise TraceError(
                    f"{name} is not whitened, so that {name}'{name} may have no inverse; "
                    "write it as a block of identity covariance times a matrix"
                )
            worst[name] = max(worst.get(name, 0), order * len(others))
    needs = []
    for name in sorted(worst):
        block, order = home(samples, name).block(name), worst[name]
        if order:
            need = Condition(
                block.rows, ">", block.cols + order - 1, f"a term of order {order} in 1/{name} has a mean only then"
            )
        else:
            need = Condition(block.rows, ">=", block.cols, f"{name}'{name} has an inverse only then")
        needs.append(need)
    return tuple(needs)


def existence(value: TraceSum, samples: tuple[Sample, ...], apart: str = "") -> tuple[Condition, ...]:
    """When every term of the value has a mean. A term that averages to zero is zero only if it has a mean."""
    return means_exist((together(map(orders, monomial)) for monomial, _ in value.terms), samples, apart)


def no_flux(field: Mat, weight: TraceSum, block: str, samples: tuple[Sample, ...]) -> tuple[Condition, ...]:
    """When nothing flows into the singular X'X along the field ``weight`` F: the hypothesis of Stein's identity.

    With u, v the singular vectors of s, the density of s falls as s^(n - d), so that the flux through s = eps is
    eps^(n - d) times |u' F v|. It vanishes in the limit if |u' F v| is at most s^-p with n > d + p. An X at an end of
    F that no inverse has used makes u' F v smaller by s: X v = s u and u' X = s v'.
    """
    own, products = [], []
    for word, _ in field.terms:
        for monomial, _ in weight.terms:
            order = together((orders(word, closed=False), *map(orders, monomial)))
            if block in order:
                own.append(order[block] - _free_ends(word, block))
            products.append(order)
    needs = means_exist(products, samples, apart=block)
    if not own:
        return needs
    x, most = home(samples, block).block(block), max(own)
    advice = f"the field, of order {most} in 1/{block}, has no flux into singular {block}'{block} only then"
    if most < 0:
        return (Condition(x.rows, ">=", x.cols, f"{block}'{block} has an inverse only then"), *needs)
    return (Condition(x.rows, ">", sp.sympify(x.cols + most, strict=True), advice), *needs)


def _free_ends(word: Word, block: str) -> int:
    """How many ends of an open word are the block itself and bound no inverse."""
    if not word:
        return 0
    key = (block, False)
    free = 1 if word[-1].key == key else 0
    if len(word) > 1 and word[0].key == key and not _inverse_of(word[1], block):
        free += 1
    return free


def _inverse_of(letter: Factor, block: str) -> bool:
    return letter.atom.form == "gram_inverse" and letter.atom.of == block
