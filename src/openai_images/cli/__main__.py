"""`python -m openai_images.cli` is the command `openai-images`."""

from . import main

if __name__ == "__main__":
    main()
