"""Files as they come from elsewhere: arrays and tables, whole and damaged, from a random stream."""

from __future__ import annotations

import io
import pickle
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

TYPES = ("<f8", "<f4", "<f2", ">f8", "<i8", "|u1", "|b1", "<c16", "|V2", "<U3", "|S2", "|O", "<M8[s]", "<f16")
WORDS = (
    "nan",
    "inf",
    "-1",
    "0",
    "1",
    "2.5",
    "1e-300",
    "1e999",
    "1/3",
    "0x10",
    "1_0",
    "",
    " ",
    "x",
    "١",
    "1 2",
    "--1",
    "+.5",
)
SHAPES = ((), (0,), (1,), (7,), (40, 3), (3, 0), (2, 2, 2))


def _values(rng: np.random.Generator, kind: str) -> np.ndarray:
    """An array of one of the types, some of it not finite."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    numbers = rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 4)
    if rng.random() < 0.2 and numbers.size:
        numbers.flat[0] = rng.choice([np.nan, np.inf, -np.inf])
    if kind == "|V2":
        return np.zeros(shape, dtype=kind)
    with np.errstate(all="ignore"):
        return np.asarray(np.nan_to_num(numbers).astype(kind) if kind[1] not in "fc" else numbers.astype(kind))


def _npy(rng: np.random.Generator) -> bytes:
    stream = io.BytesIO()
    array = _values(rng, TYPES[rng.integers(len(TYPES))])
    if array.ndim == 2 and rng.random() < 0.5:
        array = np.asfortranarray(array)
    versions: list[tuple[int, int] | None] = [None, (1, 0), (2, 0), (3, 0)]
    np.lib.format.write_array(stream, array, version=versions[rng.integers(4)], allow_pickle=True)
    return stream.getvalue()


def _npz(rng: np.random.Generator) -> bytes:
    stream = io.BytesIO()
    packing = zipfile.ZIP_DEFLATED if rng.random() < 0.5 else zipfile.ZIP_STORED
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", packing) as archive:
        warnings.simplefilter("ignore")  # of two arrays of one name
        for k in range(rng.choice([0, 1, 1, 1, 2, 3])):
            name = rng.choice([f"a{k}.npy", f"a{k}.npy", f"a{k}.npy", "data.pkl", "a0.npy", "x/y.npy"])
            archive.writestr(str(name), _npy(rng))
    return stream.getvalue()


def _header(rng: np.random.Generator) -> bytes:
    """A header that was written by hand, and some bytes."""
    shapes = (
        "(5,)",
        "(5)",
        "(5, 8",
        "[5]",
        "(-5,)",
        "(5.0,)",
        "(True, 5)",
        "(10**9,)",
        "(2**70, 2**70)",
        "(999999999999,)",
    )
    descr = rng.choice(
        [repr(t) for t in TYPES] + ["'<f9'", "'f8,f8'", "[('a', '<f8')]", "None", "8", "'<f8' * 9", "'" + "(" * 300]
    )
    order = rng.choice(["False", "True", "None", "0"])
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {rng.choice(shapes)}, }}"
    text = str(rng.choice([text, text, text, text[:-3], text + text, "[]", "{" * 5000, "__import__('os')", "é" * 9]))
    raw = text.encode("utf-8") + b"\n"
    length = int(rng.choice([len(raw), len(raw), len(raw), 0, 65535, len(raw) + 9]))
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + raw + bytes(int(rng.integers(0, 80)))


def _table(rng: np.random.Generator) -> bytes:
    """A table of text, with separators and line ends of several kinds."""
    plain = rng.random() < 0.5
    words = [str(w) for w in (rng.random(9).round(3) if plain else WORDS)]
    cut = str(rng.choice([",", ",", ", ", ";", "\t", " "]))
    end = str(rng.choice(["\n", "\n", "\r\n", "\n\n"]))
    columns = int(rng.choice([1, 1, 1, 2, 3]))
    rows = [cut.join(rng.choice(words, columns)) for _ in range(rng.integers(1, 6))]
    if rng.random() < 0.2:
        rows.insert(0, str(rng.choice(["eigenvalue", "i,lam", "# made by me", '"1"'])))
    text = end.join(rows) + str(rng.choice(["", "\n"]))
    if rng.random() < 0.15:
        text = text.replace(".", ",")
    return text.encode(str(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])))


def _foreign(rng: np.random.Generator) -> bytes:
    """Formats of others, and nothing at all."""
    made = (
        b"",
        b"\x80\x02}q\x00.",
        pickle.dumps(np.ones(3)),
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"\x89HDF\r\n\x1a\n",
    )
    more = (b"PAR1", b"%PDF-1.4", b"\x93NUMPY", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x09\x00\x01\x00{", rng.bytes(200))
    return (made + more)[rng.integers(len(made) + len(more))]


def _damaged(rng: np.random.Generator, content: bytes) -> bytes:
    """The content cut short, longer, or with bytes that are changed, left out or put in."""
    data = bytearray(content)
    for _ in range(rng.integers(1, 4)):
        place = int(rng.integers(0, min(len(data), int(rng.choice([16, 128, 10**9]))) or 1))
        match int(rng.integers(5)):
            case 0:
                del data[place:]
            case 1 if data:
                data[min(place, len(data) - 1)] = int(rng.integers(256))
            case 2:
                data[place:place] = rng.bytes(int(rng.integers(1, 9)))
            case 3:
                del data[place : place + int(rng.integers(1, 9))]
            case _:
                data += rng.bytes(int(rng.integers(1, 9)))
    return bytes(data)


def draw(rng: np.random.Generator, folder: Path) -> Path:
    """One file in a folder, of a random kind, half of the arrays and tables whole; its name ends as its kind does."""
    kinds: list[tuple[Callable[[np.random.Generator], bytes], str]] = [
        (_npy, "npy"),
        (_npz, "npz"),
        (_header, "npy"),
        (_table, "csv"),
        (_foreign, str(rng.choice(["npy", "npz", "csv"]))),
    ]
    make, ending = kinds[rng.choice(len(kinds), p=[0.35, 0.2, 0.15, 0.2, 0.1])]
    content = make(rng)
    if rng.random() < 0.5:
        content = _damaged(rng, content)
    path = folder / f"file.{ending}"
    path.write_bytes(content)
    return path
