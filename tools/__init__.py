if "." not in __name__:
    raise ImportError("import inferir.tools, not tools: a second copy of the module would define every op twice")
