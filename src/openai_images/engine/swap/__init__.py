"""Step 2: parts of the picture change places, on a coarse picture of it."""
