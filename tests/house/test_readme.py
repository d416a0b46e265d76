"""README's examples run as printed."""

from __future__ import annotations

import contextlib
import io
import re
from itertools import pairwise
from pathlib import Path

import pytest

from w2s_sym.formula.conditions import DomainError

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    return out.getvalue()


def test_each_example_that_prints_is_followed_by_what_it_prints() -> None:
    checked = 0
    for (kind, code), (after, expected) in pairwise(BLOCKS):
        if kind == "python" and after == "text":
            assert printed(code) == expected
            checked += 1
    assert checked == 6


def test_the_refusal_is_as_printed() -> None:
    from derivations import dong2025

    shown = next(code for kind, code in BLOCKS if kind == "text" and ">>>" in code)
    with pytest.raises(DomainError) as refused:
        dong2025.weak_excess(d_w=200, n=150, sigma2=1, rho_w=0)
    assert f"DomainError: {refused.value}" == shown.splitlines()[1]


def test_the_example_file_verifies_and_its_wrong_version_is_refuted(tmp_path: Path) -> None:
    from w2s_sym.claims.finding import Verdict
    from w2s_sym.claims.results import verify

    code = next(code for kind, code in BLOCKS if kind == "python" and "least_squares_variance" in code)
    for text, holds in ((code, True), (code.replace("noise * d / (n - d - 1))", "noise * d / (n - d + 1))"), False)):
        scope: dict[str, object] = {"__name__": "my_claims"}
        exec(compile(text, "my_claims.py", "exec"), scope)
        (claim,) = scope["CLAIMS"]  # type: ignore[misc]
        result = verify(claim)
        assert result.holds is holds
        if not holds:
            assert [f.verdict for f in result.findings] == [Verdict.REFUTED] * 3


def test_the_other_statements_verify() -> None:
    from w2s_sym.claims.results import verify

    code = next(code for kind, code in BLOCKS if kind == "python" and "Effective ridge" in code)
    scope: dict[str, object] = {"__name__": "ridge_claims"}
    exec(compile(code, "ridge_claims.py", "exec"), scope)
    results = [verify(claim) for claim in scope["CLAIMS"]]  # type: ignore[attr-defined]
    assert len(results) == 7
    for result in results:
        assert result.holds, str(result)
        assert all(f.verdict in ("PROVED", "AGREES") for f in result.findings), str(result)


def test_the_tables_of_claims_are_current() -> None:
    from w2s_sym.papers.loading import load, paper_names
    from w2s_sym.report.claims_document import claim_table, with_claims

    papers = [load(name) for name in paper_names()]
    root = Path(__file__).resolve().parents[2]
    assert with_claims(README, papers) == README, "run make claims"
    assert (root / "CLAIMS.md").read_text(encoding="utf-8") == claim_table(papers), "run make claims"
    assert with_claims(README, papers[:1]) != README
    with pytest.raises(ValueError, match="two markers"):
        with_claims("no markers", papers)
