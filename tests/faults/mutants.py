"""Random one-node mutants of the source, and the tests that kill them.

    python tests/faults/mutants.py --count 200 --seed 0 --jobs 2 --report tests/faults/MUTANTS.md

All mutants of the modules in ``TESTS`` are listed in order, a seeded sample of them is drawn, and each is put in a
copy of the checkout where the tests of its module run until one fails: then it is killed. A mutant whose tests hang is
killed too: they take ten times as long as those of the sound source took on this machine. Docstrings, annotations,
text, imports and ``__all__`` are left alone. Explanations of survivors live in ``survivors.toml`` and are printed
beside them.
"""

from __future__ import annotations

import argparse
import ast
import copy
import random
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from server import HOUR, LATE, ROOT, Server

EXPLANATIONS = Path(__file__).with_name("survivors.toml")

# The five modules of the vocabulary, each with those that were split off it, and the tests that know them best.
TESTS = {
    "claims/claim": (
        "claims/test_claim",
        "formula/test_rival_mutants",
        "evidence/precision/test_boundary",
        "evidence/derivation/test_derivation",
        "evidence/simulation/test_simulation",
    ),
    "evidence/derivation/derivation": (
        "evidence/derivation/test_derivation",
        "derivations/dong2025/test_dong2025",
    ),
    "evidence/derivation/steps": ("evidence/derivation/test_derivation",),
    "evidence/derivation/replay": ("evidence/derivation/test_derivation",),
    "evidence/derivation/surface": (
        "evidence/derivation/test_derivation",
        "evidence/derivation/test_slopes",
    ),
    "evidence/derivation/lemmas": (
        "evidence/derivation/test_derivation",
        "evidence/derivation/test_slopes",
    ),
    "evidence/derivation/bounds": (
        "evidence/derivation/test_derivation",
        "evidence/derivation/test_slopes",
    ),
    "evidence/derivation/formula_steps": (
        "evidence/derivation/test_derivation",
        "evidence/derivation/test_calculus",
    ),
    "evidence/derivation/matrix_steps": (
        "evidence/derivation/test_derivation",
        "derivations/dong2025/test_dong2025",
    ),
    "evidence/derivation/equivalences": ("evidence/derivation/test_derivation",),
    "evidence/derivation/limits_at_infinity": ("evidence/derivation/test_derivation",),
    "coq/statement": ("coq/test_statement", "coq/test_integrals"),
    "matrices/instances": (
        "matrices/test_instances",
        "evidence/derivation/test_derivation",
    ),
    "formula/signs": (
        "formula/test_signs",
        "evidence/derivation/test_derivation",
    ),
    "matrices/traces": (
        "matrices/test_traces",
        "matrices/test_gaussian_rules",
        "evidence/simulation/test_sampling",
        "evidence/derivation/test_derivation",
        "derivations/dong2025/test_dong2025",
    ),
    "kernel/words": ("kernel/test_words",),
    "matrices/gaussian_rules": (
        "matrices/test_gaussian_rules",
        "evidence/derivation/test_derivation",
        "derivations/dong2025/test_dong2025",
    ),
    "matrices/stein": (
        "matrices/test_stein",
        "matrices/test_gaussian_rules",
        "soundness/test_gaussian",
    ),
    "matrices/inverse_moments": (
        "matrices/test_stein",
        "matrices/test_gaussian_rules",
        "soundness/test_gaussian",
    ),
    "evidence/precision/precision": (
        "evidence/precision/test_precision",
        "evidence/precision/test_boundary",
    ),
    "formula/balls": (
        "formula/test_balls",
        "evidence/precision/test_precision",
        "evidence/precision/test_orders",
    ),
    "evidence/precision/session": (
        "evidence/precision/test_precision",
        "evidence/precision/test_boundary",
    ),
    "evidence/precision/boundary": (
        "evidence/precision/test_boundary",
        "evidence/precision/test_precision",
    ),
    "evidence/precision/asymptotics": ("evidence/precision/test_boundary",),
    "evidence/precision/search": ("evidence/precision/test_search",),
    "evidence/precision/orders": (
        "evidence/precision/test_orders",
        "evidence/precision/test_boundary",
    ),
    "evidence/simulation/simulation": (
        "evidence/simulation/test_simulation",
        "house/test_user_file",
    ),
    "evidence/simulation/sampling": (
        "evidence/simulation/test_sampling",
        "evidence/simulation/test_trials",
        "evidence/simulation/test_simulation",
    ),
    "evidence/simulation/trials": (
        "evidence/simulation/test_trials",
        "evidence/simulation/test_limits",
        "evidence/simulation/test_simulation",
    ),
    "evidence/simulation/batches": (
        "evidence/simulation/test_verdicts",
        "evidence/simulation/test_limits",
        "evidence/simulation/test_simulation",
    ),
    "evidence/simulation/verdicts": (
        "evidence/simulation/test_verdicts",
        "evidence/simulation/test_simulation",
    ),
    "evidence/simulation/moments_of_draws": (
        "evidence/simulation/test_moments_of_draws",
        "evidence/simulation/test_limits",
        "evidence/simulation/test_verdicts",
    ),
    "evidence/simulation/limits": ("evidence/simulation/test_limits",),
    "evidence/simulation/growing_sizes": ("evidence/simulation/test_limits",),
    "evidence/derivation/slopes": ("evidence/derivation/test_slopes",),
    "kernel/boxes": ("kernel/test_boxes", "soundness/test_record_edits", "evidence/certificate/test_certificate"),
    "kernel/enclosures": ("kernel/test_enclosures", "kernel/test_boxes", "soundness/test_record_edits"),
    "kernel/records": ("kernel/test_records", "kernel/test_boxes"),
    "kernel/zeros": ("kernel/test_zeros", "kernel/test_boxes"),
    "evidence/certificate/problem": ("evidence/certificate/test_certificate",),
    "evidence/certificate/branch_and_bound": ("evidence/certificate/test_certificate",),
    "evidence/certificate/certificate": ("evidence/certificate/test_certificate",),
    "formula/elementary": (
        "formula/test_elementary",
        "evidence/derivation/test_slopes",
        "formula/test_signs",
        "evidence/certificate/test_certificate",
    ),
    "spectra/filters": ("spectra/test_filters",),
    "formula/numbers": (
        "formula/test_numbers",
        "formula/test_signs",
    ),
}


# -- mutants --------------------------------------------------------------------------------------------------

COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True)
class Mutant:
    """Node ``node`` (in the order of :func:`places`) of a module's tree, changed in its way ``way``."""

    module: str
    node: int
    way: int
    line: int
    before: str
    after: str

    @property
    def id(self) -> str:
        return f"{self.module}:{self.line} {self.before} -> {self.after}"


def places(tree: ast.AST) -> list[ast.AST]:
    """The nodes that may be mutated, in source order."""
    found: list[ast.AST] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
                return
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        found.append(node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "format_spec"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    visit(child)

    visit(tree)
    return found


def ways(node: ast.AST) -> Iterator[ast.AST]:
    """All one-node mutants of one node, as new nodes."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in COMPARE[type(op)]:
                yield ast.Compare(node.left, [*node.ops[:i], other(), *node.ops[i + 1 :]], node.comparators)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, (int, float)):
            yield ast.Constant(node.value + 1)
            yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
    elif isinstance(node, ast.Return):
        if node.value is not None and not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)) and not _is_not(node.test):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    elif isinstance(node, ast.comprehension):
        for i, test in enumerate(node.ifs):
            if _is_not(test):
                continue  # dropping the "not" is the same mutant
            kept = [*node.ifs[:i], ast.UnaryOp(ast.Not(), test), *node.ifs[i + 1 :]]
            yield ast.comprehension(node.target, node.iter, kept, node.is_async)
    elif isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            bound = getattr(node, name)
            if bound is not None and not isinstance(bound, ast.Constant):
                changed = copy.copy(node)
                setattr(changed, name, ast.BinOp(bound, ast.Add(), ast.Constant(1)))
                yield changed
    elif isinstance(node, ast.arguments):
        for name in ("defaults", "kw_defaults"):
            for i, default in enumerate(getattr(node, name)):
                if default is not None and not isinstance(default, ast.Constant):
                    changed = copy.copy(node)
                    setattr(changed, name, [*getattr(node, name)])
                    getattr(changed, name)[i] = ast.Constant(None)
                    yield changed


def _is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def mutants_of(module: str, source: str) -> list[Mutant]:
    """All mutants of a module's source, without those that read like the source or like each other."""
    tree = ast.parse(source)
    nodes = places(tree)
    parent: dict[int, ast.AST] = {}
    for node in nodes:
        for child in ast.iter_child_nodes(node):
            parent[id(child)] = node
    found = []
    for i, node in enumerate(nodes):
        if isinstance(node, ast.Constant) and isinstance(parent.get(id(node)), ast.Expr):
            continue  # a docstring
        for j, _ in enumerate(ways(node)):
            shown = _shown(node, parent)
            before = _one_line(shown)
            after = _one_line(_replaced(shown, node, j))
            found.append(Mutant(module, i, j, _line(node, parent), *_part(before, after)))
    return found


def _shown(node: ast.AST, parent: dict[int, ast.AST]) -> ast.AST:
    """The smallest statement or handler around a node."""
    while not isinstance(node, ast.stmt) and id(node) in parent:
        node = parent[id(node)]
    return node


def _line(node: ast.AST, parent: dict[int, ast.AST]) -> int:
    # Inside an f-string the parser of Python 3.11 counts lines from elsewhere: take the statement's.
    around: ast.AST | None = node
    while around is not None and not isinstance(around, ast.stmt):
        if isinstance(around, ast.JoinedStr):
            return _line(_shown(around, parent), parent)
        around = parent.get(id(around))
    while not hasattr(node, "lineno"):
        node = parent[id(node)]
    return int(node.lineno)


def _replaced(tree: ast.AST, target: ast.AST, way: int) -> ast.AST:
    """A tree with ``target`` mutated; all else is shared."""
    if tree is target:
        return list(ways(target))[way]
    changed = copy.copy(tree)
    for name, value in ast.iter_fields(tree):
        if isinstance(value, list):
            setattr(changed, name, [_replaced(v, target, way) if isinstance(v, ast.AST) else v for v in value])
        elif isinstance(value, ast.AST):
            setattr(changed, name, _replaced(value, target, way))
    return changed


def _one_line(node: ast.AST) -> str:
    """The source of a node; of a statement with a body, its head."""
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    if isinstance(node, (ast.If, ast.While, ast.For, ast.With, ast.FunctionDef, ast.ClassDef, ast.Try)):
        lines = text.splitlines()
        text = next((line for line in lines if not line.startswith("@")), lines[0])
        if any(line.startswith("@") for line in lines):
            text = " ".join([*(line for line in lines if line.startswith("@")), text])
    return " ".join(text.split())


def _part(before: str, after: str) -> tuple[str, str]:
    """Both texts cut to where they differ, with some words around it."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    start, end = max(0, start - 40), max(0, end - 30)
    shown = []
    for text in (before, after):
        cut = text[start : len(text) - end]
        shown.append(("..." if start else "") + cut + ("..." if end else ""))
    return shown[0], shown[1]


def _common(one: str, other: str) -> int:
    """The length of the longest common beginning."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def mutated(source: str, mutant: Mutant) -> str:
    """The source of the module with the mutation in it (formatted anew: comments are gone)."""
    tree = ast.parse(source)
    node = places(tree)[mutant.node]
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(_replaced(tree, node, mutant.way)))) + "\n"


def sample(count: int, seed: int, modules: Sequence[str] = tuple(TESTS)) -> list[Mutant]:
    """A seeded sample of the mutants of these modules, in the order of the modules and their lines."""
    everything = [m for name in modules for m in mutants_of(name, _source(name))]
    chosen = random.Random(seed).sample(range(len(everything)), min(count, len(everything)))
    return [everything[i] for i in sorted(chosen)]


def _source(module: str) -> str:
    return (ROOT / "w2s_sym" / f"{module}.py").read_text(encoding="utf-8")


# -- running tests --------------------------------------------------------------------------------------------


class Worker:
    """A server that runs tests in a copy of the checkout, one mutant after another."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder)
        self.tree = self.server.tree
        self.close = self.server.close

    def run(self, files: Iterable[str], seconds: float) -> tuple[int, str, float]:
        """(pytest's exit code or LATE, the first failure, seconds) of the test files that exist."""
        code, said, took = self.server.tests(files, seconds)
        if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise RuntimeError(f"there is nothing to run: {said}")
        failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return code, failed[0] if failed else said[-2000:], took

    def kill(self, mutant: Mutant, files: Iterable[str], seconds: float) -> tuple[int, str, float]:
        """The same with one mutant in place."""
        file = f"w2s_sym/{mutant.module}.py"
        source = (self.tree / file).read_text(encoding="utf-8")
        try:
            self.server.write(file, mutated(source, mutant))
            return self.run(files, seconds)
        finally:
            self.server.write(file, source)


def test_files(module: str) -> tuple[str, ...]:
    """The test files of a module, in the order in which they run; raises ``FileNotFoundError`` for one that is not."""
    names = [f"tests/{t}.py" for t in TESTS[module]]
    absent = [n for n in names if not (ROOT / n).exists()]
    if absent:
        raise FileNotFoundError(f"TESTS[{module!r}] names {', '.join(absent)}, which does not exist; name another file")
    return tuple(names)


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: killed, late (killed by the clock) or survived, and the first test that failed."""

    mutant: Mutant
    outcome: str
    by: str
    seconds: float


def hunt(mutants: Sequence[Mutant], jobs: int, progress: bool = True) -> list[Fate]:
    """The fate of each mutant. Raises ``RuntimeError`` when the tests fail on the sound source."""
    with tempfile.TemporaryDirectory() as folder:
        workers = []
        for i in range(jobs):
            (Path(folder) / str(i)).mkdir()
            workers.append(Worker(Path(folder) / str(i)))
        idle = list(workers)
        allowed: dict[str, float] = {}
        tests = {m.module: test_files(m.module) for m in mutants}

        def measure(files: tuple[str, ...]) -> None:
            worker = idle.pop()
            code, said, seconds = worker.run(files, HOUR)
            idle.append(worker)
            if code != 0:
                raise RuntimeError(f"the tests fail on the sound source: {' '.join(files)}: exit code {code}: {said}")
            # Measured on this machine, so that a slow one is allowed more.
            allowed[" ".join(files)] = max(600.0, 10 * seconds)

        def judge(mutant: Mutant) -> Fate:
            files = tests[mutant.module]
            worker = idle.pop()
            code, said, seconds = worker.kill(mutant, files, allowed[" ".join(files)])
            idle.append(worker)
            outcome = "survived" if code == 0 else "late" if code == LATE else "killed"
            by = said.split(" - ")[0].removeprefix("FAILED ").removeprefix("ERROR ") if outcome == "killed" else ""
            if progress:
                print(f"{outcome:8} {seconds:5.1f} s  {mutant.id}  {by[:100]}", flush=True)
            return Fate(mutant, outcome, by, seconds)

        try:
            with ThreadPoolExecutor(jobs) as pool:
                list(pool.map(measure, dict.fromkeys(tests.values())))
                return list(pool.map(judge, mutants))
        finally:
            for worker in workers:
                worker.close()


# -- the report -----------------------------------------------------------------------------------------------


def explanations() -> dict[str, str]:
    """Why survivors survive, by module, then by their change."""
    if not EXPLANATIONS.exists():
        return {}
    with EXPLANATIONS.open("rb") as stream:
        tables = tomllib.load(stream)
    return {
        _key(module, entry["before"], entry["after"]): entry["why"]
        for module, table in tables.items()
        for entry in table
    }


def _key(module: str, before: str, after: str) -> str:
    return f"{module}: {before} -> {after}"


def report(fates: Sequence[Fate], total: int, count: int, seed: int) -> str:
    """The table of kills by module, and every survivor with its explanation."""
    killed = sum(f.outcome != "survived" for f in fates)
    late = sum(f.outcome == "late" for f in fates)
    known = explanations()
    lines = [
        "# Mutants of the source",
        "",
        f"`python tests/faults/mutants.py --count {count} --seed {seed}` drew {len(fates)} of {total} one-node "
        f"mutants; {killed} are killed ({killed / max(1, len(fates)):.1%}), {late} of them by the clock.",
        "",
        "| module | mutants | killed |",
        "|---|---|---|",
    ]
    drawn, dead = (
        Counter(f.mutant.module for f in fates),
        Counter(f.mutant.module for f in fates if f.outcome != "survived"),
    )
    lines += [f"| {m} | {drawn[m]} | {dead[m]} |" for m in TESTS if drawn[m]]
    lines += ["", "## Survivors", ""]
    for f in fates:
        if f.outcome == "survived":
            m = f.mutant
            why = known.get(_key(m.module, m.before, m.after), "NOT EXPLAINED")
            lines += [f"- `{m.module}.py:{m.line}`: `{m.before}` becomes `{m.after}`.", f"  {why}"]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="how many mutants to draw (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the sample (default 0)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--modules", nargs="+", choices=TESTS, default=list(TESTS), help="only these modules")
    parser.add_argument("--report", type=Path, help="write the table and the survivors to this file")
    parser.add_argument("--list", action="store_true", help="print the sample and run nothing")
    parser.add_argument("--at-least", type=float, default=0.9, help="exit 1 below this share of kills (default 0.9)")
    options = parser.parse_args(arguments)
    mutants = sample(options.count, options.seed, options.modules)
    if options.list:
        print("\n".join(m.id for m in mutants))
        return 0
    fates = hunt(mutants, options.jobs)
    total = sum(len(mutants_of(m, _source(m))) for m in options.modules)
    text = report(fates, total, options.count, options.seed)
    print("\n" + text)
    if options.report is not None:
        options.report.write_text(text, encoding="utf-8")
    killed = sum(f.outcome != "survived" for f in fates)
    return 0 if killed >= options.at_least * len(fates) else 1


if __name__ == "__main__":
    sys.exit(main())
