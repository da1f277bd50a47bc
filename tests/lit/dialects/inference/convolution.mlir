// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// The transpose of a convolution: every element of x puts a scaled filter into the result.
// CHECK-LABEL: @conv_transpose
// CHECK:         inference.conv_transpose %{{.*}}, %{{.*}} strides [2, 2] : (tensor<1x3x4x4xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x8x8xf32>
func.func @conv_transpose(%x: tensor<1x3x4x4xf32>, %w: tensor<3x5x2x2xf32>) -> tensor<1x5x8x8xf32> {
  %ry = inference.conv_transpose %x, %w strides [2, 2] : (tensor<1x3x4x4xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x8x8xf32>
  return %ry : tensor<1x5x8x8xf32>
}

// -----
// Channels may come last; then they do in the filter as well.
// CHECK-LABEL: @channels_last
// CHECK:         inference.conv_transpose %{{.*}}, %{{.*}} layout nhwc : (tensor<1x4x4x3xf32>, tensor<3x2x2x5xf32>) -> tensor<1x5x5x5xf32>
func.func @channels_last(%x: tensor<1x4x4x3xf32>, %w: tensor<3x2x2x5xf32>) -> tensor<1x5x5x5xf32> {
  %0 = inference.conv_transpose %x, %w layout nhwc : (tensor<1x4x4x3xf32>, tensor<3x2x2x5xf32>) -> tensor<1x5x5x5xf32>
  return %0 : tensor<1x5x5x5xf32>
}
