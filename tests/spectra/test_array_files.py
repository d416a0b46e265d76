"""Files of others: read as an independent reader reads them, or refused in one line; never run, never a traceback."""

from __future__ import annotations

import csv
import io
import warnings
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from malformed_files import draw

from w2s_sym.cli.command_line import main
from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.spectra.arguments import SpectrumError, exactly
from w2s_sym.spectra.array_files import open_npy, open_npz
from w2s_sym.spectra.parse import read_eigenvalues
from w2s_sym.spectra.spectrum import Spectrum


def refusal(call, *arguments: object) -> str:
    with pytest.raises((ArrayError, SpectrumError)) as found:
        call(*arguments)
    told = str(found.value)
    assert "\n" not in told
    return told


def header(path: Path, shape: str, descr: str = "'<f8'", data: bytes = bytes(64)) -> Path:
    """A file whose header says what it likes, written from the format's description."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data)
    return path


# -- what independent readers say -----------------------------------------------------------------------------


def independent(path: Path) -> object:
    """What numpy reads, or the table of the standard library in exact numbers; None where they read no numbers."""
    if path.suffix == ".csv":
        text = path.read_bytes().decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text), quoting=csv.QUOTE_NONE) if any(c.strip() for c in row)]
        if len(rows) > 1 and any(len(row) > 1 for row in rows):
            return None
        return [Fraction(cell.strip()) for row in rows for cell in row]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = np.load(path, allow_pickle=False)
    if isinstance(found, np.ndarray):
        return found
    with found:
        return found[found.files[0]] if len(found.files) == 1 else None


def silent_misreading(path: Path) -> str:
    """How our reading differs from that of an independent reader; empty where it does not, and where we refuse."""
    try:
        ours = read_eigenvalues(path)
    except SpectrumError as problem:
        return "several lines" if "\n" in str(problem) else ""
    try:
        theirs = independent(path)
    except Exception as problem:
        return f"read, while an independent reader refuses: {problem!r}"
    if isinstance(ours, np.ndarray):
        same = isinstance(theirs, np.ndarray) and theirs.dtype == ours.dtype and theirs.shape == ours.shape
        return "" if same and np.array_equal(theirs, ours, equal_nan=True) else "another array"
    return "" if ours == theirs else f"other numbers: {ours} and {theirs}"


def test_two_thousand_files_are_read_as_others_read_them_or_refused(tmp_path: Path) -> None:
    rng, became = np.random.Generator(np.random.PCG64(17)), Counter[str]()
    for _ in range(2000):
        path = draw(rng, tmp_path)
        assert silent_misreading(path) == "", path.read_bytes()
        try:
            read_eigenvalues(path)
            became["read"] += 1
        except SpectrumError:
            became["refused"] += 1
    assert became["read"] > 150  # the others are damaged, ambiguous, or hold no real numbers
    assert became["refused"] > 1000


def test_no_file_makes_a_traceback_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "strong.npy", np.random.default_rng(0).standard_normal((40, 3)))
    risk = tmp_path / "risk.py"
    risk.write_text(
        "from w2s_sym.equivalents import covariance, design, excess_risk, ridge, sizes, truth\n"
        'n, p = sizes("n p")\nX, b = design("X", n, covariance("S", p)), truth("b", p)\n'
        'RISK = excess_risk(ridge(X, X @ b, "lam"), b, under=covariance("S", p))\n'
    )
    rng = np.random.Generator(np.random.PCG64(18))
    for k in range(300):
        path = str(draw(rng, tmp_path))
        command = (
            ["solve", "--spectrum", f"file:{path}", "--n", "2"],
            ["plan", path, str(tmp_path / "strong.npy"), "--n", "6"],
            ["plan", str(tmp_path / "strong.npy"), str(tmp_path / "strong.npy"), "--labels", path, "--n", "6"],
        )[k % 3]
        if k % 60 == 0:
            command = ["derive", str(risk), "--at", path]
        code = main(command)
        told = capsys.readouterr()
        assert code in (0, 2), command
        errors = [line for line in told.err.splitlines() if line.startswith("w2s-sym: error: ")]
        assert len(errors) == (code == 2)
        assert "Traceback" not in told.err + told.out
        assert "nan" not in told.out


# -- single cases ---------------------------------------------------------------------------------------------


def test_whole_files_of_every_real_type_are_read(tmp_path: Path) -> None:
    for kind in ("<f8", "<f4", "<f2", ">f8", "<i8", "|u1", "|b1"):
        for order in "CF":
            array = np.array(np.arange(12).reshape(3, 4) % 2, dtype=kind, order=order)
            np.save(tmp_path / "a.npy", array)
            found = open_npy(tmp_path / "a.npy")
            assert isinstance(found, np.memmap)
            assert found.dtype == array.dtype
            assert (found == array).all()
            np.savez_compressed(tmp_path / "a.npz", mine=array)
            assert (open_npy(tmp_path / "a.npz") == array).all()
            assert set(open_npz(tmp_path / "a.npz")) == {"mine"}


def test_headers_that_promise_too_much_are_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    for shape in ("(1000000000000, 1000000000000)", f"({2**70},)", "(9,)"):
        assert "is cut short: shape" in refusal(open_npy, header(tmp_path / "a.npy", shape))
    assert "has more in it" in refusal(open_npy, header(tmp_path / "a.npy", "(7,)"))
    assert "without an entry" in refusal(open_npy, header(tmp_path / "a.npy", "(0, 5)"))
    assert (open_npy(header(tmp_path / "a.npy", "(8,)")) == 0).all()


@pytest.mark.parametrize(
    "shape", ["(8, 8", "8", "[8]", "(-8, -1)", "(8.0,)", "(True, 8)", "__import__('os')", "(" * 500]
)
def test_headers_that_are_none_are_refused(tmp_path: Path, shape: str) -> None:
    assert "which is none" in (told := refusal(open_npy, header(tmp_path / "a.npy", shape))) or "that is none" in told


@pytest.mark.parametrize(
    ("descr", "told"),
    [
        ("'<V2'", "such as bfloat16; save it as float32"),
        ("'|V1'", "such as float8"),
        ("'|V8'", "entries of 8 bytes whose type numpy does not know; save it as float32"),
        ("'|O'", "pickled Python objects, which are never loaded"),
        ("'<c16'", "holds complex128; needs real numbers"),
        ("'<U8'", "for names of classes numpy.unique(array, return_inverse=True)[1], for numbers in text array.astype"),
        ("'|S3'", "holds text of type |S3; needs real numbers: for names of classes numpy.unique(array"),
        ("'<M8[s]'", "needs real numbers, such as (array - array.min()) / numpy.timedelta64(1, 's')"),
        ("'<m8[s]'", "needs real numbers, such as array / numpy.timedelta64(1, 's')"),
        ("[('a', '<f8'), ('b', '<f4')]", "records with the fields a, b"),
        ("'<f9'", "which is none"),
        ("'f8,f8'", "which is none"),
        ("None", "which is none"),
    ],
)
def test_entries_that_are_no_real_numbers_are_named(tmp_path: Path, descr: str, told: str) -> None:
    assert told in refusal(open_npy, header(tmp_path / "a.npy", "(8,)", descr))


@pytest.mark.parametrize("order", ["1", "'no'", "None"])
def test_an_order_that_is_none_is_named(tmp_path: Path, order: str) -> None:
    path = header(tmp_path / "a.npy", "(8,)")
    path.write_bytes(
        path.read_bytes().replace(b"'fortran_order': False", f"'fortran_order': {order}".ljust(22).encode())
    )
    assert f"has a fortran_order of {order}, which is neither True nor False" in refusal(open_npy, path)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "dia", "bsr"])
def test_a_sparse_matrix_is_named_with_the_next_move(tmp_path: Path, kind: str) -> None:
    from scipy import sparse

    sparse.save_npz(tmp_path / "a.npz", sparse.eye(5, format=kind))
    for read in (open_npz, open_npy):
        assert "is a sparse matrix of scipy; save scipy.sparse.load_npz(path).toarray() with numpy.save" in refusal(
            read, tmp_path / "a.npz"
        )


def test_files_of_other_formats_are_named(tmp_path: Path) -> None:
    def file(content: bytes) -> Path:
        (tmp_path / "a.npy").write_bytes(content)
        return tmp_path / "a.npy"

    assert "a pickle, which is never loaded" in refusal(open_npy, file(b"\x80\x04."))
    assert "a damaged archive" in refusal(open_npy, file(b"PK\x03\x04"))
    assert "an HDF5 file" in refusal(open_npy, file(b"\x89HDF\r\n"))
    assert "is no .npy file" in refusal(open_npy, file(b"1 2 3"))
    assert "is no .npy file" in refusal(open_npy, file(b""))
    assert "version of .npy that does not exist, 9.0" in refusal(open_npy, file(b"\x93NUMPY\x09\x00" + bytes(99)))
    for content in (b"\x93NUMPY", b"\x93NUMPY\x01", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x01\x00\x76"):
        assert "is cut short" in refusal(open_npy, file(content))
    assert "above 10000" in refusal(open_npy, file(b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(99)))
    assert "is no file" in refusal(open_npy, tmp_path)
    assert "is no .npz file" in refusal(open_npz, file(b"1 2 3"))


def test_of_several_arrays_none_is_guessed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", weak=np.ones(2), strong=np.ones(2))
    assert "holds 2 arrays, weak, strong; save the one" in refusal(open_npy, tmp_path / "a.npz")
    np.savez(tmp_path / "none.npz")
    assert "without an array" in refusal(open_npy, tmp_path / "none.npz")


def test_an_archive_that_unpacks_to_more_than_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=np.zeros(10**6))
    monkeypatch.setattr("w2s_sym.spectra.array_files.MOST_PACKED", 10**6)
    assert "unpacks to more than 1000000 bytes" in refusal(open_npy, tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1,0\n0,5\n0,25\n", "line 1: 2 columns, '1,0'"),
        ("0,1.0\n1,0.5\n2,0.25\n", "line 1: 2 columns, '0,1.0'"),
        ("2,0.5\n0.5,1\n", "one a line, with decimal points"),
        ("1\n0.5,900\n", "line 2: 2 columns, '0.5,900'"),
        ("1,5", "one number with a decimal comma or two numbers"),
        ("1;5", "is no number"),
        ("lam\n1\n", "line 1: value=lam"),
        ("1,\n", "is no number"),
        ("nan\n", "is no number"),
        ("1 2\n", "is no number"),
    ],
)
def test_tables_of_several_columns_and_decimal_commas_are_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert told in refusal(read_eigenvalues, tmp_path / "a.csv")


def test_one_column_and_one_row_are_read(tmp_path: Path) -> None:
    for text in ("1\n0.5\n0.25\n", "1,0.5,0.25", "1, 0.5, 0.25\n", "\ufeff1\r\n0.5\r\n\r\n0.25"):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        assert read_eigenvalues(tmp_path / "a.csv") == [1, Fraction(1, 2), Fraction(1, 4)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Fraction("1.0000001"), "1.0000001"),
        (Fraction(3, 2), "1.5"),
        (Fraction(2), "2"),
        (Fraction(-1, 40), "-0.025"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1.1), "1.1 (the float)"),
        (Fraction("1.10"), "1.1"),
    ],
)
def test_a_heading_prints_a_number_exactly(value: Fraction, told: str) -> None:
    assert exactly(value) == told


def test_covariances_of_short_floats_have_their_own_rounding() -> None:
    rows = np.random.default_rng(0).standard_normal((50, 200)).astype(np.float32)
    spectrum = Spectrum.of_covariance(rows.T @ rows / np.float32(50))
    assert spectrum.rank == 50  # 50 rows span 50 dimensions
    slightly = np.diag([1.0, -1e-6])
    assert Spectrum.of_covariance(slightly.astype(np.float16)).rank == 1
    assert "not positive semidefinite" in refusal(Spectrum.of_covariance, slightly)
