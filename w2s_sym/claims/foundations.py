"""What claims rest on: claims as objects, followed to the end, never looked up by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import differing_fields, same_claim
from w2s_sym.claims.statement import ClaimError


def nobody(rule: str) -> Claim | None:
    """None for every rule: where no paper is known, a rule is taken on trust and listed as an axiom."""
    return None


def foundations(claims: Iterable[Claim], confirms: Callable[[str], Claim | None] = nobody) -> tuple[Claim, ...]:
    """The claims and all that they rest on, each once and after what it rests on itself.

    ``confirms`` gives the claim that confirms a rule, by the rule's id. Raises ``ClaimError`` for two different claims
    with one id, and for a claim that rests on itself.
    """
    known: dict[str, Claim] = {}
    done: dict[str, Claim] = {}
    path: list[str] = []
    todo = [(claim, False) for claim in reversed(list(claims))]
    while todo:
        claim, leaving = todo.pop()
        if leaving:
            done[path.pop()] = claim
            continue
        first = known.setdefault(claim.id, claim)
        if not same_claim(first, claim):
            raise ClaimError(
                f"two different claims have the id {claim.id}: {first.statement} ({_words(first)}), and "
                f"{claim.statement} ({_words(claim)}); they differ in {', '.join(differing_fields(first, claim))}; "
                "rename one"
            )
        if claim.id in path:
            circle = " -> ".join((*path[path.index(claim.id) :], claim.id))
            raise ClaimError(f"{claim.id} rests on itself: {circle}; give one of them evidence that uses none of them")
        if claim.id not in done:
            path.append(claim.id)
            confirmed = [found for rule in claim.rules if (found := confirms(rule)) is not None]
            todo += [(claim, True), *((below, False) for below in (*confirmed, *reversed(claim.supports)))]
    return tuple(done.values())


def _words(claim: Claim) -> str:
    sentence = " ".join(claim.words.split())
    return sentence if len(sentence) <= 80 else f"{sentence[:77]}..."
