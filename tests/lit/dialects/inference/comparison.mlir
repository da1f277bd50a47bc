// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// `lhs fn rhs` bit by bit, of integers.
// CHECK-LABEL: @bitwise
// CHECK:         inference.bitwise %{{.*}}, %{{.*}} fn xor : tensor<4xi32>
func.func @bitwise(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %ry = inference.bitwise %a, %b fn xor : tensor<4xi32>
  return %ry : tensor<4xi32>
}

// -----
// Every bit of x inverted.
// CHECK-LABEL: @bitwise_not
// CHECK:         inference.bitwise_not %{{.*}} : tensor<2x?xi32>
func.func @bitwise_not(%x: tensor<2x?xi32>) -> tensor<2x?xi32> {
  %ry = inference.bitwise_not %x : tensor<2x?xi32>
  return %ry : tensor<2x?xi32>
}

// -----
// Whether `lhs pred rhs`, element by element; false where one is NaN, but for ne.
// CHECK-LABEL: @compare
// CHECK:         inference.compare %{{.*}}, %{{.*}} pred lt : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
func.func @compare(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xi1> {
  %ry = inference.compare %a, %b pred lt : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return %ry : tensor<4xi1>
}

// -----
// `lhs fn rhs` of booleans.
// CHECK-LABEL: @logical
// CHECK:         inference.logical %{{.*}}, %{{.*}} fn or : tensor<4xi1>
func.func @logical(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
  %ry = inference.logical %a, %b fn or : tensor<4xi1>
  return %ry : tensor<4xi1>
}

// -----
// Not x, of booleans.
// CHECK-LABEL: @logical_not
// CHECK:         inference.logical_not %{{.*}} : tensor<2x?xi1>
func.func @logical_not(%x: tensor<2x?xi1>) -> tensor<2x?xi1> {
  %ry = inference.logical_not %x : tensor<2x?xi1>
  return %ry : tensor<2x?xi1>
}

// -----
// lhs where the condition holds, rhs elsewhere; all three broadcast.
// CHECK-LABEL: @select
// CHECK:         inference.select %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
func.func @select(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<f32>) -> tensor<4xf32> {
  %ry = inference.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %ry : tensor<4xf32>
}

// -----
// lhs shifted by rhs bits; what leaves is lost.
// CHECK-LABEL: @shift
// CHECK:         inference.shift %{{.*}}, %{{.*}} direction right : tensor<4xui8>
func.func @shift(%a: tensor<4xui8>, %b: tensor<4xui8>) -> tensor<4xui8> {
  %ry = inference.shift %a, %b direction right : tensor<4xui8>
  return %ry : tensor<4xui8>
}
