"""The operator-valued Dyson equation of a circuit on whole matrices by plain iteration: no groups, no pivots.

All gains are unknowns at once. Everything that is inverted is shifted, and the shift falls slowly to zero, so that the
iteration starts where it contracts. With ``exact`` numbers are balls of as many digits
as flint is told; :func:`digits` takes the root of the iteration to 50.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from w2s_sym.equivalents.book import Words
from w2s_sym.equivalents.derived import RiskTerm, fixed_words


class Dyson:
    """The equation of one term, at numbers by name and matrices by name."""

    def __init__(
        self, term: RiskTerm, numbers: dict[str, Any], matrices: dict[str, np.ndarray], *, exact: bool = False
    ) -> None:
        self.term, self.book, self.exact = term, term.equivalence.book, exact
        self.numbers = {k: self._number(v) for k, v in numbers.items()}
        self.matrices = {k: self._matrix(m) for k, m in matrices.items()}
        self.blocks = term.equivalence.circuit.blocks
        self.sides = [round(float(numbers[self.book.numbers[b.side].name])) for b in self.blocks]
        self.start = np.concatenate([[0], np.cumsum(self.sides)])
        self.gates = [b for b, block in enumerate(self.blocks) if block.design is not None]
        self.pairs = [(u, v) for u in self.gates for v in self.gates if self._covariance(u, v) is not None]
        self.rows = {b: {c: self.words(w, self.sides[c]) for c, w in x.row.items()} for b, x in enumerate(self.blocks)}
        self.plain = self._plain()
        self.pushed = [self._pushed(u, v) for u, v in self.pairs]

    def _number(self, x: Any) -> Any:
        if not self.exact:
            return float(x)
        exact = Fraction(x)
        return arb(exact.numerator) / exact.denominator

    def _matrix(self, m: np.ndarray) -> np.ndarray:
        """A matrix; a vector stands for its second moment."""
        found = m + self._zeros(*m.shape)
        return np.outer(found, found) if found.ndim == 1 else found

    def _zeros(self, *shape: int) -> np.ndarray:
        return np.full(shape, arb(0), dtype=object) if self.exact else np.zeros(shape)

    def _power(self, name: str, twice: int) -> Any:
        x = self.numbers[name]
        return x ** (twice // 2) if twice % 2 == 0 else (x.sqrt() if self.exact else np.sqrt(x)) ** twice

    def words(self, words: Words, cols: int) -> np.ndarray:
        total: Any = 0.0
        for word, c in words.items():
            made = np.eye(cols)
            for code in reversed(word):
                m = self.matrices[self.book.letters[code >> 1].name]
                made = (m.T if code & 1 else m) @ made
            value = sum(
                self._number(q) * np.prod([self._power(self.book.numbers[p].name, e) for p, e in m])
                for m, q in c.items()
            )
            total = total + value * made
        return total

    def _covariance(self, u: int, v: int) -> np.ndarray | None:
        """E[row_a' row_b] for conjugate gates, with a the block of u."""
        one, other = self.blocks[u].design, self.blocks[v].design
        if one.sample is not other.sample or one.transposed == other.transposed:
            return None
        found = one.sample.between(one.name, other.name)
        if found is None:
            return None
        if not hasattr(found, "name"):
            return np.eye(round(float(self.numbers[found.rows[0].name])))
        m = self.matrices[found.name]
        return m.T if found.transposed else m

    def _at(self, b: int) -> slice:
        return slice(self.start[b], self.start[b + 1])

    def _plain(self) -> np.ndarray:
        found = self._zeros(self.start[-1], self.start[-1])
        for b, block in enumerate(self.blocks):
            if not block.inverse:
                found[self._at(b), self._at(b)] += np.eye(self.sides[b])
            if block.design is None:
                for c, m in self.rows[b].items():
                    found[self._at(b), self._at(c)] += m
        return found

    def _pushed(self, u: int, v: int) -> dict[int, np.ndarray]:
        """C F_v for a pair of gates: what its gain multiplies, by block."""
        outer = self._covariance(u, v) if self.blocks[u].design.transposed else np.eye(self.sides[u])
        return {c: outer @ m for c, m in self.rows[v].items()}

    def answer(self, gains: np.ndarray, shift: float) -> np.ndarray:
        """G = (A + shift - eta)^-1."""
        matrix = self.plain.copy()
        for b, block in enumerate(self.blocks):
            if block.inverse:
                matrix[self._at(b), self._at(b)] += shift * np.eye(self.sides[b])
        for (u, _), pushed, s in zip(self.pairs, self.pushed, gains, strict=True):
            for c, m in pushed.items():
                matrix[self._at(u), self._at(c)] -= s * m
        if not self.exact:
            return np.linalg.inv(matrix)
        return np.array(arb_mat(matrix.tolist()).inv().tolist(), dtype=object)

    def step(self, gains: np.ndarray, shift: float) -> np.ndarray:
        """tr(C' F_u G E_v) for all pairs."""
        return self.gains_of(self.answer(gains, shift))

    def gains_of(self, g: np.ndarray) -> np.ndarray:
        """tr(C' F_u G E_v) for all pairs."""
        found = []
        for u, v in self.pairs:
            inner = np.eye(self.sides[v]) if self.blocks[u].design.transposed else self._covariance(u, v).T
            argument = sum(m @ g[self._at(c), self._at(v)] for c, m in self.rows[u].items())
            found.append(np.trace(inner @ argument))
        return np.array(found)

    def root(self, most: int = 20_000) -> np.ndarray:
        """The gains at which the iteration stands still; where it takes long, the last digits come by Newton steps."""
        gains, shift, close, waited = np.zeros(len(self.pairs)), 1e3, 1e-2, 0
        for _ in range(most):
            new = self.step(gains, shift)
            moved = np.max(np.abs(new - gains), initial=0) / np.max(np.abs(new), initial=1e-6)
            gains, waited = (new + gains) / 2, waited + 1
            if shift == 0 and moved < 1e-13:
                return gains
            if moved < 1e-2 and shift > 0 and waited < 40:
                shift, waited = (shift / 3 if shift > 1e-9 else 0.0), 0
            elif moved < close and (shift == 0 or waited >= 40):
                found = self._polished(gains, shift)
                if found is None:
                    close = moved / 3
                    continue
                if shift == 0:
                    return found
                gains, close, waited = found, 1e-2, 0
                shift = shift / 3 if shift > 1e-9 else 0.0
        raise ArithmeticError("the iteration did not come to rest")

    def _polished(self, gains: np.ndarray, shift: float) -> np.ndarray | None:
        """The root by Newton steps; None where one leaves by more than a tenth, or where iterates would leave it."""
        s, scale = gains, np.max(np.abs(gains), initial=1e-6)
        before = np.inf
        for _ in range(12):
            slope = self.slope(s, shift)
            off = self.step(s, shift) - s
            size = np.max(np.abs(off), initial=0) / scale
            if size < 1e-8 and size >= before / 2:
                stays = np.abs(np.linalg.eigvals(slope)).max(initial=0) < 1
                return s if stays and np.max(np.abs(s - gains), initial=0) < 0.1 * scale else None
            before = size
            s = s + np.linalg.solve(np.eye(len(s)) - slope, off)
        return None

    def value(self) -> float:
        """tr(M times the output's answer to the input), once the iteration stands still."""
        return float(self.at_root(self.root()))

    def at_root(self, gains: np.ndarray) -> Any:
        """tr(M times the output's answer to the input)."""
        g = self.answer(gains, 0)
        out = sum(
            self.words(w, self.sides[b]) @ g[self._at(b), self._at(self.term.input)]
            for b, w in self.term.output[0].items()
        )
        moment = self.words(fixed_words(self.book, self.term.moment), self.sides[self.term.input])
        return np.trace(moment @ out)

    def slope(self, gains: np.ndarray, shift: float = 0) -> np.ndarray:
        """The derivative of :meth:`step` in the gains: that of G is G C F_v G."""
        g, columns = self.answer(gains, shift), []
        for (u, _), pushed in zip(self.pairs, self.pushed, strict=True):
            moved = sum(m @ g[self._at(c)] for c, m in pushed.items())
            columns.append(self.gains_of(g[:, self._at(u)] @ moved))
        return np.array(columns).T.reshape(len(gains), len(gains))


def digits(term: RiskTerm, numbers: dict[str, Any], matrices: dict[str, np.ndarray], count: int = 50) -> Fraction:
    """The value to so many digits: the root of the iteration, by Newton steps with the slope in floats."""
    floats = Dyson(term, numbers, matrices)
    start = floats.root()
    inverse = np.linalg.inv(np.eye(len(start)) - floats.slope(start))
    before, ctx.dps = ctx.dps, count + 30
    try:
        exact = Dyson(term, numbers, matrices, exact=True)
        gains = np.array([arb(float(s)) for s in start], dtype=object)
        for _ in range(20):
            off = exact.step(gains, 0) - gains
            least = 10.0 ** -(count + 5) * max(map(abs, start), default=1.0)
            if all(abs(float(x)) <= least for x in off):
                middle, exponent = exact.at_root(gains).mid().man_exp()
                return Fraction(int(middle)) * Fraction(2) ** int(exponent)
            gains = np.array([x.mid() for x in gains + inverse @ off], dtype=object)
        raise ArithmeticError("Newton steps did not come to rest")
    finally:
        ctx.dps = before
