// RUN: infer-opt %s --pass-pipeline='builtin.module(inference-none)' | filecheck %s

// Level none only says what the source graph means: dropout is gone, nothing is fused or folded.
// CHECK-LABEL: @main
// CHECK:         inference.conv
// CHECK-NEXT:    inference.batch_norm
// CHECK-NEXT:    inference.relu
// CHECK-NOT:     framework.
func.func @main(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x1x1xf32>, %s: tensor<3xf32>) -> tensor<1x3x4x4xf32> {
  %0 = framework.onnx.Conv(%x, %w) {version = 11} : (tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32>
  %1 = framework.onnx.BatchNormalization(%0, %s, %s, %s, %s) {version = 9} : (tensor<1x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4x4xf32>
  %2 = framework.onnx.Dropout(%1) {version = 7} : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  %3 = framework.onnx.Relu(%2) {version = 6} : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return %3 : tensor<1x3x4x4xf32>
}
