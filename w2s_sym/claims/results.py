"""A claim with its findings, and what it is to verify."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import undefined
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.formula import display
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.notation import latex

OPTIONS = ("effort", "seed", "memory", "progress")


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
    fallen
        The ids of claims of the run that this one rests on and that do not hold.
    unchecked
        The ids of claims that this one rests on and that are not in the run.
    """

    claim: Claim
    findings: tuple[Finding, ...]
    target: str = field(default="", kw_only=True)
    failures: tuple[Failure, ...] = field(default=(), kw_only=True)
    seconds: tuple[float, ...] = field(default=(), kw_only=True)
    recalled: tuple[bool, ...] = field(default=(), kw_only=True)
    fallen: tuple[str, ...] = field(default=(), kw_only=True)
    unchecked: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def surviving_rivals(self) -> tuple[int, ...]:
        """The positions of the claim's rivals that no evidence refuted."""
        killed = {i for f in self.findings for i in f.refuted}
        return tuple(i for i in range(len(self.claim.rivals)) if i not in killed)

    @property
    def findings_suffice(self) -> bool:
        """At least one PROVED or AGREES on the whole domain, no REFUTED, and no rival left standing.

        An observation whose only evidence was skipped for a missing extra does not count against the ledger.
        """
        verdicts = [f.verdict for f in self.findings]
        if self.claim.kind == "observation" and verdicts and all(v is Verdict.SKIPPED for v in verdicts):
            return True
        supported = any(f.supports for f in self.findings)
        return supported and Verdict.REFUTED not in verdicts and not self.surviving_rivals

    @property
    def holds(self) -> bool:
        """Whether the findings suffice, all evidence gave one, and nothing that the claim rests on has fallen."""
        return self.findings_suffice and not self.failures and not self.fallen

    def why(self) -> str:
        """One line on why the findings suffice or do not."""
        refuted = [f for f in self.findings if f.verdict is Verdict.REFUTED]
        if refuted:
            return f"{refuted[0].kind} refutes it: {refuted[0].summary}"
        if not any(f.supports for f in self.findings):
            return "nothing supports it: " + "; ".join(f"{f.kind}: {f.summary}" for f in self.findings)
        if self.surviving_rivals:
            rival = self.claim.rivals[self.surviving_rivals[0]]
            return f"no evidence refutes the rival {rival}"
        best = [f for f in self.findings if f.supports]
        return f"{best[0].kind}: {best[0].summary}"

    def to_json(self) -> dict[str, Any]:
        """The claim's id, whether it holds, its findings, rivals and supports as plain JSON values; no timings."""
        return {
            "id": self.claim.id,
            "holds": self.holds,
            "evidence": [f.to_json() for f in self.findings],
            "rivals": [
                {"latex": rival_latex(r), "refuted": i not in self.surviving_rivals}
                for i, r in enumerate(self.claim.rivals)
            ],
            "rests_on": list(self.claim.rests_on_ids),
        }

    def __str__(self) -> str:
        mark = "holds" if self.holds else "DOES NOT HOLD"
        lines = [f"{self.claim.id}: {mark}", f"  {self.claim.sentence}"]
        lines += [f"  {f.kind:<11} {f.verdict:<13} {f.summary}" for f in self.findings]
        lines += [f"  {f.kind:<11} {'no finding':<13} {f.message}" for f in self.failures]
        lines += [f"  it rests on {i}, which does not hold" for i in self.fallen]
        lines += [f"  rival not refuted: {self.claim.rivals[i]}" for i in self.surviving_rivals]
        return "\n".join(lines)

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
    if claim.domain.facts:
        reason = f"the domain takes {claim.domain.facts[0]} for granted; state it as a condition, or use knowing(claim)"
    if reason is not None:
        return Finding(evidence.kind, Verdict.INCONCLUSIVE, reason)
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


def verify(claim: Claim, run: Run | None = None, **options: Any) -> Result:
    """Check all evidence of one claim: ``verify(claim)``, ``verify(claim, effort="deep", seed=1)``.

    Parameters
    ----------
    claim
        What to check.
    run
        How hard to look, as a :class:`Run`; or give its fields as options instead.
    effort
        ``quick`` (the default), ``standard`` or ``deep``.
    seed
        The seed of all random draws, a nonnegative integer (default 0).
    memory
        Where finished pieces of long work go (default: nowhere).
    progress
        A function that is called with messages while evidence is at work.

    Raises ``TypeError`` for anything else, and :class:`ClaimError` when a claim is ill-formed.
    """
    if not isinstance(claim, Claim):
        raise TypeError(f"verify takes a Claim, not {type(claim).__name__}")
    if run is not None and not isinstance(run, Run):
        raise TypeError(f"run must be a Run, not {type(run).__name__}; an effort is given as effort='deep'")
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"unknown option {name}; options are {', '.join(OPTIONS)}")
    if run is not None and options:
        raise TypeError("give a run or its options, not both")
    chosen = run if run is not None else Run(**options)
    return Result(claim, tuple(check_evidence(claim, i, chosen) for i in range(len(claim.evidence))))
