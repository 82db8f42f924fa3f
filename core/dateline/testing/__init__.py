"""Helps plugin authors test: sample stories, made-up histories. Imports nothing heavy."""
