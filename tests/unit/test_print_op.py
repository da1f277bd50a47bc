"""`print(op)` names values as the module around the op does, and as an op alone where there is none."""

from inferir.core import make_context, parse
from inferir.dialects import inference as inf

TEXT = """
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.abs %0 : tensor<4xf32>
  %n = arith.constant 1 : i1
  %2 = scf.if %n -> (tensor<4xf32>) {
    %3 = inference.neg %1 : tensor<4xf32>
    scf.yield %3 : tensor<4xf32>
  } else {
    scf.yield %0 : tensor<4xf32>
  }
  return %2 : tensor<4xf32>
}
"""


def test_values_have_the_names_of_the_module():
    module = parse(TEXT, "<text>", make_context())
    shown = {op.name: str(op) for op in module.walk()}
    assert shown["inference.abs"] == "%1 = inference.abs %0 : tensor<4xf32>"
    assert shown["inference.neg"] == "%3 = inference.neg %1 : tensor<4xf32>"
    assert shown["arith.constant"] == "%n = arith.constant true"
    assert shown["scf.if"].startswith("%2 = scf.if %n -> (tensor<4xf32>) {\n")


def test_an_op_without_a_module_is_numbered_by_itself():
    module = parse(TEXT, "<text>", make_context())
    relu = next(op for op in module.walk() if isinstance(op, inf.ReluOp))
    assert str(inf.AbsOp.make(relu.result)) == "%0 = inference.abs %1 : tensor<4xf32>"


def test_a_module_is_its_text():
    module = parse(TEXT, "<text>", make_context())
    assert str(module).startswith("builtin.module {\n  func.func @main(%x: tensor<4xf32>)")
