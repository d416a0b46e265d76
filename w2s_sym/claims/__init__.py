"""A claim, a finding, and what it is to verify."""
