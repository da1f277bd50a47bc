if "." not in __name__:
    raise ImportError("import inferir.frontends, not frontends: a second copy of the module would define every op twice")
