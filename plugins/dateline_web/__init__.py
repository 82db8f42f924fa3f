"""The reader: web pages over an archive, for everybody who has no shell. ``dateline serve`` starts it.

Pages are made with the markup, the sections and the drawings of `dateline_html`, which escape all text. A page is a
pure function of what was asked for and of the story as it was at that moment (`site.Seen`); only `site` reads the
archive, which is open for reading alone.
"""
