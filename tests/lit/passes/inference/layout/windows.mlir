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
