if "." not in __name__:
    raise ImportError("import inferir.backends, not backends: a second copy of the module would define every op twice")
