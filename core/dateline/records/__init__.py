"""What is known of one fact, source or entity as a JSON object: what ``show -f json`` prints. Pure."""
