from .disk import Store as Store
from .fingerprints import fingerprint as fingerprint
