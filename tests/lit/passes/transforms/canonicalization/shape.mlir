// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// CHECK-LABEL: @same_shape
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x4xf32>
// CHECK-NEXT:    return %[[X]]
func.func @same_shape(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = inference.reshape %x shape [4, -1] : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// -----
// One unknown dimension follows from the others.
// CHECK-LABEL: @same_shape_one_unknown
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf32>
// CHECK-NEXT:    return %[[X]]
func.func @same_shape_one_unknown(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = inference.reshape %x shape [-1, 4] : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----
// [a, b] and [b, a] have the same type and are not the same.
// CHECK-LABEL: @two_unknown
// CHECK:         inference.reshape
func.func @two_unknown(%x: tensor<?x?xf32> {inference.dims = ["a", "b"]}) -> tensor<?x?xf32> {
  %0 = inference.reshape %x shape ["d1", "d0"] : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----
// Only the last shape matters.
// CHECK-LABEL: @reshape_twice
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.reshape %[[X]] shape [16]
// CHECK-NEXT:    return %[[Y]]
func.func @reshape_twice(%x: tensor<4x4xf32>) -> tensor<16xf32> {
  %0 = inference.reshape %x shape [2, 8] : (tensor<4x4xf32>) -> tensor<2x8xf32>
  %1 = inference.reshape %0 shape [16] : (tensor<2x8xf32>) -> tensor<16xf32>
  return %1 : tensor<16xf32>
}

// -----
// Known dimensions are numbers, the unknown one is -1, however the shape was written.
// CHECK-LABEL: @spelling
// CHECK:         inference.reshape %{{.*}} shape [2, 8]
// CHECK:         inference.reshape %{{.*}} shape [-1, 8]
func.func @spelling(%x: tensor<4x4xf32>, %y: tensor<?x4x2xf32> {inference.dims = ["n", 4, 2]}) -> (tensor<2x8xf32>, tensor<?x8xf32>) {
  %0 = inference.reshape %x shape [2, -1] : (tensor<4x4xf32>) -> tensor<2x8xf32>
  %1 = inference.reshape %y shape ["d0", 8] : (tensor<?x4x2xf32>) -> tensor<?x8xf32>
  return %0, %1 : tensor<2x8xf32>, tensor<?x8xf32>
}

// -----
// CHECK-LABEL: @no_axis_moves
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK-NEXT:    return %[[X]]
func.func @no_axis_moves(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = inference.transpose %x permutation [0, 1] : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----
// Two transposes are one.
// CHECK-LABEL: @transpose_twice
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3x4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.transpose %[[X]] permutation [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
// CHECK-NEXT:    return %[[Y]]
func.func @transpose_twice(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = inference.transpose %x permutation [1, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = inference.transpose %0 permutation [1, 2, 0] : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// -----
// There and back is nothing.
// CHECK-LABEL: @there_and_back
// CHECK-NOT:     inference.transpose
func.func @there_and_back(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = inference.transpose %x permutation [1, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = inference.transpose %0 permutation [2, 0, 1] : (tensor<3x4x2xf32>) -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}

// -----
// Axes of length 1 may stand anywhere: no element moves.
// CHECK-LABEL: @unit_axes
// CHECK:         inference.reshape %{{.*}} shape [-1, 3, 1]
// CHECK-NOT:     inference.transpose
func.func @unit_axes(%x: tensor<1x?x3xf32>) -> tensor<?x3x1xf32> {
  %0 = inference.transpose %x permutation [1, 2, 0] : (tensor<1x?x3xf32>) -> tensor<?x3x1xf32>
  return %0 : tensor<?x3x1xf32>
}

// -----
// Several unknown dimensions go by their names.
// CHECK-LABEL: @unit_axes_two_unknown
// CHECK:         inference.reshape %x shape ["d1", "d2", 1]
func.func @unit_axes_two_unknown(%x: tensor<1x?x?xf32>) -> tensor<?x?x1xf32> {
  %0 = inference.transpose %x permutation [1, 2, 0] : (tensor<1x?x?xf32>) -> tensor<?x?x1xf32>
  return %0 : tensor<?x?x1xf32>
}

// -----
// The second shape counts the dimensions of the first one's result, which are expressions over x's.
// CHECK-LABEL: @reshape_by_own_dimensions
// CHECK-NEXT:    inference.reshape %x shape [1, "d0*d1"]
func.func @reshape_by_own_dimensions(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = inference.reshape %x shape ["d0 * d1", 1] : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = inference.reshape %0 shape ["d1", "d0"] : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// -----
// A shape said by the operand's own dimensions, in their order, is the operand's.
// CHECK-LABEL: @own_dimensions_in_order
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x4xf32>
// CHECK-NEXT:    return %[[X]]
func.func @own_dimensions_in_order(%x: tensor<?x?x4xf32>) -> tensor<?x?x4xf32> {
  %0 = inference.reshape %x shape ["d0", "d1", 4] : (tensor<?x?x4xf32>) -> tensor<?x?x4xf32>
  return %0 : tensor<?x?x4xf32>
}

// -----
// d0 is the dimension of the reshape in between, which x does not have.
// CHECK-LABEL: @dimensions_of_the_inner_result
// CHECK-COUNT-2: inference.reshape
func.func @dimensions_of_the_inner_result(%x: tensor<?x?x4xf32>) -> tensor<?x2x?xf32> {
  %0 = inference.reshape %x shape ["d0*d1", 4] : (tensor<?x?x4xf32>) -> tensor<?x4xf32>
  %1 = inference.reshape %0 shape ["d0", 2, -1] : (tensor<?x4xf32>) -> tensor<?x2x?xf32>
  return %1 : tensor<?x2x?xf32>
}

// -----
// A dimension that the inner shape states is x's own.
// CHECK-LABEL: @line_and_back
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x4xf32>
// CHECK-NEXT:    return %[[X]]
func.func @line_and_back(%x: tensor<?x?x4xf32>) -> tensor<?x?x4xf32> {
  %0 = inference.reshape %x shape ["d0", 1, "d1", 4] : (tensor<?x?x4xf32>) -> tensor<?x1x?x4xf32>
  %1 = inference.reshape %0 shape ["d0", "d2", 4] : (tensor<?x1x?x4xf32>) -> tensor<?x?x4xf32>
  return %1 : tensor<?x?x4xf32>
}

// -----
// A zero that keeps a dimension means that of the first result.
// CHECK-LABEL: @keeps_a_dimension_of_the_inner_result
// CHECK-COUNT-2: inference.reshape
func.func @keeps_a_dimension_of_the_inner_result(%x: tensor<4x6xf32>, %s: tensor<2xi64>) -> tensor<?x?xf32> {
  %0 = inference.reshape %x shape [6, 4] : (tensor<4x6xf32>) -> tensor<6x4xf32>
  %1 = inference.reshape %0 to %s keep_zeros : (tensor<6x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}
