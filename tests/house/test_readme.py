"""The examples of README and docs/ run as printed; docs/reference and the pages on adding have their own tests."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from w2s_sym.formula.conditions import DomainError

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "guide").glob("*.md"))}
PAGES = {
    "README": README,
    **GUIDE,
    **{
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "docs").glob("*.md"))
        if not path.stem.startswith("adding")
    },
}


def blocks(page: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page: (language, text)."""
    return re.findall(r"```(\w+)\n(.*?)```", page, flags=re.DOTALL)


def examples(page: str) -> Iterator[tuple[str, str]]:
    """Each Python block with the text block that stands right after it, or with nothing."""
    found = blocks(page)
    for (kind, code), after in zip_longest(found, found[1:]):
        if kind == "python":
            yield code, after[1] if after is not None and after[0] == "text" else ""


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "a page", "exec", dont_inherit=True), {"__name__": "a_page"})
    return out.getvalue()


EXAMPLES = [(f"{name}[{i}]", *pair) for name, page in PAGES.items() for i, pair in enumerate(examples(page))]


@pytest.mark.parametrize(("code", "expected"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_each_example_prints_what_stands_below_it(
    code: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert printed(code) == expected


def test_no_page_lost_its_examples() -> None:
    counts = {name: len(list(examples(page))) for name, page in PAGES.items()}
    assert counts["README"] == 2
    assert counts["quickstart"] == 1
    shown = ("verify", "formulas", "risk-curves", "derive", "plan", "export", "write", "test")
    assert [name for name in shown if counts[name] == 0] == []
    assert sum(expected != "" for _, _, expected in EXAMPLES) >= 9


def test_the_refusal_is_as_printed() -> None:
    from derivations import dong2025

    shown = next(code for kind, code in blocks(GUIDE["formulas"]) if kind == "text" and ">>>" in code)
    with pytest.raises(DomainError) as refused:
        dong2025.weak_excess(d_w=200, n=150, sigma2=1, rho_w=0)
    assert f"DomainError: {refused.value}" == shown.splitlines()[1]


def test_the_example_file_verifies_and_its_wrong_version_is_refuted(tmp_path: Path) -> None:
    from w2s_sym.claims.finding import Verdict
    from w2s_sym.claims.results import verify

    code = next(code for code, _ in examples(GUIDE["write"]) if "least_squares_variance" in code)
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

    code = next(code for code, _ in examples(GUIDE["write"]) if "Effective ridge" in code)
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
    from w2s_sym.report.site.glossary import TERMS, glossary_page

    papers = [load(name) for name in paper_names()]
    assert with_claims(README, papers) == README, "run make claims"
    assert (ROOT / "CLAIMS.md").read_text(encoding="utf-8") == claim_table(papers), "run make claims"
    assert with_claims(README, papers[:1]) != README
    with pytest.raises(ValueError, match="two markers"):
        with_claims("no markers", papers)
    assert PAGES["glossary"] == glossary_page(), "run make claims"
    assert re.findall(r"^- \*\*(.+?)\*\*: ", PAGES["glossary"], flags=re.MULTILINE) == list(TERMS)


def test_no_table_has_a_bar_that_ends_a_cell_in_a_formula() -> None:
    """A norm is a double bar: ``\\Vert``, not a new line and ``vert``."""
    rows = (ROOT / "CLAIMS.md").read_text(encoding="utf-8")
    assert r"\\vert" not in rows
    assert r"\Vert " in rows


def test_readme_is_short() -> None:
    """Words that are read: neither code nor the table that is made."""
    prose = re.sub(r"```.*?```|<!-- claims:begin -->.*?<!-- claims:end -->|\]\([^)]*\)", " ", README, flags=re.DOTALL)
    assert len(re.findall(r"\w+", prose)) < 600


def test_the_rates_of_the_page_on_trust_are_those_of_the_table() -> None:
    rows = re.findall(r"^\|[^|]+\|[^|]+\| ([\d,]+) \| (\d+) \|", PAGES["wrong-verdicts"], flags=re.MULTILINE)
    tried, held = (sum(int(row[i].replace(",", "")) for row in rows) for i in (0, 1))
    assert f"{tried:,} false claims were tried, and {held} of them hold" in " ".join(PAGES["trust"].split())


def test_the_gallery_shows_figures_that_there_are() -> None:
    from w2s_sym.papers.loading import load, paper_names

    titles = {f"{name}/{figure.name}": figure.title for name in paper_names() for figure in load(name).figures}
    shown = re.findall(
        r"^### (.+)\n\n!\[(.+)\]\((.+)\)\n\n(?:.+\n)+\n`w2s-sym figure (\S+) -o FILE`$", PAGES["gallery"], re.M
    )
    assert len(shown) == PAGES["gallery"].count("![") >= 15
    for title, alt, path, name in shown:
        assert titles[name] == title == alt
        assert (ROOT / "docs" / path).stat().st_size < 100_000
