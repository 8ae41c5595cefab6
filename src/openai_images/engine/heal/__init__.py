"""Step 3: match the seams again and double the patch field level by level up to the output size."""
