// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// The angle of the point (rhs, lhs), in radians.
// CHECK-LABEL: @atan2
// CHECK:         inference.atan2 %{{.*}}, %{{.*}} : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
func.func @atan2(%a: tensor<2x?xf32>, %b: tensor<f32>) -> tensor<2x?xf32> {
  %ry = inference.atan2 %a, %b : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The larger of lhs and rhs; NaN where one is NaN.
// CHECK-LABEL: @maximum
// CHECK:         inference.maximum %{{.*}}, %{{.*}} : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
func.func @maximum(%a: tensor<2x?xf32>, %b: tensor<f32>) -> tensor<2x?xf32> {
  %ry = inference.maximum %a, %b : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The smaller of lhs and rhs; NaN where one is NaN.
// CHECK-LABEL: @minimum
// CHECK:         inference.minimum %{{.*}}, %{{.*}} : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
func.func @minimum(%a: tensor<2x?xf32>, %b: tensor<f32>) -> tensor<2x?xf32> {
  %ry = inference.minimum %a, %b : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The remainder of lhs / rhs: with the sign of rhs, or of lhs under `truncated` (as C's fmod). Zero for an integer zero divisor.
// CHECK-LABEL: @mod
// CHECK:         inference.mod %{{.*}}, %{{.*}} truncated : tensor<4xf32>
func.func @mod(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %ry = inference.mod %a, %b truncated : tensor<4xf32>
  return %ry : tensor<4xf32>
}

// -----
// lhs to the power of rhs; the result has the type of lhs, whatever number rhs is.
// CHECK-LABEL: @pow
// CHECK:         inference.pow %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
func.func @pow(%a: tensor<4xf32>, %b: tensor<i32>) -> tensor<4xf32> {
  %ry = inference.pow %a, %b : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
  return %ry : tensor<4xf32>
}
