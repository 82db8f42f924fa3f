"""What words mean, in the languages that newsrooms write: dates and numbers. Pure."""
