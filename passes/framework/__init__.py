"""Passes on the framework dialect, and from it to the inference dialect."""
