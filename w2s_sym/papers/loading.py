"""Where claims come from: installed papers, files of a user, and what the words on a command line mean.

A paper is a module that defines ``CLAIMS``. Installed papers announce themselves under the entry-point group
``w2s_sym.papers``; a user's file is named by its path and is run as Python. Nothing else that is typed is run.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import same_claim
from w2s_sym.claims.foundations import foundations
from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula.user_code import in_this_process
from w2s_sym.papers.figures import Figure
from w2s_sym.store.fingerprints import source_digest

GROUP = "w2s_sym.papers"


class UsageError(ValueError):
    """Input that cannot be used. The message is one line: the condition, what was given, the next move."""


@dataclass(frozen=True)
class Paper:
    """A loaded paper. ``name`` is what a user types for it: an entry point's name or a path ending in ``.py``.

    ``about`` is what its module says of itself.
    """

    name: str
    claims: tuple[Claim, ...]
    module: str
    file: Path | None
    own: frozenset[str] = frozenset()
    figures: tuple[Any, ...] = ()
    predictions: Mapping[str, Claim] = field(default_factory=dict)
    headlines: tuple[Claim, ...] = ()
    sections: tuple[tuple[str, tuple[Claim, ...]], ...] = ()
    about: str = ""

    @functools.cached_property
    def sources(self) -> str:
        """The hash of the paper's source text with all that it imports; empty for a paper without a file."""
        return source_digest(self.module, self.file, self.own) if self.file is not None else ""


@dataclass(frozen=True)
class Entry:
    """A claim and the paper it was loaded from."""

    paper: Paper
    claim: Claim

    @property
    def target(self) -> str:
        """What to type for this claim alone; for one that its paper does not list, the paper."""
        if not any(claim is self.claim for claim in self.paper.claims):
            return self.paper.name
        return f"{self.paper.name}::{self.claim.name}" if self.paper.name.endswith(".py") else self.claim.id


def paper_names() -> tuple[str, ...]:
    """The names of the installed papers, in alphabetical order."""
    return tuple(sorted(_announced()))


def load(name: str) -> Paper:
    """Load an installed paper by its name, or a user's file by its path (it ends in ``.py``).

    Raises :class:`UsageError` when there is no such paper or file, when it does not import, or when it does not
    define ``CLAIMS`` as a tuple or list of claims, each with an id of its own.
    """
    return _load_file(name) if name.endswith(".py") else _load_installed(name)


def predictions() -> Mapping[str, Claim]:
    """Claims that state risks, by the names that a forecast uses: an installed paper's ``PREDICTIONS``.

    The first in alphabetical order that defines them. Raises :class:`UsageError` when none does.
    """
    for name in paper_names():
        try:
            found = load(name).predictions
        except UsageError:
            continue  # another paper's trouble is no answer to this question
        if found:
            return found
    raise UsageError("no installed paper defines PREDICTIONS; install the package (pip install -e .)")


def resolve(targets: Sequence[str]) -> tuple[Entry, ...]:
    """The claims that the targets name, each once, in the order of papers and of the claims in them.

    A target is a paper (``dong2025``), a claim id (``dong2025/name``), a path to a file that defines ``CLAIMS``
    (``my_claims.py``) or one claim of it (``my_claims.py::name``). No targets: all claims of all installed papers.
    Raises :class:`UsageError` for a target that names nothing.
    """
    loaded: dict[str, Paper] = {}

    def paper(name: str) -> Paper:
        if name not in loaded:
            loaded[name] = load(name)
        return loaded[name]

    if not targets and not paper_names():
        raise UsageError("no papers are installed; install the package (pip install -e .) or name a file with CLAIMS")
    chosen: list[Entry] = []
    for target in targets or paper_names():
        path, colons, member = target.partition("::")
        if path.endswith(".py"):
            if colons and not member:
                raise UsageError(f"no claim is named after {target}; give its name, or {path} for all its claims")
            chosen += _members(paper(path), member, target)
        elif "/" in target:
            chosen.append(_claim(target, paper))
        else:
            chosen += _members(paper(target), "", target)
    unique: dict[str, Entry] = {}
    for entry in chosen:
        first = unique.setdefault(entry.claim.id, entry)
        if not same_claim(first.claim, entry.claim):
            raise UsageError(
                f"two claims have the id {entry.claim.id}: one in {first.paper.name}, one in {entry.paper.name}; "
                "rename one, or verify the two papers separately"
            )
    return tuple(unique.values())


def resolve_figures(target: str = "") -> tuple[tuple[Paper, Figure], ...]:
    """The figures that a target names, each with its paper; no target: those of all installed papers.

    A target is a paper (``dong2025``), a figure (``dong2025/name``), a path to a file (``my_paper.py``) or one figure
    of it (``my_paper.py::name``). Raises :class:`UsageError` for a target that names nothing.
    """
    if not target:
        return tuple((paper, figure) for paper in map(load, paper_names()) for figure in paper.figures)
    path, mark, name = target.partition("::" if ".py" in target else "/")
    paper = load(path)
    found = tuple((paper, figure) for figure in paper.figures if name == figure.name or not mark)
    if found:
        return found
    names = [f"{path}{mark or '/'}{figure.name}" for figure in paper.figures]
    if not names:
        raise UsageError(f"{path} has no figures; write FIGURES = (Figure(...),) in it")
    raise UsageError(f"unknown figure {target}{_nearest(target, names)}; {path} has {', '.join(names)}")


# -- targets --------------------------------------------------------------------------------------------------


def _members(paper: Paper, member: str, target: str) -> list[Entry]:
    found = [Entry(paper, c) for c in paper.claims if member in ("", c.name, c.id)]
    if not found:
        names = [c.name for c in paper.claims]
        raise UsageError(f"unknown claim {target}{_nearest(member, names)}; {paper.name} defines {', '.join(names)}")
    return found


def _claim(target: str, paper: Callable[[str], Paper]) -> Entry:
    prefix = target.partition("/")[0]
    ids: list[str] = []
    # The paper of that name first; the others too, since the key in an id may differ from the paper's name.
    for name in sorted(paper_names(), key=lambda n: n != prefix):
        try:
            candidate = paper(name)
        except UsageError:
            if name == prefix:
                raise
            continue  # another paper's trouble is no answer to this question
        for claim in candidate.claims:
            if claim.id == target:
                return Entry(candidate, claim)
            ids.append(claim.id)
    raise UsageError(
        f"unknown claim {target}{_own_file(target) or _nearest(target, ids)}; "
        f"w2s-sym list shows all {len(ids)} ids, and a file ends in .py"
    )


def _own_file(target: str) -> str:
    """A hint for a target that only lacks the ending of an existing file."""
    path, colons, member = target.partition("::")
    return f" (did you mean {path}.py{colons}{member}?)" if path and os.path.isfile(f"{path}.py") else ""


def _nearest(word: str, words: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, words, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


# -- loading --------------------------------------------------------------------------------------------------


def _announced() -> dict[str, metadata.EntryPoint]:
    found: dict[str, metadata.EntryPoint] = {}
    for point in metadata.entry_points(group=GROUP):
        first = found.setdefault(point.name, point)
        if first.value != point.value:
            raise UsageError(
                f"two installed papers are called {point.name}: {first.value} and {point.value}; uninstall one"
            )
    return found


def _load_installed(name: str) -> Paper:
    points = _announced()
    if name not in points:
        known = ", ".join(points) or "none"
        raise UsageError(
            f"unknown paper {name}{_own_file(name) or _nearest(name, list(points))}; installed: {known}; "
            "a claim is paper/name and a file ends in .py"
        )
    module_name = points[name].module
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what a paper prints is no result
            module = importlib.import_module(module_name)
    except (Exception, SystemExit) as problem:
        raise UsageError(
            f"paper {name} does not import: {_one_line(problem)}; python -c 'import {module_name}' shows where"
        ) from problem
    own = frozenset(p.module.partition(".")[0] for p in points.values())
    return _paper(name, module, module_name, own)


def run_file(name: str, defines: str = "CLAIMS") -> ModuleType:
    """Run a user's file as Python, under a name of its own, and return its module.

    Raises :class:`UsageError` for a path that is no file, and for whatever the file raises; ``defines`` says in the
    message what such a file holds.
    """
    path = Path(name)
    if not os.path.exists(path):  # Path.exists raises when a name is too long
        raise UsageError(f"no file {name}; give the path of a Python file that defines {defines}")
    if not path.is_file():
        raise UsageError(f"{name} is no file; give the path of a Python file that defines {defines}")
    path = path.resolve()
    # A name of its own, so that a file called json.py or dong2025.py hides no module.
    module_name = f"claims_{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # modules beside the file, as when it is run as a script
    sys.modules[module_name] = module
    try:
        with contextlib.redirect_stdout(sys.stderr), in_this_process():
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        # Also what is no Exception, such as SystemExit: a file that asks to leave is a file to correct.
        del sys.modules[module_name]
        raise UsageError(f"{name}{_line(problem, path)}: {_one_line(problem)}; correct it and try again") from problem
    return module


def _load_file(name: str) -> Paper:
    module = run_file(name)
    own = frozenset(p.module.partition(".")[0] for p in _announced().values())
    return _paper(name, module, module.__name__, own)


def _paper(name: str, module: ModuleType, module_name: str, own: frozenset[str]) -> Paper:
    claims = _announced_in(module, name, "CLAIMS", Claim)
    if claims is None:
        raise UsageError(f"{name} defines no CLAIMS; write CLAIMS = (Claim(...),)")
    if not claims:
        raise UsageError(f"{name}: CLAIMS is empty, there is nothing to verify; write CLAIMS = (Claim(...),)")
    try:
        foundations(claims)
    except ClaimError as problem:
        raise UsageError(f"{name}: {problem}") from problem
    file = getattr(module, "__file__", None)
    return Paper(
        name,
        claims,
        module_name,
        Path(file) if file else None,
        own=own,
        figures=_announced_in(module, name, "FIGURES", Figure) or (),
        predictions=_predictions(module, name),
        headlines=_headlines(module, name, claims),
        sections=_sections(module, name, claims),
        about=inspect.cleandoc(module.__doc__ or ""),
    )


def _predictions(module: ModuleType, name: str) -> dict[str, Claim]:
    """The claims that state risks, by the names that a forecast uses; empty for a paper without any."""
    found = getattr(module, "PREDICTIONS", {})
    if not isinstance(found, Mapping):
        kind = type(found).__name__
        raise UsageError(f"{name}: PREDICTIONS is a {kind}, not a mapping; write PREDICTIONS = {{'student': CLAIM}}")
    for key, claim in found.items():
        if not isinstance(key, str) or not isinstance(claim, Claim):
            raise UsageError(
                f"{name}: PREDICTIONS[{key!r}] is a {type(claim).__name__}, not a Claim; give a claim by name"
            )
    return dict(found)


def _headlines(module: ModuleType, name: str, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """The claims that a paper names first; each must be one of CLAIMS."""
    found = _announced_in(module, name, "HEADLINES", Claim) or ()
    for claim in found:
        if claim not in claims:
            raise UsageError(f"{name}: HEADLINES has {claim.id}, which is none of CLAIMS; add it there or drop it here")
    return found


def _sections(module: ModuleType, name: str, claims: tuple[Claim, ...]) -> tuple[tuple[str, tuple[Claim, ...]], ...]:
    """The sections of a paper, (title, claims) each; together they must be CLAIMS, in the same order."""
    listed = getattr(module, "SECTIONS", ())
    try:
        found = tuple((str(title), tuple(part)) for title, part in listed)
    except (TypeError, ValueError):
        raise UsageError(f"{name}: SECTIONS is no tuple of pairs (title, claims); make it one") from None
    together = tuple(claim for _, part in found for claim in part)
    if found and together != claims:
        lost = [c.id for c in claims if c not in together]
        trouble = f"{lost[0]} of CLAIMS is in no section" if lost else "SECTIONS and CLAIMS differ"
        raise UsageError(f"{name}: {trouble}; write CLAIMS = tuple(c for _, part in SECTIONS for c in part)")
    return found


def _announced_in(module: ModuleType, name: str, listed: str, kind: type[Any]) -> tuple[Any, ...] | None:
    """What a paper lists under the name ``listed``: each of one kind, with an id of its own; None without a list."""
    noun = kind.__name__
    example = f"write {listed} = ({noun}(...),)"
    found = getattr(module, listed, None)
    if found is None:
        return None
    if not isinstance(found, (tuple, list)):
        raise UsageError(f"{name}: {listed} is a {type(found).__name__}, not a tuple of {noun.lower()}s; {example}")
    seen: set[str] = set()
    for position, item in enumerate(found):
        if not isinstance(item, kind):
            raise UsageError(f"{name}: {listed}[{position}] is a {type(item).__name__}, not a {noun}; {example}")
        what, own = ("id", item.id) if kind is Claim else ("name", item.name)
        if own in seen:
            raise UsageError(f"{name}: {listed}[{position}] repeats the {what} {own}; give it another name")
        seen.add(own)
    return tuple(found)


def _one_line(problem: BaseException) -> str:
    text = " ".join(str(problem).split())
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _line(problem: BaseException, path: Path) -> str:
    """``, line 7`` for the innermost line of this file that the error passed through."""
    if isinstance(problem, SyntaxError) and problem.lineno is not None:
        return f", line {problem.lineno}"
    lines = [f.lineno for f in traceback.extract_tb(problem.__traceback__) if f.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""
