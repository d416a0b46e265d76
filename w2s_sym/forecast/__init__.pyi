from .correlation_dimension import Overlap as Overlap
from .correlation_dimension import overlap as overlap
from .decision import RidgePlan as RidgePlan
from .forecast import plan as plan
from .plan_data import Plan as Plan
from .reading import FeatureError as FeatureError
