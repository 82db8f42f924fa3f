"""Capturing: obtaining a document, and extracting its text and its metadata."""
