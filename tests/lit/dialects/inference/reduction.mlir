// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// The place of the largest element along an axis.
// CHECK-LABEL: @argmax
// CHECK:         inference.argmax %{{.*}} axis 1 keepdims : (tensor<2x5xf32>) -> tensor<2x1xi64>
func.func @argmax(%x: tensor<2x5xf32>) -> tensor<2x1xi64> {
  %ry = inference.argmax %x axis 1 keepdims : (tensor<2x5xf32>) -> tensor<2x1xi64>
  return %ry : tensor<2x1xi64>
}

// -----
// The place of the smallest element along an axis.
// CHECK-LABEL: @argmin
// CHECK:         inference.argmin %{{.*}} axis -1 last : (tensor<2x5xf32>) -> tensor<2xi64>
func.func @argmin(%x: tensor<2x5xf32>) -> tensor<2xi64> {
  %ry = inference.argmin %x axis -1 last : (tensor<2x5xf32>) -> tensor<2xi64>
  return %ry : tensor<2xi64>
}

// -----
// Running sums or products along an axis.
// CHECK-LABEL: @cumulate
// CHECK:         inference.cumulate %{{.*}}, %{{.*}} exclusive : (tensor<5xf32>, tensor<i32>) -> tensor<5xf32>
func.func @cumulate(%x: tensor<5xf32>, %axis: tensor<i32>) -> tensor<5xf32> {
  %ry = inference.cumulate %x, %axis exclusive : (tensor<5xf32>, tensor<i32>) -> tensor<5xf32>
  return %ry : tensor<5xf32>
}

// -----
// One element from all along some axes.
// CHECK-LABEL: @reduce
// CHECK:         inference.reduce %{{.*}} kind mean axes [2, 3] keepdims : (tensor<1x8x7x7xf32>) -> tensor<1x8x1x1xf32>
func.func @reduce(%x: tensor<1x8x7x7xf32>) -> tensor<1x8x1x1xf32> {
  %ry = inference.reduce %x kind mean axes [2, 3] keepdims : (tensor<1x8x7x7xf32>) -> tensor<1x8x1x1xf32>
  return %ry : tensor<1x8x1x1xf32>
}

// -----
// The k largest (or smallest) elements along an axis and their places, in order; of equal ones the earlier.
// CHECK-LABEL: @topk
// CHECK:         inference.topk %{{.*}}, %{{.*}} smallest : (tensor<3x9xf32>, tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>)
func.func @topk(%x: tensor<3x9xf32>, %k: tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>) {
  %rv, %ri = inference.topk %x, %k smallest : (tensor<3x9xf32>, tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>)
  return %rv, %ri : tensor<3x4xf32>, tensor<3x4xi64>
}
