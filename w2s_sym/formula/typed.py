"""Arguments of the wrong kind: refused in one line that names the argument and the next move.

A function keeps its own words for what it refuses. What is left, arguments that its annotations do not allow and that
it took, or stumbled over, is refused here.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import numbers
import traceback
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import sympy as sp

T = TypeVar("T")


class ArgumentError(TypeError, ValueError):
    """An argument of the wrong kind: which one, what it is, and what to give."""


def typed(thing: T) -> T:
    """The same class or function; arguments that its annotations do not allow raise :class:`ArgumentError`.

    Of a class, that is so for making one and for its public methods.
    """
    if not isinstance(thing, type):
        function = typing.cast(Callable[..., Any], thing)
        return typing.cast(T, _guarded(function, function.__name__))
    for name, held in list(vars(thing).items()):
        if name.startswith("_") and name != "__init__":
            continue
        told = thing.__name__ if name == "__init__" else f"{thing.__name__}.{name}"
        if isinstance(held, (staticmethod, classmethod)):
            setattr(thing, name, type(held)(_guarded(held.__func__, told)))
        elif inspect.isfunction(held):
            setattr(thing, name, _guarded(held, told))
    return thing


def _guarded(function: Callable[..., Any], told: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(*arguments: Any, **named: Any) -> Any:
        try:
            made = function(*arguments, **named)
        except Exception as problem:
            if not _in_our_words(problem):
                _require(function, told, arguments, named)
            raise
        if not _passes(function, arguments, named):
            _require(function, told, arguments, named)
        return made

    return guarded


def _in_our_words(problem: Exception) -> bool:
    """Whether an error is one of this package's, or raised by a statement of it, so that it says what is wrong."""
    if type(problem).__module__.startswith("w2s_sym"):
        return True
    last = traceback.extract_tb(problem.__traceback__)[-1]
    line = linecache.getline(last.filename, last.lineno or 0).strip()
    return "w2s_sym" in last.filename and line.startswith("raise ")


def _passes(function: Callable[..., Any], arguments: tuple[Any, ...], named: Mapping[str, Any]) -> bool:
    """Whether a call that succeeded has what the annotations allow, for functions without ``*`` and ``**``.

    False leaves it to :func:`_require`, which binds the arguments and has the words.
    """
    plan = _plan(function)
    if plan is None:
        return False
    checks, order = plan
    made = vars(arguments[0]) if function.__name__ == "__init__" else {}
    return all(
        name not in checks or checks[name](made.get(name, given))
        for name, given in (*zip(order, arguments, strict=False), *named.items())
    )


@functools.cache
def _plan(function: Callable[..., Any]) -> tuple[dict[str, Callable[[Any], bool]], tuple[str, ...]] | None:
    """What checks each argument, and the names of those that have a place; None for a function with ``*`` or ``**``."""
    signature, hints = _annotated(function)
    kinds = {p.kind for p in signature.parameters.values()}
    if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        return None
    placed = (n for n, p in signature.parameters.items() if p.kind is not inspect.Parameter.KEYWORD_ONLY)
    return {n: checker(hints[n]) for n in signature.parameters if n in hints}, tuple(placed)


def _require(function: Callable[..., Any], told: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """Raises :class:`ArgumentError` for the first argument that the function's annotations do not allow."""
    signature, hints = _annotated(function)
    try:
        bound = signature.bind(*arguments, **named)
    except TypeError as problem:
        raise ArgumentError(f"{told}: {problem}; see help({told})") from None
    made = vars(arguments[0]) if function.__name__ == "__init__" else {}
    for name, given in bound.arguments.items():
        if name not in hints:
            continue
        value = made.get(name, given)  # a class may take more, and keep it as what it says
        many = signature.parameters[name].kind
        each = value if many is inspect.Parameter.VAR_POSITIONAL else (value,)
        if many is inspect.Parameter.VAR_KEYWORD:
            each = tuple(value.values())
        for one in each:
            if not allowed(one, hints[name]):
                raise ArgumentError(f"{told}: {name} is {_shown(one)}; give {kind(hints[name])}")


@functools.cache
def _annotated(function: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    try:
        hints = typing.get_type_hints(function)
    except NameError:  # a name that only type checkers know
        hints = {}
    return inspect.signature(function), hints


def _shown(value: object) -> str:
    text = " ".join(repr(value).split())
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return short if value is None or isinstance(value, (str, int, float, list, tuple)) else f"a {type(value).__name__}"


_CHECKED: dict[Any, Callable[[Any], bool]] = {
    Any: lambda v: True,
    sp.Expr: lambda v: isinstance(v, (sp.Expr, numbers.Integral, Fraction)) and not isinstance(v, bool),
    sp.Rational: lambda v: isinstance(v, (sp.Rational, numbers.Rational)) and not isinstance(v, bool),
    int: lambda v: isinstance(v, numbers.Integral) and not isinstance(v, bool),
    float: lambda v: isinstance(v, (numbers.Real, sp.Expr)) and not isinstance(v, bool),
    type(None): lambda v: v is None,
}


def allowed(value: object, hint: Any) -> bool:
    """Whether a value is of the kind that an annotation names. A list stands for a tuple; arrays are not looked at."""
    return checker(hint)(value)


@functools.cache
def checker(hint: Any) -> Callable[[Any], bool]:
    """What tells whether a value is of the kind that an annotation names: an annotation is read once."""
    if hint in _CHECKED:
        return _CHECKED[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return lambda v: v in inner
    if origin is Callable or hint is Callable:
        return callable
    if origin in (typing.Union, types.UnionType):
        either = tuple(map(checker, inner))
        return lambda v: any(check(v) for check in either)
    if origin is tuple:
        return _checker_of_tuples(inner)
    if origin in (dict, Mapping):
        key, held = checker(inner[0]), checker(inner[1])
        return lambda v: isinstance(v, Mapping) and all(key(k) and held(e) for k, e in v.items())
    if origin in (list, set, frozenset, Sequence, Iterable):
        return _checker_of_many(checker(inner[0]))
    if not isinstance(hint, type) or hint.__module__ == "numpy":
        return lambda v: True
    try:
        isinstance(None, hint)
    except TypeError:  # a protocol about which nothing can be asked
        return lambda v: True
    return lambda v: isinstance(v, hint)


def _checker_of_tuples(inner: tuple[Any, ...]) -> Callable[[Any], bool]:
    if inner[1:] == (Ellipsis,):
        each = checker(inner[0])
        return lambda v: isinstance(v, (tuple, list)) and all(map(each, v))
    checks = tuple(map(checker, inner))
    return lambda v: (
        isinstance(v, (tuple, list))
        and len(v) == len(checks)
        and all(check(e) for check, e in zip(checks, v, strict=True))
    )


def _checker_of_many(each: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def many(value: Any) -> bool:
        held = isinstance(value, Iterable) and not isinstance(value, (str, bytes))
        return held and (not isinstance(value, Sequence) or all(map(each, value)))

    return many


_WORDS = {
    sp.Expr: "a formula of symbols and exact numbers",
    sp.Symbol: "a symbol made by symbol(...)",
    sp.Rational: "an exact number",
    int: "an integer",
    float: "a number",
    bool: "True or False",
    str: "a text",
    type(None): "None",
    Any: "anything",
    object: "anything",
}


def kind(hint: Any) -> str:
    """What an annotation asks for, in words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in _WORDS:
        return _WORDS[hint]
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(kind, inner)))
    if origin is typing.Literal:
        return f"one of {', '.join(map(repr, inner))}"
    if origin is tuple and inner[1:] != (Ellipsis,):
        return f"a tuple ({', '.join(map(kind, inner))})"
    if origin in (tuple, list, Sequence, Iterable):
        return f"a tuple, each entry {kind(inner[0])}"
    if origin in (dict, Mapping):
        return f"a mapping from {kind(inner[0])} to {kind(inner[1])}"
    if origin is Callable or hint is Callable:
        return "a function"
    return f"a {hint.__name__}" if isinstance(hint, type) else "what its help says"
