"""A development that is exported: it compiles by itself, and coqchk checks what was compiled."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.coq.coq_files import needs_coq
from w2s_sym import Claim, Compare, Derivation, Domain, Source, symbol
from w2s_sym.coq.development import LIBRARY, files_of, library, theorem_files

x = symbol("x", "a number", positive=True)
SQUARE = Claim(
    "square",
    "A toy.",
    Compare(2 * x, "<=", x**2 + 1),
    Domain((x,)),
    Source("toy2026", "A. Theorist", "On toys", 2026),
    (Derivation(2 * x).bound("<=", x**2 + 1, by=(x - 1) ** 2),),
)


def make(folder: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "-C", folder, *targets], capture_output=True, text=True, timeout=600, check=False)


@needs_coq
@pytest.mark.slow
def test_coqchk_checks_every_file_of_ours_and_refuses_one_that_was_changed(tmp_path: Path) -> None:
    for name, text in files_of(theorem_files((SQUARE,), {}), {}, {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = make(tmp_path, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    (command,) = [line for line in done.stdout.splitlines() if line.startswith("coqchk")]
    assert command.count("-norec ") == len(LIBRARY) + 1
    assert "type-in-type: <none>" in done.stdout + done.stderr
    # One byte of a compiled proof is another.
    proof = tmp_path / "toy2026__square.vo"
    content = bytearray(proof.read_bytes())
    content[len(content) // 2] ^= 1
    proof.write_bytes(content)
    assert make(tmp_path, "check").returncode != 0


def test_the_library_assumes_nothing_and_has_no_clock() -> None:
    words = r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|timeout)\b"
    code = {name: re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL) for name, text in library().items()}
    assert tuple(code) == LIBRARY
    assert {name: found for name, text in code.items() if (found := re.findall(words, text))} == {}


def test_the_page_of_a_development_says_what_is_trusted() -> None:
    page = files_of(theorem_files((SQUARE,), {}), {"toy/other": "no derivation"}, {})["README.md"]
    assert "`make check`" in page
    assert "virtual machine, and Coq's library, Coquelicot and Interval as installed" in page
    assert "- toy/other: no derivation" in page
