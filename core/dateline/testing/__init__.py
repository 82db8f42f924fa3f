"""Helps plugin authors test: sample stories, generated histories, contracts, a PostgreSQL server.

The fixtures for pytest are in `dateline.pytest_plugin`, which runs the command line. The package
itself imports no other module, so that pytest starts quickly."""
