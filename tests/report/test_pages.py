"""The report: well formed, self-contained, deterministic, filtered without script, and as wide as its window."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_markup import Reader, read

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n
from w2s_sym.formula.notation import symbol
from w2s_sym.papers.ledger import LedgerRun, verify_all
from w2s_sym.papers.loading import Entry, Paper, resolve
from w2s_sym.report.html import pages
from w2s_sym.report.html.pages import Section

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
x = symbol("x", "a number", positive=True)


@dataclass(frozen=True)
class Says(Evidence):
    verdict: Verdict
    refuted: tuple[int, ...] = ()
    kind: str = "precision"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, self.verdict, "it was <seen>", {"points": [{"x": "1/2"}]}, self.refuted)


def claim(name: str, *evidence: Says, key: str = "toy", **more: object) -> Claim:
    source = Source(key, "A. Author", 'Toys of "paper" <é>', 2024, arxiv="2401.00001")
    return Claim(name, "x is n.", Compare(x, "=", n), Domain((x, n)), source, evidence, **more)  # type: ignore[arg-type]


def outcome(*claims: Claim) -> LedgerRun:
    paper = Paper("toy.py", claims, "toy", None)
    return verify_all([Entry(paper, c) for c in claims], jobs=1)


BASE = claim("base", Says(Verdict.AGREES))
MIXED = (
    BASE,
    claim("proved", Says(Verdict.PROVED, (0,)), rests_on=(BASE,), rivals=(n + 1,), witness={x: 1, n: 1}),
    claim("refuted", Says(Verdict.REFUTED), key="other.paper"),
    claim("survivor", Says(Verdict.PROVED), rivals=(n + 1, n + 2)),
    claim("open", Says(Verdict.INCONCLUSIVE), rests_on=(claim("elsewhere", Says(Verdict.AGREES)),)),
)


def page(*sections: Section) -> tuple[LedgerRun, str]:
    made = outcome(*MIXED)
    return made, pages.document(made, {c.id: c.chains() for c in MIXED}, sections)


def check_page(text: str) -> Reader:
    """Balanced, with unique ids, links that resolve, and nothing that is loaded or run."""
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    reader = read(text)
    ids = Counter(reader.values("id"))
    assert {name for name, count in ids.items() if count > 1} == set()
    for link in reader.values("href"):
        assert link.startswith("https://arxiv.org/abs/") or link[1:] in ids, link
        assert link[0] in "#h"
    assert all(source.startswith("data:image/svg+xml;base64,") for source in reader.values("src"))
    assert not {"script", "link", "iframe", "object", "base"} & set(reader.tags)
    assert "url(" not in text
    assert "@import" not in text
    return reader


def test_the_page_is_well_formed_and_self_contained() -> None:
    _, text = page(Section("A <figure>", "<p>by hand</p>"))
    reader = check_page(text)
    assert "A <figure>" in reader.words
    assert reader.tags.count("article") == len(MIXED) + 1  # and the one that is cited and not listed


def test_ids_stay_apart_when_names_come_together() -> None:
    twins = (claim("a", Says(Verdict.AGREES), key="p.q"), claim("a", Says(Verdict.AGREES), key="p+q"))
    text = pages.document(outcome(*twins), {})
    check_page(text)
    assert read(text).tags.count("article") == 2


def test_each_claim_is_told_with_all_that_was_found() -> None:
    _, text = page()
    words = " ".join(read(text).words.split())
    for told in (
        "5 claims, checked at quick effort from seed 0. 2 hold, 3 do not.",
        "it was <seen>",
        "They rest on 1 more, checked too: toy/elsewhere.",
        "PROVED, given 1 fact that is checked numerically: toy/base.",
        "It does not hold. no evidence refutes the rival n + 1",
        "It does not hold. precision refutes it",
        "not refuted",
    ):
        assert told in words, told


def test_one_word_for_each_claim() -> None:
    made, text = page()
    words = [c.standing.short for c in made.results]
    assert words == ["AGREES", "PROVED, given 1", "REFUTED", "INCONCLUSIVE", "INCONCLUSIVE"]
    # two kinds of thing carry a claim's marks, its row and its article; what is cited has both
    groups = {"agrees": 4, "proved-given-facts": 2, "refuted": 2, "inconclusive": 4}
    assert Counter(read(text).values("data-verdict")) == groups
    assert Counter(read(text).values("data-paper")) == {"1": 10, "2": 2}


def test_a_claim_without_findings_is_inconclusive() -> None:
    from w2s_sym.claims.results import Result

    assert Result(BASE, ()).standing.word == "INCONCLUSIVE"


def test_every_filter_has_its_rule_and_its_button() -> None:
    _, text = page()
    rules = re.findall(r"body:has\(#([\w-]+):checked\) \[data-(\w+)\]:not\(\[data-\w+=\"([\w-]+)\"\]\)", text)
    ids, values = read(text).values("id"), {k: set(read(text).values(f"data-{k}")) for k in ("paper", "verdict")}
    assert {(kind, key) for _, kind, key in rules} == {(k, v) for k, found in values.items() for v in found}
    assert {button for button, _, _ in rules} <= set(ids)


def test_a_figure_goes_in_as_an_image_and_one_that_fails_as_a_line() -> None:
    good = pages.figure("Risk", "Bars are <2> errors.", lambda: "<svg xmlns='http://www.w3.org/2000/svg' id='clash'/>")
    bad = pages.figure("Lost", "", lambda: f"{1 / 0}")
    _, text = page(good, bad, good)
    reader = check_page(text)
    assert "Bars are <2> errors." in reader.words
    assert "no figure: division by zero" in reader.words
    assert reader.values("alt") == ["Risk", "Risk"]


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import sys; sys.path[:0] = ['.', 'tests', 'tests/report']; import test_pages, hashlib;"
        "print(hashlib.sha256(test_pages.page()[1].encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_without_the_converter_the_page_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from w2s_sym.report.html import mathml

    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    mathml.has_mathml.cache_clear()
    try:
        _, text = page()
    finally:
        mathml.has_mathml.cache_clear()
    assert "<math" not in text
    assert "pip install 'w2s-sym[report]'" in check_page(text).words
    assert "$$x = n$$" in read(text).words


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of all installed papers, unchecked: its claims and derivations are there, its findings are not."""
    from w2s_sym.claims.results import Result

    claims = [e.claim for e in resolve([])]
    made = LedgerRun(tuple(Result(c, ()) for c in claims), "quick", 0)
    # Five claims of each paper are derived: all would take the time of a proof of each.
    first = [c for key in {c.source.key for c in claims} for c in [d for d in claims if d.source.key == key][:5]]
    text = pages.document(made, {c.id: c.chains() for c in first})
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_page_of_all_papers_is_well_formed_and_small(installed: Path) -> None:
    check_page(installed.read_text(encoding="utf-8"))
    assert installed.stat().st_size < 5_000_000


def measured(text: str, script: str, folder: Path, width: int = 1200) -> str:
    """What a script of the test's own, run in a copy of the page, puts into the title."""
    if CHROMIUM is None:
        pytest.skip("no chromium: install it to see the page laid out")
    copy = folder / "page.html"
    copy.write_text(text.replace("</body>", f"<script>document.title = {script}</script></body>"), encoding="utf-8")
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    options += " --disable-component-update --disable-sync --dump-dom"
    command = [CHROMIUM, *options.split(), f"--user-data-dir={folder}", f"--window-size={width},900", copy.as_uri()]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=3600)
    except subprocess.TimeoutExpired:
        pytest.skip("chromium does not answer here")
    found = re.search(r"<title>([^<]*)</title>", ran.stdout)
    if found is None:
        pytest.skip(f"chromium does not run here: {ran.stderr[-200:]}")
    return found[1]


@pytest.mark.parametrize("width", [1200, 700])
def test_no_formula_makes_the_page_wider_than_its_window(installed: Path, tmp_path: Path, width: int) -> None:
    text = installed.read_text(encoding="utf-8").replace("<details", "<details open")
    wide = measured(text, "[document.documentElement.scrollWidth, innerWidth].join('/')", tmp_path, width)
    content, window = map(int, wide.split("/"))
    assert content <= window


def test_the_filters_hide_what_they_do_not_name(tmp_path: Path) -> None:
    made, text = page()
    seen = """[...document.querySelectorAll('input')].map(i => {
        i.click();
        const shown = [...document.querySelectorAll('article')].filter(a => getComputedStyle(a).display != 'none');
        document.querySelector('#' + i.name + '-0').click();
        return shown.length;
    }).join(' ')"""
    told = [c.standing.group for c in (*made.results, *made.cited)]
    verdicts = [told.count(g) for g in pages.GROUPS if g in told]
    assert measured(text, seen, tmp_path).split() == [str(n) for n in (6, 5, 1, 6, *verdicts)]
