"""What torch's operators become: one file per family of operators, every overload of an operator in one place.

Every module here is loaded when the conversion runs; `@lowering("aten", "add")` is the rule of all overloads of `add`.
"""
