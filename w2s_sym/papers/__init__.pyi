from . import figures as figures
from .figures import Figure as Figure
from .figures import FigureError as FigureError
from .ledger import verify_all as verify_all
from .loading import UsageError as UsageError
from .loading import load as load
from .loading import paper_names as paper_names
from .loading import resolve as resolve
