"""The site: every page well formed and complete, links that lead somewhere, deterministic, as wide as its window."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_markup import Reader, read

from w2s_sym.claims.chain import Chain, Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Compare
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n
from w2s_sym.formula.notation import symbol
from w2s_sym.papers.drawing import Drawing, attempted
from w2s_sym.papers.figures import Figure
from w2s_sym.papers.ledger import LedgerRun, verify_all
from w2s_sym.papers.loading import Entry, Paper, resolve
from w2s_sym.report.site import frame, graph
from w2s_sym.report.site.glossary import TERMS, anchor
from w2s_sym.report.site.places import SiteMap, link
from w2s_sym.report.site.site import site

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
x = symbol("x", r"a number such as $\frac{1}{2}$", positive=True)


@dataclass(frozen=True)
class Says(Evidence):
    verdict: Verdict
    refuted: tuple[int, ...] = ()
    kind: str = "precision"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, self.verdict, "it was <seen>", {"points": [{"x": "1/2"}]}, self.refuted)


def claim(name: str, *evidence: Says, key: str = "toy", **more: object) -> Claim:
    source = Source(key, "A. Author", "Toys", 2024, arxiv="2401.00001")
    sentence = r"$x^{-3/2}$ is not what $x = n$ says."
    return Claim(name, sentence, Compare(x, "=", n), Domain((x, n)), source, evidence, **more)  # type: ignore[arg-type]


BASE = claim("base", Says(Verdict.AGREES))
PROVED = claim("proved", Says(Verdict.PROVED, (0,)), rests_on=(BASE,), rivals=(n + 1,), witness={x: 1, n: 1})
MIXED = (
    BASE,
    PROVED,
    claim("refuted", Says(Verdict.REFUTED), key="other.paper"),
    claim("survivor", Says(Verdict.PROVED), rivals=(n + 1, n + 2)),
    claim("open", Says(Verdict.INCONCLUSIVE), rests_on=(claim("elsewhere", Says(Verdict.AGREES)),)),
)
PAPER = Paper(
    "toy.py",
    MIXED,
    "toy",
    None,
    headlines=(PROVED,),
    sections=(("First <part>", MIXED[:2]), ("The rest", MIXED[2:])),
    about="What :func:`it.is` about, *truly*.\n\nMore of $x^2$.",
)
GOOD = Drawing("toy.py", "risk", "Risk", "Bars are <2> errors.", svg="<svg xmlns='http://www.w3.org/2000/svg'/>")
BAD = Drawing("toy.py", "lost", "Lost", "", problem="division by zero")


def outcome() -> LedgerRun:
    return verify_all([Entry(PAPER, c) for c in MIXED], jobs=1)


def made() -> dict[str, str]:
    return site(outcome(), [PAPER], {c.id: c.chains() for c in MIXED}, [GOOD, BAD])


def pages(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith(".html")}


def check_page(path: str, files: Mapping[str, str]) -> Reader:
    """Balanced, with unique ids; every link leads to a page of the site and an id in it; no other script or style."""
    text = files[path]
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    reader = read(text)
    ids = Counter(reader.values("id"))
    assert {name for name, count in ids.items() if count > 1} == set()
    for there in (*reader.values("href"), *reader.values("src")):
        if there.startswith("https://arxiv.org/abs/"):
            continue
        target, _, fragment = there.partition("#")
        full = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
        assert full in files, (path, there)
        assert not fragment or f'id="{fragment}"' in files[full] or full == "graph.html", (path, there)
    assert not {"iframe", "object", "base"} & set(reader.tags)
    assert reader.tags.count("script") == 1
    assert "url(" not in text
    return reader


def test_every_page_is_well_formed_and_every_link_leads_somewhere() -> None:
    files = made()
    for path in pages(files):
        check_page(path, files)
    assert set(files) >= {"index.html", "graph.html", "glossary.html", "style.css", "site.js", "claims.js"}
    assert len([p for p in files if p.startswith("claims/")]) == len(MIXED) + 1  # and the one that is cited
    for name in ("http:", "https:", "@import", "url("):
        assert name not in files["style.css"] + files["site.js"].replace("https://", "https:")


def test_a_claim_page_tells_all_that_was_found() -> None:
    files = made()

    def words(name: str) -> str:
        apart = re.sub("(?=<(?:h2|li|a|br|span|code|p)[ >])", " ", files[f"claims/toy/{name}.html"])
        return " ".join(read(apart).words.split())

    assert "PROVED, given 1 fact that is checked numerically: toy/base." in words("proved")
    assert "it was <seen>" in words("proved")
    assert "x^(-3/2) is not what x = n says." in words("proved"), "the copy as text"
    assert "Used by ✓ PROVED, given 1 Proved" in words("base")
    assert "It does not hold: no evidence refutes the rival n + 1" in words("survivor")
    assert "not refuted" in words("survivor")
    assert "Rests on ≈ AGREES Elsewhere" in words("open")
    other = next(p for p in files if p.startswith("claims/") and p.endswith("refuted.html"))
    assert "It does not hold: precision refutes it" in " ".join(read(files[other]).words.split())


def test_a_paper_page_has_main_claims_sections_notation_and_figures() -> None:
    files = made()
    reader = read(files["papers/toy.html"])
    words = " ".join(reader.words.split())
    for told in ("Main claims", "First <part>", "The rest", "Notation", "Figures", "What it.is about, truly."):
        assert told in words
    assert words.count("a number such as") == 1, "each letter once"
    assert reader.values("alt") == ["Risk. Bars are <2> errors."]
    assert "no figure: division by zero" in words
    assert files["figures/toy-risk.svg"].endswith(GOOD.svg)


def test_the_index_counts_and_names_what_fails() -> None:
    words = " ".join(read(made()["index.html"]).words.split())
    assert "5 claims about knowledge distillation" in words
    assert "2 hold, 3 do not, 0 were skipped." in words
    assert "These do not hold: other.paper/refuted, toy/survivor, toy/open." in words
    assert "They rest on 1 more" in words


def test_a_skipped_claim_says_why_and_not_that_its_rivals_stand() -> None:
    lost = claim("lost", Says(Verdict.SKIPPED, kind="simulation"), kind="observation", rivals=(n + 1,))
    paper = Paper("toy.py", (lost,), "toy", None, about="A toy.")
    files = site(verify_all([Entry(paper, lost)], jobs=1), [paper], {lost.id: ()}, [])
    words = " ".join(read(files["claims/toy/lost.html"]).words.split())
    assert "Wrong alternatives" in words
    assert "refuted" not in words
    assert "needs data or libraries that this machine lacks" in " ".join(read(files["index.html"]).words.split())


def test_a_figure_that_fails_is_a_line() -> None:
    figure = Figure("lost", "Lost", "A caption.", lambda run: {}, lambda found, canvas: None)
    lost = attempted("toy.py", figure, lambda: f"{1 / 0}")
    assert (lost.svg, lost.problem) == ("", "division by zero")


def test_the_search_reads_what_the_ledger_says() -> None:
    text = made()["claims.js"]
    rows = json.loads(text[text.index("[") : text.rindex("]") + 1])
    base = next(row for row in rows if row[1] == "toy/base")
    assert base[:4] == ["claims/toy/base.html", "toy/base", "x^(-3/2) is not what x = n says.", "AGREES"]
    assert base[4] == "$x^{-3/2}$ is not what $x = n$ says.", "letters may be typed as the page shows them"
    assert [row[0] for row in rows if row[1] == "rival"] == ["glossary.html#rival"]
    assert len(rows) == len(MIXED) + 1 + len(TERMS)


def test_links_stay_apart_when_names_come_together() -> None:
    places = SiteMap.of(["a/x", "A/x", "a b/x", "a?b/x", "a/X"])
    paths = [p.lower() for p in (*places.claims.values(), *places.papers.values())]
    assert len(set(paths)) == 9
    assert places.claims["a/x"] == "claims/a/x.html"
    assert link("claims/a/x.html", "papers/a.html") == "../../papers/a.html"
    assert link("index.html", "glossary.html", "axiom") == "glossary.html#axiom"


def test_every_word_of_the_glossary_has_a_place_of_its_own() -> None:
    assert len({anchor(term) for term in TERMS}) == len(TERMS)
    for group in frame.GROUPS:
        assert group in TERMS


def test_in_the_graph_a_claim_stands_to_the_right_of_what_it_rests_on() -> None:
    nodes = [
        graph.Node(name, name.upper(), f"{name}.html", "PROVED, given 1", below)
        for name, below in (("a", ()), ("b", ("a",)), ("c", ("a", "b")), ("alone", ()), ("d", ("absent", "c")))
    ]
    text = graph.drawing(nodes)
    place = {m[1]: int(m[2]) for m in re.finditer(r'data-name="(\w+)".*?<text class="w2s-proved" x="(\d+)"', text)}
    assert place["a"] < place["b"] < place["c"] < place["d"]
    assert set(place) == {"a", "b", "c", "d"}
    assert len(re.findall("<path ", text)) == 4
    assert graph.drawing([graph.Node("a", "A", "a.html", "PROVED", ())]) == ""


def digest() -> str:
    return hashlib.sha256(repr(sorted(made().items())).encode()).hexdigest()


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    program = "import sys; sys.path[:0] = ['.', 'tests', 'tests/report']; import test_site; print(test_site.digest())"
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


def test_without_the_converter_the_index_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from w2s_sym.report.html import mathml

    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    mathml.has_mathml.cache_clear()
    try:
        files = made()
    finally:
        mathml.has_mathml.cache_clear()
    assert not any("<math" in text for text in files.values())
    assert "pip install 'w2s-sym[report]'" in read(files["index.html"]).words
    assert "$$x = n$$" in read(files["claims/toy/base.html"]).words


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of all installed papers, unchecked: its claims and derivations are there, its findings are not."""
    from w2s_sym.claims.results import Result

    entries = resolve([])
    claims = [e.claim for e in entries]
    papers = list({id(e.paper): e.paper for e in entries}.values())
    ran = LedgerRun(tuple(Result(c, ()) for c in claims), "quick", 0)
    # Five claims of each paper are derived: all would take the time of a proof of each.
    first = [c for key in {c.source.key for c in claims} for c in [d for d in claims if d.source.key == key][:5]]
    folder = tmp_path_factory.mktemp("site")
    for path, text in site(ran, papers, {c.id: c.chains() for c in first}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_the_site_of_all_papers_is_well_formed_and_small(installed: Path) -> None:
    files = {str(p.relative_to(installed)): p.read_text("utf-8") for p in installed.rglob("*") if p.is_file()}
    for path in pages(files):
        check_page(path, files)
        assert len(files[path]) < 300_000, path


def measured(page: Path, script: str, folder: Path, width: int = 1200) -> str:
    """What a script of the test's own, run in a copy of the page, puts into the title."""
    if CHROMIUM is None:
        pytest.skip("no chromium: install it to see the page laid out")
    copy = page.with_name(f"measured-{width}.html")
    text = page.read_text("utf-8").replace("<details", "<details open")
    run = f"<script>addEventListener('load', async () => {{ document.title = {script} }})</script></body>"
    copy.write_text(text.replace("</body>", run), encoding="utf-8")
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    options += " --disable-component-update --disable-sync --virtual-time-budget=5000 --dump-dom"
    command = [CHROMIUM, *options.split(), f"--user-data-dir={folder}", f"--window-size={width},900", copy.as_uri()]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=3600)
    except subprocess.TimeoutExpired:
        pytest.skip("chromium does not answer here")
    finally:
        copy.unlink()
    found = re.search(r"<title>([^<]*)</title>", ran.stdout)
    if found is None:
        pytest.skip(f"chromium does not run here: {ran.stderr[-200:]}")
    return found[1]


PLACES = (
    "index.html",
    "graph.html",
    "glossary.html",
    "papers/ildiz2025.html",
    "claims/gaussian/steins_identity.html",
    "claims/dong2025/weak_teacher_excess_risk.html",
)


# Chromium makes no window narrower than 500.
@pytest.mark.parametrize("width", [1400, 700, 500])
@pytest.mark.parametrize("place", PLACES)
def test_no_page_is_wider_than_its_window(installed: Path, tmp_path: Path, place: str, width: int) -> None:
    wide = measured(installed / place, "[document.documentElement.scrollWidth, innerWidth].join('/')", tmp_path, width)
    content, window = map(int, wide.split("/"))
    assert content <= window


def test_the_search_finds_by_words_and_from_any_page(installed: Path, tmp_path: Path) -> None:
    script = """await (async () => {
        const field = document.querySelector('#find');
        const tell = async words => {
            field.value = words;
            field.dispatchEvent(new Event('input'));
            await new Promise(done => setTimeout(done, 300));
            return document.querySelectorAll('#found li').length + ' ' +
                (document.querySelector('#found a') || {getAttribute: () => '-'}).getAttribute('href');
        };
        return [await tell('weak teacher variance'), await tell('no such words'), await tell('')].join('; ');
    })()"""
    told = measured(installed / "claims/dong2025/weak_teacher_excess_risk.html", script, tmp_path).split("; ")
    assert told[0].endswith("../../claims/dong2025/weak_teacher_variance.html")
    assert told[1:] == ["0 -", "0 -"]


def test_lines_that_were_stored_make_the_same_page() -> None:
    chain = Chain("derivation", (Line.of(x, "", "where $x$ starts"), Line.of(x + 1, "<", "one more")), "")
    bound = Chain("certificate", (Line("a", "a", "<=", "why", gap_text="b - a", gap_latex="b-a"),))
    lost = Chain("derivation", (), "step 3 fails: $x < 1$")
    ran, found = outcome(), []
    for stored in (False, True):
        kept = [Chain.from_record(json.loads(json.dumps(c.to_record()))) if stored else c for c in (chain, bound, lost)]
        found.append(site(ran, [PAPER], {BASE.id: kept})["claims/toy/base.html"])
    assert found[0] == found[1]
    for words in ("where ", "one more", "step 3 fails"):
        assert words in found[0]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("width", [400, 700, 1400])
def test_the_graph_fits_its_window_until_it_is_asked_for_in_full(width: int, tmp_path: Path) -> None:
    claims = [claim("c0", Says(Verdict.AGREES))]
    for k in range(1, 9):
        claims.append(claim(f"c{k}", Says(Verdict.AGREES), rests_on=(claims[-1],)))
    paper = Paper("toy.py", tuple(claims), "toy", None)
    files = site(verify_all([Entry(paper, c) for c in claims], jobs=1), [paper], {})
    for path in ("graph.html", "style.css", "site.js", "claims.js"):
        (tmp_path / path).write_text(files[path], encoding="utf-8")
    (tmp_path / "at").mkdir()
    right = "Math.ceil(document.querySelector('.w2s-graph').getBoundingClientRect().right)"
    asked = f"[{right}, (document.getElementById('full-size').click(), {right}), innerWidth].join('/')"
    fitted, full, window = map(int, measured(tmp_path / "graph.html", asked, tmp_path / "at", width).split("/"))
    assert fitted <= window < full
