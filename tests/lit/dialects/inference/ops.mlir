// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Every op reads back as it was written, in its own form and in the generic one.

// CHECK-LABEL: @arithmetic
// CHECK:         inference.add %{{.*}}, %{{.*}} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
// CHECK:         inference.sub %{{.*}}, %{{.*}} : tensor<2x3xf32>
// CHECK:         inference.mul
// CHECK:         inference.div
// CHECK:         inference.sqrt %{{.*}} : tensor<2x3xf32>
// CHECK:         inference.relu %{{.*}} : tensor<2x3xf32>
func.func @arithmetic(%x: tensor<2x3xf32>, %y: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = inference.add %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %1 = inference.sub %0, %x : tensor<2x3xf32>
  %2 = inference.mul %1, %1 : tensor<2x3xf32>
  %3 = inference.div %2, %x : tensor<2x3xf32>
  %4 = inference.sqrt %3 : tensor<2x3xf32>
  %5 = inference.relu %4 : tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// -----
// Constants: written out, a weight by name, a fold of both.
// CHECK-LABEL: @constants
// CHECK:         inference.constant dense<[1, -1]> : tensor<2xi64>
// CHECK:         inference.constant #inference.weight<"w"> : tensor<2x3xf32>
// CHECK:         inference.constant #inference.fold<inference.transpose(#inference.weight<"w">) {permutation = array<i64: 1, 0>} : tensor<3x2xf32>> : tensor<3x2xf32>
func.func @constants() -> (tensor<2xi64>, tensor<2x3xf32>, tensor<3x2xf32>) {
  %0 = inference.constant dense<[1, -1]> : tensor<2xi64>
  %1 = inference.constant #inference.weight<"w"> : tensor<2x3xf32>
  %2 = inference.constant #inference.fold<inference.transpose(#inference.weight<"w">) {permutation = array<i64: 1, 0>} : tensor<3x2xf32>> : tensor<3x2xf32>
  return %0, %1, %2 : tensor<2xi64>, tensor<2x3xf32>, tensor<3x2xf32>
}

// -----
// A default property is not printed, a set one stands behind its name; optional operands do too.
// CHECK-LABEL: @convolution
// CHECK:         inference.conv %{{.*}}, %{{.*}} : (
// CHECK:         inference.conv %{{.*}}, %{{.*}} bias %{{.*}} strides [2, 2] pads [1, 1, 1, 1] groups 2 layout nhwc : (
// CHECK:         inference.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} epsilon 0.001 : (
func.func @convolution(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x3x3xf32>, %v: tensor<6x3x3x3xf32>, %b: tensor<6xf32>, %s: tensor<4xf32>, %z: tensor<1x8x8x6xf32>) -> (tensor<1x4x6x6xf32>, tensor<1x4x4x6xf32>) {
  %0 = inference.conv %x, %w : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<1x4x6x6xf32>
  %1 = inference.conv %z, %v bias %b strides [2, 2] pads [1, 1, 1, 1] groups 2 layout nhwc : (tensor<1x8x8x6xf32>, tensor<6x3x3x3xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  %2 = inference.batch_norm %0, %s, %s, %s, %s epsilon 0.001 : (tensor<1x4x6x6xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x6x6xf32>
  return %2, %1 : tensor<1x4x6x6xf32>, tensor<1x4x4x6xf32>
}

// -----
// CHECK-LABEL: @shape
// CHECK:         inference.reshape %{{.*}} shape [-1, 6] : (tensor<?x2x3xf32>) -> tensor<?x6xf32>
// CHECK:         inference.transpose %{{.*}} permutation [1, 0] : (tensor<?x6xf32>) -> tensor<6x?xf32>
func.func @shape(%x: tensor<?x2x3xf32>) -> tensor<6x?xf32> {
  %0 = inference.reshape %x shape [-1, 6] : (tensor<?x2x3xf32>) -> tensor<?x6xf32>
  %1 = inference.transpose %0 permutation [1, 0] : (tensor<?x6xf32>) -> tensor<6x?xf32>
  return %1 : tensor<6x?xf32>
}
