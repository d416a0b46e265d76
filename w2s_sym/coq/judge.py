"""Claims before the judge: each one's theorem is given to Coq with the proof written from its derivation.

What is trusted: the statement (:mod:`w2s_sym.coq.statement`), the library's definitions, Coq, and what theorems may
assume (:mod:`w2s_sym.coq.axioms`). An opinion never makes a claim hold or fall; it says whether somebody else checked
the proof.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.foundations import foundations
from w2s_sym.claims.run import Memory
from w2s_sym.coq.axioms import ALLOWED
from w2s_sym.coq.development import BASE, LIBRARY, file_text, lemmas, library_digest, write_library
from w2s_sym.coq.facts import taken
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import Untranslatable, theorem_name
from w2s_sym.coq.toolchain import Coq, compile_file

# The rule by which answers are made: those that an earlier rule made are kept under another key, and not read.
ANSWER_RULE = 2


class Reply(StrEnum):
    """What came of a claim before Coq."""

    ACCEPTED = "accepted"
    REJECTED = "not accepted"  # there is a proof script, and Coq does not follow it
    UNWRITTEN = "not written"  # a step has no counterpart yet
    UNSAID = "not translated"  # the statement has no counterpart yet


@dataclass(frozen=True)
class Opinion:
    """What Coq says of one claim.

    Parameters
    ----------
    answer
        What came of it.
    reason
        What Coq, or the writer of proofs, did not follow; empty when the theorem is accepted.
    judge
        Who looked, such as ``Coq 8.16.1``.
    digest
        The hash of the theorem's file.
    given
        The ids of the claims that the theorem takes unproved: what is accepted holds given these.
    """

    answer: Reply
    reason: str = ""
    judge: str = ""
    digest: str = ""
    given: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether Coq accepts the theorem."""
        return self.answer is Reply.ACCEPTED

    @property
    def words(self) -> str:
        """What a page says of it, such as ``checked by Coq 8.16.1 given mine/fact``."""
        given = f" given {', '.join(self.given)}" if self.given else ""
        return f"checked by {self.judge}{given}" if self.accepted else f"not checked by Coq ({self.answer})"

    def to_record(self) -> dict[str, Any]:
        """The opinion as plain JSON values."""
        told = {"answer": str(self.answer), "reason": self.reason, "judge": self.judge, "digest": self.digest}
        return {**told, "given": list(self.given)}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Opinion:
        """The opinion of a record."""
        answer, given = Reply(record["answer"]), tuple(map(str, record["given"]))
        return cls(answer, record["reason"], record["judge"], record["digest"], given)


@dataclass(frozen=True)
class _Written:
    """The file of a claim, or why there is none."""

    text: str = ""
    refusal: Opinion | None = None


def write(claim: Claim) -> _Written:
    """The file of a claim; whatever the writer raises is a reason why there is none."""
    try:
        return _Written(file_text(claim))
    except Untranslatable as problem:
        return _Written(refusal=Opinion(Reply.UNSAID, str(problem)))
    except NoScript as problem:
        return _Written(refusal=Opinion(Reply.UNWRITTEN, f"no proof is found of {problem}"))
    except Exception as problem:
        return _Written(refusal=Opinion(Reply.UNWRITTEN, f"{type(problem).__name__}: {problem}"))


_inherited: list[Claim] = []


def _inherit(claims: Sequence[Claim]) -> None:
    _inherited[:] = claims


def _write_inherited(k: int) -> _Written:
    return write(_inherited[k])


def _written(claims: Sequence[Claim], jobs: int) -> dict[str, _Written]:
    """The file of each claim, by id. A forked worker has the claims: no claim need be fit to be sent to one."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return {c.id: write(c) for c in claims}
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max(1, jobs), fork, _inherit, (claims,)) as pool:
        files = pool.map(_write_inherited, range(len(claims)))
        return dict(zip((c.id for c in claims), files, strict=True))


def needed(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims and the lemmas of their derivations, each after what it uses.

    Raises :class:`ClaimError` for two different claims with one id: answers and theorems go by ids.
    """
    foundations(claims)
    found: dict[str, Claim] = {}

    def add(claim: Claim) -> None:
        if claim.id not in found:
            for used in lemmas(claim):
                add(used)
            found[claim.id] = claim

    for claim in claims:
        add(claim)
    return tuple(found.values())


# Is told how far the work is: of what, how many are done of how many, what happens to it; if True, that has ended.
ToldOfCoq = Callable[[str, int, int, str, bool], None]


def opinions(
    claims: Sequence[Claim],
    coq: Coq,
    memory: Memory,
    *,
    jobs: int = 1,
    keys: Mapping[str, str] | None = None,
    told: ToldOfCoq = lambda *_: None,
) -> dict[str, Opinion]:
    """What Coq says of each claim, by id; ``memory`` keeps the answers under hashes of what they depend on.

    ``keys`` says by id what a claim depends on: where an answer is kept under it, nothing is written again. ``told``
    is told how far the work is. Raises :class:`ClaimError` as :func:`needed` does.
    """
    foundations(claims)
    places = {name: _place(coq, key) for name, key in (keys or {}).items()}
    recalled = kept_opinions(claims, coq, memory, keys or {})
    asked = [c for c in claims if c.id not in recalled]
    everything = needed(asked)
    found: dict[str, Opinion] = {}

    def answered(c: Claim, opinion: Opinion) -> None:
        found[c.id] = opinion
        if c.id in places:
            memory.put(places[c.id], opinion.to_record())
        told(c.id, len(found), len(everything), str(opinion.answer), True)

    if asked:
        told("all proofs", 0, len(everything), "are written", False)
    written = _written(everything, jobs) if asked else {}
    with tempfile.TemporaryDirectory(prefix="w2s-coq-") as place, _pool(jobs) as pool:
        directory = Path(place)
        texts = [file.text for file in written.values() if file.refusal is None]
        if texts:
            write_library(directory)
            problem = _compiled_library(
                coq, directory, library_files(texts), lambda *t: told("the library", 0, len(everything), *t)
            )
            if problem:
                return recalled | {c.id: Opinion(Reply.REJECTED, problem, coq.name) for c in asked}
        for level in _levels(everything):
            ready = [c for c in level if not _blocked(c, written, found)]
            for c in level:
                if c not in ready:
                    answered(c, _refused(c, written, found, coq))
            tasks = [(coq, directory, theorem_name(c), written[c.id].text) for c in ready]
            answers = pool.map(_compiled, tasks)
            for c in ready:
                told(c.id, len(found), len(everything), "its proof is compiled", False)
                answered(c, replace(next(answers), given=tuple(f.id for f in taken(c))))
    return {c.id: found.get(c.id) or recalled[c.id] for c in claims}


def kept_opinions(claims: Sequence[Claim], coq: Coq, memory: Memory, keys: Mapping[str, str]) -> dict[str, Opinion]:
    """The answers that ``memory`` has under the keys of claims, by id; Coq is not asked."""
    known = {c.id: _recalled(memory, _place(coq, keys[c.id])) for c in claims if c.id in keys}
    return {name: opinion for name, opinion in known.items() if opinion is not None}


def _place(coq: Coq, key: str) -> str:
    """Where in a memory an answer of this Coq is, with this library and rule."""
    return f"coq/{ANSWER_RULE}/{coq.version}/{library_digest()}/{key}"


def library_files(texts: Iterable[str]) -> tuple[str, ...]:
    """The files of the library that theorems load, in the order in which they are compiled."""
    lines = (line for text in texts for line in re.findall(r"^From W2S Require Import (.*)\.$", text, re.MULTILINE))
    words = {word for line in lines for word in line.split()}
    return tuple(name for name in LIBRARY if name in BASE or name in words)


def _compiled_library(coq: Coq, directory: Path, files: Sequence[str], told: Callable[[str, bool], None]) -> str:
    """Compile files of the library; what Coq has against one, which is nothing unless this Coq is another."""
    told(f"{len(files)} files are compiled first", True)
    for k, name in enumerate(files, 1):
        told(f"file {k} of {len(files)} is compiled first", False)
        problem = compile_file(coq, directory, f"{name}.v").problem
        if problem:
            return f"the library {name}: {problem}"
    return ""


def _recalled(memory: Memory, key: str) -> Opinion | None:
    record = memory.get(key)
    try:
        return None if record is None else Opinion.from_record(record)
    except (KeyError, TypeError, ValueError):
        return None


@contextlib.contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(max(1, jobs)) as pool:
        yield pool


def _levels(everything: Sequence[Claim]) -> list[list[Claim]]:
    """The claims in rounds: each after the rounds of the lemmas that it uses."""
    depth: dict[str, int] = {}
    rounds: list[list[Claim]] = []
    for claim in everything:
        depth[claim.id] = 1 + max((depth[u.id] for u in lemmas(claim)), default=-1)
        while len(rounds) <= depth[claim.id]:
            rounds.append([])
        rounds[depth[claim.id]].append(claim)
    return rounds


def _blocked(claim: Claim, written: dict[str, _Written], found: dict[str, Opinion]) -> bool:
    return written[claim.id].refusal is not None or any(not found[u.id].accepted for u in lemmas(claim))


def _refused(claim: Claim, written: dict[str, _Written], found: dict[str, Opinion], coq: Coq) -> Opinion:
    refusal = written[claim.id].refusal
    if refusal is not None:
        return Opinion(refusal.answer, refusal.reason, coq.name)
    lemma = next(u for u in lemmas(claim) if not found[u.id].accepted)
    return Opinion(Reply.UNWRITTEN, f"it uses {lemma.id}, which Coq has not accepted", coq.name)


def _compiled(task: tuple[Coq, Path, str, str]) -> Opinion:
    """Compile the file of one theorem, and look at what it assumes."""
    coq, directory, name, text = task
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:  # what is compiled is this text: no other is written to the file, and none was there
        with (directory / f"{name}.v").open("xb") as file:
            file.write(text.encode())
    except FileExistsError:
        return Opinion(Reply.REJECTED, f"two theorems have the file {name}.v", coq.name, digest)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    done = compile_file(coq, directory, f"{name}.v")
    if done.problem:
        return Opinion(Reply.REJECTED, _guilty(text, done.problem), coq.name, digest)
    asked = len(re.findall(r"^Print Assumptions ", text, flags=re.MULTILINE))
    if told_assumptions(done.printed) < max(1, asked):
        return Opinion(Reply.REJECTED, "Coq did not say what the theorem assumes", coq.name, digest)
    beyond = sorted(set(assumptions(done.printed)) - ALLOWED)
    if beyond:
        return Opinion(Reply.REJECTED, f"the theorem assumes {', '.join(beyond)}", coq.name, digest)
    return Opinion(Reply.ACCEPTED, "", coq.name, digest)


def told_assumptions(printed: str) -> int:
    """How often ``Print Assumptions`` was carried out: it says that nothing is assumed, or lists what is."""
    # What a tactic said before may stand on the same line.
    return len(re.findall(r"(?:Closed under the global context|Axioms:)$", printed, flags=re.MULTILINE))


def assumptions(printed: str) -> tuple[str, ...]:
    """The names of what ``Print Assumptions`` listed, each once; it may have been asked about several theorems."""
    if "Axioms:" not in printed:
        return ()
    listed = re.findall(r"^([A-Za-z_][\w.']*)\s*:", printed.split("Axioms:", 1)[1], flags=re.MULTILINE)
    return tuple(name for name in dict.fromkeys(listed) if name != "Axioms")


def _guilty(text: str, problem: str) -> str:
    """The smallest sub-goal in which Coq stopped, and what it says: the innermost assertion before the line."""
    place = re.search(r"line (\d+), characters", problem)
    if place is None:
        return problem[:300]
    lines = text.splitlines()[: int(place.group(1))]
    depth, goal = 0, ""
    for line in reversed(lines):
        bare = line.strip()
        depth += {"}": 1, "{": -1}.get(bare, 0)
        if bare.startswith("assert (") and depth < 0:
            goal = bare
            break
    said = re.split(r"Error:", problem, maxsplit=1)[-1].strip()
    shown = goal.removeprefix("assert (").removesuffix(").") or "the statement itself"
    return f"in {shown[:200]}: {said[:120]}"
