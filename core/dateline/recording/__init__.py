"""Taking facts in: lines are read, completed, checked against every rule, and appended whole."""
