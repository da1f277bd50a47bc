"""The `cpu` dialect: level 3 (one op, one kernel; on tensors, then on buffers) and level 4 (kernels, launches, microkernels)."""

from xdsl.ir import Dialect

from inferir.dialects.cpu.base import Level3Op
from inferir.dialects.cpu.convolution import Conv2dOp, Dwconv2dOp, pack_conv2d, pack_dwconv2d, unpack_conv2d
from inferir.dialects.cpu.elementwise import MapOp, TransposeOp
from inferir.dialects.cpu.matmul import GemmOp, pack_gemm, unpack_gemm
from inferir.dialects.cpu.pooling import LrnOp, Pool2dOp, ReduceOp, SoftmaxOp
from inferir.dialects.cpu.program import DoneOp, KernelOp, LaunchOp, ViewOp
from inferir.dialects.cpu.scalar import YieldOp
from inferir.dialects.cpu.uk import MICROKERNELS

LEVEL3 = (GemmOp, Conv2dOp, Dwconv2dOp, Pool2dOp, ReduceOp, SoftmaxOp, LrnOp, MapOp, TransposeOp)
CPU = Dialect("cpu", [*LEVEL3, YieldOp, KernelOp, DoneOp, LaunchOp, ViewOp, *MICROKERNELS])

__all__ = [
    "CPU",
    "LEVEL3",
    "MICROKERNELS",
    "Conv2dOp",
    "DoneOp",
    "Dwconv2dOp",
    "GemmOp",
    "KernelOp",
    "LaunchOp",
    "Level3Op",
    "LrnOp",
    "MapOp",
    "Pool2dOp",
    "ReduceOp",
    "SoftmaxOp",
    "TransposeOp",
    "ViewOp",
    "YieldOp",
    "pack_conv2d",
    "pack_dwconv2d",
    "pack_gemm",
    "unpack_conv2d",
    "unpack_gemm",
]
