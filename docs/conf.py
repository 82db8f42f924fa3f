"""The site: `sphinx-build -W docs site`. Needs no network and does not import Dateline."""

project = "Dateline"
html_title = "Dateline"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
myst_heading_anchors = 3
# Words of examples are shown as typed: no curly quotes, no dashes made of hyphens.
smartquotes = False
