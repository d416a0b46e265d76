from .numbers_given import SweepError as SweepError
from .sweeping import read_sweep as read_sweep
from .sweeping import sweep as sweep
from .tables import Sweep as Sweep
