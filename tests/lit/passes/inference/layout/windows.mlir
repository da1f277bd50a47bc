// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(propagate-layout))' --split-input-file | filecheck %s

// Pools and local response norms slide over pixels whose channels lie side by side.
// CHECK-LABEL: @pool
// CHECK:         inference.transpose {{.+}} permutation [0, 2, 3, 1]
// CHECK-NEXT:    inference.max_pool {{.+}} layout nhwc
// CHECK-NEXT:    inference.lrn {{.+}} layout nhwc
// CHECK-NEXT:    inference.transpose {{.+}} permutation [0, 3, 1, 2]
func.func @pool(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32> {
  %0 = inference.max_pool %x kernel [2, 2] : (tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32>
  %1 = inference.lrn %0 size 3 : tensor<1x3x3x3xf32>
  return %1 : tensor<1x3x3x3xf32>
}

// -----
// A batch norm follows its input.
// CHECK-LABEL: @batch_norm_behind_pool
// CHECK:         inference.max_pool
// CHECK-NEXT:    inference.batch_norm {{.+}} layout nhwc
func.func @batch_norm_behind_pool(%x: tensor<1x3x4x4xf32>, %s: tensor<3xf32>) -> tensor<1x3x3x3xf32> {
  %v = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = inference.max_pool %x kernel [2, 2] : (tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32>
  %1 = inference.batch_norm %0, %s, %s, %s, %v : (tensor<1x3x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3x3xf32>
  return %1 : tensor<1x3x3x3xf32>
}

// -----
// A batch norm of an input and a norm of rows gain nothing.
// CHECK-LABEL: @nothing_to_gain
// CHECK-NOT:     transpose
func.func @nothing_to_gain(%x: tensor<1x3x4x4xf32>, %s: tensor<3xf32>, %r: tensor<2x8xf32>) -> (tensor<1x3x4x4xf32>, tensor<2x8xf32>) {
  %v = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = inference.batch_norm %x, %s, %s, %s, %v : (tensor<1x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4x4xf32>
  %1 = inference.lrn %r size 3 : tensor<2x8xf32>
  return %0, %1 : tensor<1x3x4x4xf32>, tensor<2x8xf32>
}

// -----
// So do transposed convolutions; one that has them last already stays.
// CHECK-LABEL: @conv_transpose
// CHECK:         %[[Y:.+]] = inference.conv_transpose {{.+}} strides [2, 2] layout nhwc : (tensor<1x4x4x3xf32>, tensor<3x2x2x5xf32>) -> tensor<1x8x8x5xf32>
// CHECK:         inference.conv_transpose %[[Y]], {{.+}} layout nhwc
// CHECK:         inference.transpose %{{.+}} permutation [0, 3, 1, 2]
func.func @conv_transpose(%x: tensor<1x3x4x4xf32>) -> tensor<1x2x8x8xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<3x5x2x2xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<5x2x1x1xf32>
  %0 = inference.conv_transpose %x, %w strides [2, 2] : (tensor<1x3x4x4xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x8x8xf32>
  %1 = inference.conv_transpose %0, %v : (tensor<1x5x8x8xf32>, tensor<5x2x1x1xf32>) -> tensor<1x2x8x8xf32>
  return %1 : tensor<1x2x8x8xf32>
}
