"""Finds papers and figures, and runs the ledger: every piece of evidence of every claim, on worker processes.

The names it gives are listed in ``__init__.pyi``; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
