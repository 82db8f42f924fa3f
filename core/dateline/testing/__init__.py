"""Helps plugin authors test: sample stories, generated histories, contracts, pytest fixtures.

The package itself imports no other module, so that pytest starts quickly."""
