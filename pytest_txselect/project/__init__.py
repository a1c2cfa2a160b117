"""Which files there are, and what the names in them mean."""
