// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-framework-to-inference)' --split-input-file | filecheck %s

// Types that the source leaves open are inferred; the function's result has them too.
// CHECK-LABEL: @types_are_inferred
// CHECK-SAME:    -> tensor<?x2x7x7xf32>
// CHECK:         %[[C:.+]] = inference.conv %{{.*}}, %{{.*}} strides [2, 2] pads [1, 1, 1, 1] : (tensor<?x3x14x14xf32>, tensor<2x3x3x3xf32>) -> tensor<?x2x7x7xf32>
// CHECK:         inference.relu %[[C]] : tensor<?x2x7x7xf32>
func.func @types_are_inferred(%x: tensor<?x3x14x14xf32>, %w: tensor<2x3x3x3xf32>) -> tensor<*xf32> {
  %0 = framework.onnx.Conv(%x, %w) {version = 11, strides = [2, 2], pads = [1, 1, 1, 1]} : (tensor<?x3x14x14xf32>, tensor<2x3x3x3xf32>) -> tensor<*xf32>
  %1 = framework.onnx.Relu(%0) {version = 14} : (tensor<*xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}

// -----
// auto_pad becomes numbers: more at the end for SAME_UPPER.
// CHECK-LABEL: @auto_pad
// CHECK:         inference.max_pool %{{.*}} kernel [3, 3] strides [2, 2] pads [0, 0, 1, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
func.func @auto_pad(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
  %0 = framework.onnx.MaxPool(%x) {version = 12, kernel_shape = [3, 3], strides = [2, 2], auto_pad = "SAME_UPPER"} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// -----
// Before version 13 softmax is over everything behind the axis.
// CHECK-LABEL: @softmax_of_a_matrix
// CHECK:         %[[F:.+]] = inference.reshape %{{.*}} shape [2, 12]
// CHECK:         %[[S:.+]] = inference.softmax %[[F]]
// CHECK:         inference.reshape %[[S]] shape [2, 3, 4]
func.func @softmax_of_a_matrix(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = framework.onnx.Softmax(%x) {version = 1} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----
// A constant target shape is a property; 0 is x's own dimension.
// CHECK-LABEL: @reshape_constant
// CHECK:         inference.reshape %{{.*}} shape ["d0", "d1", 12, 64] : (tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32>
func.func @reshape_constant(%x: tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32> {
  %s = framework.constant dense<[0, 0, 12, 64]> : tensor<4xi64>
  %0 = framework.onnx.Reshape(%x, %s) {version = 14} : (tensor<?x?x768xf32>, tensor<4xi64>) -> tensor<?x?x12x64xf32>
  return %0 : tensor<?x?x12x64xf32>
}

// -----
// A computed one stays an operand; the computation is ordinary ops on i64 tensors.
// CHECK-LABEL: @reshape_computed
// CHECK:         %[[S:.+]] = inference.shape_of
// CHECK:         %[[B:.+]] = inference.gather %[[S]]
// CHECK:         %[[T:.+]] = inference.concat
// CHECK:         inference.reshape %{{.*}} to %{{.*}} : (tensor<?x4x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
func.func @reshape_computed(%x: tensor<?x4x4xf32>) -> tensor<?x?xf32> {
  %i = framework.constant dense<0> : tensor<1xi64>
  %r = framework.constant dense<16> : tensor<1xi64>
  %s = framework.onnx.Shape(%x) {version = 13} : (tensor<?x4x4xf32>) -> tensor<3xi64>
  %b = framework.onnx.Gather(%s, %i) {version = 13} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  %t = framework.onnx.Concat(%b, %r) {version = 13, axis = 0} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %0 = framework.onnx.Reshape(%x, %t) {version = 14} : (tensor<?x4x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----
// Bounds of Clip moved from attributes to operands at version 11; constants are properties here.
// CHECK-LABEL: @clip
// CHECK:         inference.clamp %{{.*}} low 0.0 high 6.0
// CHECK:         inference.clamp %{{.*}} low 0.0 high 6.0
func.func @clip(%x: tensor<4xf32>) -> tensor<4xf32> {
  %low = framework.constant dense<0.0> : tensor<f32>
  %high = framework.constant dense<6.0> : tensor<f32>
  %0 = framework.onnx.Clip(%x) {version = 6, min = 0.0, max = 6.0} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = framework.onnx.Clip(%0, %low, %high) {version = 13} : (tensor<4xf32>, tensor<f32>, tensor<f32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// A call has the types that were inferred in the function it calls.
// CHECK-LABEL: @caller
// CHECK-SAME:    -> tensor<4xf32>
// CHECK:         call @twice(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32>
func.func @caller(%x: tensor<4xf32>) -> tensor<*xf32> {
  %0 = func.call @twice(%x) : (tensor<4xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
func.func private @twice(%x: tensor<4xf32>) -> tensor<*xf32> {
  %0 = framework.onnx.Add(%x, %x) {version = 14} : (tensor<4xf32>, tensor<4xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----
// What a branch sees is converted where it stands; both branches' types are joined.
// CHECK-LABEL: @if
// CHECK:         inference.if %{{.*}} {
// CHECK:           %[[R:.+]] = inference.relu
// CHECK:           inference.yield %[[R]]
// CHECK:         } {
// CHECK:           inference.neg
// CHECK:         } : (tensor<i1>) -> tensor<4xf32>
func.func @if(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<*xf32> {
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    %1 = framework.onnx.Relu(%x) {version = 14} : (tensor<4xf32>) -> tensor<*xf32>
    framework.yield %1 : tensor<*xf32>
  } else_branch {
    %2 = framework.onnx.Neg(%x) {version = 13} : (tensor<4xf32>) -> tensor<*xf32>
    framework.yield %2 : tensor<*xf32>
  } : (tensor<i1>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----
// A known condition leaves one branch; what the other one has need not be convertible.
// CHECK-LABEL: @known_condition
// CHECK-NOT:     inference.if
// CHECK:         %[[Y:.+]] = inference.neg
// CHECK-NEXT:    return %[[Y]]
func.func @known_condition(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = framework.constant dense<true> : tensor<i1>
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    %1 = framework.onnx.Neg(%x) {version = 13} : (tensor<4xf32>) -> tensor<4xf32>
    framework.yield %1 : tensor<4xf32>
  } else_branch {
    %2 = framework.custom "FusedThing" from "com.acme" version 1 (%x) : (tensor<4xf32>) -> tensor<4xf32>
    framework.yield %2 : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// A spectrum of a known length is a convolution with the windowed Fourier matrix: 4 bins of two numbers each, a stride for the step.
// CHECK-LABEL: @stft
// CHECK:         %[[FRAMES:.+]] = inference.conv %{{.+}}, %{{.+}} strides [5] : (tensor<2x1x?xf32>, tensor<8x1x6xf32>)
// CHECK:         inference.transpose %[[FRAMES]] permutation [0, 2, 1]
// CHECK-NEXT:    inference.reshape %{{.+}} shape [{{.+}}, 4, 2]
func.func @stft(%x: tensor<2x?xf32>) -> tensor<2x?x4x2xf32> {
  %none = framework.none
  %step = framework.constant dense<5> : tensor<i64>
  %length = framework.constant dense<6> : tensor<i64>
  %0 = framework.onnx.STFT(%x, %step, %none, %length) {version = 17, onesided = 1} : (tensor<2x?xf32>, tensor<i64>, none, tensor<i64>) -> tensor<2x?x4x2xf32>
  return %0 : tensor<2x?x4x2xf32>
}
