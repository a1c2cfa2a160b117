"""So what runs: rules for paths, and the decision."""
