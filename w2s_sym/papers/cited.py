"""What the claims of a run rest on: claims that are cited and not listed, and the claims that confirm rules.

The rule: what a claim rests on is in its run. A cited claim enters as the very object that is cited; a rule enters as
the claim of an installed paper that has its id, and as no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import same_claim
from w2s_sym.claims.foundations import foundations
from w2s_sym.claims.statement import ClaimError
from w2s_sym.papers.loading import Entry, Paper, UsageError, load, paper_names


def with_cited(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries and all that they rest on, each claim once and after what it rests on itself.

    Raises :class:`UsageError` for two different claims with one id, a claim that rests on itself, and a rule that no
    installed paper confirms.
    """
    shelf = _Shelf()
    try:
        order = foundations([entry.claim for entry in entries], shelf.confirms)
    except ClaimError as problem:
        raise UsageError(str(problem)) from problem
    home = {entry.claim.id: entry for entry in entries}
    for entry in entries:
        for claim in foundations((entry.claim,), shelf.confirms):
            if claim.id not in home:
                home[claim.id] = shelf.entry(claim) or Entry(entry.paper, claim)
    return tuple(home[claim.id] for claim in order)


class _Shelf:
    """The installed papers, each loaded when a claim of it may be meant."""

    def __init__(self) -> None:
        self.names = paper_names()
        self.loaded: dict[str, Paper | None] = {}
        self.rules: dict[str, Entry] = {}

    def confirms(self, rule: str) -> Claim:
        """The claim that confirms a rule. Raises :class:`UsageError` where no installed paper has it."""
        if rule in self.rules:
            return self.rules[rule].claim
        prefix = rule.partition("/")[0]
        for name in sorted(self.names, key=lambda n: n != prefix):
            paper = self._paper(name)
            found = next((c for c in paper.claims if c.id == rule), None) if paper else None
            if paper and found:
                self.rules[rule] = Entry(paper, found)
                return found
        raise UsageError(
            f"the rule {rule} is used, and no installed paper has a claim of that id to confirm it; correct the rule, "
            f"or install the paper (installed: {', '.join(self.names) or 'none'})"
        )

    def entry(self, claim: Claim) -> Entry | None:
        """The claim as one of an installed paper: that of its rule, or the one that its id names; None for others."""
        rule = self.rules.get(claim.id)
        if rule is not None and same_claim(rule.claim, claim):
            return rule
        paper = self._paper(claim.source.key) if claim.source.key in self.names else None
        found = next((c for c in paper.claims if same_claim(c, claim)), None) if paper else None
        return Entry(paper, found) if paper and found else None

    def _paper(self, name: str) -> Paper | None:
        if name not in self.loaded:
            try:
                self.loaded[name] = load(name)
            except UsageError:
                self.loaded[name] = None  # another paper's trouble is no answer to this question
        return self.loaded[name]
