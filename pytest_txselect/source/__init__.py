"""What a file says: facts and edits, read from its source alone."""
