"""Events: their payloads and envelope, and the rules that they must obey. Pure."""
