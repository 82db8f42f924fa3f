"""What the words of a source say, in the languages that newsrooms write: numbers."""
