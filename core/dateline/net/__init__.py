"""Downloading, with every address checked: the one place where Dateline goes online."""
