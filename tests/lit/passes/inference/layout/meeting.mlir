// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(propagate-layout))' --split-input-file | filecheck %s

// The channel shuffle of grouped convolutions swaps channels where they lie.
// CHECK-LABEL: @channel_shuffle
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<?x4x4x6xf32>
// CHECK:         %[[A:.+]] = inference.reshape %[[X]] shape [-1, 4, 4, 2, 3]
// CHECK:         %[[B:.+]] = inference.transpose %[[A]] permutation [0, 1, 2, 4, 3]
// CHECK:         %[[C:.+]] = inference.reshape %[[B]] shape [-1, 4, 4, 6]
// CHECK:         inference.transpose %[[C]] permutation [0, 3, 1, 2]
func.func @channel_shuffle(%x: tensor<?x4x4x6xf32>) -> tensor<?x6x4x4xf32> {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<?x4x4x6xf32>) -> tensor<?x6x4x4xf32>
  %1 = inference.reshape %0 shape [-1, 2, 3, 4, 4] : (tensor<?x6x4x4xf32>) -> tensor<?x2x3x4x4xf32>
  %2 = inference.transpose %1 permutation [0, 2, 1, 3, 4] : (tensor<?x2x3x4x4xf32>) -> tensor<?x3x2x4x4xf32>
  %3 = inference.reshape %2 shape [-1, 6, 4, 4] : (tensor<?x3x2x4x4xf32>) -> tensor<?x6x4x4xf32>
  return %3 : tensor<?x6x4x4xf32>
}

// -----
// Flattening an image needs its elements in the order of the model.
// CHECK-LABEL: @flatten
// CHECK:         inference.transpose
// CHECK-NEXT:    inference.reshape
func.func @flatten(%x: tensor<?x4x4x6xf32>) -> tensor<?x96xf32> {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<?x4x4x6xf32>) -> tensor<?x6x4x4xf32>
  %1 = inference.reshape %0 shape [-1, 96] : (tensor<?x6x4x4xf32>) -> tensor<?x96xf32>
  return %1 : tensor<?x96xf32>
}

// -----
// 6x4 as 8x3 belongs to no axis of its own.
// CHECK-LABEL: @mixes
// CHECK:         inference.transpose
// CHECK-NEXT:    inference.reshape
func.func @mixes(%x: tensor<?x4x5x6xf32>) -> tensor<?x8x3x5xf32> {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<?x4x5x6xf32>) -> tensor<?x6x4x5xf32>
  %1 = inference.reshape %0 shape [8, 3, 5, -1] : (tensor<?x6x4x5xf32>) -> tensor<8x3x5x?xf32>
  %2 = inference.reshape %1 shape [-1, 8, 3, 5] : (tensor<8x3x5x?xf32>) -> tensor<?x8x3x5xf32>
  return %2 : tensor<?x8x3x5xf32>
}

// -----
// Heads of several unknown dimensions: the reshape stays where it is.
// CHECK-LABEL: @unknown_dims
// CHECK:         inference.transpose %x permutation [0, 2, 1, 3]
// CHECK-NEXT:    inference.reshape
func.func @unknown_dims(%x: tensor<?x4x?x8xf32>) -> tensor<?x?x32xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1, 3] : (tensor<?x4x?x8xf32>) -> tensor<?x?x4x8xf32>
  %1 = inference.reshape %0 shape ["d0", "d1", 32] : (tensor<?x?x4x8xf32>) -> tensor<?x?x32xf32>
  return %1 : tensor<?x?x32xf32>
}

// -----
// Dimensions that are not known keep their names; those of size 1 beside them come and go.
// CHECK-LABEL: @line_as_image
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<?x?x6xf32>
// CHECK:         %[[A:.+]] = inference.reshape %[[X]] shape ["d0", 1, "d1", 6]
// CHECK:         %[[B:.+]] = inference.relu %[[A]]
// CHECK:         %[[C:.+]] = inference.reshape %[[B]] shape ["d0", "d2", 6]
// CHECK:         inference.transpose %[[C]] permutation [0, 2, 1]
func.func @line_as_image(%x: tensor<?x?x6xf32>) -> tensor<?x6x?xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1] : (tensor<?x?x6xf32>) -> tensor<?x6x?xf32>
  %1 = inference.reshape %0 shape ["d0", 6, 1, "d2"] : (tensor<?x6x?xf32>) -> tensor<?x6x1x?xf32>
  %2 = inference.relu %1 : tensor<?x6x1x?xf32>
  %3 = inference.reshape %2 shape ["d0", 6, "d3"] : (tensor<?x6x1x?xf32>) -> tensor<?x6x?xf32>
  return %3 : tensor<?x6x?xf32>
}

// -----
// Two that are not known may trade elements, unless each names its own.
// CHECK-LABEL: @trading
// CHECK:         inference.transpose
// CHECK-NEXT:    inference.reshape
func.func @trading(%x: tensor<?x?x6xf32>) -> tensor<?x6x?xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1] : (tensor<?x?x6xf32>) -> tensor<?x6x?xf32>
  %1 = inference.reshape %0 shape ["d2", 6, "d0"] : (tensor<?x6x?xf32>) -> tensor<?x6x?xf32>
  return %1 : tensor<?x6x?xf32>
}
