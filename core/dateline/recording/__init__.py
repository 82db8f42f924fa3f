"""Recording: lines are read, completed, checked against every rule, and appended all or none."""
