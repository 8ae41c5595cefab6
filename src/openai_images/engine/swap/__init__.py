"""Step 2: exchange regions of the ground for others that resemble them, on a coarse composite."""
