if "." not in __name__:
    raise ImportError("import inferir.passes, not passes: a second copy of the module would define every op twice")
