"""What can have happened: payloads, their envelope, and the rules they must keep. Pure."""
