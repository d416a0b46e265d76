"""``pytest my_claims.py``: every piece of a claim's evidence is a test item, and so is the claim's verdict.

Collected are files named ``*_claims.py`` and files named on the command line, when they define ``CLAIMS`` and are no
ordinary test files; of a test file that is named and defines ``CLAIMS``, the summary says that its claims were not
checked. Each claim gets one item per piece of evidence (``my_claims.py::claim::precision``), which
fails when it refutes the claim and is skipped when it decides nothing, and an item ``verdict``, which fails unless
the claim holds: something supports it, nothing refutes it, no rival survives, and all that it rests on was checked too
and holds. Everything is checked afresh.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from w2s_sym.claims.claim import Claim
    from w2s_sym.claims.finding import Finding
    from w2s_sym.claims.results import Result

PATTERN = "*_claims.py"
# A cheap look at the text, so that no file is imported that cannot be meant.
_DEFINES = re.compile(rb"^CLAIMS\s*[:=]", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--w2s-effort`` and ``--w2s-seed``."""
    from w2s_sym.claims.run import EFFORTS

    group = parser.getgroup("w2s-sym", "claims checked by w2s-sym")
    group.addoption("--w2s-effort", choices=EFFORTS, default="quick", help="how hard to look (default: quick)")
    group.addoption("--w2s-seed", type=int, default=0, metavar="S", help="seed of all random draws (default: 0)")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a negative seed."""
    if config.getoption("--w2s-seed") < 0:
        raise pytest.UsageError(f"--w2s-seed {config.getoption('--w2s-seed')} is negative; give 0 or more")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The claims of a file found in a folder."""
    # Python files named on the command line come through pytest_pycollect_makemodule below.
    if not parent.session.isinitpath(file_path) and fnmatch(file_path.name, PATTERN) and _is_claims(file_path, parent):
        return ClaimsFile.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """The claims of a file named on the command line."""
    return ClaimsFile.from_parent(parent, path=module_path) if _is_claims(module_path, parent) else None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say of each test file that was named and defines claims that these were not checked."""
    named = dict.fromkeys(config.invocation_params.dir / str(arg).partition("::")[0] for arg in config.args)
    for path in named:
        if path.suffix == ".py" and _is_test(path, config) and _assigns_claims(path):
            terminalreporter.write_line(
                f"w2s-sym: the CLAIMS of {path.name} were not checked, for its name is that of a test file; call it "
                f"{re.sub('^test_|_test$', '', path.stem)}_claims.py",
                yellow=True,
            )


def _is_test(path: Path, config: pytest.Config) -> bool:
    """Whether a file is an ordinary test file by its name."""
    return any(fnmatch(path.name, p) for p in config.getini("python_files"))


def _assigns_claims(path: Path) -> bool:
    """Whether a file assigns CLAIMS at its top; what is no Python assigns nothing."""
    try:
        body = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    targets = [t for s in body if isinstance(s, (ast.Assign, ast.AnnAssign)) for t in _targets(s)]
    return any(isinstance(t, ast.Name) and t.id == "CLAIMS" for t in targets)


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _is_claims(path: Path, parent: pytest.Collector) -> bool:
    """Whether a file defines claims and is not one of the project's ordinary test modules."""
    if path.suffix != ".py" or _is_test(path, parent.config):
        return False
    try:
        return _DEFINES.search(path.read_bytes()) is not None
    except OSError:
        return False


class ClaimsFile(pytest.Module):
    """A Python file of claims; test functions in it are collected as in any module."""

    def _getobj(self) -> Any:
        """The file's module; a second file of one name gets a name of its own."""
        try:
            return super()._getobj()  # type: ignore[no-untyped-call]
        except self.CollectError as problem:
            if "import file mismatch" not in str(problem):
                raise
        from w2s_sym.papers.loading import UsageError, run_file

        try:
            return run_file(str(self.path))
        except UsageError as problem:
            raise self.CollectError(str(problem)) from problem

    def collect(self) -> Iterator[Any]:
        """The file's test functions, and a group for each claim; an error for a list that is no tuple of claims."""
        from w2s_sym.claims.claim import Claim
        from w2s_sym.claims.foundations import foundations
        from w2s_sym.claims.statement import ClaimError

        claims = self.obj.CLAIMS
        if not isinstance(claims, (tuple, list)) or not claims:
            raise self.CollectError(f"{self.path.name} defines no claims: write CLAIMS = (Claim(...),)")
        wrong = [f"CLAIMS[{i}] is a {type(c).__name__}" for i, c in enumerate(claims) if not isinstance(c, Claim)]
        names = [c.name for c in claims if isinstance(c, Claim)]
        wrong += [f"two claims are called {n}" for n in dict.fromkeys(names) if names.count(n) > 1]
        if wrong:
            raise self.CollectError(f"{self.path.name}: {wrong[0]}; CLAIMS is a tuple of claims, each with its name")
        try:
            foundations(claims)
        except ClaimError as problem:
            raise self.CollectError(f"{self.path.name}: {problem}") from problem
        yield from super().collect()
        for claim in claims:
            yield ClaimGroup.from_parent(self, name=claim.name, claim=claim, file=self)

    @cached_property
    def findings(self) -> dict[tuple[str, int], Finding]:
        """What the items have found, by the claim's id and the position of the evidence: no two claims share an id."""
        return {}

    def finding(self, claim: Claim, index: int) -> Finding:
        """What evidence ``index`` of a claim finds, at the effort and the seed asked for; it is checked once."""
        from threadpoolctl import threadpool_limits

        from w2s_sym.claims.results import check_all
        from w2s_sym.claims.run import Run

        if (claim.id, index) not in self.findings:
            run = Run(self.config.getoption("--w2s-effort"), self.config.getoption("--w2s-seed"))
            with threadpool_limits(limits=1):
                (self.findings[claim.id, index],) = check_all(claim, run, index)
        return self.findings[claim.id, index]

    def result(self, claim: Claim) -> Result:
        """The result of a claim, with those of all that it rests on."""
        from w2s_sym.claims.results import Result, resting
        from w2s_sym.papers.cited import with_cited
        from w2s_sym.papers.loading import Entry, Paper, UsageError

        paper = Paper(self.path.name, tuple(self.obj.CLAIMS), self.obj.__name__, self.path)
        try:
            entries = with_cited((Entry(paper, claim),))
        except UsageError as problem:
            raise ClaimFailed(f"{claim.id}: {problem}") from problem
        made: dict[str, Result] = {}
        for each in (entry.claim for entry in entries):
            found = tuple(self.finding(each, i) for i in range(len(each.evidence)))
            made[each.id] = resting(Result(each, found), made, confirmed=True)
        return made[claim.id]


class ClaimGroup(pytest.Collector):
    """One claim of a file."""

    def __init__(self, *, claim: Claim, file: ClaimsFile, **options: Any) -> None:
        super().__init__(**options)
        self.claim = claim
        self.file = file

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each piece of evidence, and one for the verdict."""
        kinds = [item.kind for item in self.claim.evidence]
        for index, kind in enumerate(kinds):
            name = kind if kinds.count(kind) == 1 else f"{kind}-{kinds[: index + 1].count(kind)}"
            yield EvidenceItem.from_parent(self, name=name, group=self, index=index)
        yield VerdictItem.from_parent(self, name="verdict", group=self)


class ClaimFailed(Exception):  # noqa: N818 - what pytest prints is its name
    """The claim does not hold; the message is for the reader of the test report."""


class _Item(pytest.Item):
    def __init__(self, *, group: ClaimGroup, **options: Any) -> None:
        super().__init__(**options)
        self.group = group

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from w2s_sym.claims.statement import ClaimError
        from w2s_sym.formula.conditions import DomainError

        if isinstance(excinfo.value, ClaimFailed):
            return str(excinfo.value)
        if isinstance(excinfo.value, (ClaimError, DomainError)):
            return f"{self.group.claim.id}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.group.claim.id} {self.name}"


class EvidenceItem(_Item):
    """One piece of evidence."""

    def __init__(self, *, index: int, **options: Any) -> None:
        super().__init__(**options)
        self.index = index

    def runtest(self) -> None:
        """Fails when the evidence refutes the claim; skipped when it decides nothing, or for a part of the domain."""
        from w2s_sym.claims.finding import Verdict
        from w2s_sym.report import plain_text

        finding = self.group.file.finding(self.group.claim, self.index)
        if finding.verdict is Verdict.REFUTED:
            raise ClaimFailed(plain_text.failure(self.group.claim, finding))
        if not finding.supports:
            part = f" within {', '.join(finding.within)}" if finding.within else ""
            pytest.skip(f"{finding.verdict}{part}: {finding.summary}")


class VerdictItem(_Item):
    """Whether the claim holds, all evidence and rivals considered, and all that it rests on."""

    def runtest(self) -> None:
        """Fails unless the claim holds; skipped when all evidence was. The claim's standing is reported (-rA)."""
        from w2s_sym.report import plain_text

        result = self.group.file.result(self.group.claim)
        self.user_properties.append(("standing", result.standing.word))
        self.add_report_section("call", "standing", "\n".join((result.standing.word, *result.standing.axioms)))
        if result.skipped:
            pytest.skip(f"SKIPPED: {result.findings[0].summary}")
        if not result.holds:
            raise ClaimFailed(plain_text.verdict_failure(result))
