from .correlation_dimension import Overlap as Overlap
from .correlation_dimension import overlap as overlap
from .features import FeatureError as FeatureError
from .forecast import Plan as Plan
from .forecast import plan as plan
