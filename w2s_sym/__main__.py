"""``python -m w2s_sym`` is the command ``w2s-sym``."""

import sys

from w2s_sym.cli.command_line import main

if __name__ == "__main__":
    sys.exit(main())
