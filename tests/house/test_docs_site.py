"""The site that ``make docs`` writes: it builds without a warning, and a reader needs no network."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def conf() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_conf", DOCS / "conf.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fetched(page: str) -> list[str]:
    """What a browser would fetch from elsewhere in order to show a page."""
    tags = re.findall(r"<(?:script|img|iframe|source|link)\b[^>]*>", page)
    found = [tag for tag in tags if re.search(r"(?:src|href)=[\"']?(?:https?:)?//", tag)]
    return found + re.findall(r"@import[^;]*//[^;]*;|url\([\"']?https?://[^)]*\)", page)


def test_formulas_of_tables_become_mathml_and_the_rest_stays(conf: ModuleType) -> None:
    pytest.importorskip("latex2mathml")
    made = conf.with_mathml("<td>$$\\frac{1}{n}$$</td><td>$d &lt; n$</td><td>5 $</td>")
    assert made.count("<math") == 2
    assert "<mfrac>" in made
    assert "$" not in made.removesuffix("<td>5 $</td>")
    assert conf.with_mathml("no formula") == "no formula"


def test_a_docstring_keeps_code_and_roles_and_shows_the_rest_as_it_is(conf: ModuleType) -> None:
    lines = ["|X b|^2 and ``a_b*`` of :class:`Claim`", "", "Parameters", "----------", "b_s"]
    conf.plain_docstring(None, "", "", None, None, lines)
    assert lines[0] == r"\|X b\|^2 and ``a_b*`` of :class:`Claim`"
    assert lines[2:] == [".. rubric:: Parameters", "", r"b\_s"]


def test_a_planted_fetch_is_caught() -> None:
    assert fetched('<a href="https://x.org">x</a><script src="_static/a.js"></script>') == []
    assert len(fetched('<script src="https://cdn.org/a.js"></script><link href="//fonts.org/a.css">')) == 2
    assert len(fetched("<style>@import '//fonts.org/a.css';</style>")) == 1


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_fetches_nothing(tmp_path: Path) -> None:
    for name in ("sphinx", "furo", "myst_nb", "sphinx_copybutton"):
        pytest.importorskip(name, reason="make docs brings it")
    asked = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(tmp_path / "trees")]
    ran = subprocess.run([*asked, str(DOCS), str(tmp_path / "site")], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        assert fetched(page.read_text(encoding="utf-8")) == [], page.name
