"""The equivalent of a risk: its lines, its value by source, and its numbers.

>>> from w2s_sym.equivalents import covariance, design, excess_risk, noise, ridge, sizes, truth
>>> n, p = sizes("n p")
>>> X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
>>> student = ridge(X, X @ beta + noise("sigma2", n), "lam")
>>> risk = excess_risk(student, beta, under=covariance("Sigma", p))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from w2s_sym.equivalents.book import Book, Words, add_words, multiply_words
from w2s_sym.equivalents.circuit import Circuit, Vector, one
from w2s_sym.equivalents.expressions import EngineError, Fixed, Inverse, Matrix, inside, product, shape
from w2s_sym.equivalents.gates import Equivalence
from w2s_sym.equivalents.language import Vector as Estimator
from w2s_sym.equivalents.polynomials import Polynomial


@dataclass(frozen=True)
class Term:
    """E tr(moment expression) as it is written, the circuit with what was found of it, and its value."""

    name: str
    moment: Matrix
    expression: Matrix
    output: Vector
    equivalence: Equivalence
    input: int
    value: Polynomial


@dataclass(frozen=True)
class Equivalent:
    """The limit of a mean: a sum of terms with one list of lines.

    ``needs`` are pairs of sizes (less, more): the first must be below the second.
    """

    terms: tuple[Term, ...]
    book: Book
    needs: tuple[tuple[sp.Expr, sp.Expr], ...]

    @property
    def names(self) -> dict[str, str]:
        """What it is a function of: each name with "matrix", "truth", "size" or "number"."""
        from w2s_sym.equivalents.inputs import names

        return names(self)

    def at(self, *, digits: int | None = None, **values: Any) -> Any:
        """The risk at matrices and numbers.

        Matrices are given as arrays, the truth as a vector (or as its second moment, a matrix); sizes and other numbers
        as numbers, or as arrays that broadcast. A size of which there is a matrix may be left out. Returns a
        :class:`~w2s_sym.equivalents.numbers_at.RiskValue`, or one of arrays; with ``digits`` an
        :class:`~w2s_sym.equivalents.enclosures.EnclosedRisk` with so many proven digits.
        Raises :class:`EngineError` for values that are missing or do not fit, for the side without full rank, and where
        the fixed point has no physical root.
        """
        from w2s_sym.equivalents.numbers_at import at

        return at(self, values, joint=False, digits=digits)

    def on(self, *, digits: int | None = None, **values: Any) -> Any:
        """The risk where all matrices commute: as :meth:`at`, with vectors of joint eigenvalues in place of matrices.

        A truth is given by its coefficients in the common eigenbasis. Memory and time per step are linear in them.
        """
        from w2s_sym.equivalents.numbers_at import at

        return at(self, values, joint=True, digits=digits)

    def derivative(self, name: str, **values: Any) -> float:
        """The derivative of the total in a ridge, a weight, a noise or a size, at values as :meth:`at` takes them."""
        from w2s_sym.equivalents.optimum import derivative

        return derivative(self, name, values)

    def best(self, name: str, low: float, high: float, **values: Any) -> Any:
        """The least risk over a number between two ends; a :class:`~w2s_sym.equivalents.optimum.Best`."""
        from w2s_sym.equivalents.optimum import best

        return best(self, name, low, high, values)

    def simulate(self, values: dict[str, Any], copies: Any = (2, 4, 8), draws: int = 200, seed: int = 0) -> Any:
        """Means of the expression itself at growing sizes, beside the equivalent.

        See :func:`w2s_sym.equivalents.simulate.simulate`.
        """
        from w2s_sym.equivalents.simulate import simulate

        return simulate(self, values, copies, draws, seed)

    def lines(self) -> list[str]:
        """The equations and each term's value, as text."""
        from w2s_sym.equivalents.text import lines

        return lines(self)

    def latex(self) -> str:
        """The equations and each term's value, as an ``align*`` of LaTeX."""
        from w2s_sym.equivalents.text import latex_lines

        body = " \\\\\n".join(line.replace(" = ", " &= ", 1) for line in latex_lines(self))
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def check(self, seed: int = 0) -> Any:
        """Exact checks of the derivation, see :mod:`w2s_sym.equivalents.exact_checks`."""
        from w2s_sym.equivalents.exact_checks import exact_checks

        return exact_checks(self, seed)

    def __str__(self) -> str:
        return "\n".join(self.lines())


def excess_risk(estimator: Estimator, truth: Estimator, under: Matrix) -> Equivalent:
    """The mean of (w - beta)' Sigma_x (w - beta) for an estimator w of beta, where ``under`` is Sigma_x.

    One term for each source: the truth (squared bias) and each noise (variance), which are independent. Raises
    :class:`EngineError` for sizes that do not fit and for what the engine cannot say.
    """
    return derive(squared(estimator - truth, under))


def squared(error: Estimator, under: Matrix) -> dict[str, tuple[Matrix, Matrix]]:
    """For each source of an error e = K source its second moment M and K' under K: the risk is tr(M K' under K)."""
    if error.rows != under.rows or under.rows != under.cols:
        raise EngineError(f"the error has {error.rows} rows and {under} is {shape(under)}: they do not fit")
    found: dict[str, tuple[Matrix, Matrix]] = {}
    for source, K in error.of.items():
        name, k = source.name, 2
        while name in found:
            name, k = f"{source.name} ({k})", k + 1
        found[name] = (source.moment, product(product(K.T, under), K))
    return found


def mean_trace(moment: Matrix, expression: Matrix) -> Equivalent:
    """The mean of tr(moment expression), for a fixed matrix and an expression in designs."""
    return derive({"trace": (moment, expression)})


def derive(terms: Mapping[str, tuple[Matrix, Matrix]]) -> Equivalent:
    """The equivalent of a sum of E tr(moment expression), term by term."""
    book = Book()
    made: list[Term] = []
    cores: dict[object, tuple[tuple[int, Polynomial], ...]] = {}
    needs: dict[tuple[sp.Expr, sp.Expr], None] = {}
    for name, (moment, expression) in terms.items():
        if (moment.rows, moment.cols) != (expression.cols, expression.rows) or len(moment.rows) != 1:
            raise EngineError(f"{moment} is {shape(moment)}, and {expression} is {shape(expression)}: no trace")
        needs |= {pair: None for m in inside(expression) if isinstance(m, Inverse) for pair in m.needs}
        circuit = Circuit(book)
        start = circuit.input(book.side(moment.rows[0]))
        output = circuit.apply(expression, ({start: one()},))
        found = Equivalence(circuit, cores=cores)
        found.derive()
        value = value_of(found, output, start, moment)
        made.append(Term(name, moment, expression, output, found, start, value))
    return Equivalent(tuple(made), book, tuple(needs))


def value_of(found: Equivalence, output: Vector, start: int, moment: Matrix) -> Polynomial:
    """tr(moment times the answer of the output to the input)."""
    answer: Words = {}
    for b, words in output[0].items():
        if (b, start) in found.answers:
            answer = add_words(answer, multiply_words(words, found.answers[b, start]))
    product_ = multiply_words(fixed_words(found.book, moment), answer)
    return found.book.trace(product_, found.book.side(moment.rows[0]))


def fixed_words(book: Book, moment: Matrix) -> Words:
    """A second moment as words."""
    circuit = Circuit(book)
    start = circuit.input(book.side(moment.cols[0]))
    (row,) = circuit.apply(moment, ({start: one()},))
    if set(row) - {start}:
        raise EngineError(f"{moment} is random: a second moment is a fixed matrix")
    return row[start]


def fixed_of(risk: Equivalent) -> dict[str, Fixed]:
    """The fixed matrices of an equivalent, by name."""
    found: dict[str, Fixed] = {}
    for term in risk.terms:
        for m in (*inside(term.moment), *inside(term.expression)):
            if isinstance(m, Fixed):
                found.setdefault(m.name, m.T if m.transposed else m)  # type: ignore[arg-type]
    return found
