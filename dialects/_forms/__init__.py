"""Syntax of MLIR's that xDSL's dialects lack, a file for each dialect; `teach()` is called when the dialect is loaded.

What is read here is printed as xDSL prints it, in generic form, which MLIR reads too.
"""
