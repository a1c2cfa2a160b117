"""The use cases: select, explain, ask the graph. The only place that joins the edges (git, disk, store) with the middle."""
