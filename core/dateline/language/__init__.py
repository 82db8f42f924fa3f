"""What words mean: dates as people write them, in several languages. Pure; nothing here reads an archive."""
