"""Operators that TFLite took from TensorFlow as they are: the same operands in the same order, attributes of the same names."""

from __future__ import annotations

from inferir.passes.framework.lowering import lowering
from inferir.passes.framework.tflite_rules import elementwise, indexing, linear, movement, reductions, shapes

SAME = {
    "AddN": elementwise.add_n,
    "AccumulateNV2": elementwise.add_n,
    "SquaredDifference": elementwise.squared_difference,
    "FloorDiv": elementwise.floor_div,
    "FloorMod": elementwise.floor_mod,
    "Atan2": elementwise.atan2,
    "Square": elementwise.square,
    "Select": elementwise.select,
    "SelectV2": elementwise.select_v2,
    "BatchMatMul": linear.batch_matmul,
    "BatchMatMulV2": linear.batch_matmul,
    "Reshape": shapes.reshape,
    "Squeeze": shapes.squeeze,
    "ExpandDims": shapes.expand_dims,
    "BroadcastTo": shapes.broadcast_to,
    "BroadcastArgs": shapes.broadcast_args,
    "Fill": shapes.fill,
    "ZerosLike": shapes.zeros_like,
    "Range": shapes.range_,
    "Cast": shapes.cast,
    "Bitcast": shapes.bitcast,
    "Rank": shapes.rank,
    "Transpose": movement.transpose,
    "Pad": movement.pad,
    "PadV2": movement.pad,
    "MirrorPad": movement.mirror_pad,
    "Slice": movement.slice_,
    "StridedSlice": movement.strided_slice,
    "Split": movement.split,
    "SplitV": movement.split_v,
    "Pack": movement.pack,
    "Unpack": movement.unpack,
    "Tile": movement.tile,
    "ReverseV2": movement.reverse,
    "SpaceToBatchND": movement.space_to_batch,
    "BatchToSpaceND": movement.batch_to_space,
    "ResizeNearestNeighbor": movement.resize_nearest,
    "ResizeBilinear": movement.resize_bilinear,
    "GatherNd": indexing.gather_nd,
    "ScatterNd": indexing.scatter_nd,
    "OneHot": indexing.one_hot,
    "Where": indexing.where,
    "ReverseSequence": indexing.reverse_sequence,
    "Bucketize": indexing.bucketize,
    "MatrixDiag": indexing.matrix_diag,
    "MatrixSetDiag": indexing.matrix_set_diag,
    "Cumsum": reductions.cumsum,
    "TopKV2": reductions.topk,
}
for operator, rule in SAME.items():
    lowering("tf", operator)(rule)
