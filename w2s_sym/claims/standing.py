"""What may be said of a claim as a whole: one word, and the axioms that the word is given.

An *axiom* of a claim is a rule or a claim that it rests on, directly or through others, and that is not itself PROVED.
A page says PROVED only beside the claim's axioms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from w2s_sym.claims.finding import Verdict


@dataclass(frozen=True)
class Standing:
    """The strongest word that a claim has earned.

    Parameters
    ----------
    verdict
        PROVED or AGREES when the claim holds; SKIPPED when no evidence could look; else REFUTED or INCONCLUSIVE.
    axioms
        The ids of all that the claim rests on and that is not PROVED, in alphabetical order.
    unseen
        Those of the axioms that nothing checked in this run.
    judge
        Who checked the proof again, in words, such as "checked by Coq 8.16.1"; empty when nobody did.
    """

    verdict: Verdict
    axioms: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    judge: str = ""

    @property
    def given(self) -> str:
        """How many axioms there are and how they are known, in words; empty when there are none."""
        seen, unseen = len(self.axioms) - len(self.unseen), len(self.unseen)
        told = [f"{_facts(seen)} checked numerically"] if seen else []
        told += [f"{_facts(unseen)} not checked here"] if unseen else []
        return f"given {' and '.join(told)}" if told else ""

    @property
    def word(self) -> str:
        """What a page says, such as ``AGREES``, or ``PROVED, given 2 facts that are checked numerically``."""
        if self.verdict is not Verdict.PROVED:
            return str(self.verdict)
        return ", ".join(part for part in ("PROVED", self.judge, self.given) if part)

    @property
    def short(self) -> str:
        """The word for a cell of a table, where the axioms are only counted: ``PROVED, given 2``."""
        return f"PROVED, given {len(self.axioms)}" if self.group == "PROVED, given facts" else str(self.verdict)

    @property
    def group(self) -> str:
        """The word without numbers, for counts and filters: proofs with axioms are ``PROVED, given facts``."""
        return "PROVED, given facts" if self.verdict is Verdict.PROVED and self.axioms else str(self.verdict)


def standing(verdict: Verdict, rests: Mapping[str, Standing], unseen: Iterable[str] = ()) -> Standing:
    """The standing of a claim: what its own evidence earned, and the axioms of all that it rests on.

    ``rests`` has the standings of what it rests on directly, by id; ``unseen`` are the ids of those without one.
    """
    missing = set(unseen).union(*(below.unseen for below in rests.values()))
    weak = {name for name, below in rests.items() if below.verdict is not Verdict.PROVED}
    axioms = (missing | weak).union(*(below.axioms for below in rests.values()))
    return Standing(verdict, tuple(sorted(axioms)), tuple(sorted(missing)))


def _facts(count: int) -> str:
    return f"{count} fact that is" if count == 1 else f"{count} facts that are"
