"""Who uses whom: the dependency graph and its reach."""
