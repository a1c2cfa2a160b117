"""How did it go: records of a run while it happens, and what is rendered from them."""
