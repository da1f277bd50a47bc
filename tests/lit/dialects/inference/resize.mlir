// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// x on another grid. Every axis is interpolated on its own.
// CHECK-LABEL: @resize
// CHECK:         inference.resize %{{.*}} axes [2, 3] sizes [8, 8] mode linear : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
func.func @resize(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> {
  %ry = inference.resize %x axes [2, 3] sizes [8, 8] mode linear : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return %ry : tensor<1x3x8x8xf32>
}
