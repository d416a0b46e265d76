"""Jobs are done once each, by whoever is there; what is said of one is said of that one."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from w2s_sym.claims.budget import Budget
from w2s_sym.executors.jobs import Done, Failed, Outcome, Tell, Told
from w2s_sym.executors.running import PATIENCE, ExecutorError, Listener, Local, run_jobs


@dataclass(frozen=True)
class Toy:
    """A job that says its number, prints, and gives something."""

    number: int
    gives: str = "number"

    @property
    def allowed(self) -> Budget:
        return Budget(60, 1000)

    def work(self, tell: Tell) -> Any:
        tell(f"at {self.number}")
        print("noise")
        if self.gives in ("KeyboardInterrupt", "GeneratorExit", "SystemExit"):
            raise getattr(builtins, self.gives)
        return (lambda: 3) if self.gives == "what cannot be sent" else self.number


def done(jobs: list[Toy], crew: Any) -> tuple[dict[int, Outcome], list[tuple[int, str]]]:
    outcomes: dict[int, Outcome] = {}
    told: list[tuple[int, str]] = []

    def take(number: int, said: Told | Outcome) -> None:
        if isinstance(said, Told):
            told.append((number, said.message))
        else:
            assert number not in outcomes
            outcomes[number] = said

    run_jobs(jobs, take, crew)
    return outcomes, told


def test_a_job_that_raises_what_ends_a_program_has_no_result_and_the_next_one_is_done(capfd: Any) -> None:
    raised = ("KeyboardInterrupt", "GeneratorExit", "SystemExit")
    outcomes, _ = done([*(Toy(k, name) for k, name in enumerate(raised)), Toy(3)], Local(1, "fork"))
    assert outcomes == {**{k: Failed(f"{name}: no message") for k, name in enumerate(raised)}, 3: Done(3)}
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_results_and_messages_belong_to_their_jobs(
    method: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # a Python of its own finds the toys there
    outcomes, told = done([Toy(k) for k in range(7)], Local(2, method))
    assert outcomes == {k: Done(k) for k in range(7)}
    assert sorted(told) == [(k, f"at {k}") for k in range(7)]
    assert "noise" not in capfd.readouterr().out  # standard output is for results


def test_a_result_that_cannot_be_sent_is_a_failure_that_says_so() -> None:
    outcomes, _ = done([Toy(0), Toy(1, "what cannot be sent"), Toy(2)], Local(1))
    assert (outcomes[0], outcomes[2]) == (Done(0), Done(2))
    assert isinstance(outcomes[1], Failed)
    assert "its result cannot be sent" in outcomes[1].message


class Breaking(Executor):
    """An executor that breaks after so many jobs."""

    def __init__(self, after: int) -> None:
        self.left = after

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.left:
            self.left -= 1
            future.set_result(Done(arguments[1].number))
        else:
            future.set_exception(BrokenProcessPool())
        return future


@dataclass
class Fragile:
    """A crew whose executors break one after another, each after so many jobs; the sizes that are asked for."""

    after: list[int]
    sizes: list[int]

    @contextlib.contextmanager
    def open(self, size: int, listener: Listener) -> Iterator[Executor]:
        self.sizes.append(size)
        yield Breaking(self.after[min(len(self.sizes), len(self.after)) - 1])


def test_jobs_that_are_lost_are_done_again_and_no_others() -> None:
    crew = Fragile([2, 0, 3, 9], [])
    outcomes, _ = done([Toy(k) for k in range(6)], crew)
    assert outcomes == {k: Done(k) for k in range(6)}
    assert crew.sizes == [6, 4, 4, 1]


def test_an_executor_that_is_lost_again_and_again_is_an_error() -> None:
    crew = Fragile([2, 0], [])
    with pytest.raises(ExecutorError, match=f"lost {PATIENCE} times in a row with 4 jobs left"):
        done([Toy(k) for k in range(6)], crew)


def test_what_jobs_cannot_reach_is_raised() -> None:
    class Broken(ThreadPoolExecutor):
        def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(ImportError("no w2s_sym here"))
            return future

    @contextlib.contextmanager
    def opened(size: int, listener: Listener) -> Iterator[Executor]:
        yield Broken()

    class Elsewhere:
        open = staticmethod(opened)

    with pytest.raises(ImportError, match="no w2s_sym here"):
        done([Toy(0)], Elsewhere())
