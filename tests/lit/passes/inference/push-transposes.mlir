// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(push-transposes))' --split-input-file | filecheck %s

// The transposes around a chain of elementwise ops meet and cancel.
// CHECK-LABEL: @around_a_chain
// CHECK-NOT:     inference.transpose
// CHECK:         return
func.func @around_a_chain(%x: tensor<1x4x5x3xf32>) -> tensor<1x4x5x3xf32> {
  %c = inference.constant dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
  %0 = inference.transpose %x permutation [0, 3, 1, 2] : (tensor<1x4x5x3xf32>) -> tensor<1x3x4x5xf32>
  %1 = inference.relu %0 : tensor<1x3x4x5xf32>
  %2 = inference.mul %1, %c : (tensor<1x3x4x5xf32>, tensor<3x1x1xf32>) -> tensor<1x3x4x5xf32>
  %3 = inference.transpose %2 permutation [0, 2, 3, 1] : (tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32>
  return %3 : tensor<1x4x5x3xf32>
}

// -----
// Two of a kind become one behind the sum, and behind the concat.
// CHECK-LABEL: @two_of_a_kind
// CHECK-NOT:     inference.transpose
// CHECK:         %[[S:.+]] = inference.add %a, %b
// CHECK:         %[[C:.+]] = inference.concat %{{.*}} axis 1
// CHECK:         %[[Y:.+]] = inference.transpose %[[C]]
func.func @two_of_a_kind(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>, %c: tensor<2x3xf32>) -> tensor<6x2xf32> {
  %0 = inference.transpose %a permutation [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = inference.transpose %b permutation [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = inference.transpose %c permutation [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %3 = inference.add %0, %1 : tensor<3x2xf32>
  %4 = inference.concat %3, %2 axis 0 : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<6x2xf32>
  return %4 : tensor<6x2xf32>
}

// -----
// One transposed operand alone would only move the transpose to the other.
// CHECK-LABEL: @one_operand
// CHECK:         inference.transpose
// CHECK:         inference.add
// CHECK:         inference.transpose
// CHECK:         inference.concat
func.func @one_operand(%a: tensor<3x3xf32>, %b: tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<6x3xf32>) {
  %0 = inference.transpose %a permutation [1, 0] : tensor<3x3xf32>
  %1 = inference.add %0, %b : tensor<3x3xf32>
  %2 = inference.transpose %b permutation [1, 0] : tensor<3x3xf32>
  %3 = inference.concat %2, %b axis 0 : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<6x3xf32>
  return %1, %3 : tensor<3x3xf32>, tensor<6x3xf32>
}

// -----
// A constant that adds dimensions, and a transpose that is needed elsewhere.
// CHECK-LABEL: @stays
// CHECK:         inference.transpose
// CHECK:         inference.add
// CHECK:         inference.transpose
// CHECK:         inference.relu
func.func @stays(%a: tensor<2x3xf32>) -> (tensor<1x3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %c = inference.constant dense<1.0> : tensor<1x3x2xf32>
  %0 = inference.transpose %a permutation [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = inference.add %0, %c : (tensor<3x2xf32>, tensor<1x3x2xf32>) -> tensor<1x3x2xf32>
  %2 = inference.transpose %a permutation [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %3 = inference.relu %2 : tensor<3x2xf32>
  return %1, %2, %3 : tensor<1x3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}
