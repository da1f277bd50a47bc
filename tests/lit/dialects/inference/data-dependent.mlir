// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// The slices along an axis for which the condition holds.
// CHECK-LABEL: @compress
// CHECK:         inference.compress %{{.*}}, %{{.*}} axis 1 : (tensor<3x4xf32>, tensor<4xi1>) -> tensor<3x?xf32>
func.func @compress(%x: tensor<3x4xf32>, %c: tensor<4xi1>) -> tensor<3x?xf32> {
  %ry = inference.compress %x, %c axis 1 : (tensor<3x4xf32>, tensor<4xi1>) -> tensor<3x?xf32>
  return %ry : tensor<3x?xf32>
}

// -----
// The places of the elements that are not zero, in row-major order, one column each.
// CHECK-LABEL: @non_zero
// CHECK:         inference.non_zero %{{.*}} : (tensor<3x3xf32>) -> tensor<2x?xi64>
func.func @non_zero(%x: tensor<3x3xf32>) -> tensor<2x?xi64> {
  %ry = inference.non_zero %x : (tensor<3x3xf32>) -> tensor<2x?xi64>
  return %ry : tensor<2x?xi64>
}
