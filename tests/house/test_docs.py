"""The pages of ``docs/`` are true of the tree: what they name exists, what exists is named, and their examples run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from test_layers import ROWS
from test_rules_of_the_house import SOURCES, documented_methods, silent_definitions

from w2s_sym import (
    Claim,
    ClaimError,
    Compare,
    Condition,
    Derivation,
    Domain,
    Finding,
    Iff,
    Source,
    Verdict,
    symbol,
    verify,
)

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        *sorted(path for path in (ROOT / "docs").rglob("*.md") if "made" not in path.parts),
        ROOT / "CONTRIBUTING.md",
        ROOT / "README.md",
    )
}
HOUSE = PAGES["docs/house.md"]
TREE = frozenset(
    str(path.relative_to(ROOT)) for path in (ROOT / "w2s_sym").rglob("*.py") if not path.name.startswith("__")
)
# These are described in words at the top of the page.
TOP = frozenset({"w2s_sym/pytest_plugin.py"})


def modules_named(page: str) -> list[str]:
    """The modules in the tables of rooms: a heading ``### `folder` ``, then rows whose first cell is a name in code."""
    found, room = [], None
    for line in page.splitlines():
        if line.startswith("#"):
            heading = re.fullmatch(r"### `(w2s_sym/[a-z_/]+)`", line)
            room = heading[1] if heading else None
        elif room and (row := re.match(r"\| `(\w+)` \|", line)):
            found.append(f"{room}/{row[1]}.py")
    return found


def stale(page: str, tree: Iterable[str]) -> list[str]:
    """Modules that the page names and the tree lacks, that the tree has and the page lacks, or that are named twice."""
    named, there = modules_named(page), set(tree)
    return sorted(
        [f"{m} is named and does not exist" for m in set(named) - there]
        + [f"{m} exists and is not named" for m in there - set(named)]
        + [f"{m} is named twice" for m in set(named) if named.count(m) > 1]
    )


def lost_paths(page: str) -> list[str]:
    """Paths in code, ``folder/file`` or ``folder/file.py:name``, that lead nowhere; capitals stand for any name."""
    found = []
    for path, name in re.findall(
        r"`((?:w2s_sym|derivations|tests|docs|benchmarks|notebooks)/[\w./]*)(?::(\w+))?`", page
    ):
        if re.search(r"\b(?:NAME|PAPER|X|[A-Z]_command)\b|NAME_", path):
            continue
        if not (ROOT / path).exists():
            found.append(path)
        elif name and name not in top_names((ROOT / path).read_text(encoding="utf-8")):
            found.append(f"{path}:{name}")
    return found


def top_names(source: str) -> set[str]:
    """The names that a module defines at its top."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return found


def rows_of_layers(page: str) -> dict[str, frozenset[str]]:
    """The table of what each package may import, as the page has it."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", page, flags=re.MULTILINE)
    return {name: frozenset(re.findall(r"`(\w+)`", allowed)) for name, allowed in rows}


def blocks(page: str) -> list[str]:
    """The Python examples of a page, in order."""
    return re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)


# -- the pages ------------------------------------------------------------------------------------------------


def test_every_module_is_named_once_in_its_room() -> None:
    assert stale(HOUSE, TREE - TOP) == []
    assert all(f"`{Path(m).name}`" in HOUSE for m in TOP)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_leads_somewhere(page: str) -> None:
    assert lost_paths(PAGES[page]) == []


def test_the_table_of_layers_is_that_of_the_test() -> None:
    rows = rows_of_layers(HOUSE)
    assert {name: rows.get(name) for name in ROWS} == ROWS


@pytest.mark.parametrize("page", PAGES)
def test_links_within_a_page_and_between_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[page]):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), target
        titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), flags=re.MULTILINE) if anchor else []
        assert not anchor or anchor in {title.lower().replace(" ", "-").strip("`") for title in titles}, target


# -- the examples ---------------------------------------------------------------------------------------------


def run(code: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "an_example"}
    exec(compile(code, "docs", "exec", dont_inherit=True), scope)
    return scope


x = symbol("x", "a number", nonnegative=True)
y = symbol("y", "another number", nonnegative=True)
HALF_LINE = Domain((x,))
HERE = Source("example", "A. Author", "A toy", 2026)


def claim(statement: Compare | Iff, *evidence: Any, domain: Domain = HALF_LINE, **more: Any) -> Claim:
    return Claim("toy", "A sentence.", statement, domain, HERE, evidence, **more)


@pytest.mark.parametrize("page", ["docs/adding-a-step.md", "docs/adding-evidence.md"])
def test_the_examples_keep_the_rule_of_docstrings(page: str) -> None:
    assert silent_definitions(blocks(PAGES[page])[0], documented_methods(SOURCES)) == []


def test_the_example_of_a_kind_of_evidence_can_fail() -> None:
    integers = run(blocks(PAGES["docs/adding-evidence.md"])[0])["AtIntegers"]

    def found(right: sp.Expr, last: int = 5, *conditions: Condition) -> Finding:
        stated = claim(Compare(x, "<=", right), integers(last), domain=Domain((x,), conditions), rivals=(x / 2, x + 2))
        (finding,) = verify(stated).findings
        return finding

    assert found(x + 1) == Finding("integers", Verdict.AGREES, "true at 5 integers", refuted=(0,))
    # x <= 4 - x holds at 1 and 2 alone.
    assert found(4 - x) == Finding("integers", Verdict.REFUTED, "false at x = 3", {"at": ["3", "4", "5"]}, (0,))
    assert found(x + 1, 5, Condition(x, ">", sp.Integer(5))).verdict == Verdict.INCONCLUSIVE
    with pytest.raises(ClaimError, match="the statement is no comparison of two formulas; use Precision"):
        claim(Iff(Compare(x, "<", sp.Integer(1)), Compare(2 * x, "<", sp.Integer(2))), integers())
    with pytest.raises(ClaimError, match="more than one symbol varies; use Precision"):
        claim(Compare(x, "<=", x + y), integers(), domain=Domain((x, y)))


def test_the_example_of_a_step_proves_and_can_fail() -> None:
    step = run(blocks(PAGES["docs/adding-a-step.md"])[0])["Extend"]
    left, right = sp.sqrt(x + 1) - sp.sqrt(x), 1 / (sp.sqrt(x + 1) + sp.sqrt(x))
    equal = Compare(left, "=", right)

    def found(statement: Compare, factor: sp.Expr) -> Any:
        (finding,) = verify(claim(statement, Derivation(statement.lhs, (step(factor),)))).findings
        return finding

    assert found(equal, sp.sqrt(x + 1) + sp.sqrt(x)).verdict == Verdict.PROVED
    # A factor that is zero at x = 2.
    vanishing = found(equal, x - 2)
    assert vanishing.verdict == Verdict.INCONCLUSIVE
    assert "cannot show x - 2 != 0" in vanishing.summary
    # A right side that is wrong.
    assert found(Compare(left, "=", 2 * right), sp.sqrt(x + 1) + sp.sqrt(x)).verdict == Verdict.REFUTED


# -- the test's own test --------------------------------------------------------------------------------------

ROOM = "### `w2s_sym/kernel`\n\nWords.\n\n| module | what |\n|---|---|\n| `boxes` | a checker |\n"


@pytest.mark.parametrize(
    ("page", "tree", "says"),
    [
        (ROOM, {"w2s_sym/kernel/boxes.py"}, []),
        (ROOM + "| `words` | another |\n", {"w2s_sym/kernel/boxes.py"}, ["w2s_sym/kernel/words.py is named and does"]),
        (ROOM, {"w2s_sym/kernel/boxes.py", "w2s_sym/kernel/words.py"}, ["w2s_sym/kernel/words.py exists and is not"]),
        (ROOM + "| `boxes` | again |\n", {"w2s_sym/kernel/boxes.py"}, ["w2s_sym/kernel/boxes.py is named twice"]),
        (ROOM + "\n## Another\n\n| `words` | no module |\n", {"w2s_sym/kernel/boxes.py"}, []),
    ],
)
def test_a_planted_missing_module_is_caught(page: str, tree: set[str], says: list[str]) -> None:
    found = stale(page, tree)
    assert len(found) == len(says)
    assert all(line.startswith(start) for line, start in zip(found, says, strict=True))


def test_a_planted_lost_path_is_caught() -> None:
    assert lost_paths("`w2s_sym/kernel/boxes.py:replay`, `tests/house`, `w2s_sym/cli/NAME_command.py`") == []
    assert lost_paths("`w2s_sym/kernel/boxer.py`") == ["w2s_sym/kernel/boxer.py"]
    assert lost_paths("`w2s_sym/kernel/boxes.py:play`") == ["w2s_sym/kernel/boxes.py:play"]


def test_a_planted_row_is_caught() -> None:
    planted: Mapping[str, frozenset[str]] = rows_of_layers("| `store` | keeps | `claims`, `report` |\n")
    assert planted == {"store": frozenset({"claims", "report"})}
    assert planted["store"] != ROWS["store"]
