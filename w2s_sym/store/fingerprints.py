"""What a finding depends on, as one hash: a stored finding comes back only when all of it is unchanged.

That is the claim (its statement, domain, rivals, evidence and what it rests on), the effort and the seed, the
source text of this package, of the paper's file and of all it imports, and the versions of what computes.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import io
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import metadata
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim

COMPUTES = ("sympy", "mpmath", "numpy", "python-flint")


# Objects already described, by identity. They are held, for else a freed one's identity could return as another's.
Seen = dict[int, tuple[int, object]]


class IndescribableError(TypeError):
    """A value that has no stable description; findings that depend on it are not kept."""


def fingerprint(claim: Claim, index: int, effort: str, seed: int, sources: str) -> str | None:
    """The key of one finding, or None when the claim holds a value without a stable description.

    ``sources`` is the :func:`source_digest` of the paper that the claim comes from.
    """
    try:
        parts = (claim_digest(claim), str(index), effort, str(seed), sources, repr(sorted(versions().items())))
    except IndescribableError:
        return None
    return _sha("\x1f".join(parts))


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


# -- claims ---------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def claim_digest(claim: Claim) -> str:
    """A hash of all fields of a claim, those of its evidence and of the claims it rests on included.

    Raises :class:`IndescribableError` when a field has no stable description.
    """
    seen: Seen = {id(claim): (0, claim)}
    return _sha(claim.source.key + "".join(f"|{f.name}={_text(getattr(claim, f.name), seen)}" for f in fields(claim)))


def stable_text(value: object) -> str:
    """A text that is the same in every process for equal values, and differs when a field does."""
    return _text(value, {})


def _text(value: object, seen: Seen) -> str:
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, (sp.Basic, sp.MatrixBase)):
        # Dummies are numbered by their order of creation in the process.
        return re.sub(r"dummy_index=\d+", "dummy", sp.srepr(value))
    if isinstance(value, type):
        return f"class {value.__module__}.{value.__qualname__}"
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if id(value) in seen:
        return f"<{seen[id(value)][0]}>"
    seen[id(value)] = (len(seen), value)
    if isinstance(value, Claim):
        return f"claim {claim_digest(value)}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}[{','.join(_text(v, seen) for v in value)}]"
    if isinstance(value, (set, frozenset)):
        return f"set{{{','.join(sorted(_text(v, dict(seen)) for v in value))}}}"
    if isinstance(value, Mapping):
        pairs = sorted(f"{_text(k, dict(seen))}:{_text(v, dict(seen))}" for k, v in value.items())
        return f"map{{{','.join(pairs)}}}"
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}"
    return _object(value, seen)


def _object(value: Any, seen: Seen) -> str:
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, np.generic):
        return f"{name}:{value!r}"
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcSU":
        return f"array {value.dtype} {value.shape} {_sha(value.tobytes().hex())}"
    if isinstance(value, FunctionType):
        cells = [c.cell_contents for c in value.__closure__ or ()]
        parts = (_code(value.__code__), value.__defaults__, value.__kwdefaults__, cells)
        return f"function {value.__module__}.{value.__qualname__}({','.join(_text(p, seen) for p in parts)})"
    if isinstance(value, MethodType):
        return f"method({_text(value.__self__, seen)},{_text(value.__func__, seen)})"
    if isinstance(value, functools.partial):
        return f"partial({','.join(_text(p, seen) for p in (value.func, value.args, value.keywords))})"
    if callable(value) and hasattr(value, "__self__") and hasattr(value, "__qualname__"):
        owner = value.__self__  # a builtin: its module, or the object it is bound to
        return f"builtin {value.__qualname__} {'' if owner is None else _text(owner, seen)}"
    if isinstance(value, np.ufunc):
        return f"ufunc {value.__name__}"
    if isinstance(value, io.IOBase):
        raise IndescribableError(f"{name} is an open file; its content has no stable description")
    if is_dataclass(value):
        content = {f.name: getattr(value, f.name) for f in fields(value)}
    elif hasattr(value, "__dict__"):
        content = dict(vars(value))
    else:
        raise IndescribableError(f"{name} has no stable description")
    return f"{name}({','.join(f'{k}={_text(v, seen)}' for k, v in sorted(content.items()))})"


def _code(code: CodeType) -> tuple[object, ...]:
    constants = tuple(_code(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return (code.co_code, code.co_names, constants)


# -- sources --------------------------------------------------------------------------------------------------


@functools.cache
def package_digest() -> str:
    """A hash of the source text of this package."""
    home = Path(__file__).resolve().parents[1]
    return _sha("".join(f"{p.relative_to(home)}\n{_file_sha(p)}\n" for p in sorted(home.rglob("*.py"))))


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
                installed[top] = str(getattr(sys.modules.get(top), "__version__", ""))
            else:
                todo.append((imported, origin))
    return _sha(package_digest() + "".join(f"{m}\n{h}\n" for m, h in sorted({**installed, **found}.items())))


def _imports(module: str, file: Path) -> Iterator[str]:
    """Dotted names that a source file imports anywhere in it, with their parents."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # an extension module or a file that is gone: its bytes are all there is
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
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
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[: i + 1]) for i in range(len(parts)) if parts[0])


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


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
