// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-framework-to-inference)' --split-input-file | filecheck %s

// Images stay [N, H, W, C]; padding SAME becomes numbers, the odd element at the end; the activation follows.
// CHECK-LABEL: @conv
// CHECK-NOT:     transpose
// CHECK:         %[[Y:.+]] = inference.conv %{{.*}}, %{{.*}} bias %{{.*}} strides [2, 2] pads [0, 0, 1, 1] layout nhwc
// CHECK:         inference.clamp %[[Y]] low 0.0 high 6.0
func.func @conv(%x: tensor<1x8x8x3xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
  %y = framework.tfl.CONV_2D(%x, %w, %b) {stride_w = 2, stride_h = 2, fused_activation_function = "RELU6"} : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  return %y : tensor<1x4x4x4xf32>
}

// -----
// A filter for each channel is a group for each channel; a multiplier of 2 gives two results a group.
// CHECK-LABEL: @depthwise
// CHECK:         inference.conv %{{.*}}, %{{.*}} groups 3 layout nhwc : (tensor<1x8x8x3xf32>, tensor<6x3x3x1xf32>) -> tensor<1x6x6x6xf32>
func.func @depthwise(%x: tensor<1x8x8x3xf32>, %w: tensor<1x3x3x6xf32>) -> tensor<1x6x6x6xf32> {
  %y = framework.tfl.DEPTHWISE_CONV_2D(%x, %w) {padding = "VALID", stride_w = 1, stride_h = 1, depth_multiplier = 2} : (tensor<1x8x8x3xf32>, tensor<1x3x3x6xf32>) -> tensor<1x6x6x6xf32>
  return %y : tensor<1x6x6x6xf32>
}

// -----
// A dynamic size is padded by an op of its own.
// CHECK-LABEL: @dynamic_same
// CHECK:         %[[P:.+]] = inference.pad %{{.*}} pads %{{.*}}
// CHECK:         inference.conv %[[P]], %{{.*}} strides [2, 2] layout nhwc
func.func @dynamic_same(%x: tensor<1x?x?x3xf32> {inference.dims = [1, "h", "w", 3]}, %w: tensor<4x3x3x3xf32>) -> tensor<1x?x?x4xf32> {
  %y = framework.tfl.CONV_2D(%x, %w) {stride_w = 2, stride_h = 2} : (tensor<1x?x?x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x?x?x4xf32>
  return %y : tensor<1x?x?x4xf32>
}

// -----
// Bits of the masks: begin of axis 0 is its first element, axis 1 goes, an axis of 1 comes in front.
// CHECK-LABEL: @strided_slice
// CHECK:         %[[S:.+]] = inference.slice %{{.*}} starts [0, 1] ends [2, 2] axes [0, 1] : (tensor<4x5xf32>) -> tensor<2x1xf32>
// CHECK:         inference.reshape %[[S]] shape [1, 2] : (tensor<2x1xf32>) -> tensor<1x2xf32>
func.func @strided_slice(%x: tensor<4x5xf32>) -> tensor<1x2xf32> {
  %b = framework.constant dense<[0, 3, 1]> : tensor<3xi32>
  %e = framework.constant dense<[0, 2, 3]> : tensor<3xi32>
  %s = framework.constant dense<1> : tensor<3xi32>
  %y = framework.tfl.STRIDED_SLICE(%x, %b, %e, %s) {begin_mask = 2, shrink_axis_mask = 4, new_axis_mask = 1} : (tensor<4x5xf32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----
// The condition of a loop is computed of what goes in, and at the end of each run of what comes out.
// CHECK-LABEL: @while
// CHECK:         %[[C:.+]] = inference.compare %[[X:.+]], %{{.*}} pred lt
// CHECK:         inference.loop
// CHECK:           %[[N:.+]] = inference.add
// CHECK:           %[[G:.+]] = inference.compare %[[N]], %{{.*}} pred lt
// CHECK:           inference.yield %[[G]], %[[N]]
func.func @while(%x: tensor<i32>) -> tensor<i32> {
  %y = framework.tfl.WHILE(%x) condition(%a: tensor<i32>) {
    %l = framework.constant dense<9> : tensor<i32>
    %c = framework.tfl.LESS(%a, %l) : (tensor<i32>, tensor<i32>) -> tensor<i1>
    framework.yield %c : tensor<i1>
  } body(%a: tensor<i32>) {
    %o = framework.constant dense<2> : tensor<i32>
    %n = framework.tfl.ADD(%a, %o) : (tensor<i32>, tensor<i32>) -> tensor<i32>
    framework.yield %n : tensor<i32>
  } : (tensor<i32>) -> tensor<i32>
  return %y : tensor<i32>
}

// -----
// Quantised operands are multiplied as the integers they are; the sum is scaled in fixed point, with one factor a channel, and cut by the activation.
// CHECK-LABEL: @int8
// CHECK:         %[[X:.+]] = inference.sub %{{.*}}, %{{.*}} : (tensor<2x4xi32>, tensor<i32>) -> tensor<2x4xi32>
// CHECK:         %[[T:.+]] = inference.matmul %[[X]], %{{.*}} transpose_b : (tensor<2x4xi32>, tensor<3x4xi32>) -> tensor<2x3xi32>
// CHECK:         inference.requantize %[[T]], %{{.*}}, %{{.*}} zero_point -4 low -4 high 127 to i8 : (tensor<2x3xi32>, tensor<3xi32>, tensor<3xi32>)
func.func @int8(%x: tensor<2x4xi8>, %w: tensor<3x4xi8>) -> tensor<2x3xi8> {
  %y = framework.tfl.FULLY_CONNECTED(%x, %w) {fused_activation_function = "RELU", quantization = [#framework.quantized<[0.5], [3], 0>, #framework.quantized<[0.25, 0.5, 0.75], [0, 0, 0], 0>, #framework.quantized<[1.0], [-4], 0>]} : (tensor<2x4xi8>, tensor<3x4xi8>) -> tensor<2x3xi8>
  return %y : tensor<2x3xi8>
}
