"""w2s-sym: sharp formulas of distillation and weak-to-strong generalization as objects that can be checked.

The names are listed in ``__init__.pyi``, which type checkers read too. Each is imported when it is first used, so that
``import w2s_sym`` and ``w2s-sym --help`` cost nothing.
"""

import lazy_loader

__getattr__, __dir__, _names = lazy_loader.attach_stub(__name__, __file__)

__version__ = "0.1.0"
__all__ = ["__version__", *_names]
