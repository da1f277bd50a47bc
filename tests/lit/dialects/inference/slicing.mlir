// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// x with elements around it; negative pads crop.
// CHECK-LABEL: @pad
// CHECK:         inference.pad %{{.*}} value %{{.*}} low [0, 1] high [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x6xf32>
func.func @pad(%x: tensor<2x3xf32>, %v: tensor<f32>) -> tensor<2x6xf32> {
  %ry = inference.pad %x value %v low [0, 1] high [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x6xf32>
  return %ry : tensor<2x6xf32>
}

// -----
// A box out of x, every steps-th element. As Python's slices: negative places count from the end, what lies outside is cut off.
// CHECK-LABEL: @slice
// CHECK:         inference.slice %{{.*}} starts [1, 0] ends [3, 9] axes [0, 2] : (tensor<5x4x9xf32>) -> tensor<2x4x9xf32>
// CHECK:         inference.slice %{{.*}} begin %{{.*}} end %{{.*}} axes [0] : (tensor<5x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
func.func @slice(%x: tensor<5x4x9xf32>, %x1: tensor<5x4xf32>, %s: tensor<1xi64>, %e: tensor<1xi64>) -> (tensor<2x4x9xf32>, tensor<?x4xf32>) {
  %ry0 = inference.slice %x starts [1, 0] ends [3, 9] axes [0, 2] : (tensor<5x4x9xf32>) -> tensor<2x4x9xf32>
  %rz1 = inference.slice %x1 begin %s end %e axes [0] : (tensor<5x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
  return %ry0, %rz1 : tensor<2x4x9xf32>, tensor<?x4xf32>
}

// -----
// The upper or lower triangle of the last two dimensions; the rest is zero.
// CHECK-LABEL: @trilu
// CHECK:         inference.trilu %{{.*}} lower : tensor<4x4xf32>
func.func @trilu(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %ry = inference.trilu %x lower : tensor<4x4xf32>
  return %ry : tensor<4x4xf32>
}
