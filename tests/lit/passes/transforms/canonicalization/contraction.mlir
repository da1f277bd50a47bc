// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// The product reads its operands either way round.
// CHECK-LABEL: @transposed_operands
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<3x2xf32>, %[[W:[a-z0-9]+]]: tensor<4x3xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.matmul %[[X]], %[[W]] transpose_a transpose_b
// CHECK-NEXT:    return %[[Y]]
func.func @transposed_operands(%x: tensor<3x2xf32>, %w: tensor<4x3xf32>) -> tensor<2x4xf32> {
  %0 = inference.transpose %x permutation [1, 0] : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %1 = inference.transpose %w permutation [1, 0] : (tensor<4x3xf32>) -> tensor<3x4xf32>
  %2 = inference.matmul %0, %1 : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}

// -----
// Heads that move to the front are no transpose of a matrix.
// CHECK-LABEL: @other_axes
// CHECK:         inference.transpose
func.func @other_axes(%x: tensor<1x5x2x3xf32>, %w: tensor<3x4xf32>) -> tensor<1x2x5x4xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1, 3] : (tensor<1x5x2x3xf32>) -> tensor<1x2x5x3xf32>
  %1 = inference.matmul %0, %w : (tensor<1x2x5x3xf32>, tensor<3x4xf32>) -> tensor<1x2x5x4xf32>
  return %1 : tensor<1x2x5x4xf32>
}

// -----
// CHECK-LABEL: @pools
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.max_pool %[[X]] kernel [1, 1] strides [2, 2]
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @pools(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x2x2xf32>) {
  %0 = inference.avg_pool %x kernel [1, 1] : tensor<1x2x4x4xf32>
  %1 = inference.max_pool %x kernel [1, 1] strides [2, 2] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x2x2xf32>
}

// -----
// Unused indices are not computed.
// CHECK-LABEL: @indices
// CHECK:         inference.max_pool %
// CHECK:         inference.max_pool_with_indices %
func.func @indices(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xi64>) {
  %0, %1 = inference.max_pool_with_indices %x kernel [2, 2] : (tensor<1x2x4x4xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xi64>)
  %2, %3 = inference.max_pool_with_indices %x kernel [2, 2] : (tensor<1x2x4x4xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xi64>)
  return %0, %3 : tensor<1x2x3x3xf32>, tensor<1x2x3x3xi64>
}

// -----
// The mean of one element is the element.
// CHECK-LABEL: @reductions
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x1xf32>
// CHECK:         %[[A:.+]] = inference.reshape %[[X]] shape [2]
// CHECK:         %[[B:.+]] = inference.reduce %[[X]] kind l2
// CHECK:         %[[C:.+]] = inference.reduce %[[X]] axes [0]
// CHECK:         return %[[A]], %[[B]], %[[C]]
func.func @reductions(%x: tensor<2x1xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<1xf32>) {
  %0 = inference.reduce %x kind mean axes [1] : (tensor<2x1xf32>) -> tensor<2xf32>
  %1 = inference.reduce %x kind l2 axes [1] : (tensor<2x1xf32>) -> tensor<2xf32>
  %2 = inference.reduce %x kind sum axes [0] : (tensor<2x1xf32>) -> tensor<1xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<1xf32>
}

// -----
// Dimensions that are not known keep their names.
// CHECK-LABEL: @reduction_of_two_unknown
// CHECK:         inference.reshape %x shape ["d0", "d1"]
func.func @reduction_of_two_unknown(%x: tensor<?x?x1xf32>) -> tensor<?x?xf32> {
  %0 = inference.reduce %x kind mean axes [2] : (tensor<?x?x1xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----
// Rows need not lie side by side to be multiplied by a matrix; a reshape that cuts rows matters.
// CHECK-LABEL: @rows_apart
// CHECK:         inference.matmul %x, %w : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
// CHECK:         %[[ROWS:.+]] = inference.reshape %x shape [12, 2]
// CHECK:         inference.matmul %[[ROWS]], %v
// CHECK:         inference.matmul %z, %w : (tensor<?x?x4xf32>, tensor<4x5xf32>) -> tensor<?x?x5xf32>
func.func @rows_apart(%x: tensor<2x3x4xf32>, %w: tensor<4x5xf32>, %v: tensor<2x5xf32>, %z: tensor<?x?x4xf32>) -> (tensor<2x3x5xf32>, tensor<12x5xf32>, tensor<?x5xf32>) {
  %0 = inference.reshape %x shape [6, 4] : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %1 = inference.matmul %0, %w : (tensor<6x4xf32>, tensor<4x5xf32>) -> tensor<6x5xf32>
  %2 = inference.reshape %1 shape [2, 3, 5] : (tensor<6x5xf32>) -> tensor<2x3x5xf32>
  %3 = inference.reshape %x shape [12, 2] : (tensor<2x3x4xf32>) -> tensor<12x2xf32>
  %4 = inference.matmul %3, %v : (tensor<12x2xf32>, tensor<2x5xf32>) -> tensor<12x5xf32>
  %5 = inference.reshape %z shape [-1, 4] : (tensor<?x?x4xf32>) -> tensor<?x4xf32>
  %6 = inference.matmul %5, %w : (tensor<?x4xf32>, tensor<4x5xf32>) -> tensor<?x5xf32>
  return %2, %4, %6 : tensor<2x3x5xf32>, tensor<12x5xf32>, tensor<?x5xf32>
}
