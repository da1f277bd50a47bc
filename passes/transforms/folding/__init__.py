"""Folders that xDSL's dialects lack."""
