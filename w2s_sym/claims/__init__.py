"""A claim, its evidence and findings, and what it is to verify. No kind of evidence and no paper is known here.

The names it gives are listed in ``__init__.pyi``; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
