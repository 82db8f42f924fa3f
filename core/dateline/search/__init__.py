"""Full-text search: what text becomes in an index, what a query asks for, and the index itself."""
