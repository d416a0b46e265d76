from .stages import two_stage as two_stage
from .stages import two_stage_matrix as two_stage_matrix
