"""From two feature matrices to a plan."""
