// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Channels come last inside, the filter is packed, the bias is added on the accumulators.
// CHECK-LABEL: @conv_nchw
// CHECK:         %[[X:.+]] = cpu.transpose %{{.+}} permutation [0, 2, 3, 1]
// CHECK:         %[[P:.+]] = cpu.pack_conv2d
// CHECK:         %[[Y:.+]] = cpu.conv2d %[[X]], %[[P]], %{{.+}} strides [2, 2] pads [1, 1, 1, 1] channels 8
// CHECK:         arith.addf
// CHECK:         cpu.transpose %[[Y]] permutation [0, 3, 1, 2]
func.func @conv_nchw(%x: tensor<1x3x6x6xf32>, %w: tensor<8x3x3x3xf32>, %b: tensor<8xf32>) -> tensor<1x8x3x3xf32> {
  %0 = inference.conv %x, %w bias %b strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x3x6x6xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>) -> tensor<1x8x3x3xf32>
  return %0 : tensor<1x8x3x3xf32>
}

// -----
// In NHWC nothing is moved.
// CHECK-LABEL: @conv_nhwc
// CHECK-NOT:     transpose
// CHECK:         cpu.pack_conv2d %{{.+}} groups 2 layout nhwc
// CHECK:         cpu.conv2d {{.+}} channels 8 groups 2
// CHECK-NOT:     transpose
func.func @conv_nhwc(%x: tensor<1x6x6x4xf32>, %w: tensor<8x3x3x2xf32>) -> tensor<1x4x4x8xf32> {
  %0 = inference.conv %x, %w groups 2 layout nhwc : (tensor<1x6x6x4xf32>, tensor<8x3x3x2xf32>) -> tensor<1x4x4x8xf32>
  return %0 : tensor<1x4x4x8xf32>
}

// -----
// A filter of its own for every channel has a kernel of its own.
// CHECK-LABEL: @depthwise
// CHECK:         cpu.pack_dwconv2d
// CHECK:         cpu.dwconv2d
func.func @depthwise(%x: tensor<1x4x6x6xf32>, %w: tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32> {
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] groups 4 : (tensor<1x4x6x6xf32>, tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32>
  return %0 : tensor<1x4x6x6xf32>
}

// -----
// One map for each elementwise op; a constant of one element becomes a number in the region.
// CHECK-LABEL: @elementwise
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<2x4xf32>, %[[Y:[a-z]+]]:
// CHECK:         cpu.map %[[X]], %[[Y]] {
// CHECK:         arith.addf
// CHECK:         cpu.map %{{.+}} {
// CHECK:         %[[C:.+]] = arith.constant 2.500000e+00
// CHECK:         arith.mulf %{{.+}}, %[[C]]
// CHECK:         (tensor<2x4xf32>) -> tensor<2x4xf32>
func.func @elementwise(%x: tensor<2x4xf32>, %y: tensor<4xf32>) -> tensor<2x4xf32> {
  %c = inference.constant dense<2.5> : tensor<1xf32>
  %0 = inference.add %x, %y : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %1 = inference.mul %0, %c : (tensor<2x4xf32>, tensor<1xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----
// A batch norm that no convolution took is one map; its statistics follow the channels' axis.
// CHECK-LABEL: @batch_norm
// CHECK:         cpu.reshape %{{.+}} shape [4, 1, 1]
// CHECK:         cpu.map
// CHECK:         math.sqrt
func.func @batch_norm(%x: tensor<1x4x3x3xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>) -> tensor<1x4x3x3xf32> {
  %v = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = inference.batch_norm %x, %s, %b, %m, %v : (tensor<1x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// -----
// Moving ops keep their meaning, dynamic dimensions included.
// CHECK-LABEL: @moving
// CHECK:         cpu.transpose %{{.+}} permutation [0, 2, 1]
// CHECK:         cpu.reshape %{{.+}} shape [-1, 12] : (tensor<?x3x4xf32>) -> tensor<?x12xf32>
func.func @moving(%x: tensor<?x4x3xf32> {inference.dims = ["batch", 4, 3]}) -> tensor<?x12xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1] : (tensor<?x4x3xf32>) -> tensor<?x3x4xf32>
  %1 = inference.reshape %0 shape [-1, 12] : (tensor<?x3x4xf32>) -> tensor<?x12xf32>
  return %1 : tensor<?x12xf32>
}
