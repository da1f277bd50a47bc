"""The `cpu` dialect: level 3 (one op, one kernel; on tensors, then on buffers) and level 4 (kernels, launches, microkernels)."""

from xdsl.ir import Dialect

from inferir.dialects.cpu.attention import AttentionOp
from inferir.dialects.cpu.base import Kernel, Level3Op
from inferir.dialects.cpu.buffers import AllocOp, ConstantOp, WeightOp
from inferir.dialects.cpu.control import IfOp, LoopOp
from inferir.dialects.cpu.convolution import Conv2dOp, Dwconv2dOp, pack_conv2d, pack_dwconv2d, unpack_conv2d
from inferir.dialects.cpu.elements import CheckOp, LoadOp, SizeOp, StoreOp, element_of
from inferir.dialects.cpu.elementwise import DepthToSpaceOp, MapOp, TransposeOp
from inferir.dialects.cpu.execution import execute_on_buffers, register
from inferir.dialects.cpu.extent import ExtentOp
from inferir.dialects.cpu.generate import GenerateOp
from inferir.dialects.cpu.host import (
    FALLBACK,
    HOST,
    CallOp,
    arena_function,
    branches_on_host,
    native_functions,
    native_programs,
    ops_on_host,
)
from inferir.dialects.cpu.machine import Machine, machine_of, target_attr
from inferir.dialects.cpu.matmul import GemmOp, pack_gemm, unpack_gemm
from inferir.dialects.cpu.normalization import NormOp
from inferir.dialects.cpu.packing import PackConv2dOp, PackDwconv2dOp, PackGatesOp, PackGemmOp
from inferir.dialects.cpu.pooling import LrnOp, Pool2dOp, ReduceOp, SoftmaxOp
from inferir.dialects.cpu.positions import RopeOp
from inferir.dialects.cpu.program import DoneOp, KernelOp, LaunchOp, ViewOp
from inferir.dialects.cpu.recurrence import RecurrenceOp, pack_gates
from inferir.dialects.cpu.scalar import YieldOp, scalar_type
from inferir.dialects.cpu.uk import MICROKERNELS
from inferir.dialects.cpu.views import ConcatOp, EnsureShapeOp, InterleaveOp, PadOp, RepeatOp, ReshapeOp, SliceOp, View
from inferir.dialects.cpu.winograd import PackWinogradOp, WinogradConv2dOp, pack_winograd

LEVEL3 = (
    GemmOp,
    Conv2dOp,
    Dwconv2dOp,
    WinogradConv2dOp,
    Pool2dOp,
    ReduceOp,
    SoftmaxOp,
    LrnOp,
    MapOp,
    TransposeOp,
    DepthToSpaceOp,
    AttentionOp,
    NormOp,
    RopeOp,
    GenerateOp,
)
register(LEVEL3)
ON_TENSORS = (
    PackConv2dOp,
    PackDwconv2dOp,
    PackGemmOp,
    PackGatesOp,
    PackWinogradOp,
    ReshapeOp,
    EnsureShapeOp,
    ConcatOp,
    SliceOp,
    RepeatOp,
    InterleaveOp,
    PadOp,
)
ON_BUFFERS = (AllocOp, ConstantOp, WeightOp, ViewOp)
ELEMENTS = (LoadOp, StoreOp, SizeOp, CheckOp)
CPU = Dialect(
    "cpu",
    [
        *LEVEL3,
        RecurrenceOp,
        IfOp,
        LoopOp,
        YieldOp,
        *ELEMENTS,
        *ON_TENSORS,
        *ON_BUFFERS,
        KernelOp,
        DoneOp,
        LaunchOp,
        CallOp,
        ExtentOp,
        *MICROKERNELS,
    ],
)

__all__ = [
    "CPU",
    "FALLBACK",
    "HOST",
    "LEVEL3",
    "MICROKERNELS",
    "AllocOp",
    "AttentionOp",
    "CallOp",
    "CheckOp",
    "ConcatOp",
    "ConstantOp",
    "Conv2dOp",
    "DepthToSpaceOp",
    "DoneOp",
    "Dwconv2dOp",
    "EnsureShapeOp",
    "ExtentOp",
    "GemmOp",
    "GenerateOp",
    "IfOp",
    "InterleaveOp",
    "Kernel",
    "KernelOp",
    "LaunchOp",
    "Level3Op",
    "LoadOp",
    "LoopOp",
    "LrnOp",
    "Machine",
    "MapOp",
    "NormOp",
    "PackConv2dOp",
    "PackDwconv2dOp",
    "PackGatesOp",
    "PackGemmOp",
    "PackWinogradOp",
    "PadOp",
    "Pool2dOp",
    "RecurrenceOp",
    "ReduceOp",
    "RepeatOp",
    "ReshapeOp",
    "RopeOp",
    "SizeOp",
    "SliceOp",
    "SoftmaxOp",
    "StoreOp",
    "TransposeOp",
    "View",
    "ViewOp",
    "WeightOp",
    "WinogradConv2dOp",
    "YieldOp",
    "arena_function",
    "branches_on_host",
    "element_of",
    "execute_on_buffers",
    "machine_of",
    "native_functions",
    "native_programs",
    "ops_on_host",
    "pack_conv2d",
    "pack_dwconv2d",
    "pack_gates",
    "pack_gemm",
    "pack_winograd",
    "scalar_type",
    "target_attr",
    "unpack_conv2d",
    "unpack_gemm",
]
