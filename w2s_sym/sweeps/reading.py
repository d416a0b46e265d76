"""A sweep read from a file or from the same tables in Python: names are looked up, nothing is evaluated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from w2s_sym.store.disk import reason
from w2s_sym.sweeps.axes import MOST_CELLS, Axis, read_axis
from w2s_sym.sweeps.bindings import Binding, is_scalar, names_in, read_binding
from w2s_sym.sweeps.cells import ColumnSource
from w2s_sym.sweeps.definition import Definition, FigureChoice, SweptColumn, used_names
from w2s_sym.sweeps.numbers_given import SweepError, Table, checked_name, decimal, integer_of
from w2s_sym.sweeps.targets import Lookup

# Draws of a simulation that names no number of them, by effort.
DRAWS_BY_EFFORT = {"quick": 100, "standard": 1000, "deep": 10000}
LARGEST_DRAWS = 10**7
LARGEST_FILE = 2**20
MISSING = "missing"
_TOP = "title, seed, axes, values, columns, figure"
_COLUMN = "formula, equivalent or simulation; then definition, part, draws, values, title, unit"


def read_file(path: str | Path, effort: str) -> Definition:
    """The sweep that a TOML file defines. Raises :class:`SweepError` for anything else."""
    place = Path(path)
    try:
        if place.stat().st_size > LARGEST_FILE:
            raise SweepError(f"{path}: is larger than a sweep can be; give a TOML file")
        text = place.read_text(encoding="utf-8-sig")  # some editors put a mark before UTF-8
        given = tomllib.loads(text, parse_float=decimal)
    except SweepError:
        raise
    except (OSError, RecursionError, ValueError) as problem:  # of tomllib and of UTF-8, too
        told = reason(problem) if isinstance(problem, OSError) else " ".join(str(problem).split())[:200]
        if "integer string conversion" in told:
            told = "has an integer of thousands of digits"
        raise SweepError(f"{path}: {told}; give a TOML file") from None
    try:
        return read_tables(given, place.parent, effort, text)
    except SweepError as problem:
        raise SweepError(f"{path}: {problem}") from problem


def read_tables(given: Mapping[str, Any], folder: Path, effort: str, text: str = "") -> Definition:
    """The sweep that tables define; files that they name lie in ``folder``. Raises :class:`SweepError`."""
    top = Table("", given)
    title, seed = top.text("title"), top.take("seed")
    seed = 0 if seed is None else integer_of(seed, "seed", 0, 2**63)
    axes = _axes(top.table("axes"))
    values = _values(top.table("values"), [a.name for a in axes], folder)
    columns = _columns(top.table("columns"), axes, values, Lookup(folder), effort)
    drawing = _drawing(top.table("figure"), axes, columns)
    top.end(_TOP)
    found = Definition(title, seed, axes, values, columns, drawing=drawing, text=text)
    unused = [n for n in (*(a.name for a in axes), *values) if n not in used_names(found)]
    if unused:
        where = "axes" if unused[0] in {a.name for a in axes} else "values"
        raise SweepError(f"{where}.{unused[0]}: is used by no column; correct the name, or leave it out")
    return found


def _axes(table: Table) -> tuple[Axis, ...]:
    if not table.entries:
        raise SweepError("axes: is empty or missing; give an axis, such as n = [100, 200] under [axes]")
    axes = tuple(
        read_axis(checked_name(name, "axes"), table.take(str(name)), table.at(str(name))) for name in table.entries
    )
    cells = 1
    for axis in axes:
        cells *= len(axis)
    if cells > MOST_CELLS:
        sizes = " x ".join(str(len(a)) for a in axes)
        raise SweepError(f"axes: {sizes} = {cells} cells are more than {MOST_CELLS}; give fewer values")
    return axes


def _values(table: Table, axes: list[str], folder: Path) -> dict[str, Binding]:
    found: dict[str, Binding] = {}
    for name in table.entries:
        where = table.at(str(name)[:60])
        checked_name(name, where)
        if name in axes:
            raise SweepError(f"{where}: is an axis, too; give one of them another name")
        found[name] = _binding(table.take(name), where, folder, [*axes, *found])
    return found


def _binding(given: Any, where: str, folder: Path, known: list[str]) -> Binding:
    binding = read_binding(given, where, folder)
    stray = [name for name in names_in(binding) if name not in known]
    if stray:
        raise SweepError(f"{where}: {stray[0]} is no axis and no value above it; there are {', '.join(known)}")
    return binding


def _columns(
    table: Table, axes: tuple[Axis, ...], values: Mapping[str, Binding], lookup: Lookup, effort: str
) -> tuple[SweptColumn, ...]:
    if not table.entries:
        raise SweepError("columns: is empty or missing; give one, such as [columns.risk] with formula = 'paper/claim'")
    taken = {MISSING, *(a.name for a in axes)}
    found = []
    for name in table.entries:
        where = table.at(str(name)[:60])
        checked_name(name, where)
        column = _column(name, table.table(name), lookup, effort)
        for own in (name, f"{name}_error") if column.source.drawn else (name,):
            if own in taken:
                raise SweepError(f"{where}: the table has a column {own} already; choose another name")
            taken.add(own)
        _require_names(where, column, axes, values)
        found.append(column)
    return tuple(found)


def _column(name: str, table: Table, lookup: Lookup, effort: str) -> SweptColumn:
    kinds = [k for k in ("formula", "equivalent", "simulation") if table.has(k)]
    if len(kinds) != 1:
        raise SweepError(f"{table.where}: has {' and '.join(kinds) or 'nothing to compute'}; give one of {_COLUMN}")
    given, kind = table.take(kinds[0]), kinds[0]
    allowed = {"formula": "definition", "equivalent": "part", "simulation": "draws"}
    for key, what in (("definition", "formula"), ("part", "equivalent"), ("draws", "simulation")):
        if table.has(key) and allowed[kind] != key:
            table.fail(key, f"belongs to a column with {what}; leave it out")
    source: ColumnSource
    where = table.at(kind)
    match kind:
        case "formula":
            source = lookup.formula(given, table.text("definition"), where)
        case "equivalent":
            source = lookup.equivalent(given, table.text("part"), where, name)
        case _:
            draws = table.take("draws")
            draws = DRAWS_BY_EFFORT[effort] if draws is None else integer_of(draws, table.at("draws"), 2, LARGEST_DRAWS)
            source = lookup.simulation(given, draws, where, name)
    own = table.table("values")
    bindings = {}
    for key in own.entries:
        if key not in source.takes:
            raise SweepError(f"{own.at(str(key)[:60])}: is no name of this column, which has {', '.join(source.takes)}")
        bindings[key] = read_binding(own.take(key), own.at(key), lookup.folder)
    title, unit = table.text("title"), table.text("unit")
    table.end(_COLUMN)
    return SweptColumn(name, source, bindings, title, unit)


def _require_names(where: str, column: SweptColumn, axes: tuple[Axis, ...], values: Mapping[str, Binding]) -> None:
    """Each name that a column needs stands for something, and for an array where it is one."""
    known = [*(a.name for a in axes), *values]
    arrays: list[str] = []
    for name, binding in values.items():
        if not is_scalar(binding, arrays):
            arrays.append(name)
    for name, binding in column.values.items():
        stray = [n for n in names_in(binding) if n not in known]
        if stray:
            raise SweepError(f"{where}.values.{name}: {stray[0]} is no axis and no value; there are {', '.join(known)}")
    lacking = [n for n in column.source.needs if n not in known and n not in column.values]
    if lacking:
        raise SweepError(
            f"{where}: no value for {', '.join(lacking)}; add it to [axes], to [values] or to [{where}.values]"
        )
    for name in column.source.takes:
        if name in column.values:
            array = not is_scalar(column.values[name], arrays)
        elif name in known:
            array = name in arrays
        else:
            continue
        if array and name not in column.source.arrays:
            raise SweepError(f"{where}: {name} is a number there, and stands for an array; give a number")
        if not array and name in column.source.arrays:
            raise SweepError(
                f"{where}: {name} is a matrix or a vector there; give {{ spectrum = 'power:alpha=2,p=100' }}"
            )


def _drawing(table: Table, axes: tuple[Axis, ...], columns: tuple[SweptColumn, ...]) -> FigureChoice:
    names = [a.name for a in axes]
    chosen = {}
    for key in ("x", "hue"):
        chosen[key] = table.text(key)
        if chosen[key] and chosen[key] not in names:
            table.fail(key, f"{chosen[key][:60]!r} is no axis; there are {', '.join(names)}")
    if chosen["x"] and chosen["x"] == chosen["hue"]:
        table.fail("hue", "is the axis x, too; choose another, or leave it out")
    log = table.take("log")
    log = [] if log is None else log
    if not isinstance(log, list | tuple) or any(v not in ("x", "y") for v in log):
        table.fail("log", 'is no list of "x" and "y"; write log = ["x"]')
    table.end("x, hue, log")
    return FigureChoice(chosen["x"], chosen["hue"], tuple(log))
