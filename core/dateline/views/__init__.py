"""Read models: tables of rows kept by projections, pure folds of the log."""
