// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// The mean of the elements under the window.
// CHECK-LABEL: @avg_pool
// CHECK:         inference.avg_pool %{{.*}} kernel [7, 7] : (tensor<1x1024x7x7xf32>) -> tensor<1x1024x1x1xf32>
func.func @avg_pool(%x: tensor<1x1024x7x7xf32>) -> tensor<1x1024x1x1xf32> {
  %ry = inference.avg_pool %x kernel [7, 7] : (tensor<1x1024x7x7xf32>) -> tensor<1x1024x1x1xf32>
  return %ry : tensor<1x1024x1x1xf32>
}

// -----
// The p-norm of the elements under the window: (sum |x|^p)^(1/p). Padding counts as zeros.
// CHECK-LABEL: @lp_pool
// CHECK:         inference.lp_pool %{{.*}} kernel [2, 2] p 3 : (tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32>
func.func @lp_pool(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32> {
  %ry = inference.lp_pool %x kernel [2, 2] p 3 : (tensor<1x3x4x4xf32>) -> tensor<1x3x3x3xf32>
  return %ry : tensor<1x3x3x3xf32>
}

// -----
// The largest element under the window; padding counts as minus infinity.
// CHECK-LABEL: @max_pool
// CHECK:         inference.max_pool %{{.*}} kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x64x112x112xf32>) -> tensor<1x64x56x56xf32>
func.func @max_pool(%x: tensor<1x64x112x112xf32>) -> tensor<1x64x56x56xf32> {
  %ry = inference.max_pool %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x64x112x112xf32>) -> tensor<1x64x56x56xf32>
  return %ry : tensor<1x64x56x56xf32>
}

// -----
// Max pooling that also says where the largest element stands: its place in x flattened.
// CHECK-LABEL: @max_pool_with_indices
// CHECK:         inference.max_pool_with_indices %{{.*}} kernel [2, 2] : (tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>)
func.func @max_pool_with_indices(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>) {
  %ry, %ri = inference.max_pool_with_indices %x kernel [2, 2] : (tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>)
  return %ry, %ri : tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>
}
