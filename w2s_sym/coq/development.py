"""A development of Coq: the library, one file for each claim, and what compiles them by itself."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

from w2s_sym import __version__
from w2s_sym.claims.claim import Claim
from w2s_sym.coq.facts import about_matrices, is_fact, taken
from w2s_sym.coq.inhabited import inhabited_proof
from w2s_sym.coq.points import PointTheorem
from w2s_sym.coq.proofs import Script, proof
from w2s_sym.coq.root_scripts import RootScript, root_proofs
from w2s_sym.coq.statement import theorem_name
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.store.marks import COQ, MAKE, MARKDOWN

# The library, each file after those that it uses. Every theorem's file loads the first ones. Interval arithmetic takes
# longer to load than most proofs to check: the others are loaded where a proof mentions what they define.
BASE = ("Signs", "Sums", "Powers", "Slopes", "Limits", "Integrals", "Roots", "Decide")
LIBRARY = (*BASE, "Tables", "Intervals", "Boxes")
HEADER = """From Coq Require Import Reals Lra Psatz List.
From Coquelicot Require Import Coquelicot.
"""
INTERVALS = "From Interval Require Import Tactic.\n"
# What computation with fractions alone does not decide.
_IRRATIONAL = re.compile(r"\b(exp|ln|sqrt|Rpower|sin|cos|PI|Rabs|Rmin|Rmax)\b")


@functools.cache
def library() -> dict[str, str]:
    """The text of each file of the library, by its name."""
    home = resources.files("w2s_sym.coq") / "library"
    return {name: (home / f"{name}.v").read_text(encoding="utf-8") for name in LIBRARY}


@functools.cache
def library_digest() -> str:
    """A hash of the library's text."""
    return hashlib.sha256("".join(library().values()).encode()).hexdigest()


def lemmas(claim: Claim) -> tuple[Claim, ...]:
    """The claims about formulas that a claim's derivations apply, each once; facts have no theorem.

    What a claim about a random matrix says of a named quantity is a given equation of the claim, and so a hypothesis.
    """
    used = [u for e in claim.evidence if isinstance(e, Derivation) for u in e.uses]
    return tuple({u.id: u for u in used if not about_matrices(u) and not is_fact(u)}.values())


def file_text(claim: Claim) -> str:
    """The file of a claim: that its given equations define their unknowns, its theorem, that there is a point where all
    is as it assumes, and what the proofs assume.

    Raises ``Untranslatable`` or ``NoScript`` with what keeps it from being written.
    """
    own = proof(claim)  # first: it refuses what has no words before roots are looked for
    scripts: tuple[RootScript | Script, ...] = (*root_proofs(claim), own, *inhabited_proof(claim))
    body, beside = "\n\n".join(each.text() for each in scripts), loaded(scripts)
    needed = " ".join((*BASE, *beside, *(theorem_name(u) for u in lemmas(claim))))
    header = HEADER + (INTERVALS if "Intervals" in beside else "")
    # A comment of Coq ends where its brackets do, and reads strings: one that is not closed would go on to the end.
    sentence = claim.words.replace("(*", "( *").replace("*)", "* )").replace('"', "'")
    given = "".join(f"(* given {fact.id}, which is not proved here *)\n" for fact in taken(claim))
    return (
        f"(* {claim.id}: {sentence} *)\n{given}{header}From W2S Require Import {needed}.\nOpen Scope R_scope.\n\n"
        f"{body}\n{_asked(claim, scripts)}"
    )


def _asked(claim: Claim, scripts: tuple[RootScript | Script, ...]) -> str:
    """Asks what the theorems of a file assume: of all at once, since Coq goes through all that they rest on."""
    first, *others = (each.theorem.name for each in scripts)
    if not others:
        return f"Print Assumptions {first}.\n"
    whole, name = first + "".join(f", {other}" for other in others), f"{theorem_name(claim)}__all"
    return f"(* What these theorems assume, together. *)\nDefinition {name} := ({whole}).\nPrint Assumptions {name}.\n"


def loaded(scripts: tuple[RootScript | Script, ...]) -> tuple[str, ...]:
    """The files of the library that theorems and proofs need beside those that are always loaded."""
    words = {w for each in scripts for w in re.findall(r"[\w']+", each.text())}
    at_points = (each.theorem.text() for each in scripts if isinstance(each.theorem, PointTheorem))
    boxes = bool(words & _defined("Boxes"))
    intervals = boxes or "interval" in words or any(_IRRATIONAL.search(text) for text in at_points)
    wanted = {"Tables": "at_listed_points" in words, "Intervals": intervals, "Boxes": boxes}
    return tuple(name for name, needed in wanted.items() if needed)


@functools.cache
def _defined(name: str) -> frozenset[str]:
    """The names that a file of the library defines."""
    kinds = "Lemma|Theorem|Definition|Fixpoint|Inductive|Ltac|Tactic Notation"
    return frozenset(re.findall(rf"^(?:{kinds}) \"?([\w']+)", library()[name], flags=re.MULTILINE))


def write_library(directory: Path) -> None:
    """Write the library's files into a directory."""
    for name, text in library().items():
        (directory / f"{name}.v").write_text(text, encoding="utf-8")


def theorem_files(claims: Iterable[Claim], refused: Mapping[str, str]) -> dict[str, str]:
    """The files of the claims that are not refused, by the name of their theorem, in order."""
    return {theorem_name(c): file_text(c) for c in claims if c.id not in refused}


def given_facts(claims: Iterable[Claim], refused: Mapping[str, str]) -> dict[str, str]:
    """What the theorems of the claims that are not refused are given, by id of the claim: ids of other claims."""
    found = {c.id: ", ".join(f.id for f in taken(c)) for c in claims if c.id not in refused}
    return {name: facts for name, facts in found.items() if facts}


def files_of(theorems: Mapping[str, str], refused: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """All files of a development by their names: library, theorems, a Makefile and a page that says what is there.

    ``theorems`` are the texts by name, each after those that it uses; ``refused`` says of each other claim why it has
    no file, and ``given`` which facts a claim's theorem assumes.
    """
    texts = {f"{name}.v": f"{COQ}\n{text}" for name, text in (*library().items(), *theorems.items())}
    project = "\n".join((MAKE, "-R . W2S", "-arg -w -arg none", *texts, ""))
    told = "\n".join(f"- {claim}: {why}" for claim, why in refused.items())
    assumed = "\n".join(f"- {claim}: given {facts}" for claim, facts in given.items())
    facts = (
        f"Theorems that assume what another claim says, which is not proved here:\n\n{assumed}\n\n" if assumed else ""
    )
    page = (
        "# Theorems for Coq\n\nFor Coq 8.16 with Coquelicot and Interval. `make` compiles all of them, and each\n"
        "file prints what its theorem assumes. `make check` gives every compiled file here to coqchk, Coq's own\n"
        "checker. That trusts coqchk with its virtual machine, and Coq's library, Coquelicot and Interval as "
        "installed.\n\n"
        f"{facts}Without a file here:\n\n{told}\n\n{MARKDOWN}{__version__}.\n"
    )
    return {**texts, "_CoqProject": project, "Makefile": f"{MAKE}\n{_MAKEFILE}", "README.md": page}


# -norec: these files are checked in full, and the libraries that they require are taken as installed. Proofs by
# interval arithmetic are computations, for which the checker needs a virtual machine too.
_MAKEFILE = """all: CoqMakefile
\t$(MAKE) -f CoqMakefile

check: all
\tcoqchk -silent -o -bytecode-compiler yes -R . W2S $(patsubst %.v,-norec W2S.%,$(filter %.v,$(shell cat _CoqProject)))

CoqMakefile: _CoqProject
\tcoq_makefile -f _CoqProject -o CoqMakefile

clean:
\tif [ -e CoqMakefile ]; then $(MAKE) -f CoqMakefile cleanall; fi
\trm -f CoqMakefile CoqMakefile.conf

.PHONY: all check clean
"""
