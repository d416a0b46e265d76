"""The option ``--coq``: when Coq is asked, and what is told of its answers. A small script stands for Coq."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from w2s_sym import Claim, Compare, Domain, Precision, Source, symbol
from w2s_sym.claims.results import Result
from w2s_sym.coq.development import BASE, LIBRARY, library
from w2s_sym.coq.judge import library_files
from w2s_sym.coq.toolchain import Coq
from w2s_sym.papers import judging
from w2s_sym.papers.ledger import LedgerRun
from w2s_sym.report.ledger_text import not_followed

# Two claims with a proof; what stands for Coq does not accept the second.
PROOFS = """
from w2s_sym import Derivation

def above(name, sentence="It is so."):
    return Claim(name, sentence, Compare(x, "<", x + 1), Domain((x,)), TOY, (Derivation(x).bound("<", x + 1),))

CLAIMS = (above("first"), above("second", "Nobody follows this."))
"""
READER = """#!/bin/sh
for file; do :; done
echo "$file" >> "{log}"
if grep -q "Nobody follows" "$file"; then
  line=$(grep -n "assert (H_step0" "$file" | cut -d: -f1)
  line=$((line + 2))
  echo "File \\"./$file\\", line $line, characters 0-9:" >&2
  echo "Error: No applicable tactic." >&2
  exit 1
fi
echo "Closed under the global context"
"""


GOAL = "in H_step0 : x < 1 + x: No applicable tactic."


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What stands for Coq, as it is found on this machine; called, it gives the theorems that it read since."""
    script, log = tmp_path / "reader", tmp_path / "log"
    script.write_text(READER.format(log=log), encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(judging, "installed", lambda: Coq(str(script), "0"))

    def since() -> list[str]:
        files = log.read_text(encoding="utf-8").split() if log.exists() else []
        log.unlink(missing_ok=True)
        return sorted(name for name in files if "__" in name)

    return since


def test_fresh_asks_coq_again(
    asked: Callable[[], list[str]], w2s: Callable[..., Ran], claims_file: Callable[..., Path], tmp_path: Path
) -> None:
    file, both = claims_file(PROOFS), ["toy__first.v", "toy__second.v"]
    verify = ("verify", file, "--coq", "--jobs", 1)
    w2s(*verify)
    assert asked() == both
    w2s(*verify)
    assert asked() == []
    w2s(*verify, "--fresh")
    assert asked() == both
    w2s(*verify)
    assert asked() == []  # what was found again is kept
    report = ("report", file, "-o", tmp_path / "site", "--coq", "--jobs", 1)
    w2s(*report)
    assert asked() == []
    w2s(*report, "--fresh")
    assert asked() == both


def test_coq_is_asked_of_what_it_was_not_asked_before_alone(
    asked: Callable[[], list[str]], w2s: Callable[..., Ran], claims_file: Callable[..., Path]
) -> None:
    file = claims_file(PROOFS)
    w2s("verify", f"{file}::first", "--coq", "--jobs", 1)
    assert asked() == ["toy__first.v"]
    told = w2s("verify", file, "--coq", "--jobs", 1)
    assert asked() == ["toy__second.v"]
    assert "Coq 0 accepts 1 of 2 proofs" in told.out


def test_each_proof_that_coq_does_not_accept_is_named_with_its_sub_goal(
    asked: Callable[[], list[str]], w2s: Callable[..., Ran], claims_file: Callable[..., Path], tmp_path: Path
) -> None:
    file = claims_file(PROOFS)
    before = w2s("show", "--why", f"{file}::second")
    assert "coq" not in before.out
    verify = ("verify", file, "--coq", "--jobs", 1, "--table", tmp_path / "table.md")
    told = w2s(*verify)
    line = f"Coq: toy/second is not accepted: {GOAL}"
    assert told.out.splitlines()[-1] == line
    assert "Coq: toy/first" not in told.out
    assert f"- {line}\n" in (tmp_path / "table.md").read_text(encoding="utf-8")
    again = w2s(*verify)  # from the store
    assert again.out == told.out
    asked()
    for name, answer in (("second", f"not accepted  {GOAL}"), ("first", "accepted      checked by Coq 0")):
        out = w2s("show", "--why", f"{file}::{name}").out
        assert f"  coq         {answer}\n" in out
    assert asked() == []  # what is kept is told, and nothing is asked
    w2s("report", file, "-o", tmp_path / "site", "--coq", "--jobs", 1)
    pages = {page.name: page.read_text(encoding="utf-8") for page in (tmp_path / "site").rglob("*.html")}
    escaped = GOAL.replace("<", "&lt;")
    (with_goal,) = (name for name, text in pages.items() if escaped in text)
    assert f"The proof was not checked by Coq (not accepted): {escaped}</p>" in pages[with_goal]


def test_what_is_being_compiled_is_told(
    asked: Callable[[], list[str]], w2s: Callable[..., Ran], claims_file: Callable[..., Path]
) -> None:
    file = claims_file(PROOFS)
    first = w2s("verify", file, "--coq", "--jobs", 1)
    ends = [line for line in first.err.splitlines() if " coq: " in line]
    assert ends == [
        "[0/2] the library coq: 8 files are compiled first",
        "[1/2] toy/first coq: accepted",
        "[2/2] toy/second coq: not accepted",
    ]
    assert " coq: " not in w2s("verify", file, "--coq", "--jobs", 1).err
    asked()


def test_the_lines_below_the_table_are_short_and_those_without_words_in_coq_share_one() -> None:
    x = symbol("x", "a number", positive=True)

    def answered(name: str, answer: str, reason: str) -> Result:
        source = Source("toy", "Ann Author", "A toy paper", 2024)
        made = Claim(name, "A toy.", Compare(x, "<", x + 1), Domain((x,)), source, (Precision(),))
        return Result(made, (), opinion={"answer": answer, "reason": reason})

    silent = tuple(answered(f"about_matrices_{k}", "not translated", "random matrices") for k in range(4))
    other = answered("other", "not translated", "gamma is not\ntranslated")
    mute = (answered("good", "accepted", ""), answered("absent", "absent", "coqc is not found"))
    long = answered("long", "not written", "no proof is found of " + "x" * 500)
    lines = not_followed(LedgerRun((*silent, *mute, long), "quick", 0, (other,)))
    assert lines[0] == f"Coq: toy/long is not written: no proof is found of {'x' * 500}"[:196] + " ..."
    assert lines[1:] == [
        "Coq: toy/about_matrices_0, toy/about_matrices_1 and 2 more are not translated: random matrices",
        "Coq: toy/other is not translated: gamma is not translated",
    ]


def test_the_files_of_the_library_that_theorems_load_are_compiled() -> None:
    head = "From W2S Require Import Signs Sums Powers Slopes Limits Integrals Roots Decide"
    assert library_files([]) == library_files([f"{head}.\n"]) == BASE
    assert library_files([f"{head} Tables toy__lemma.\n", f"{head} Intervals Boxes.\n"]) == LIBRARY
    for name, text in library().items():  # none of them loads one that comes later, or that is left out
        loads = set(re.findall(r"\bW2S\.(\w+)", text))
        assert loads <= set(LIBRARY[: LIBRARY.index(name)])
        assert loads <= set(BASE) | set(library_files([f"From W2S Require Import {name}.\n"]))
