"""What ONNX's operators become: one file per family of operators, every version of an operator in one place.

Every module here is loaded when the conversion runs; `@lowering("onnx", "Conv", since=1)` registers a rule.
"""
