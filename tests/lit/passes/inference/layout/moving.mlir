// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(propagate-layout))' --split-input-file | filecheck %s

// The other operand follows: a constant for channels is transposed now, a computed one by an op.
// CHECK-LABEL: @elementwise
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<1x4x4x3xf32>, %[[Y:[a-z]+]]: tensor<1x3x4x4xf32>
// CHECK:         %[[C:.+]] = inference.constant dense<{{.+}}> : tensor<1x1x1x3xf32>
// CHECK:         %[[A:.+]] = inference.mul %[[X]], %[[C]]
// CHECK:         %[[T:.+]] = inference.transpose %[[Y]] permutation [0, 2, 3, 1]
// CHECK:         %[[B:.+]] = inference.add %[[A]], %[[T]]
// CHECK:         inference.transpose %[[B]] permutation [0, 3, 1, 2]
func.func @elementwise(%x: tensor<1x4x4x3xf32>, %y: tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32> {
  %c = inference.constant dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
  %1 = inference.mul %0, %c : (tensor<1x3x4x4xf32>, tensor<3x1x1xf32>) -> tensor<1x3x4x4xf32>
  %2 = inference.add %1, %y : tensor<1x3x4x4xf32>
  return %2 : tensor<1x3x4x4xf32>
}

// -----
// A computed operand of lower rank gets the missing axes first; a single number stays as it is.
// CHECK-LABEL: @lower_rank
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<1x4x4x3xf32>, %[[Y:[a-z]+]]: tensor<3x1x1xf32>
// CHECK:         inference.reshape %[[Y]] shape [1, 1, 1, 3]
// CHECK:         inference.mul
// CHECK:         inference.add {{.+}} : (tensor<1x4x4x3xf32>, tensor<f32>) -> tensor<1x4x4x3xf32>
func.func @lower_rank(%x: tensor<1x4x4x3xf32>, %y: tensor<3x1x1xf32>) -> tensor<1x3x4x4xf32> {
  %c = inference.constant dense<2.0> : tensor<f32>
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
  %1 = inference.mul %0, %y : (tensor<1x3x4x4xf32>, tensor<3x1x1xf32>) -> tensor<1x3x4x4xf32>
  %2 = inference.add %1, %c : (tensor<1x3x4x4xf32>, tensor<f32>) -> tensor<1x3x4x4xf32>
  return %2 : tensor<1x3x4x4xf32>
}

// -----
// Several unknown dimensions of lower rank cannot be reshaped.
// CHECK-LABEL: @unknown
// CHECK:         inference.transpose
// CHECK-NEXT:    inference.add
func.func @unknown(%x: tensor<1x?x?x3xf32> {inference.dims = [1, "h", "w", 3]}, %y: tensor<?x?xf32> {inference.dims = ["h", "w"]}) -> tensor<1x3x?x?xf32> {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x?x?x3xf32>) -> tensor<1x3x?x?xf32>
  %1 = inference.add %0, %y : (tensor<1x3x?x?xf32>, tensor<?x?xf32>) -> tensor<1x3x?x?xf32>
  return %1 : tensor<1x3x?x?xf32>
}

// -----
// With one spatial dimension the order undoes itself: both operands must have it.
// CHECK-LABEL: @rows
// CHECK:         inference.transpose
// CHECK-NEXT:    inference.add
func.func @rows(%x: tensor<1x4x3xf32>, %y: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1] : (tensor<1x4x3xf32>) -> tensor<1x3x4xf32>
  %1 = inference.add %0, %y : tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// -----
// Axes change their number with the order: concat, split, slice, pad, softmax.
// CHECK-LABEL: @axes
// CHECK:         inference.concat {{.+}} axis 3 : {{.+}} -> tensor<1x4x4x6xf32>
// CHECK:         inference.split {{.+}} axis 3 sizes [2, 4]
// CHECK:         inference.slice {{.+}} axes [1]
// CHECK:         inference.pad {{.+}} low [0, 0, 1, 0]
// CHECK:         inference.softmax {{.+}} axis 3
func.func @axes(%x: tensor<1x4x4x3xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x4x2x5xf32>) {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
  %1 = inference.concat %0, %0 axis 1 : (tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) -> tensor<1x6x4x4xf32>
  %2, %3 = inference.split %1 axis 1 sizes [2, 4] : (tensor<1x6x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x4x4x4xf32>)
  %4 = inference.slice %3 starts [1] ends [3] axes [2] : (tensor<1x4x4x4xf32>) -> tensor<1x4x2x4xf32>
  %5 = inference.pad %4 low [0, 0, 0, 1] high [0, 0, 0, 0] : (tensor<1x4x2x4xf32>) -> tensor<1x4x2x5xf32>
  %6 = inference.softmax %5 axis 1 : tensor<1x4x2x5xf32>
  return %2, %6 : tensor<1x2x4x4xf32>, tensor<1x4x2x5xf32>
}

// -----
// A reduction keeps or loses axes; what is left keeps its order.
// CHECK-LABEL: @reduce
// CHECK:         inference.reduce {{.+}} axes [1, 2] keepdims : (tensor<1x4x5x3xf32>) -> tensor<1x1x1x3xf32>
// CHECK:         inference.reduce {{.+}} axes [2] : (tensor<1x4x5x3xf32>) -> tensor<1x4x3xf32>
// CHECK:         inference.transpose {{.+}} permutation [0, 2, 1]
func.func @reduce(%x: tensor<1x4x5x3xf32>) -> (tensor<1x3x1x1xf32>, tensor<1x3x4xf32>) {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x4x5x3xf32>) -> tensor<1x3x4x5xf32>
  %1 = inference.reduce %0 axes [2, 3] keepdims : (tensor<1x3x4x5xf32>) -> tensor<1x3x1x1xf32>
  %2 = inference.reduce %0 axes [-1] : (tensor<1x3x4x5xf32>) -> tensor<1x3x4xf32>
  return %1, %2 : tensor<1x3x1x1xf32>, tensor<1x3x4xf32>
}

// -----
// Nothing to move: inputs and flips. Paddings that only the run time knows change their order with the axes.
// CHECK-LABEL: @stays
// CHECK:         inference.gather %{{.+}} : tensor<8xi64>
// CHECK:         inference.pad {{.+}} : (tensor<1x4x4x3xf32>, tensor<8xi64>)
// CHECK:         inference.transpose
func.func @stays(%x: tensor<1x3x4x4xf32>, %p: tensor<8xi64>, %z: tensor<1x4x4x3xf32>) -> (tensor<1x6x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x3x2x4xf32>, tensor<?x?x?x?xf32>, tensor<1x3x4x4xf32>, tensor<1x3xf32>, tensor<1x3x4x5xf32>) {
  %0 = inference.concat %x, %x axis 1 : (tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) -> tensor<1x6x4x4xf32>
  %1, %2 = inference.split %x axis 1 sizes [1, 2] : (tensor<1x3x4x4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x2x4x4xf32>)
  %3 = inference.slice %x starts [1] ends [3] axes [2] : (tensor<1x3x4x4xf32>) -> tensor<1x3x2x4xf32>
  %t = inference.transpose %z permutation [0, 3, 1, 2] : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
  %4 = inference.pad %t pads %p : (tensor<1x3x4x4xf32>, tensor<8xi64>) -> tensor<?x?x?x?xf32>
  %5 = inference.softmax %x axis 1 : tensor<1x3x4x4xf32>
  %6 = inference.reduce %x axes [2, 3] : (tensor<1x3x4x4xf32>) -> tensor<1x3xf32>
  %7 = inference.flip %x axes [1] : tensor<1x3x4x4xf32>
  %8 = inference.relu %7 : tensor<1x3x4x4xf32>
  %9 = inference.add %5, %8 : tensor<1x3x4x4xf32>
  %10 = inference.pad %x low [0, 0, 0, 1] high [0, 0, 0, 0] : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x5xf32>
  return %0, %1, %2, %3, %4, %9, %6, %10 : tensor<1x6x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x3x2x4xf32>, tensor<?x?x?x?xf32>, tensor<1x3x4x4xf32>, tensor<1x3xf32>, tensor<1x3x4x5xf32>
}

// -----
// A resize changes its axes with the order.
// CHECK-LABEL: @resize
// CHECK:         inference.resize {{.+}} axes [1, 2]
// CHECK:         inference.resize {{.+}} axes [2, 3]
func.func @resize(%x: tensor<1x4x4x3xf32>, %y: tensor<1x3x4x4xf32>) -> (tensor<1x3x8x8xf32>, tensor<1x3x8x8xf32>) {
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
  %1 = inference.resize %0 axes [2, 3] sizes [8, 8] : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  %2 = inference.resize %y axes [2, 3] sizes [8, 8] : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return %1, %2 : tensor<1x3x8x8xf32>, tensor<1x3x8x8xf32>
}
