"""Turn every level 3 op on buffers into a kernel and a launch of it (level 3 to level 4).

    cpu.gemm %x, %w, %b outs %y columns 10 {...} : (memref<?x84xf32>, ...) -> ()
  becomes
    cpu.launch @gemm_0 tasks %n(%x, %w, %y, %b) : (memref<?x84xf32>, ...)
  beside
    cpu.kernel @gemm_0(%task: index, %x: memref<?x84xf32>, ...) { scf.for ... cpu.uk.fma_tile ... }

Kernels that read the same are one kernel.
"""

from collections.abc import Callable
from typing import Any

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from inferir.core.context import Context
from inferir.core.diagnostics import InferError
from inferir.core.pass_base import Pass
from inferir.dialects.cpu.attention import AttentionOp
from inferir.dialects.cpu.base import Level3Op
from inferir.dialects.cpu.convolution import Conv2dOp, Dwconv2dOp
from inferir.dialects.cpu.elementwise import DepthToSpaceOp, MapOp, TransposeOp
from inferir.dialects.cpu.generate import GenerateOp
from inferir.dialects.cpu.host import native_functions
from inferir.dialects.cpu.matmul import GemmOp
from inferir.dialects.cpu.normalization import NormOp
from inferir.dialects.cpu.pooling import LrnOp, Pool2dOp, ReduceOp, SoftmaxOp
from inferir.dialects.cpu.positions import RopeOp
from inferir.dialects.cpu.recurrence import RecurrenceOp
from inferir.dialects.cpu.winograd import WinogradConv2dOp
from inferir.passes.cpu.kernels.attention import lower_attention
from inferir.passes.cpu.kernels.convolution import lower_conv2d, lower_dwconv2d
from inferir.passes.cpu.kernels.depth_to_space import lower_depth_to_space
from inferir.passes.cpu.kernels.elementwise import lower_map, lower_transpose
from inferir.passes.cpu.kernels.gemm import lower_gemm
from inferir.passes.cpu.kernels.generate import lower_generate
from inferir.passes.cpu.kernels.kernel import Kernels, Lowering
from inferir.passes.cpu.kernels.norm import lower_norm
from inferir.passes.cpu.kernels.pooling import lower_lrn, lower_pool2d, lower_reduce, lower_softmax
from inferir.passes.cpu.kernels.recurrence import lower_recurrence
from inferir.passes.cpu.kernels.rope import lower_rope
from inferir.passes.cpu.kernels.winograd import lower_winograd

LOWERINGS: dict[type[Operation], Callable[[Any, Lowering], None]] = {
    GemmOp: lower_gemm,
    Conv2dOp: lower_conv2d,
    Dwconv2dOp: lower_dwconv2d,
    WinogradConv2dOp: lower_winograd,
    Pool2dOp: lower_pool2d,
    ReduceOp: lower_reduce,
    SoftmaxOp: lower_softmax,
    LrnOp: lower_lrn,
    NormOp: lower_norm,
    RopeOp: lower_rope,
    AttentionOp: lower_attention,
    MapOp: lower_map,
    TransposeOp: lower_transpose,
    DepthToSpaceOp: lower_depth_to_space,
    RecurrenceOp: lower_recurrence,
    GenerateOp: lower_generate,
}


class ConvertCpuToKernels(Pass):
    """Decides how each op falls into tasks, loops and register tiles, and writes that down as level 4."""

    anchor = "builtin.module"

    def run(self, op: Operation, ctx: Context) -> None:
        assert isinstance(op, ModuleOp)
        kernels = Kernels()
        for inner in [o for f in native_functions(op) for o in f.walk() if isinstance(o, Level3Op | RecurrenceOp)]:
            if inner.outs is None:
                raise InferError(f"{inner.name}: works on tensors still; bufferisation comes first", inner.location)
            if type(inner) not in LOWERINGS:
                raise InferError(f"{inner.name}: no kernel is known for it", inner.location)
            LOWERINGS[type(inner)](inner, Lowering(inner, kernels))
            inner.detach()
            inner.erase()
        first = op.body.block.first_op
        for kernel in kernels.made:
            op.body.block.insert_op_before(kernel, first) if first is not None else op.body.block.add_op(kernel)
        self.count("kernels", len(kernels.made))
