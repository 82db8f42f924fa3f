# The commands that CI runs, by short names. `just` lists them.

python := ".venv/bin/python"

default:
    @just --list

# A virtual environment with everything that development needs.
setup:
    python3 -m venv .venv
    .venv/bin/pip install -q -e '.[dev]'

# Run the command line: just run show velm-flood
run *arguments:
    .venv/bin/dateline {{arguments}}

# The default test run: under three minutes on two cores.
test *arguments:
    {{python}} -m pytest -n auto {{arguments}}

# The slow tests: kills, builds, installations and the rest of the matrices.
slow *arguments:
    {{python}} -m pytest -m slow -n auto {{arguments}}

lint:
    .venv/bin/ruff format --check .
    .venv/bin/ruff check .
    .venv/bin/lint-imports --no-cache

types:
    .venv/bin/mypy

# Write the reference pages from the code, then build the site.
docs:
    {{python}} docs/generate.py
    .venv/bin/sphinx-build -W -q docs site

bench *arguments:
    {{python}} tests/benchmarks/run.py {{arguments}}

# Every fault there is a way to make: kills, full disks, power cuts.
faults *arguments:
    {{python}} tests/faults/run_faults.py {{arguments}}

# Everything a change must pass.
ci:
    bash .ci/run
