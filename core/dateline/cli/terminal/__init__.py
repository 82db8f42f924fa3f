"""What a command prints: data on stdout, messages on stderr."""
