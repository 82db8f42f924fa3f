"""Protected content: keys in a database of their own, and what is encrypted under them."""
