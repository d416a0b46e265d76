"""The page that lists what Coq does not check lists exactly the proofs about random matrices."""

from __future__ import annotations

import re
from pathlib import Path

from w2s_sym.coq.facts import about_matrices
from w2s_sym.papers.loading import resolve

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "not-in-coq.md").read_text(encoding="utf-8")


def test_the_page_lists_every_proof_about_random_matrices_and_no_other() -> None:
    claims = [entry.claim for entry in resolve([])]
    expected = {c.id for c in claims if about_matrices(c) and any(e.kind == "derivation" for e in c.evidence)}
    listed = re.findall(r"^- `(\w+/\w+)`$", PAGE, flags=re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == expected
    assert f"{len(expected)} claims, listed here" in PAGE
