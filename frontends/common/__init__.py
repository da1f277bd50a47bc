"""What the readers of every source share: names, scopes, the interface of a function, weights that stay in their file."""
