"""What an exporter is given: stories, views and events, and where in the log they were cut."""
