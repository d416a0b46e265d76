"""Names that Coq takes for symbols and for the letters of spectra, no two of them the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.formula.totals import SpectrumSymbol, letters_along

# Names that statements and proofs use themselves, and Coq's keywords; a symbol of such a name gets a mark.
TAKEN = frozenset(re.findall(r"\w+", """
    exp ln sin cos Rabs sqrt Rpower Rmin Rmax PI total Derive ex_derive is_derive RInt ex_RInt is_lim p_infty integer
    In nil cons list nth nat IZR INR R Type Prop Set forall exists fun let in if then else match with end as at return
    where fix cofix using and or not True False eq conj ex fst snd pair O S Rbar_locally Finite Z Q N positive bool
    eventually power SProp Axiom CoFixpoint Definition Fixpoint Hypothesis Parameter Theorem Variable discriminated
    exists2 for by mod IF integral converges has_integral up_to below locally"""))  # fmt: skip
REALS = re.compile(r"R[a-z0-9]\w*")  # how Coq names what is about real numbers, such as R0, Rlt and Rmult_comm
OURS = ("H_", "W_", "W2S_", "level_")  # how names begin that proofs and spectra make
# Ids whose theorem is read off them: no capital, no underscore beside another or at an end, and not long.
_PLAIN = re.compile(r"(?!level_)[a-z][a-z0-9]*(_[a-z0-9]+)*/[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST, _PART = 160, 40


class Untranslatable(ValueError):  # noqa: N818 - it names what happened
    """What the translator has no words for."""


@dataclass(frozen=True)
class Scope:
    """The identifier of each symbol, and what the letters of spectra are where a sum runs.

    ``vanishing`` are powers with a symbolic exponent whose base may be zero: they are written as ``power`` of the
    library, which is zero there, where Coq's own is not.
    """

    of: Mapping[sp.Symbol, str]
    letters: Mapping[sp.Symbol, str] = field(default_factory=dict)
    vanishing: frozenset[sp.Expr] = frozenset()

    def __getitem__(self, s: sp.Symbol) -> str:
        if s in self.letters:
            return self.letters[s]
        if s not in self.of:
            raise Untranslatable(f"{s} is no symbol of the claim")
        return self.of[s]

    def within(self, over: SpectrumSymbol) -> tuple[str, Scope]:
        """A fresh index of a level of a spectrum, and the names inside a sum over it."""
        index = self.fresh("i")
        inner = {v: f"({letter_name(self[over], self.of, v)} {index})" for v in over.symbols}
        return index, replace(self, letters={**self.letters, **inner, sp.Dummy(): index})

    def bound(self, s: sp.Symbol) -> tuple[str, Scope]:
        """A fresh name for a bound number, and the names in its scope."""
        name = self.fresh(identifier(s.name, ()))
        return name, replace(self, letters={**self.letters, s: name})

    def fresh(self, stem: str) -> str:
        """A name that stands for nothing yet."""
        return identifier(stem, {*self.of.values(), *self.letters.values(), *letter_names(self.of).values()})


def identifier(text: str, used: Collection[str]) -> str:
    """A name that Coq takes, made of ``text``, that is not among ``used``."""
    plain = re.sub(r"\W", "_", text, flags=re.ASCII)
    plain = plain if re.match(r"[A-Za-z]", plain) and not plain.startswith(OURS) else f"x{plain}"
    plain = f"{plain}_" if plain in TAKEN or REALS.fullmatch(plain) else plain
    return next(name for name in chain([plain], (f"{plain}_{k}" for k in count(2))) if name not in used)


def theorem_name(claim: Claim) -> str:
    """The name of a claim's theorem and of its file, made of its id: no two ids have one, nor two in other capitals.

    A plain id ``key/name`` is ``key__name``. Another, such as ``key-x/name``, loses what Coq does not take, and so does
    ``key_x/name``: a hash of the id follows after a second ``__``.
    """
    if _PLAIN.fullmatch(claim.id) and len(claim.id) <= _LONGEST:
        return claim.id.replace("/", "__")
    parts = (re.sub(r"[^a-z0-9]+", "_", part.lower())[:_PART].strip("_") for part in claim.id.split("/", 1))
    return identifier(f"{'__'.join(parts)}__{hashlib.sha256(claim.id.encode()).hexdigest()[:32]}", ())


def letter_name(spectrum: str, names: Mapping[sp.Symbol, str], letter: sp.Symbol) -> str:
    """The function on the levels of a spectrum that a level letter is; no two letters share one."""
    return letter_names(names)[spectrum, letter]


def letter_names(names: Mapping[sp.Symbol, str]) -> dict[tuple[str, sp.Symbol], str]:
    """The functions of all level letters: of a spectrum's name and a letter."""
    found: dict[tuple[str, sp.Symbol], str] = {}
    for s, name in names.items():
        along = letters_along(s)
        for v in along.symbols if along is not None else ():
            found[name, v] = identifier(f"{v.name}_{name}", {*names.values(), *found.values()})
    return found
