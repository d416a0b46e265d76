"""From two feature matrices to a plan: will weak-to-strong training pay, and how many pseudo-labels does it take?

The names it gives are listed in ``__init__.pyi``; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
