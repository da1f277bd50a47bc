if "." not in __name__:
    raise ImportError("import inferir.dialects, not dialects: a second copy of the module would define every op twice")
