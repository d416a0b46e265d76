"""Exact proof that a function of a record vanishes where one of its variables is fixed, to a given order.

The function is expanded about that value of the variable. Its coefficients are polynomials, with rational numbers for
coefficients, in *atoms*: the other variables, pi, exponentials, logarithms and powers. Each rule is an equality of
real numbers wherever both sides are defined, so that a coefficient whose terms all cancel is zero there. Rules may be
too few to see that one is zero; then the zero counts as not shown. The rules are

    exp(a + q b) = exp(a) exp(b)^q    exp(q log u) = u^q         log(exp(b)^q) = q b
    u^p u^q = u^(p + q)               (q m)^-n = q^-n m^-n       (exp(b)^p)^q = exp(b)^(p q)

and that sums of fractions are compared after multiplication by their denominators.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from w2s_sym.kernel.records import Formula

# An atom is its kind and what it is of: the position of a variable; the monomial of which it is exp; the polynomial of
# which it is the logarithm, or of which it is the base. A base with a broken exponent is positive, or its power is not
# defined; one with a negative exponent is not zero.
ZeroAtom = tuple[str, object]
AtomPowers = tuple[tuple[ZeroAtom, Fraction], ...]
Polynomial = dict[AtomPowers, Fraction]

ONE: AtomPowers = ()
# Products of two terms, and the whole power to which a sum is multiplied out.
MOST_PRODUCTS, HIGHEST_POWER = 50_000, 12


def frozen(u: Polynomial) -> tuple[tuple[AtomPowers, Fraction], ...]:
    """A polynomial as an atom can hold it: its terms in one order."""
    return tuple(sorted(u.items(), key=repr))


def constant(q: Fraction) -> Polynomial:
    """A number as a polynomial."""
    return {ONE: q} if q else {}


def single(atom: ZeroAtom, exponent: Fraction = Fraction(1)) -> Polynomial:
    """A power of one atom as a polynomial, as it stands."""
    return {((atom, exponent),): Fraction(1)}


def exact_root(q: Fraction, p: Fraction) -> Fraction | None:
    """q^p as a fraction where q > 0, p is a multiple of 1/2 and both parts of q are squares; None for any other."""
    above, below = isqrt(q.numerator), isqrt(q.denominator)
    if p.denominator != 2 or above**2 != q.numerator or below**2 != q.denominator:
        return None
    return Fraction(above, below) ** p.numerator


class Expander:
    """Expands functions, up to a budget of products of terms. Raises ``ArithmeticError`` when it is used up."""

    def __init__(self) -> None:
        self.left = MOST_PRODUCTS

    def plus(self, u: Polynomial, v: Polynomial, scale: Fraction = Fraction(1)) -> Polynomial:
        """u + scale v; terms that cancel are dropped."""
        found = dict(u)
        for m, q in v.items():
            found[m] = found.get(m, Fraction(0)) + scale * q
        return {m: q for m, q in found.items() if q}

    def times(self, u: Polynomial, v: Polynomial) -> Polynomial:
        """u v, multiplied out."""
        found: Polynomial = {}
        for m, p in u.items():
            for n, q in v.items():
                for k, r in self.monomial_product(m, n).items():
                    found[k] = found.get(k, Fraction(0)) + p * q * r
        return {k: r for k, r in found.items() if r}

    def monomial_product(self, m: AtomPowers, n: AtomPowers) -> Polynomial:
        """The product of two monomials: exponents of an atom add up, and whole powers of a base are multiplied out."""
        self.left -= 1
        if self.left < 0:
            raise ArithmeticError("the expansion at a zero is too long")
        exponents = dict(m)
        for atom, e in n:
            exponents[atom] = exponents.get(atom, Fraction(0)) + e
        whole: list[tuple[Polynomial, int]] = []
        for atom, e in list(exponents.items()):
            if atom[0] == "base" and e >= 1:
                whole.append((polynomial_of(atom), int(e)))
                exponents[atom] = e - int(e)
        found: Polynomial = {tuple(sorted(((a, e) for a, e in exponents.items() if e), key=repr)): Fraction(1)}
        for base, n_times in whole:
            if n_times > HIGHEST_POWER:
                raise ArithmeticError("a power at a zero is too high to be multiplied out")
            for _ in range(n_times):
                found = self.times(found, base)
        return found

    def power(self, u: Polynomial, p: Fraction) -> Polynomial:
        """u^p, where it is defined."""
        if p == 0:
            return constant(Fraction(1))
        if not u:
            raise ArithmeticError("a power of zero")
        if p.denominator == 1 and 0 < p <= HIGHEST_POWER:
            found = constant(Fraction(1))
            for _ in range(int(p)):
                found = self.times(found, u)
            return found
        if len(u) == 1:
            ((m, q),) = u.items()
            if p.denominator == 1:  # (q m)^p; the power of a monomial whose bases have whole powers left over
                found = constant(q ** int(p))
                for atom, e in m:
                    found = self.times(found, self.monomial_product(ONE, ((atom, e * p),)))
                return found
            if q == 1 and all(atom[0] == "exp" for atom, _ in m):
                return {tuple((atom, e * p) for atom, e in m): Fraction(1)}
            root = exact_root(q, p) if m == ONE and q > 0 else None
            if root is not None:
                return constant(root)
        return self.monomial_product(ONE, ((("base", frozen(u)), p),))

    def exponential(self, u: Polynomial) -> Polynomial:
        """exp(u): the product of a power for each term of u."""
        found = constant(Fraction(1))
        for m, q in u.items():
            if len(m) == 1 and m[0][0][0] == "log" and m[0][1] == 1:
                found = self.times(found, self.power(polynomial_of(m[0][0]), q))
            else:
                found = self.times(found, single(("exp", m), q))
        return found

    def logarithm(self, u: Polynomial) -> Polynomial:
        """log(u): a sum when u is a product of exponentials."""
        if not u:
            raise ArithmeticError("the logarithm of zero")
        if len(u) == 1:
            ((m, q),) = u.items()
            if q == 1 and all(atom[0] == "exp" for atom, _ in m):
                found: Polynomial = {}
                for atom, e in m:
                    found = self.plus(found, {monomial_of(atom): e})
                return found
        return single(("log", frozen(u)))

    def is_zero(self, u: Polynomial) -> bool:
        """Whether all terms cancel, after multiplication by each base that has a negative exponent."""
        while True:
            lowest: dict[ZeroAtom, Fraction] = {}
            for m in u:
                for atom, e in m:
                    if atom[0] == "base" and e < lowest.get(atom, Fraction(0)):
                        lowest[atom] = e
            if not u or not lowest:
                return not u
            atom, e = min(lowest.items(), key=repr)
            u = self.times(u, single(atom, Fraction(-(e // 1))))

    def series(self, formula: Formula, i: int, value: Fraction, length: int) -> list[Polynomial]:
        """The first coefficients of a function in powers of (x_i - value)."""
        none: list[Polynomial] = [{}] * length
        if formula.head == "var":
            if int(formula.number) == i:
                return [constant(value), constant(Fraction(1)), *none][:length]
            return [single(("var", int(formula.number))), *none][:length]
        if formula.head in ("number", "pi"):
            first = constant(formula.number) if formula.head == "number" else single(("pi", ""))
            return [first, *none][:length]
        parts = [self.series(part, i, value, length) for part in formula.parts]
        if formula.head not in ("add", "mul"):
            return self.series_of_function(formula, parts[0])
        found = parts[0]
        for other in parts[1:]:
            if formula.head == "add":
                found = [self.plus(a, b) for a, b in zip(found, other, strict=True)]
            else:
                found = [self.convolution(found, other, k) for k in range(length)]
        return found

    def convolution(self, u: list[Polynomial], v: list[Polynomial], k: int) -> Polynomial:
        """The coefficient of order k of a product of series."""
        found: Polynomial = {}
        for j in range(k + 1):
            found = self.plus(found, self.times(u[j], v[k - j]))
        return found

    def series_of_function(self, formula: Formula, u: list[Polynomial]) -> list[Polynomial]:
        """exp, log or a power of a series, each coefficient from those before it.

        By comparison of coefficients in f' = u' f for f = exp(u), u f' = u' for log(u), and u f' = p u' f for u^p.
        """
        if formula.head == "exp":
            found = [self.exponential(u[0])]
        else:
            found = [self.logarithm(u[0]) if formula.head == "log" else self.power(u[0], formula.number)]
        reciprocal = {} if formula.head == "exp" or len(u) == 1 else self.power(u[0], Fraction(-1))
        for k in range(1, len(u)):
            total: Polynomial = {}
            for j in range(1, k + 1):
                slope = Fraction(j, k)
                if formula.head == "exp":
                    total = self.plus(total, self.times(u[j], found[k - j]), slope)
                elif formula.head == "pow":
                    total = self.plus(total, self.times(u[j], found[k - j]), formula.number * slope - 1 + slope)
                elif j < k:  # the logarithm itself is not one of the terms
                    total = self.plus(total, self.times(u[k - j], found[j]), -slope)
                else:
                    total = self.plus(total, u[k])
            found.append(total if formula.head == "exp" else self.times(total, reciprocal))
        return found


def polynomial_of(atom: ZeroAtom) -> Polynomial:
    """The polynomial that a base or a logarithm is of."""
    assert isinstance(atom[1], tuple)
    return dict(atom[1])


def monomial_of(atom: ZeroAtom) -> AtomPowers:
    """The monomial of which an atom is the exponential."""
    assert isinstance(atom[1], tuple)
    return atom[1]


def vanishes(formula: Formula, i: int, value: Fraction, order: int) -> bool:
    """Whether a function and its derivatives in x_i of an order below ``order`` are shown to be zero at x_i = value.

    For all values of the other variables at which the function is defined. False is no proof of the contrary.
    """
    expander = Expander()
    try:
        return all(expander.is_zero(u) for u in expander.series(formula, i, value, order))
    except (ArithmeticError, RecursionError):
        return False
