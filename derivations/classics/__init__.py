"""What papers share and no paper claims: facts of Gaussian matrices, equivalents of resolvents, random designs."""
