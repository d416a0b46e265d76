"""The words of the site, each with its meaning."""

from __future__ import annotations

from collections.abc import Mapping

TERMS: Mapping[str, str] = {
    "claim": "One statement of a paper with all that is needed to check it: a formula, where it holds, what is given, "
    "what it rests on, wrong alternatives, and evidence.",
    "evidence": "A check that could have failed. There are four kinds: derivation, certificate, precision, simulation. "
    "A piece of evidence gives one finding.",
    "finding": "What a piece of evidence found: a verdict, a sentence with the number behind it, and all numbers.",
    "verdict": "PROVED, AGREES, REFUTED, INCONCLUSIVE or SKIPPED.",
    "PROVED": "Every step of a derivation was justified by exact algebra, or a certificate was checked with rigorous "
    "error bounds, on the whole domain of the claim; and all that the proof uses is PROVED too.",
    "PROVED, given facts": "The proof was checked, and it uses facts that are cited and compared with numbers, not "
    "proved here. The page of the claim lists these axioms.",
    "AGREES": "The statement was compared with numbers that could have refuted it, and they agree: exact numbers at "
    "many points, or simulated means within their standard errors. It is no proof.",
    "REFUTED": "A point was found where the statement is false, or a simulated mean is too far from it.",
    "INCONCLUSIVE": "The evidence could neither support nor refute the statement.",
    "SKIPPED": "The evidence needs an optional part that is not installed.",
    "holds": "Some evidence supports the claim, none refutes it, every rival is refuted, and all that it rests on "
    "holds.",
    "derivation": "A chain of lines from one side of the statement to the other. Exact algebra checks each step.",
    "certificate": "A list of boxes that cover the domain. On each box a rigorous bound shows the sign of a function.",
    "precision": "Both sides are evaluated at many points of the domain with rigorous error bounds, rare and extreme "
    "points among them.",
    "simulation": "Random matrices are drawn as the claim describes, without its formula, and means are compared with "
    "it.",
    "rival": "A wrong formula that looks plausible. Evidence must refute it, which shows that the check can fail.",
    "mutant": "A wrong formula made by changing one sign, factor or letter of the claim. Evidence tries to refute it.",
    "resolves": "A simulation resolves a difference when its standard error is small enough to see it. What is smaller "
    "than that, it cannot tell.",
    "axiom": "A fact that a proof uses and that is not proved here: it is cited, and compared with numbers. Averages "
    "over Gaussian matrices rest on three, Stein's identity among them; limits of an estimator's risk rest on the gate "
    "rule.",
    "gate rule": "The one axiom of the engine behind w2s-sym derive: in the limit, a trace of random matrices has the "
    "mean that a fixed-point equation gives. It is a claim of its own, which is cited and simulated.",
    "domain": "The letters of a claim, their ranges, and the conditions under which the statement is claimed.",
    "given": "An equation that defines one of the letters, such as the fixed point of an effective ridge.",
    "witness": "A point of the domain, to show that the conditions can hold together, or at which a claim of existence "
    "is checked.",
    "rests on": "The claims that a proof applies, and the rules of averaging that it uses.",
    "effort": "How many points and draws are taken: quick, standard or deep.",
    "seed": "The number from which all random draws follow. The same seed gives the same numbers.",
    "checked by Coq": "The statement was translated into the language of the proof assistant Coq, and Coq accepted a "
    "proof of it.",
    "theorem": "A claim that is a mathematical statement about all points of its domain.",
    "equivalent": "A claim about a limit of large random matrices: the random quantity tends to the formula.",
    "observation": "A claim about runs with stated settings and seeds, not about all cases.",
}


def anchor(term: str) -> str:
    """The fragment of a term on the page of the glossary."""
    return term.lower().replace(",", "").replace(" ", "-")


def glossary_page() -> str:
    """The words as a page of the documentation, docs/glossary.md."""
    about = "The words of the site that `make verify` writes, and of these pages. Made by `make claims`."
    return "\n".join(
        ["# Glossary", "", about, "", *(f"- **{term}**: {meaning}" for term, meaning in TERMS.items()), ""]
    )
