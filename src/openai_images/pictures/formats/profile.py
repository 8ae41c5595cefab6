"""How large a colour profile may be."""

# Printing profiles with their tables have 0.5 to 2 MB, those of screens and cameras a few KB. A
# larger one is dropped: the colours shift a little, and the picture can still be used.
MAX_PROFILE_BYTES = 2 * 1024 * 1024
