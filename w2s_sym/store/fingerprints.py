"""What a finding depends on, as one hash: a stored finding comes back only when all of it is unchanged.

That is the claim (its statement, domain, rivals, evidence and what it rests on), the effort and the seed, the
source text of this package, of the paper's file and of all it imports, and the versions of what computes.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import IndescribableError, claim_digest, sha256_of

COMPUTES = ("sympy", "mpmath", "numpy", "python-flint")


def fingerprint(claim: Claim, index: int, effort: str, seed: int, sources: str) -> str | None:
    """The key of one finding, or None when the claim holds a value without a stable description.

    ``sources`` is the :func:`source_digest` of the paper that the claim comes from.
    """
    try:
        parts = (claim_digest(claim), str(index), effort, str(seed), sources, repr(sorted(versions().items())))
    except IndescribableError:
        return None
    return sha256_of("\x1f".join(parts))


@functools.cache
def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that compute."""
    found = {"python": platform.python_version()}
    for name in COMPUTES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def commit() -> str | None:
    """The commit of the checkout that this package runs from, ``-dirty`` when files differ; None outside of one."""
    home = Path(__file__).resolve().parents[2]
    if not (home / ".git").exists():
        return None
    command = ["git", "-C", str(home), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


# -- sources --------------------------------------------------------------------------------------------------


@functools.cache
def package_digest() -> str:
    """A hash of the source text of this package."""
    home = Path(__file__).resolve().parents[1]
    return sha256_of("".join(f"{p.relative_to(home)}\n{_file_sha(p)}\n" for p in sorted(home.rglob("*.py"))))


def source_digest(name: str, path: Path, own: frozenset[str] = frozenset()) -> str:
    """A hash of this package's sources, of the file ``path`` (module ``name``) and of all modules it imports.

    Of the standard library and of installed distributions only versions enter; ``own`` names top-level packages
    whose files enter although they are installed (packages of papers).
    """
    own = own | {name.partition(".")[0]}
    found: dict[str, str] = {}
    installed: dict[str, str] = {}
    todo: list[tuple[str, Path]] = [(name, path)]
    while todo:
        module, file = todo.pop()
        if module in found:
            continue
        found[module] = _file_sha(file)
        for imported in sorted(set(_imports(module, file))):
            top = imported.partition(".")[0]
            known = imported in found or top in installed
            if known or top in sys.stdlib_module_names or top == "w2s_sym":
                continue
            origin = _origin(imported)
            if origin is None:
                continue
            if top not in own and {"site-packages", "dist-packages"} & set(origin.parts):
                installed[top] = _release(top)
            else:
                todo.append((imported, origin))
    return sha256_of(package_digest() + "".join(f"{m}\n{h}\n" for m, h in sorted({**installed, **found}.items())))


@functools.cache
def _release(top: str) -> str:
    """The versions of the distributions that give a top-level module, whether it is loaded by now or not."""
    names = sorted(set(_distributions().get(top, ())))
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _imports(module: str, file: Path) -> tuple[str, ...]:
    """Dotted names that a source file imports anywhere in it, with their parents."""
    try:
        return _imported(module, file.name == "__init__.py", file.read_bytes())
    except OSError:
        return ()  # a file that is gone


@functools.lru_cache(maxsize=1024)
def _imported(module: str, is_package: bool, source: bytes) -> tuple[str, ...]:
    """The same of a source text: papers share modules, and parsing them takes longest."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()  # an extension module: its bytes are all there is
    package = module if is_package else module.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join((*parents, base)) if base else ".".join(parents)
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    split = (name.split(".") for name in names)
    return tuple(dict.fromkeys(".".join(parts[: i + 1]) for parts in split for i in range(len(parts)) if parts[0]))


def _origin(name: str) -> Path | None:
    """The file of a module that can be imported, else None."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    try:
        spec = spec or importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    return Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None


def _file_sha(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"
