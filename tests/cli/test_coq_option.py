"""The option ``--coq``: when Coq is asked, and what is told of its answers. A small script stands for Coq."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from w2s_sym.coq.toolchain import Coq
from w2s_sym.papers import judging

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
  line=$(grep -n "H_step0" "$file" | head -1 | cut -d: -f1)
  echo "File \\"./$file\\", line $line, characters 0-9:" >&2
  echo "Error: No applicable tactic." >&2
  exit 1
fi
echo "Closed under the global context"
"""


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
