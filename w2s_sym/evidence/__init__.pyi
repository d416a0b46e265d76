from .certificate.certificate import Certificate as Certificate
from .derivation.derivation import Derivation as Derivation
from .precision.extrapolation import Curve as Curve
from .precision.extrapolation import Extrapolation as Extrapolation
from .precision.precision import Precision as Precision
from .simulation.simulation import Simulation as Simulation
