"""What changed: from a REF to two trees, and from two trees to a list of changed paths."""
