"""Lower canonical ops to the kernels of the cpu target.

  %0 = inference.conv %x, %w bias %b pads [1, 1, 1, 1] layout nhwc : ...
  %1 = inference.relu %0 : ...
becomes
  %p = cpu.pack_conv2d %w layout nhwc : ...
  %0 = cpu.conv2d %x, %p, %b pads [1, 1, 1, 1] channels 64 { acc + b } : ...
  %1 = cpu.map %0 { max(x, 0) } : ...
"""

from typing import Annotated

from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, ArrayAttr, StringAttr, TensorType
from xdsl.ir import Operation

from inferir.core import Context, ConversionTarget, Pass, convert, convert_fully
from inferir.core.dims import symbols
from inferir.core.shapes import ShapeAnalysis
from inferir.dialects.cpu import FALLBACK
from inferir.dialects.inference.base import InferenceOp
from inferir.passes.cpu.inference_to_cpu import PATTERNS
from inferir.passes.cpu.inference_to_cpu.control import why_not_in_memory
from inferir.passes.cpu.inference_to_cpu.counts import count_runs
from inferir.passes.cpu.inference_to_cpu.ones import ensure_ones
from inferir.passes.cpu.inference_to_cpu.program import SIZES


def not_in_memory(op: Operation) -> str | None:
    """Why an op cannot be looked at: kernels read numbers from memory of known rank. Patterns of ops with regions see to it."""
    if op.regions:
        return None
    return next((reason for v in (*op.operands, *op.results) if (reason := why_not_in_memory(v.type)) is not None), None)


def note_sizes(function: func.FuncOp) -> None:
    """Give ops whose result has a size that numbers determine (a range up to the length of the input) that size as `SIZES`."""
    found = [o for o in function.body.block.ops if isinstance(o, InferenceOp) and o.SHAPE_OPERANDS and len(o.results) == 1]
    found = [o for o in found if isinstance(t := o.results[0].type, TensorType) and DYNAMIC_INDEX in t.get_shape()]
    if not found:
        return
    shapes = ShapeAnalysis(function)
    for op in found:
        shape = shapes[op.results[0]]
        if not any(symbols(d) & shapes.unknown for d in shape):
            op.attributes[SIZES] = ArrayAttr([StringAttr(str(d)) for d in shape])


class ConvertInferenceToCpu(Pass):
    """From what a model means to what the processor is given: one op is one kernel, channels come last, weights are packed."""

    patterns = PATTERNS

    fallback: Annotated[bool, "leave an op without a kernel to the reference executor, marked cpu.fallback with the reason"] = False

    def run(self, op: Operation, ctx: Context) -> None:
        """Convert everything but constants. Without `fallback` one error lists all ops that have no lowering."""
        target = ConversionTarget(
            illegal_dialects=frozenset({"inference"}), legal_if={"inference.constant": lambda op: True, "inference.yield": lambda op: True}
        )
        target.unfit, target.keep_whole = not_in_memory, self.fallback
        for function in [o for o in op.walk() if isinstance(o, func.FuncOp)]:
            note_sizes(function)
            ensure_ones(function)
            count_runs(function)
        if self.fallback:
            for left in convert(op, self.patterns, target, ctx, self.log):
                left.op.attributes.pop(SIZES, None)
                left.op.attributes[FALLBACK] = StringAttr("; ".join(left.reasons) or "it has no kernel")
                self.count("ops without a kernel")
        else:
            convert_fully(op, self.patterns, target, ctx, self.log)
