"""Rows come back as they were written, whatever the format and however they are asked for; the rest is refused."""

from __future__ import annotations

import builtins
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_files import EXTRA, FORMATS, write
from hypothesis import given
from hypothesis import strategies as st

from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.rows import opening, rows, zarr_rows
from w2s_sym.rows.opening import open_rows, whole_array
from w2s_sym.rows.places import packages_named, reading
from w2s_sym.rows.rows import ArrayRows, FeatureRows


def matrix(kind: type = np.float32, count: int = 300) -> np.ndarray:
    return (1000 * np.random.default_rng(0).standard_normal((count, 4))).astype(kind)


class Cut(FeatureRows):
    """An array that comes in pieces of given lengths."""

    def __init__(self, array: np.ndarray, lengths: list[int]) -> None:
        self.array, self.lengths = array, lengths

    name = "cut"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    def pieces(self, start: int, stop: int) -> Iterator[np.ndarray]:
        at = start
        for k in range(stop):
            if at < stop:
                length = self.lengths[k % len(self.lengths)]
                yield self.array[at : min(at + length, stop)]
                at += length

    def take(self, index: np.ndarray) -> np.ndarray:
        return np.asarray(self.array[index])


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    size=st.integers(1, 50),
    ends=st.tuples(st.integers(0, 100), st.integers(0, 100)),
)
def test_blocks_have_the_length_that_is_asked_for(lengths: list[int], size: int, ends: tuple[int, int]) -> None:
    array = np.arange(200).reshape(100, 2)
    start, stop = min(ends), max(ends)
    blocks = list(Cut(array, lengths).blocks(start, stop, size))
    assert [len(b) for b in blocks[:-1]] == [size] * (len(blocks) - 1)
    assert sum(len(b) for b in blocks) == stop - start
    if blocks:
        assert (np.concatenate(blocks) == array[start:stop]).all()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_every_format_gives_the_rows_that_were_written(kind: str, dtype: type, tmp_path: Path) -> None:
    array = matrix(dtype)
    found = open_rows(write(array, tmp_path, "x", kind))
    assert found.shape == array.shape
    assert len(found) == 300
    assert (whole_array(found) == array).all()
    index = np.array([0, 1, 2, 100, 101, 198, 299])
    assert (found.take(index) == array[index]).all()
    for start, stop, size in ((0, 300, 7), (99, 202, 100), (250, 300, 1000), (5, 6, 1)):
        assert (np.concatenate(list(found.blocks(start, stop, size))) == array[start:stop]).all()
    # Another process opens it for itself.
    again = pickle.loads(pickle.dumps(found.part(100, 200)))
    assert (np.concatenate(list(again.pieces(100, 200))) == array[100:200]).all()


@pytest.mark.parametrize("kind", FORMATS)
def test_pieces_are_small_whatever_is_stored_together(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PIECE_BYTES", 160)
    monkeypatch.setattr("w2s_sym.rows.parquet_rows.PIECE_BYTES", 160)
    array = matrix()
    found = open_rows(write(array, tmp_path, "x", kind))
    pieces = list(found.pieces(0, 300))
    most = 300 // 7 if kind.startswith("zarr") else 10  # a row takes 16 bytes; a chunk of Zarr is decoded as a whole
    assert max(len(p) for p in pieces) <= most
    assert (np.concatenate(pieces) == array).all()


def test_the_number_of_columns_may_be_missing(tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.arange(5.0))
    assert (whole_array(open_rows(tmp_path / "y.npy")) == np.arange(5.0)).all()
    np.save(tmp_path / "one.npy", np.float64(3))
    with pytest.raises(ArrayError, match="one number"):
        whole_array(open_rows(tmp_path / "one.npy"))


def test_labels_that_fill_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "y.npy", np.arange(500.0))
    monkeypatch.setattr(opening, "MOST_WHOLE", 100)
    with pytest.raises(ArrayError, match="give the labels of fewer points"):
        whole_array(open_rows(tmp_path / "y.npy"))


@pytest.mark.parametrize("kind", [k for k in FORMATS if k != "npz"])
def test_what_is_written_anew_is_known_by_another_mark(kind: str, tmp_path: Path) -> None:
    path = write(matrix(), tmp_path, "x", kind)
    first = open_rows(path).identity
    assert first == open_rows(path).identity
    local = Path(path.removeprefix("file://"))
    if kind == "memory://":
        write(matrix(count=200), tmp_path, "x", kind)
    else:
        file = max((p for p in local.rglob("*") if p.is_file()), default=local)
        os.utime(file, ns=(10**18, 10**18))
    assert open_rows(path).identity != first


def test_an_array_in_memory_is_known_by_nothing(tmp_path: Path) -> None:
    assert ArrayRows(matrix()).identity is None
    np.savez(tmp_path / "x.npz", matrix())
    assert open_rows(tmp_path / "x.npz").identity is None


# -- what is refused ------------------------------------------------------------------------------------------


def refused(address: object) -> str:
    with pytest.raises(ArrayError) as caught:
        open_rows(str(address))
    message = str(caught.value)
    assert "\n" not in message
    assert ";" in message  # the next move follows
    return message


def test_bad_files_are_refused_with_the_next_move(tmp_path: Path) -> None:
    (tmp_path / "empty.npy").write_bytes(b"")
    (tmp_path / "text.csv").write_text("1,2\n")
    np.save(tmp_path / "complex.npy", matrix() * 1j)
    np.save(tmp_path / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(tmp_path / "cut.npy", matrix())
    (tmp_path / "cut.npy").write_bytes((tmp_path / "cut.npy").read_bytes()[:-1])
    np.savez(tmp_path / "two.npz", a=matrix(), b=matrix())
    (tmp_path / "bare").mkdir()
    for name, words in (
        ("empty.npy", "is empty"),
        ("text.csv", "is no .npy file"),
        ("complex.npy", "needs real numbers"),
        ("object.npy", "never loaded"),
        ("cut.npy", "is cut short"),
        ("two.npz", "holds 2 arrays, a, b"),
        ("absent.npy", "is no file"),
        ("bare", "folder without a Zarr array"),
        (".", "is a folder with 4 .npy files; give one file"),
    ):
        assert words in refused(tmp_path / name)


def test_a_file_that_shrinks_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", matrix())
    found = open_rows(tmp_path / "x.npy")
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:1000])
    with pytest.raises(ArrayError, match="cut short while it was read"):
        found.take(np.array([299]))
    with pytest.raises(ArrayError, match="cannot be read"):
        list(found.pieces(250, 300))


def test_bad_addresses_are_refused_with_the_next_move() -> None:
    pytest.importorskip("fsspec", reason=EXTRA)
    assert "Protocol not known: nowhere" in refused("nowhere://bucket/x.npy")
    assert "there is no such file" in refused("memory://nothing/x.npy")
    if "gcsfs" not in sys.modules and not _there("gcsfs"):
        assert "pip install gcsfs" in refused("gs://bucket/x.npy")


def _there(name: str) -> bool:
    try:
        builtins.__import__(name)
    except ImportError:
        return False
    return True


@pytest.mark.parametrize(
    ("library", "content"), [("fsspec", None), ("zarr", ".zarray"), ("pyarrow", b"PAR1"), ("pyarrow.types", b"PAR1")]
)
def test_a_missing_extra_is_named(
    library: str, content: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "s3://bucket/x.npy"
    if isinstance(content, bytes):
        (tmp_path / "x.parquet").write_bytes(content)
        address = str(tmp_path / "x.parquet")
    elif isinstance(content, str):
        (tmp_path / content).write_text("{}")
        address = str(tmp_path)
    for name in [m for m in sys.modules if m.split(".")[0] == library.split(".")[0]]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, library, None)
    assert "pip install 'w2s-sym[features]'" in refused(address)


def test_a_zarr_group_is_refused_with_its_arrays(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason=EXTRA)
    group = zarr.open_group(tmp_path / "g.zarr", mode="w")
    assert "a group without an array" in refused(tmp_path / "g.zarr")
    group.create_array("weak", data=matrix())
    group.create_group("deep").create_array("strong", data=matrix())
    message = refused(tmp_path / "g.zarr")
    assert "deep/strong, weak" in message
    assert "g.zarr/deep/strong" in message
    assert open_rows(tmp_path / "g.zarr" / "weak").shape == (300, 4)


def test_zarr_chunks_that_fill_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zarr_rows, "MOST_CHUNK", 42 * 16 - 1)  # a chunk has 300 // 7 = 42 rows of 16 bytes
    path = write(matrix(), tmp_path, "x", "zarr 3")
    assert "at most 41 rows in a chunk" in refused(path)


@pytest.mark.parametrize("options", [{}, {"zarr_format": 2}, {"shards": (100, 4)}, {"separator": "."}])
def test_a_chunk_of_zarr_that_is_missing_is_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    """Zarr itself reads it as zeros: a copy that was cut short would be read as features."""
    zarr = pytest.importorskip("zarr", reason=EXTRA)
    encoding = {"chunk_key_encoding": {"name": "default", "separator": "."}} if options.pop("separator", "") else {}
    made = zarr.create_array(
        str(tmp_path / "x.zarr"), shape=(300, 4), chunks=(50, 2), dtype="f4", **options, **encoding
    )
    made[:] = matrix()
    assert (whole_array(open_rows(tmp_path / "x.zarr")) == matrix()).all()
    chunks = [p for p in (tmp_path / "x.zarr").rglob("*") if p.is_file() and not p.name.startswith((".z", "zarr"))]
    assert len(chunks) == (3 if "shards" in options else 12)
    chunks[1].rename(tmp_path / "kept")
    stored = f"stores {len(chunks) - 1} of {len(chunks)} chunks, and Zarr reads the others as 0.0"
    assert stored in refused(tmp_path / "x.zarr")
    (chunks[1].with_name("notes")).write_text("no chunk")
    assert stored in refused(tmp_path / "x.zarr")


def test_zeros_that_are_meant_are_stored(tmp_path: Path) -> None:
    """What the message advises."""
    zarr = pytest.importorskip("zarr", reason=EXTRA)
    meant = {"write_empty_chunks": True}
    made = zarr.create_array(str(tmp_path / "x.zarr"), shape=(300, 4), chunks=(50, 4), dtype="f4", config=meant)
    made[:] = np.zeros((300, 4), "f4")
    assert whole_array(open_rows(tmp_path / "x.zarr")).shape == (300, 4)


def test_parquet_files_that_are_being_written_are_no_part_of_a_folder(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason=EXTRA)
    parquet = pytest.importorskip("pyarrow.parquet", reason=EXTRA)
    for name in ("a.parquet", ".b.parquet", "_metadata.parquet"):
        parquet.write_table(pa.table({"x": [1.0, 2.0]}), tmp_path / name)
    assert open_rows(tmp_path).shape == (2, 1)


def test_integers_that_no_float_holds_are_refused_in_parquet_too(tmp_path: Path) -> None:
    """A column of identifiers beside one of floats."""
    pa = pytest.importorskip("pyarrow", reason=EXTRA)
    parquet = pytest.importorskip("pyarrow.parquet", reason=EXTRA)
    parquet.write_table(pa.table({"x": [1.0, 2.0], "id": [2**53, 2**60 + 1]}), tmp_path / "x.parquet")
    with pytest.raises(ArrayError, match=f"has the integer {2**60 + 1}, which no float64 holds"):
        whole_array(open_rows(tmp_path / "x.parquet"))
    parquet.write_table(pa.table({"x": [[1.0], None]}), tmp_path / "null.parquet")
    with pytest.raises(ArrayError, match="has no list at row 1, but null"):
        whole_array(open_rows(tmp_path / "null.parquet"))


def test_text_in_zarr_is_refused(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason=EXTRA)
    zarr.create_array(str(tmp_path / "t.zarr"), shape=(3, 2), dtype="complex64")
    assert "needs real numbers" in refused(tmp_path / "t.zarr")


def test_parquet_columns_that_are_no_numbers_are_named(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason=EXTRA)
    parquet = pytest.importorskip("pyarrow.parquet", reason=EXTRA)
    for name, table, words in (
        ("text", {"a": [1.0], "id": ["x"]}, "id (string)"),
        ("lists", {"a": [1.0], "b": [[1.0]]}, "b (list"),
        ("empty", {"a": pa.array([], pa.float64())}, "has no rows"),
        ("texts", {"b": [["x"]]}, "b (string)"),
    ):
        parquet.write_table(pa.table(table), tmp_path / f"{name}.parquet")
        assert words in refused(tmp_path / f"{name}.parquet")
    parquet.write_table(pa.table({"b": [[1.0, 2.0], [3.0]]}), tmp_path / "ragged.parquet")
    with pytest.raises(ArrayError, match="a list of 1 numbers at row 1 and one of 2 at row 0"):
        whole_array(open_rows(tmp_path / "ragged.parquet"))
    parquet.write_table(pa.table({"a": pa.array([1, None, 3])}), tmp_path / "null.parquet")
    assert np.isnan(whole_array(open_rows(tmp_path / "null.parquet"))).tolist() == [[False], [True], [False]]
    (tmp_path / "mixed").mkdir()
    for k, names in enumerate(("a", "b")):
        parquet.write_table(pa.table({names: [1.0]}), tmp_path / "mixed" / f"{k}.parquet")
    assert "other columns" in refused(tmp_path / "mixed")


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason=EXTRA)
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and nothing else PAR1")
    assert "cannot be read" in refused(tmp_path / "x.parquet")


@pytest.mark.parametrize("name", ["__index_level_0__", "point"])
def test_the_index_of_a_table_is_no_feature(name: str, tmp_path: Path) -> None:
    """pandas writes an index as a column like others, and says in the file's notes which one it is."""
    arrow = pytest.importorskip("pyarrow", reason=EXTRA)
    parquet = pytest.importorskip("pyarrow.parquet", reason=EXTRA)
    table = arrow.table({"a": [1.0, 2.0], "b": [3.0, 4.0], name: [0, 1]})
    notes = {b"pandas": f'{{"index_columns": ["{name}"]}}'.encode()}
    parquet.write_table(table.replace_schema_metadata(notes), tmp_path / "x.parquet")
    with pytest.raises(ArrayError, match=f"index of a table as a column: {name}; write it without"):
        open_rows(tmp_path / "x.parquet")
    notes = {b"pandas": b'{"index_columns": [{"kind": "range", "name": null, "start": 0, "stop": 2, "step": 1}]}'}
    parquet.write_table(table.drop_columns([name]).replace_schema_metadata(notes), tmp_path / "y.parquet")
    assert whole_array(open_rows(tmp_path / "y.parquet")).tolist() == [[1.0, 3.0], [2.0, 4.0]]


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ('HTTPFileSystem requires "requests" and "aiohttp" to be installed', "requests aiohttp"),
        ('SFTPFileSystem requires "paramiko" to be installed', "paramiko"),
        ('SMB requires "smbprotocol" or "smbprotocol[kerberos]" installed', "smbprotocol"),
        (
            'DropboxFileSystem requires "dropboxdrivefs","requests" and ""dropbox" to be',
            "dropboxdrivefs requests dropbox",
        ),
        ("Install s3fs to access S3", "s3fs"),
        ("Install the requests package to use the github FS", "requests"),
        ("Please install lakefs-spec to access LakeFSFileSystem", "lakefs-spec"),
        ("pyarrow and local java libraries required for HDFS", ""),
    ],
)
def test_packages_to_install_are_those_that_are_named_and_no_scheme(told: str, names: str) -> None:
    """Messages of fsspec for missing libraries, as its registry has them. A scheme is the name of another package."""
    assert packages_named(told) == names


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("It ends here.\nReally.", "cannot be read: It ends here. Really; correct the address, or see to the file"),
        (
            "java " * 23 + "/usr/lib/jvm/default-java, and more",
            "cannot be read: " + "java " * 23 + "...; correct the address, or see to the file",
        ),
        ("", "cannot be read: RuntimeError; correct the address, or see to the file"),
    ],
)
def test_messages_of_libraries_are_said_in_whole_words_and_without_a_stop(told: str, line: str) -> None:
    with pytest.raises(ArrayError) as found, reading():
        raise RuntimeError(told)
    assert str(found.value) == line
