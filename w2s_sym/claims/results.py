"""A claim with its findings, and what it is to verify.

The rule: a claim holds when its own evidence suffices *and* every claim that it rests on was checked, that very object
and not one of the same name, and holds. Rules of averaging are the one exception: they are axioms, listed by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.confined import confined
from w2s_sym.claims.definitions import undefined
from w2s_sym.claims.description import IndescribableError, claim_digest, same_claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.foundations import foundations
from w2s_sym.claims.run import Memory, NoMemory, Run, Scoped
from w2s_sym.claims.standing import Standing, standing
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.formula import display
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.notation import latex
from w2s_sym.formula.typed import typed
from w2s_sym.formula.user_code import in_this_process

OPTIONS = ("effort", "seed", "memory", "progress", "budget")


def rival_latex(rival: Any) -> str:
    """The LaTeX of a claim's rival: a wrong right side, or the wrong right condition of an ``Iff``."""
    return rival.latex() if isinstance(rival, (Compare, Condition)) else latex(rival)


@dataclass(frozen=True)
class Failure:
    """Evidence that gave no finding, and why; ``bad_input`` when the claim or its point is at fault."""

    claim: str
    index: int
    kind: str
    message: str
    bad_input: bool

    def __str__(self) -> str:
        return f"{self.claim}: its {self.kind} gave no finding: {self.message}"


@dataclass(frozen=True)
class Result:
    """A claim with the findings of all its evidence, and what a run of the ledger adds.

    Parameters
    ----------
    claim
        What was checked.
    findings
        What its evidence found, in the order of the evidence; without those of ``failures``.
    target
        What to type on the command line for this claim alone.
    failures
        The evidence that gave no finding.
    seconds
        How long each piece of evidence took when its finding was made.
    recalled
        Whether each piece's finding came from the store.
    supports
        The results of the claims that it rests on directly.
    rules
        The results of the claims that confirm its rules, where papers are known.
    opinion
        What a proof assistant says of its proof, as plain JSON values with ``words`` for a page; empty when none was
        asked.
    """

    claim: Claim
    findings: tuple[Finding, ...]
    target: str = field(default="", kw_only=True)
    failures: tuple[Failure, ...] = field(default=(), kw_only=True)
    seconds: tuple[float, ...] = field(default=(), kw_only=True)
    recalled: tuple[bool, ...] = field(default=(), kw_only=True)
    supports: tuple[Result, ...] = field(default=(), kw_only=True, compare=False)
    rules: tuple[Result, ...] = field(default=(), kw_only=True, compare=False)
    opinion: Mapping[str, Any] = field(default_factory=dict, kw_only=True, compare=False)

    @property
    def surviving_rivals(self) -> tuple[int, ...]:
        """The positions of the claim's rivals that no evidence refuted; one point, wherever it is, refutes a rival."""
        killed = {i for f in self.findings for i in f.refuted}
        return tuple(i for i in range(len(self.claim.rivals)) if i not in killed)

    @property
    def needs(self) -> tuple[str, ...]:
        """Conditions that some evidence needs and that do not follow from the domain."""
        return tuple(dict.fromkeys(need for f in self.findings for need in f.needs))

    @property
    def skipped(self) -> bool:
        """Whether nothing could look: all evidence of an observation misses an extra. It does not hold, nor fail."""
        verdicts = [f.verdict for f in self.findings]
        return self.claim.kind == "observation" and bool(verdicts) and set(verdicts) == {Verdict.SKIPPED}

    @property
    def findings_suffice(self) -> bool:
        """At least one PROVED or AGREES on the whole domain, no REFUTED, no unmet need, and no rival left standing."""
        verdicts = [f.verdict for f in self.findings]
        supported = any(f.supports for f in self.findings)
        return supported and Verdict.REFUTED not in verdicts and not self.needs and not self.surviving_rivals

    @cached_property
    def fallen(self) -> tuple[str, ...]:
        """The ids of what it rests on and that was checked and does not hold."""
        claims = {s.claim.id for s in self.supports if not s.holds and not s.skipped}
        return tuple(sorted(claims | {r.claim.id for r in self.rules if not r.holds}))

    @cached_property
    def unchecked(self) -> tuple[str, ...]:
        """The ids of claims that it rests on and that were not checked: that very claim, not one with its id."""
        checked = [s.claim for s in self.supports if not s.skipped]
        return tuple(c.id for c in self.claim.supports if not any(same_claim(c, found) for found in checked))

    @cached_property
    def holds(self) -> bool:
        """Whether the findings suffice, all evidence gave one, and all that the claim rests on was checked and holds.

        It is worked out once, as is :attr:`standing`, since many results may rest on one.
        """
        complete = len(self.findings) == len(self.claim.evidence) and not self.failures
        return complete and self.findings_suffice and not self.fallen and not self.unchecked

    @cached_property
    def standing(self) -> Standing:
        """The one word for the claim, with the axioms that it is given."""
        below = {s.claim.id: s.standing for s in (*self.supports, *self.rules)}
        confirmed = {r.claim.id for r in self.rules}
        missing = {rule for rule in self.claim.rules if rule not in confirmed} | set(self.unchecked)
        return replace(standing(self._verdict(), below, missing), judge=self.opinion.get("words", ""))

    def _verdict(self) -> Verdict:
        if any(f.verdict is Verdict.REFUTED for f in self.findings):
            return Verdict.REFUTED
        if not self.holds:
            return Verdict.SKIPPED if self.skipped else Verdict.INCONCLUSIVE
        proved = any(f.supports and f.verdict is Verdict.PROVED for f in self.findings)
        return Verdict.PROVED if proved else Verdict.AGREES

    def why(self) -> str:
        """One line on why the claim holds or does not."""
        refuted = [f for f in self.findings if f.verdict is Verdict.REFUTED]
        if refuted:
            return f"{refuted[0].kind} refutes it: {refuted[0].summary}"
        lacking = next((f for f in self.findings if f.needs), None)
        if lacking is not None:
            return f"{lacking.kind} needs what does not follow from the domain: {', '.join(lacking.needs)}"
        if not any(f.supports for f in self.findings):
            return "nothing supports it: " + "; ".join(f"{f.kind}: {f.summary}" for f in self.findings)
        if self.surviving_rivals:
            rival = self.claim.rivals[self.surviving_rivals[0]]
            return f"no evidence refutes the rival {rival}"
        if self.fallen:
            return f"it rests on {', '.join(self.fallen)}, which does not hold"
        if self.unchecked:
            return f"it rests on {', '.join(self.unchecked)}, which was not checked"
        if self.failures:
            return f"its {self.failures[0].kind} gave no finding: {self.failures[0].message}"
        if len(self.findings) < len(self.claim.evidence):
            return f"{len(self.findings)} of its {len(self.claim.evidence)} pieces of evidence were checked"
        best = [f for f in self.findings if f.supports]
        return f"{best[0].kind}: {best[0].summary}"

    def to_json(self) -> dict[str, Any]:
        """The id, whether it holds, its standing, findings, rivals and supports as plain JSON values; no timings."""
        return {
            "id": self.claim.id,
            "holds": self.holds,
            "standing": self.standing.word,
            "axioms": list(self.standing.axioms),
            **({"coq": {k: v for k, v in self.opinion.items() if k != "words"}} if self.opinion else {}),
            "evidence": [f.to_json() for f in self.findings],
            "rivals": [
                {"latex": rival_latex(r), "refuted": i not in self.surviving_rivals}
                for i, r in enumerate(self.claim.rivals)
            ],
            "rests_on": list(self.claim.rests_on_ids),
        }

    def __str__(self) -> str:
        mark = "holds" if self.holds else "was SKIPPED" if self.skipped else "DOES NOT HOLD"
        lines = [f"{self.claim.id}: {mark}", f"  {self.claim.words}"]
        lines += [f"  {f.kind:<11} {f.verdict:<13} {f.summary}" for f in self.findings]
        lines += [f"  {f.kind:<11} {'no finding':<13} {f.message}" for f in self.failures]
        lines += [f"  rival not refuted: {self.claim.rivals[i]}" for i in self.surviving_rivals]
        lines += [f"  needs {need}, which does not follow from the domain" for need in self.needs]
        return "\n".join((*lines, *self.foundation_lines()))

    def foundation_lines(self) -> list[str]:
        """What it rests on and how that stands, a line each; then the whole word of a proof with axioms, and these."""
        lines = [
            f"  {'rests on':<11} {s.claim.id}: {s.standing.word if s.holds or s.skipped else 'DOES NOT HOLD'}"
            for s in (*self.supports, *self.rules)
        ]
        lines += [f"  {'rests on':<11} {name}, which was not checked" for name in self.unchecked]
        if self.standing.verdict is Verdict.PROVED and self.standing.axioms:
            lines.append(f"  {'in all':<11} {self.standing.word}:")
            lines += [f"  {'':<11} {name}" for name in self.standing.axioms]
        return lines

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("result", self)


def check_evidence(claim: Claim, index: int, run: Run) -> Finding:
    """Check one piece of a claim's evidence; its random streams depend on the claim's id and the index only.

    No evidence counts before the claim's given equations are shown to be definitions.

    Raises :class:`ClaimError` when the evidence returns anything but a Finding of its own kind, or refutes a rival that
    the claim does not have.
    """
    evidence = claim.evidence[index]
    reason = undefined(claim.given, claim.domain, claim.witness)
    if reason is not None:
        return Finding(evidence.kind, Verdict.INCONCLUSIVE, reason)
    with in_this_process():
        finding = evidence.check(claim, run.under(claim.id, index))
    if not isinstance(finding, Finding):
        given = type(finding).__name__
        raise ClaimError(f"{claim.id}: the check of its {evidence.kind} returned a {given}, not a Finding")
    if finding.kind != evidence.kind:
        raise ClaimError(
            f"{claim.id}: the check of its {evidence.kind} returned a finding of kind {finding.kind!r}; "
            "give it the kind of the evidence, Finding(self.kind, ...)"
        )
    if any(position >= len(claim.rivals) for position in finding.refuted):
        raise ClaimError(
            f"{claim.id}: the check of its {evidence.kind} refutes rival {max(finding.refuted)}, counted from 0; "
            f"the claim has {len(claim.rivals)}"
        )
    if finding.verdict is Verdict.SKIPPED and claim.kind != "observation":
        return replace(finding, verdict=Verdict.INCONCLUSIVE)
    return finding


def check_all(claim: Claim, run: Run, only: int | None = None) -> tuple[Finding, ...]:
    """The findings of all evidence of a claim, or of piece ``only``, each made within the run's budget."""
    wanted = range(len(claim.evidence)) if only is None else (only,)
    kinds = [claim.evidence[i].kind for i in wanted]
    return confined(lambda position, within: check_evidence(claim, wanted[position], within), kinds, run)


class Results(tuple[Result, ...]):
    """The results of several claims, in their order; it prints and shows itself as one after the other."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(display.html("result", result) for result in self)


@overload
def verify(claim: Claim, run: Run | None = None, **options: Any) -> Result: ...


@overload
def verify(claim: Sequence[Claim], run: Run | None = None, **options: Any) -> Results: ...


@typed
def verify(claim: Claim | Sequence[Claim], run: Run | None = None, **options: Any) -> Result | Results:
    """Check a claim and all that it rests on: ``verify(claim)``, ``verify(claim, effort="deep", seed=1)``.

    For a tuple or a list of claims it gives a tuple of results, in their order. Each claim below them is checked once,
    at the same effort and seed, and is among the ``supports`` of the results that rest on it. Rules of averaging are
    confirmed by claims of installed papers, which ``w2s-sym verify`` checks; here they are axioms.

    Parameters
    ----------
    claim
        What to check: a claim, or a tuple or list of claims.
    run
        How hard to look, as a :class:`Run`; or give its fields as options instead.
    effort
        ``quick`` (the default), ``standard`` or ``deep``.
    seed
        The seed of all random draws, a nonnegative integer (default 0).
    memory
        Where finished pieces of long work go (default: nowhere), under a key that says all of the claim they are of.
    progress
        A function that is called with messages while evidence is at work.
    budget
        The time and memory that one piece of evidence may use, a :class:`Budget`; by effort when not given.

    Evidence is checked in a child process that cannot use more than its budget. Raises ``TypeError`` for anything else,
    and :class:`ClaimError` when a claim is ill-formed, when two different claims with one id are among them, or when
    one rests on itself.
    """
    claims = (claim,) if isinstance(claim, Claim) else claim
    if not isinstance(claims, (tuple, list)):
        raise TypeError(f"verify takes a Claim, or a tuple of claims, not {type(claim).__name__}")
    for each in claims:
        if not isinstance(each, Claim):
            raise TypeError(f"verify takes a tuple of claims; there is a {type(each).__name__} in it")
    if run is not None and not isinstance(run, Run):
        raise TypeError(f"run must be a Run, not {type(run).__name__}; an effort is given as effort='deep'")
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"unknown option {name}; options are {', '.join(OPTIONS)}")
    if run is not None and options:
        raise TypeError("give a run or its options, not both")
    chosen = run if run is not None else Run(**options)
    made: dict[str, Result] = {}
    for each in foundations(tuple(claims)):
        mine = replace(chosen, memory=_memory_of(each, chosen.memory))
        found = check_all(each, mine)
        made[each.id] = resting(Result(each, found), made)
    return made[claim.id] if isinstance(claim, Claim) else Results(made[each.id] for each in claims)


def _memory_of(claim: Claim, memory: Memory) -> Memory:
    """What is remembered of this very claim: another of the same id, such as an older one, has its own."""
    try:
        return Scoped(memory, claim_digest(claim))
    except IndescribableError:
        return NoMemory()


def resting(result: Result, made: Mapping[str, Result], confirmed: bool = False) -> Result:
    """The result with its supports and, where they are ``confirmed``, its rules, both from ``made``.

    ``made`` has results by id and was made from below. That ids are enough here is what :func:`foundations` sees to.
    """
    supports = tuple(made[name] for name in dict.fromkeys(c.id for c in result.claim.supports))
    rules = tuple(made[name] for name in result.claim.rules) if confirmed else ()
    whole = replace(result, supports=supports, rules=rules)
    _ = whole.holds, whole.standing  # worked out from below, so that no chain is too long
    return whole
