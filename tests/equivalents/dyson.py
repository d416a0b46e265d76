"""The operator-valued Dyson equation of a circuit on whole matrices by plain iteration: no groups, no pivots.

All gains are unknowns at once. Everything that is inverted is shifted, and the shift falls slowly to zero, so that the
iteration starts where it contracts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from w2s_sym.equivalents.book import Words
from w2s_sym.equivalents.derived import RiskTerm, fixed_words


class Dyson:
    """The equation of one term, at numbers by name and matrices by name."""

    def __init__(self, term: RiskTerm, numbers: dict[str, float], matrices: dict[str, np.ndarray]) -> None:
        self.term, self.book = term, term.equivalence.book
        self.numbers, self.matrices = numbers, matrices
        self.blocks = term.equivalence.circuit.blocks
        self.sides = [round(numbers[self.book.numbers[b.side].name]) for b in self.blocks]
        self.start = np.concatenate([[0], np.cumsum(self.sides)])
        self.gates = [b for b, block in enumerate(self.blocks) if block.design is not None]
        self.pairs = [(u, v) for u in self.gates for v in self.gates if self._covariance(u, v) is not None]
        self.rows = {b: {c: self.words(w, self.sides[c]) for c, w in x.row.items()} for b, x in enumerate(self.blocks)}
        self.plain = self._plain()

    def words(self, words: Words, cols: int) -> np.ndarray:
        total: Any = 0.0
        for word, c in words.items():
            made = np.eye(cols)
            for code in reversed(word):
                m = self.matrices[self.book.letters[code >> 1].name]
                made = (m.T if code & 1 else m) @ made
            value = sum(
                float(q) * np.prod([self.numbers[self.book.numbers[p].name] ** (e / 2) for p, e in m])
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
            return np.eye(round(self.numbers[found.rows[0].name]))
        m = self.matrices[found.name]
        return m.T if found.transposed else m

    def _at(self, b: int) -> slice:
        return slice(self.start[b], self.start[b + 1])

    def _plain(self) -> np.ndarray:
        found = np.zeros((self.start[-1], self.start[-1]))
        for b, block in enumerate(self.blocks):
            if not block.inverse:
                found[self._at(b), self._at(b)] += np.eye(self.sides[b])
            if block.design is None:
                for c, m in self.rows[b].items():
                    found[self._at(b), self._at(c)] += m
        return found

    def answer(self, gains: np.ndarray, shift: float) -> np.ndarray:
        """G = (A + shift - eta)^-1."""
        matrix = self.plain.copy()
        for b, block in enumerate(self.blocks):
            if block.inverse:
                matrix[self._at(b), self._at(b)] += shift * np.eye(self.sides[b])
        for (u, v), s in zip(self.pairs, gains, strict=True):
            outer = self._covariance(u, v) if self.blocks[u].design.transposed else np.eye(self.sides[u])
            for c, m in self.rows[v].items():
                matrix[self._at(u), self._at(c)] -= s * outer @ m
        return np.linalg.inv(matrix)

    def step(self, gains: np.ndarray, shift: float) -> np.ndarray:
        """tr(C' F_u G E_v) for all pairs."""
        g = self.answer(gains, shift)
        found = []
        for u, v in self.pairs:
            inner = np.eye(self.sides[v]) if self.blocks[u].design.transposed else self._covariance(u, v).T
            argument = sum(m @ g[self._at(c), self._at(v)] for c, m in self.rows[u].items())
            found.append(np.trace(inner @ argument))
        return np.array(found)

    def value(self, most: int = 3000) -> float:
        """tr(M times the output's answer to the input), once the iteration stands still."""
        gains, shift = np.zeros(len(self.pairs)), 1e3
        for _ in range(most):
            new = self.step(gains, shift)
            moved = np.max(np.abs(new - gains), initial=0) / np.max(np.abs(new), initial=1e-6)
            gains = (new + gains) / 2
            if moved < 1e-2 and shift > 0:
                shift = shift / 3 if shift > 1e-9 else 0.0
            elif moved < 1e-13 and shift == 0:
                break
        else:
            raise ArithmeticError("the iteration did not come to rest")
        g = self.answer(gains, 0.0)
        out = sum(
            self.words(w, self.sides[b]) @ g[self._at(b), self._at(self.term.input)]
            for b, w in self.term.output[0].items()
        )
        moment = self.words(fixed_words(self.book, self.term.moment), self.sides[self.term.input])
        return float(np.trace(moment @ out))
