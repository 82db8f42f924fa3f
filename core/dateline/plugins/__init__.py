"""Finding plugins, isolating them from each other, and collecting what they offer."""
