// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Blocks of channels become blocks of pixels.
// CHECK-LABEL: @depth_to_space
// CHECK:         inference.depth_to_space %{{.*}} block 2 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
func.func @depth_to_space(%x: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %ry = inference.depth_to_space %x block 2 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %ry : tensor<1x2x4x6xf32>
}

// -----
// The elements along some axes in reverse order.
// CHECK-LABEL: @flip
// CHECK:         inference.flip %{{.*}} axes [1] : tensor<2x3xf32>
func.func @flip(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %ry = inference.flip %x axes [1] : tensor<2x3xf32>
  return %ry : tensor<2x3xf32>
}

// -----
// Blocks of pixels become channels, the block's place in front of the channel.
// CHECK-LABEL: @space_to_depth
// CHECK:         inference.space_to_depth %{{.*}} block 2 : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
func.func @space_to_depth(%x: tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32> {
  %ry = inference.space_to_depth %x block 2 : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
  return %ry : tensor<1x8x2x3xf32>
}
