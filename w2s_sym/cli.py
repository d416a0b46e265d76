"""The command ``w2s-sym``: list, show and verify claims.

Nothing heavy is imported before a command needs it. Exit codes: 0 every claim holds (or the page was shown), 1 some
claim does not hold, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

if TYPE_CHECKING:
    from w2s_sym.ledger import Event, Outcome

EFFORTS = ("quick", "standard", "deep")

TARGETS = """\
A TARGET is a paper (dong2025), a claim id (dong2025/...), a path to a Python file that defines CLAIMS
(my_claims.py), or one claim of such a file (my_claims.py::name). No target: all installed papers.
A path that ends in .py is run as Python; nothing else that you type is evaluated."""

EXITS = """\
exit codes: 0 every claim holds; 1 some claim does not hold; 2 bad input (nothing is written); 130 interrupted
(what is finished is kept, and the same command goes on from there)"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"w2s-sym: error: {_line(message)}; see {self.prog} --help\n")


class _Refused(Exception):
    """Input refused before any work: a line for the user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name with an accent, on a terminal without it
    try:
        options = _parser().parse_args(arguments)
        code = _guarded(options)
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 2
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)
    return code


def _guarded(options: argparse.Namespace) -> int:
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except _Refused as refusal:
        _say(f"w2s-sym: error: {_line(str(refusal))}", sys.stderr)
        return 2
    except KeyboardInterrupt:
        _say("\nw2s-sym: interrupted; what is finished is kept, and the same command goes on from there", sys.stderr)
        return 130


# -- commands -------------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace) -> int:
    with _usage():
        from w2s_sym import papers, report

        names = [options.paper] if options.paper else list(papers.paper_names())
        if not names:
            raise _Refused("no papers are installed; install the package (pip install -e .) or name a file")
        text = report.listing([papers.load(name) for name in names])
    _say(text)
    return 0


def _show(options: argparse.Namespace) -> int:
    with _usage():
        from w2s_sym import ledger, papers, report

        for position, entry in enumerate(papers.resolve([options.claim])):
            text = _reasons(entry, options) if options.why else None
            if text is None:
                text = report.page(entry.claim, ledger.chains(entry.claim), options.latex)
            _say(("\n" if position else "") + text)
    return 0


def _reasons(entry: Any, options: argparse.Namespace) -> str:
    """Why a claim holds or not: from stored findings, the deepest first, else from a run at the effort asked for."""
    from w2s_sym import ledger, report, store

    memory = store.Store()
    for effort in (options.effort,) if options.effort else reversed(EFFORTS):
        found = ledger.recall(entry, effort, options.seed, memory)
        if found is not None:
            return report.why(found, found.holds)
    progress = _Progress()
    outcome = ledger.verify_all(
        [entry], effort=options.effort or "quick", seed=options.seed, memory=memory, progress=progress
    )
    progress.close()
    checked = outcome.claims[0]
    return report.why(checked.result, checked.holds, [f"{f.kind}: {f.message}" for f in checked.failures])


def _verify(options: argparse.Namespace) -> int:
    start = time.perf_counter()
    outputs = [_Output(path, option) for path, option in ((options.json, "--json"), (options.table, "--table"))]
    with _usage():
        from w2s_sym import ledger, papers, report, store

        entries = papers.resolve(options.targets)
        progress = _Progress()
        try:
            outcome = ledger.verify_all(
                entries,
                effort=options.effort,
                seed=options.seed,
                jobs=options.jobs,
                memory=store.Store(),
                fresh=options.fresh,
                progress=progress,
            )
        finally:
            progress.close()
        for problem in outcome.failures:
            _say(f"w2s-sym: error: {_line(str(problem))}", sys.stderr)
        if outcome.exit_code == 2:
            return 2
        document = json.dumps(report.document(outcome), indent=2, ensure_ascii=False, allow_nan=False)
        to_json, to_table = outputs
        to_json.write(document + "\n")
        to_json.beside(".timings.json").write(json.dumps(report.timings(outcome), indent=2) + "\n")
        to_table.write(report.markdown(outcome))
    _say(report.table(outcome), sys.stderr if options.json == "-" else sys.stdout)
    _close(outcome, time.perf_counter() - start)
    return outcome.exit_code


def _close(outcome: Outcome, seconds: float) -> None:
    recalled = [r for c in outcome.claims for r in c.recalled]
    _say(f"{seconds:.1f} s; {sum(recalled)} of {len(recalled)} findings came from the store", sys.stderr)
    for checked in outcome.claims:
        if not checked.holds and not checked.failures:
            _say(f"more on it: w2s-sym show --why {checked.result.claim.id}", sys.stderr)


# -- talking --------------------------------------------------------------------------------------------------


class _Progress:
    """Live progress on standard error: one line that changes on a terminal, one line per finding elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.shown = 0

    def __call__(self, event: Event) -> None:
        what = f"[{event.done}/{event.total}] {event.claim} {event.kind}"
        if event.finding is not None:
            source = "from the store" if event.recalled else f"{event.seconds:.1f} s"
            what += f" {event.finding.verdict} ({source})"
        elif event.message:
            what += f": {_line(event.message)}"
        if self.live:
            width = max(20, _columns() - 1)
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + what[:width].ljust(min(self.shown, width)))
                sys.stderr.flush()
            self.shown = len(what)
        elif event.finding is not None and not event.recalled:
            _say(what, sys.stderr)

    def close(self) -> None:
        if self.live and self.shown:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + " " * min(self.shown, _columns() - 1) + "\r")
        self.shown = 0


class _Output:
    """A file that is written at the end, whole or not at all, and refused at the start when it cannot be."""

    def __init__(self, path: str | None, option: str) -> None:
        self.path, self.option = path, option
        # Devices and pipes are written in place: replacing /dev/null by a file would be a poor joke.
        self.special = path is not None and os.path.exists(path) and not os.path.isfile(path)
        if path is None or path == "-":
            return
        target = os.path.realpath(path)
        folder = os.path.dirname(target)
        if not path or os.path.isdir(target):
            self._refuse("is a directory" if path else "is empty")
        if not os.path.isdir(folder):
            self._refuse(f"has no directory {folder}; create it")
        if os.path.exists(target) and not os.access(target, os.W_OK):
            self._refuse("is not writable")
        if not self.special:
            probe = os.path.join(folder, f".{os.path.basename(target)[:64]}.{os.getpid()}.probe")
            try:
                with open(probe, "x"):
                    pass
                os.unlink(probe)
            except OSError as problem:
                self._refuse((problem.strerror or str(problem)).lower())

    def beside(self, suffix: str) -> _Output:
        """The output of the same name with another suffix; nothing for what is no regular file."""
        if self.path in (None, "-") or self.special:
            return _Output(None, self.option)
        return _Output(os.path.splitext(str(self.path))[0] + suffix, self.option)

    def write(self, text: str) -> None:
        if self.path is None:
            return
        if self.path == "-":
            _say(text.rstrip("\n"))
            return
        from pathlib import Path

        from w2s_sym.store import write_atomically

        try:
            if self.special:
                Path(self.path).write_text(text, encoding="utf-8")
            else:
                write_atomically(Path(os.path.realpath(self.path)), text)
        except OSError as problem:
            self._refuse((problem.strerror or str(problem)).lower())

    def _refuse(self, cause: str) -> NoReturn:
        raise _Refused(f"cannot write {self.option} {self.path}: {cause}; choose a file that can be written")


@contextlib.contextmanager
def _usage() -> Any:
    """Turn what the package says of bad input into one line. Imported here, since --help must import nothing."""
    from w2s_sym.claim import ClaimError
    from w2s_sym.domain import DomainError
    from w2s_sym.papers import UsageError

    try:
        yield
    except (UsageError, ClaimError, DomainError) as problem:
        raise _Refused(str(problem)) from problem


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print; a reader that has gone away (``| head``) is no error."""
    stream = stream if stream is not None else sys.stdout
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        _silence(stream)


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except (OSError, ValueError):
        pass


def _silence(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that the interpreter's own flush at exit stays quiet."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _line(text: str) -> str:
    return " ".join(text.split())


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


# -- arguments ------------------------------------------------------------------------------------------------


def _whole(low: int, advice: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number; {advice}") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"{value} is below {low}; {advice}")
        return value

    return parse


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="w2s-sym",
        description="List, show and verify machine-checked claims of papers on weak-to-strong generalization.",
        epilog=f"{TARGETS}\n\n{EXITS}",
        formatter_class=shape,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"w2s-sym {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    listed = commands.add_parser(
        "list", help="the claims of installed papers", description="List claims.\n\n" + TARGETS, formatter_class=shape
    )
    listed.add_argument("paper", metavar="PAPER", nargs="?", help="a paper, or a path to a .py file (run as Python)")
    listed.set_defaults(command=_list)

    shown = commands.add_parser(
        "show",
        help="one claim: sentence, statement, domain, what it rests on, every step of its derivation",
        description="Show a claim.\n\n" + TARGETS,
        formatter_class=shape,
    )
    shown.add_argument("claim", metavar="CLAIM", help="a claim id; or a paper or a .py file (run as Python), whole")
    shown.add_argument("--why", action="store_true", help="explain the verdict, and what would decide an INCONCLUSIVE")
    shown.add_argument("--latex", action="store_true", help="add the LaTeX of every step")
    shown.add_argument("--effort", choices=EFFORTS, help="with --why: whose findings (default: the deepest stored)")
    shown.add_argument("--seed", type=_whole(0, "give a nonnegative whole number"), default=0, help="with --why")
    shown.set_defaults(command=_show)

    verified = commands.add_parser(
        "verify",
        help="check all evidence of claims",
        description="Check all evidence of claims and print a table of verdicts.\n\n" + TARGETS,
        epilog=EXITS,
        formatter_class=shape,
    )
    verified.add_argument("targets", metavar="TARGET", nargs="*", help="what to verify (a .py file is run as Python)")
    verified.add_argument("--effort", choices=EFFORTS, default="quick", help="how hard to look (default: quick)")
    verified.add_argument(
        "--jobs",
        type=_whole(1, "leave it out to use all processors"),
        metavar="K",
        help="worker processes (default: one per processor); never changes a digit",
    )
    verified.add_argument(
        "--seed",
        type=_whole(0, "give a nonnegative whole number"),
        default=0,
        metavar="S",
        help="seed of all random draws (default: 0)",
    )
    verified.add_argument("--fresh", action="store_true", help="compute all findings again, read none from the store")
    verified.add_argument(
        "--json",
        metavar="FILE",
        help="write the findings as JSON (- for standard output); timings go to a file beside it",
    )
    verified.add_argument("--table", metavar="FILE", help="write the table as Markdown")
    verified.set_defaults(command=_verify)
    return parser


def _version() -> str:
    from w2s_sym import __version__

    return __version__


if __name__ == "__main__":
    sys.exit(main())
