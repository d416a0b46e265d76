"""A labelled grid of formulas, equivalents and simulations, computed in chunks and kept as a table.

The names it gives are listed in ``__init__.pyi``; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
