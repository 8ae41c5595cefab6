"""Step 1: draw a new view of the whole picture, and render it."""
