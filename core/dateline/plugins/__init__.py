"""How plugins are found, kept apart from each other, and asked for what they offer."""
