// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(propagate-layout{to=nhwc}))' --split-input-file | filecheck %s

// Transposes meet between the convolutions and cancel; one is left at either edge. The filters are transposed when they are packed.
// CHECK-LABEL: @edges
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<1x3x8x8xf32>
// CHECK:         %[[A:.+]] = inference.transpose %[[X]] permutation [0, 2, 3, 1]
// CHECK:         inference.fold<inference.transpose(#inference.weight<"w">)
// CHECK:         inference.conv %[[A]], {{.+}} layout nhwc
// CHECK-NEXT:    inference.relu %{{.+}} : tensor<1x8x8x4xf32>
// CHECK-NOT:     = inference.transpose
// CHECK:         %[[Y:.+]] = inference.conv {{.+}} layout nhwc
// CHECK:         %[[Z:.+]] = inference.transpose %[[Y]] permutation [0, 3, 1, 2]
// CHECK:         return %[[Z]]
func.func @edges(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<4x3x3x3xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<4x4x3x3xf32>
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
  %1 = inference.relu %0 : tensor<1x4x8x8xf32>
  %2 = inference.conv %1, %v pads [1, 1, 1, 1] : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x4x8x8xf32>
  return %2 : tensor<1x4x8x8xf32>
}

// -----
// A pool in NHWC already is left alone.
// CHECK-LABEL: @nhwc_already
// CHECK-NOT:     transpose
func.func @nhwc_already(%x: tensor<1x4x4x3xf32>, %w: tensor<3x1x1x3xf32>) -> tensor<1x3x3x3xf32> {
  %0 = inference.max_pool %x kernel [2, 2] layout nhwc : (tensor<1x4x4x3xf32>) -> tensor<1x3x3x3xf32>
  %1 = inference.conv %0, %w layout nhwc : (tensor<1x3x3x3xf32>, tensor<3x1x1x3xf32>) -> tensor<1x3x3x3xf32>
  return %1 : tensor<1x3x3x3xf32>
}
