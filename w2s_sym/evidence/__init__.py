"""What can check a claim and could have failed: four wings that never meet."""
