"""Values in cells that are more than numbers and texts: images, JSON, dates and times."""
