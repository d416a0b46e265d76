"""The rules of the house, each a function from source to violations, and planted violations that it must find."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "w2s_sym"
SOURCES = {
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p.read_text(encoding="utf-8")
    for p in sorted(PACKAGE.rglob("*.py"))
}
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))
PACKAGES = {
    *("kernel", "formula", "spectra", "matrices", "claims", "evidence"),
    *("equivalents", "rows", "store", "executors", "coq", "papers", "forecast", "sweeps", "report", "cli"),
}

MODULE_LINES, FUNCTION_LINES, POSITIONAL, TOP_FILES = 400, 60, 6, 4

# getattr and hasattr ask what an object is instead of knowing it. Where they may stand, and why.
FOREIGN: Mapping[str, str] = {
    "w2s_sym.cli.streams:open_streams": "a stream of another library may not be reconfigured",
    "w2s_sym.evidence.simulation.limits:_bench": "a user's callable may have no name",
    "w2s_sym.evidence.simulation.point_test:PointTest.what": "a user's callable may have no name",
    "w2s_sym.papers.figures:_module": "a user's callable may have no module",
    "w2s_sym.papers.figures:_sources": "a user's callable and its module may have no file",
    "w2s_sym.papers.loading:_announced_in": "a user's module may announce formulas or not",
    "w2s_sym.papers.loading:_paper": "a user's module may define what a paper has or not",
    "w2s_sym.papers.loading:_predictions": "a user's module may define PREDICTIONS or not",
    "w2s_sym.papers.loading:_sections": "a user's module may define SECTIONS or not",
    "w2s_sym.report.latex.macros:_assumptions": "SymPy keeps the assumptions of a symbol since 1.12 only",
    "w2s_sym.spectra.arguments:exact_rational": "a number of SymPy, Python or numpy",
    "w2s_sym.spectra.filters:Filter._point": "the assumptions of a SymPy object, by name",
    "w2s_sym.spectra.spectrum:Spectrum.power_law": "a number of SymPy, Python or numpy",
    "w2s_sym.claims.description:_object": "any object may be a part of a claim",
    "w2s_sym.store.fingerprints:_origin": "a module may have no origin",
    "w2s_sym.claims.description:claim_digest": "the fields of a dataclass, by name",
    "w2s_sym.claims.description:differing_fields": "the fields of a dataclass, by name",
}
# Words that two modules define at their tops, and why they may.
TWICE: Mapping[str, str] = {
    "identity": "a word in the language of words, and one in the language of estimators",
    "inverse": "of a residue in the kernel, and of a matrix in the language of estimators",
    "ridge": "the filter, and the estimator that has it",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def scopes(source: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the dotted name of the function or class around it (empty at the top of a module)."""

    def visit(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            yield name, child
            inner = f"{name}.{child.name}".lstrip(".") if isinstance(child, Function | ast.ClassDef) else name
            yield from visit(child, inner)

    return visit(ast.parse(source), "")


def long_modules(source: str) -> list[str]:
    """A module of more lines than a reader keeps in mind."""
    lines = len(source.splitlines())
    return [f"{lines} lines"] if lines > MODULE_LINES else []


def long_functions(source: str) -> list[str]:
    """Functions of too many lines, decorators not counted."""
    sizes = {
        f"{scope}.{n.name}".lstrip("."): (n.end_lineno or n.lineno) - n.lineno + 1
        for scope, n in scopes(source)
        if isinstance(n, Function)
    }
    return [f"{name}: {lines} lines" for name, lines in sizes.items() if lines > FUNCTION_LINES]


def long_calls(source: str) -> list[str]:
    """Calls that hand over so many arguments by position that nobody knows which is which."""
    return [
        f"line {n.lineno}: {ast.unparse(n.func)} takes {len(n.args)} arguments"
        for _, n in scopes(source)
        if isinstance(n, ast.Call) and len(n.args) > POSITIONAL
    ]


def asked_attributes(source: str) -> list[str]:
    """The scopes that call getattr or hasattr, by name."""
    return sorted(
        {
            scope
            for scope, n in scopes(source)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in ("getattr", "hasattr")
        }
    )


def public_names(source: str) -> list[str]:
    """The public names that a module defines at its top: functions, classes and values, imports not counted."""
    found: list[str] = []
    for n in ast.parse(source).body:
        if isinstance(n, Function | ast.ClassDef):
            found.append(n.name)
        elif isinstance(n, ast.Assign | ast.AnnAssign):
            targets = n.targets if isinstance(n, ast.Assign) else [n.target]
            found += [t.id for target in targets for t in ast.walk(target) if isinstance(t, ast.Name)]
    return [name for name in dict.fromkeys(found) if not name.startswith("_")]


def doubled_names(sources: Mapping[str, str]) -> list[str]:
    """Public names that two modules define."""
    homes: dict[str, list[str]] = {}
    for module, source in sources.items():
        for name in public_names(source):
            homes.setdefault(name, []).append(module)
    return [f"{name}: {', '.join(where)}" for name, where in sorted(homes.items()) if len(where) > 1]


def documented_methods(sources: Mapping[str, str]) -> set[tuple[str, str]]:
    """(class, method) of all methods that have a docstring, whatever the module."""
    return {
        (n.name, m.name)
        for source in sources.values()
        for n in ast.walk(ast.parse(source))
        if isinstance(n, ast.ClassDef)
        for m in n.body
        if isinstance(m, Function) and ast.get_docstring(m)
    }


def silent_definitions(source: str, documented: set[tuple[str, str]]) -> list[str]:
    """Public functions, classes and methods without a docstring; overrides of a documented base need none."""

    def exempt(n: Function, bases: list[str]) -> bool:
        marks = [ast.unparse(d) for d in n.decorator_list]
        return (
            n.name.startswith("_")
            or any(m.endswith((".setter", "overload", "override")) for m in marks)
            or any((base, n.name) in documented for base in bases)
        )

    def visit(body: list[ast.stmt], path: str, bases: list[str]) -> Iterator[str]:
        for n in body:
            if isinstance(n, ast.ClassDef) and not n.name.startswith("_"):
                if not ast.get_docstring(n):
                    yield path + n.name
                yield from visit(n.body, f"{path}{n.name}.", [ast.unparse(b).rpartition(".")[2] for b in n.bases])
            elif isinstance(n, Function) and not exempt(n, bases) and not ast.get_docstring(n):
                yield path + n.name

    return list(visit(ast.parse(source).body, "", []))


def listed(stub: str) -> dict[str, str]:
    """The names of a lazy list, each with the submodule (dotted, from the list's folder) that it comes from."""
    return {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(ast.parse(stub))
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }


def hidden_names(stub: str, submodules: set[str]) -> list[str]:
    """Names of a lazy list that a submodule bears: importing the submodule would put it in the place of the name."""
    return sorted(name for name, home in listed(stub).items() if home and name in submodules)


# -- the package keeps them -----------------------------------------------------------------------------------


def everywhere(rule: Callable[[str], list[str]]) -> list[str]:
    return [f"{module}: {said}" for module, source in SOURCES.items() for said in rule(source)]


def test_the_top_holds_the_door_and_little_else() -> None:
    files = sorted(p.name for p in PACKAGE.glob("*.py"))
    assert "__init__.py" in files
    assert len(files) <= TOP_FILES, files


def test_there_are_sixteen_packages() -> None:
    assert {p.parent.name for p in PACKAGE.glob("*/__init__.py")} == PACKAGES
    assert len(PACKAGES) == 16
    bare = {p.parent for p in PACKAGE.rglob("*.py")} - {p.parent for p in PACKAGE.rglob("__init__.py")}
    assert not bare, "folders without an __init__.py"


@pytest.mark.parametrize("rule", [long_modules, long_functions, long_calls], ids=lambda r: r.__name__)
def test_nothing_is_too_long(rule: Callable[[str], list[str]]) -> None:
    assert everywhere(rule) == []


def test_nobody_asks_our_own_objects_what_they_are() -> None:
    asking = {f"{module}:{scope}" for module, source in SOURCES.items() for scope in asked_attributes(source)}
    assert sorted(asking - set(FOREIGN)) == []
    assert sorted(set(FOREIGN) - asking) == [], "no longer needed: strike them off the list"


def test_one_word_has_one_home() -> None:
    found = {line.partition(":")[0]: line for line in doubled_names(SOURCES)}
    assert sorted(line for name, line in found.items() if name not in TWICE) == []
    assert set(TWICE) <= set(found), "no longer needed: strike them off the list"


def test_what_is_public_is_documented() -> None:
    known = documented_methods(SOURCES)
    assert everywhere(lambda source: silent_definitions(source, known)) == []


@pytest.mark.parametrize("stub", STUBS, ids=lambda p: ".".join(p.parent.relative_to(ROOT).parts))
def test_a_lazy_list_names_what_exists_and_hides_nothing(stub: Path) -> None:
    package = importlib.import_module(".".join(stub.parent.relative_to(ROOT).parts))
    names = listed(stub.read_text(encoding="utf-8"))
    assert names
    assert [name for name in names if not hasattr(package, name)] == []
    submodules = {p.stem for p in stub.parent.glob("*.py")} | {p.parent.name for p in stub.parent.glob("*/__init__.py")}
    assert hidden_names(stub.read_text(encoding="utf-8"), submodules) == []


def twins(paths: Iterable[str]) -> list[str]:
    """Test files of one name in two folders: pytest imports a test file by its name alone, and stops at the second."""
    homes: dict[str, list[str]] = {}
    for path in paths:
        homes.setdefault(Path(path).name, []).append(path)
    return [" and ".join(sorted(found)) for _, found in sorted(homes.items()) if len(found) > 1]


def test_no_two_test_files_have_one_name() -> None:
    assert twins(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.py")) == []


def test_the_package_runs_as_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "w2s_sym", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: w2s-sym")


# What a user writes against the public door. The types are those of the lazy list, so a wrong one is found by mypy.
CORRECT = """
import sympy as sp

from w2s_sym import Claim, Compare, Domain, Precision, Source, Spectrum, symbol

x: sp.Symbol = symbol("x", "a number", positive=True)
claim: Claim = Claim(
    "name", "A sentence.", Compare(x, "=", x), Domain((x,)), Source("k", "A", "T", 2024), (Precision(),)
)
spectrum: Spectrum = Spectrum.parse("1/i**2; i=1..50")
"""
WRONG = CORRECT.replace('Spectrum.parse("1/i**2; i=1..50")', "Spectrum.parse(3)")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy, in its strict mode, says of a correct file and of a wrong one."""
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("user")
    (folder / "correct.py").write_text(CORRECT, encoding="utf-8")
    (folder / "wrong.py").write_text(WRONG, encoding="utf-8")
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-sympy.*]\nignore_missing_imports = true\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "correct.py", "wrong.py"],
        cwd=folder,
        env={"PATH": "", "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_users_file_is_checked_by_the_types_of_the_door(checked: str) -> None:
    assert "correct.py" not in checked
    assert [line for line in checked.splitlines() if "error:" in line] == [
        line for line in checked.splitlines() if line.startswith("wrong.py") and '"parse"' in line
    ]
    assert "[arg-type]" in checked


# -- the rules see what breaks them ---------------------------------------------------------------------------


def lines(count: int) -> str:
    return "\n".join("    x = 0" for _ in range(count))


@pytest.mark.parametrize(
    ("rule", "kept", "broken", "says"),
    [
        (long_modules, "x = 0\n" * 400, "x = 0\n" * 401, ["401 lines"]),
        (long_functions, f"def f():\n{lines(59)}", f"@mark\ndef f():\n{lines(60)}", ["f: 61 lines"]),
        (
            long_functions,
            "",
            f"class A:\n    def f(self):\n{lines(60).replace('    x', '        x')}",
            ["A.f: 61 lines"],
        ),
        (
            long_calls,
            "f(1, 2, 3, 4, 5, 6, x=7)",
            "f(1, 2, 3, 4, 5, 6, *x)",
            ["line 1: f takes 7 arguments"],
        ),
        (asked_attributes, "a.b", "class A:\n    def f(self):\n        return getattr(self, 'b', 0)", ["A.f"]),
        (asked_attributes, "def getattr_of(x): ...", "x = [hasattr(b, 'c') for b in d]", [""]),
    ],
)
def test_a_broken_rule_is_seen(rule: Callable[[str], list[str]], kept: str, broken: str, says: list[str]) -> None:
    assert rule(kept) == []
    assert rule(broken) == says


def test_a_word_with_two_homes_is_seen() -> None:
    one = "from x import read\nLIMIT: int = 3\n_private = 1\ndef write(): ...\n"
    assert doubled_names({"a": one, "b": "read = 2\n_private = 2\n"}) == []
    assert doubled_names({"a": one, "b": "class write: ...\nfirst, LIMIT = 1, 2\n"}) == ["LIMIT: a, b", "write: a, b"]


def test_what_is_silent_is_seen() -> None:
    base = 'class Base:\n    """Has a word."""\n    def f(self):\n        """Says it."""\n'
    child = 'class Child(m.Base):\n    """Has."""\n    def f(self): ...\n    def g(self): ...\n    def _h(_): ...\n'
    other = "class Other:\n    def f(self): ...\n    def __len__(self): ...\ndef free(): ...\ndef _inner(): ...\n"
    known = documented_methods({"a": base, "b": child})
    assert silent_definitions(base + child + other, known) == ["Child.g", "Other", "Other.f", "free"]


def test_two_test_files_of_one_name_are_seen() -> None:
    assert twins(["a/test_x.py", "b/test_y.py", "b/test_x.py"]) == ["a/test_x.py and b/test_x.py"]


def test_a_name_that_a_submodule_bears_is_seen() -> None:
    stub = "from . import spectrum_data\nfrom .risks import risk, spectrum\nfrom .deep.rules import rule\n"
    assert listed(stub) == {"spectrum_data": "", "risk": "risks", "spectrum": "risks", "rule": "deep.rules"}
    assert hidden_names(stub, {"risks", "deep", "rules", "spectrum_data"}) == []
    assert hidden_names(stub, {"spectrum", "rule"}) == ["rule", "spectrum"]
