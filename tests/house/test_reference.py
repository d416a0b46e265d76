"""Each public name of ``w2s_sym`` and ``w2s_sym.equivalents`` has an example in docs/reference, and it runs."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from test_papers_use_the_door import inner

import w2s_sym
import w2s_sym.equivalents

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES = {p.stem: p.read_text(encoding="utf-8") for p in sorted(REFERENCE.glob("*.md")) if p.stem != "index"}
# The page whose names are those of the language of estimators.
ESTIMATORS = "estimators"


def sections(page: str) -> list[tuple[str, str]]:
    """The sections of a page whose heading is a name in code: (name, text)."""
    return re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", page, flags=re.DOTALL | re.MULTILINE)


def example(section: str) -> doctest.DocTest:
    """The one Python block of a section."""
    (code,) = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    return doctest.DocTestParser().get_doctest(code, {"__name__": "an_example"}, "docs/reference", None, 0)


def uses(name: str, door: str, source: str) -> bool:
    """Whether a source imports a name from the package and mentions it after that; or the package itself has it."""
    tree = ast.parse(source)
    imported = any(
        isinstance(node, ast.ImportFrom) and node.module == door and name in {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
    mentioned = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    asked = any(isinstance(n, ast.Attribute) and n.attr == name for n in ast.walk(tree))
    return (imported and name in mentioned) or (asked and door in source)


def faults(pages: Iterable[tuple[str, str]], names: Iterable[str], door: str) -> list[str]:
    """What is wrong with the names of a list: one without a section, twice, without prompts, or not used."""
    found = [section for page in pages for section in sections(page[1])]
    titles, said = [name for name, _ in found], []
    for name in names:
        if titles.count(name) != 1:
            said.append(f"{name} has {titles.count(name)} sections")
            continue
        test = example(dict(found)[name])
        source = "".join(e.source for e in test.examples)
        if not any(e.want for e in test.examples):
            said.append(f"{name}: the example shows nothing")
        if not uses(name, door, source):
            said.append(f"{name}: the example does not use it")
        said += [f"{name}: {line}" for line in inner(source)]
    return said + [f"{title} is no public name" for title in titles if title not in names]


def test_each_public_name_has_one_example_that_uses_it() -> None:
    estimators = [(ESTIMATORS, PAGES[ESTIMATORS])]
    others = [(name, page) for name, page in PAGES.items() if name != ESTIMATORS]
    assert faults(others, w2s_sym.__all__, "w2s_sym") == []
    assert faults(estimators, w2s_sym.equivalents.__all__, "w2s_sym.equivalents") == []


EXAMPLES = {f"{page}:{name}": text for page, source in PAGES.items() for name, text in sections(source)}


@pytest.mark.parametrize("what", EXAMPLES)
def test_it_prints_what_stands_there(what: str) -> None:
    said: list[str] = []
    ran = doctest.DocTestRunner(verbose=False).run(example(EXAMPLES[what]), out=said.append)
    assert ran.attempted > 0
    assert ran.failed == 0, "".join(said)


# -- the test's own test --------------------------------------------------------------------------------------

GOOD = "## `solve`\n\nWords.\n\n```python\n>>> from w2s_sym import solve\n>>> solve is None\nFalse\n```\n"


@pytest.mark.parametrize(
    ("page", "names", "says"),
    [
        (GOOD, ["solve"], []),
        (GOOD, ["solve", "risk"], ["risk has 0 sections"]),
        (GOOD + GOOD, ["solve"], ["solve has 2 sections"]),
        (GOOD.replace("\nFalse", ""), ["solve"], ["solve: the example shows nothing"]),
        (GOOD.replace("import solve", "import risk"), ["solve"], ["solve: the example does not use it"]),
        (GOOD, [], ["solve is no public name"]),
        (
            GOOD.replace(">>> solve is", ">>> import w2s_sym.claims.claim\n>>> solve is"),
            ["solve"],
            ["solve: 2: w2s_sym.claims.claim"],
        ),
    ],
)
def test_a_planted_gap_is_caught(page: str, names: list[str], says: list[str]) -> None:
    assert faults([("page", page)], names, "w2s_sym") == says


def test_a_planted_wrong_output_is_caught() -> None:
    wrong = example(dict(sections(GOOD.replace("\nFalse", "\nTrue")))["solve"])
    assert doctest.DocTestRunner(verbose=False).run(wrong, out=lambda text: None).failed == 1
