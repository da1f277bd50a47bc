"""Programs that are native in parts: how the rest is written into a program, and run from it."""
