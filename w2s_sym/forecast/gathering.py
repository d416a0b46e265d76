"""What a plan needs of two feature matrices, gathered by workers: sums over all rows, and some rows one by one.

Work is cut into jobs by rows. Sums that are finished are kept in a store under the content of the files, so that a plan
that is killed goes on from there, and a second one begins with them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits

from w2s_sym.claims.run import Memory, NoMemory
from w2s_sym.executors.jobs import Done, Failed, Outcome, Spent, Told
from w2s_sym.executors.running import Crew, ExecutorError, Given, Local, run_jobs
from w2s_sym.forecast.moments import Moments, SumRows, TakeRows, block_rows, branch, job_rows
from w2s_sym.forecast.reading import FeatureError, refusal
from w2s_sym.formula.plain_arrays import ArrayError, require_floats
from w2s_sym.rows.rows import ArrayRows, FeatureRows
from w2s_sym.store.disk import Store
from w2s_sym.store.fingerprints import package_digest, versions

# Second moments of more bytes are not made.
MOST_MOMENTS = 2**32
# So often a job is done again whose process died.
MOST_RUNS = 3
# Arrays of more bytes are not sent to a cluster.
MOST_SENT = 2**30


@dataclass(frozen=True)
class Readers:
    """Who reads rows, where finished sums are kept, and who is told of progress.

    ``workers`` processes of this machine, or the workers of an ``executor``; one worker is this process. ``memory`` of
    None is the usual store, for files of several jobs.
    """

    workers: int = 1
    executor: Executor | Crew | None = None
    memory: Memory | None = None
    tell: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.workers <= 1024:
            raise FeatureError(f"workers={self.workers}: needs a number of processes from 1 to 1024")

    @property
    def alone(self) -> bool:
        """Whether this process does everything."""
        return self.executor is None and self.workers == 1

    def crew(self, sources: Sequence[FeatureRows]) -> Crew:
        """Who does jobs that read these rows. Raises :class:`FeatureError` for rows that workers cannot see."""
        local = self.executor is None or isinstance(self.executor, Local)
        for rows in sources:
            if not isinstance(rows, ArrayRows) and not rows.elsewhere:
                raise FeatureError(f"{rows.name} is seen by this process alone; leave workers out, or keep it in files")
            if isinstance(rows, ArrayRows) and not local and rows.array.nbytes > MOST_SENT:
                raise FeatureError(
                    f"an array of {rows.array.nbytes / 2**30:.3g} GiB is not sent to a cluster (above "
                    f"{MOST_SENT / 2**30:.3g}); save it where its workers read it and give the address"
                )
        if self.executor is not None:
            return Given(self.executor) if isinstance(self.executor, Executor) else self.executor
        # Libraries that read files have threads, which a fork does not survive.
        return Local(self.workers, None if all(rows.forks for rows in sources) else "spawn")


# This process does it all.
HERE = Readers()


@dataclass(frozen=True)
class Gathered:
    """Sums over all rows of both matrices side by side, relative to ``shift``, shape (columns,), and the rows ``index``
    of each, as they are stored."""

    moments: Moments
    shift: np.ndarray
    weak: np.ndarray
    strong: np.ndarray


def read_pair(
    weak: FeatureRows, strong: FeatureRows, index: np.ndarray, *, centred: bool, readers: Readers
) -> Gathered:
    """Read two matrices of as many rows each; ``index`` is ascending.

    ``centred`` shifts rows by the mean of the first block, so that a large mean costs no digits. Raises
    :class:`~w2s_sym.forecast.reading.FeatureError` for numbers that are not finite or too large, rows that cannot be
    read, and more columns than second moments have room for; :class:`~w2s_sym.executors.running.ExecutorError` for
    workers that are lost.
    """
    columns = weak.shape[1] + strong.shape[1]
    if 8 * columns**2 > MOST_MOMENTS:
        raise FeatureError(
            f"{columns} columns in both matrices: their second moments take {8 * columns**2 / 2**30:.3g} GiB, above "
            f"{MOST_MOMENTS / 2**30:.3g}; give fewer columns, such as the leading principal components"
        )
    rows, size = len(weak), block_rows(columns)
    top = _block(weak, strong, 0, min(rows, size))
    with np.errstate(over="ignore", invalid="ignore"):
        shift = top.mean(0) if centred else np.zeros(columns)
    shift = np.where(np.isfinite(shift), shift, 0.0)
    step = job_rows(rows, columns)
    starts = range(0, rows, step)
    sums = [
        SumRows(weak.part(at, stop), strong.part(at, stop), at, stop, block=size, shift=shift, first=top[0])
        for at, stop in ((at, min(at + step, rows)) for at in starts)
    ]
    tree = _Tree(len(sums), *_kept(weak, strong, top, shift, readers, len(sums)))
    left = tree.recall()
    takes = _takes(weak, strong, index, 1 if readers.alone else len(sums))
    clock = _Clock(readers.tell, rows, sum(sums[k].stop - sums[k].start for k in left))
    found: dict[int, np.ndarray] = {}

    def take(number: int, value: Moments | np.ndarray) -> None:
        if isinstance(value, Moments):
            clock.add(value.rows)
            tree.put(left[number], value)
        else:
            found[number - len(left)] = value

    _do([*(sums[k] for k in left), *takes], take, readers, (weak, strong))
    half = len(takes) // 2
    taken = [np.concatenate([found[k] for k in range(a, b)]) for a, b in ((0, half), (half, len(takes)))]
    return Gathered(tree.total(), shift, taken[0], taken[1])


def _block(weak: FeatureRows, strong: FeatureRows, start: int, stop: int) -> np.ndarray:
    """Rows of both side by side, in double precision."""
    found = np.empty((stop - start, weak.shape[1] + strong.shape[1]))
    for rows, what, place in (
        (weak, "weak features", slice(0, weak.shape[1])),
        (strong, "strong features", slice(weak.shape[1], None)),
    ):
        try:
            (block,) = rows.blocks(start, stop, stop - start)
            require_floats(block)
        except ArrayError as problem:
            raise refusal(what, rows, problem) from None
        with np.errstate(invalid="ignore"):  # a signalling NaN, which is refused by name when rows are summed
            found[:, place] = block
    return found


def _takes(weak: FeatureRows, strong: FeatureRows, index: np.ndarray, parts: int) -> list[TakeRows]:
    """Jobs for the rows ``index``: as many for the weak features as for the strong ones, in order."""
    pieces = [part for part in np.array_split(index, min(parts, 16)) if len(part)]
    return [
        TakeRows(rows.part(int(part[0]), int(part[-1]) + 1), part, what)
        for rows, what in ((weak, "weak features"), (strong, "strong features"))
        for part in pieces
    ]


# -- who does it ----------------------------------------------------------------------------------------------


def _do(
    jobs: Sequence[SumRows | TakeRows],
    take: Callable[[int, Moments | np.ndarray], None],
    readers: Readers,
    sources: Sequence[FeatureRows],
) -> None:
    """Do all jobs; ``take`` gets each number with its result. Of bad rows the first ones are told."""
    done: set[int] = set()
    bad: dict[int, str] = {}

    def result(number: int, value: Moments | np.ndarray | Failed) -> None:
        if isinstance(value, Failed):
            bad[number] = value.message
        else:
            done.add(number)
            take(number, value)
        if bad and all(k in done for k in range(min(bad))):
            raise FeatureError(bad[min(bad)])

    if readers.alone:
        with threadpool_limits(limits=1):  # with more threads products of matrices round otherwise
            for number, job in enumerate(jobs):
                result(number, job.work(lambda message: None))
        return
    left = list(range(len(jobs)))
    for _ in range(MOST_RUNS):
        lost: dict[int, str] = {}
        run_jobs(
            [jobs[k] for k in left],
            lambda k, said, left=left, lost=lost: _told(left[k], said, result, lost),  # type: ignore[misc]
            readers.crew(sources),
        )
        left = sorted(lost)
        if not left:
            return
    raise ExecutorError(
        f"{lost[left[0]]} ({MOST_RUNS} times); what was finished is kept, and the same command goes on from there"
    )


def _told(
    number: int,
    said: Told | Outcome,
    result: Callable[[int, Moments | np.ndarray | Failed], None],
    lost: dict[int, str],
) -> None:
    """Note what became of a job: a result, a process that died, or a budget that was spent."""
    match said:
        case Done(value):
            result(number, value)
        case Failed(message):
            lost[number] = message
        case Spent():
            raise FeatureError(f"a worker {said} while it read rows; give fewer columns, or files with smaller chunks")


class _Clock:
    """Tells how many rows are read and how long the rest may take, from what was read by now."""

    def __init__(self, tell: Callable[[str], None] | None, rows: int, left: int) -> None:
        self.tell, self.rows, self.left = tell, rows, left
        self.begun, self.start = left, time.monotonic()

    def add(self, rows: int) -> None:
        """So many rows more are read."""
        self.left -= rows
        if self.tell is None:
            return
        made = self.begun - self.left
        seconds = (time.monotonic() - self.start) / made * self.left
        time_left = f", {seconds:.0f} s left" if self.left else ""
        self.tell(f"read {self.rows - self.left} of {self.rows} rows{time_left}")


# -- what is kept ---------------------------------------------------------------------------------------------


def _kept(
    weak: FeatureRows, strong: FeatureRows, top: np.ndarray, shift: np.ndarray, readers: Readers, jobs: int
) -> tuple[Memory, str]:
    """Where sums are kept, and under which key: what files are known by, and their first and last rows."""
    if weak.identity is None or strong.identity is None or jobs < 2:
        return NoMemory(), ""
    count, size = len(weak), block_rows(len(shift))
    last = _block(weak, strong, (count - 1) // size * size, count)
    parts = [repr((rows.identity, rows.shape, rows.dtype.str)) for rows in (weak, strong)]
    parts += [hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest() for a in (top, last, shift)]
    parts += [repr((jobs, size)), package_digest(), repr(sorted(versions().items()))]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return readers.memory if readers.memory is not None else Store(), f"sums/{key}"


@dataclass
class _Tree:
    """Sums of jobs, added along the tree as they come; of what is finished the largest branches are kept."""

    jobs: int
    memory: Memory
    key: str
    nodes: dict[tuple[int, int], Moments] = field(default_factory=dict)
    stored: set[tuple[int, int]] = field(default_factory=set)
    above: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        todo = [(0, self.jobs)]
        while todo:
            low, high = node = todo.pop()
            if high - low > 1:
                middle = branch(low, high)
                for child in ((low, middle), (middle, high)):
                    self.above[child] = node
                    todo.append(child)

    def recall(self) -> list[int]:
        """Take what is kept; the numbers of the jobs that are left, in order."""
        left, todo = [], [(0, self.jobs)]
        while todo:
            low, high = node = todo.pop()
            found = self._stored(node)
            if found is not None:
                self.nodes[node] = found
                self.stored.add(node)
            elif high - low == 1:
                left.append(low)
            else:
                middle = branch(low, high)
                todo += [(middle, high), (low, middle)]
        return left

    def put(self, number: int, value: Moments) -> None:
        """Add the sums of a job, and keep the largest branch that is finished by it."""
        node = (number, number + 1)
        self.nodes[node] = value
        old = []
        while node in self.above:
            low, high = parent = self.above[node]
            middle = branch(low, high)
            pair = ((low, middle), (middle, high))
            if any(side not in self.nodes for side in pair):
                break
            left, right = (self.nodes.pop(side) for side in pair)
            old += [side for side in pair if side in self.stored]
            self.nodes[parent] = left.add(right)
            node = parent
        self.memory.put(f"{self.key}/{node}", self.nodes[node].to_json() if self.key else None)
        self.stored.add(node)
        for side in old:  # what is in a larger branch takes no more room
            self.memory.put(f"{self.key}/{side}", None)

    def total(self) -> Moments:
        """The sums over all rows."""
        return self.nodes[0, self.jobs]

    def _stored(self, node: tuple[int, int]) -> Moments | None:
        try:
            value = self.memory.get(f"{self.key}/{node}")
            return None if value is None else Moments.from_json(value)
        except (KeyError, TypeError, ValueError):
            return None
