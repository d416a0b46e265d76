"""The commands ``w2s-sym completion`` and ``w2s-sym complete``: what a shell offers when TAB is pressed.

The first prints a few lines of the shell's own language, which call the second with the words typed so far. Ids come
from the text that ``w2s-sym list`` keeps, so that no paper is loaded for them a second time.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from w2s_sym.cli.arguments import HelpShape
from w2s_sym.cli.streams import RefusedError, say

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers

SCRIPTS = {
    "bash": """\
_w2s_sym() {
    local IFS=$'\\n'
    COMPREPLY=($(w2s-sym complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _w2s_sym w2s-sym
""",
    "zsh": """\
#compdef w2s-sym
_w2s_sym() {
    local -a found
    found=(${(f)"$(w2s-sym complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    (( $#found )) && compadd -a found || _files
}
compdef _w2s_sym w2s-sym
""",
    "fish": """\
function __w2s_sym
    w2s-sym complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
end
complete -c w2s-sym -a '(__w2s_sym)'
""",
}

COMPLETION_HELP = """\
Print what makes TAB complete commands, options, papers and claim ids. Load it once in a session, or from a start-up
file:

  bash   source <(w2s-sym completion bash)       in ~/.bashrc
  zsh    source <(w2s-sym completion zsh)        in ~/.zshrc, after compinit
  fish   w2s-sym completion fish | source        in ~/.config/fish/config.fish"""

# Commands whose words are papers and claims.
_OF_CLAIMS = frozenset(("list", "show", "verify", "report", "export"))


def add_completion(parsers: Parsers) -> None:
    """Add both commands to the command line."""
    parser = parsers.add_parser(
        "completion",
        help="what makes TAB complete commands and claim ids in your shell",
        description=COMPLETION_HELP,
        formatter_class=HelpShape,
    )
    parser.add_argument("shell", choices=sorted(SCRIPTS), help="your shell")
    parser.set_defaults(command=print_script)
    # Without help: it is for shells, and absent from the list of commands.
    words = parsers.add_parser("complete", description="What may stand for the last WORD; for shells.")
    words.add_argument("words", metavar="WORD", nargs="*", help="the words typed so far; the last may be empty")
    words.set_defaults(command=lambda options: print_words(options.words, parsers))


def print_script(options: argparse.Namespace) -> int:
    """Print the lines for one shell. Returns the exit code."""
    say(SCRIPTS[options.shell].rstrip("\n"))
    return 0


def print_words(words: list[str], parsers: Parsers) -> int:
    """Print what may stand for the last of the words, a row each. Returns the exit code."""
    *before, last = words or [""]
    found = sorted({word for word in offered(before, parsers) if word.startswith(last)})
    if found:
        say("\n".join(found))
    return 0


def offered(before: list[str], parsers: Parsers) -> Iterator[str]:
    """What may follow these words: a command; or a command's options, the values of its last option, papers, claims."""
    if not before:
        yield from (name for name in parsers.choices if name != "complete")
        return
    command = parsers.choices.get(before[0])
    if command is None:
        return
    options = {text: action for action in command._actions for text in action.option_strings}
    taken = options.get(before[-1])
    if taken is not None and taken.nargs != 0:
        yield from map(str, taken.choices or ())
        return
    yield from options
    if before[0] in _OF_CLAIMS:
        papers, claims = _installed()
        yield from papers
        yield from () if before[0] == "list" else claims
    for action in command._actions:
        if not action.option_strings and action.choices:
            yield from map(str, action.choices)


def _installed() -> tuple[list[str], list[str]]:
    """The installed papers and the ids of their claims, as ``w2s-sym list`` prints them."""
    from w2s_sym.cli.list_command import text_of_list

    try:
        text = text_of_list()
    except RefusedError:  # a paper that does not load has nothing to offer
        return [], []
    papers = re.findall(r"^([^\s:]+): \d+ claims?$", text, re.MULTILINE)
    return papers, re.findall(r"^  ([^\s/]+/\S+)(?:  \[.*\])?$", text, re.MULTILINE)
