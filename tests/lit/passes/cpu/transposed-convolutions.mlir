// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Stride 2, 4 taps: each of the 2 x 2 phases sees 2 x 2 taps, so one convolution has all of them as channels, on a grid one larger than x.
// Which part of it a phase is depends on the padding; they take turns in the result.
// CHECK-LABEL: @jointly
// CHECK:         %[[P:.+]] = cpu.pack_conv2d {{.+}} : (tensor<64x8x2x2xf32>)
// CHECK:         %[[Z:.+]] = cpu.conv2d %{{.+}}, %[[P]], %{{.+}} pads [1, 1, 1, 1] channels 64 {
// CHECK:           arith.addf
// CHECK:         -> tensor<?x6x7x64xf32>
// CHECK:         cpu.slice %[[Z]] axis 1 size 5
// CHECK:         cpu.slice %{{.+}} axis 2 size 6
// CHECK:         %[[A:.+]] = cpu.slice %{{.+}} axis 3 start 48 size 16
// CHECK:         cpu.slice %[[Z]] axis 1 start 1 size 5
// CHECK:         %[[Y:.+]] = cpu.interleave %[[A]], %{{.+}} factors [1, 2, 2, 1] : {{.+}} -> tensor<?x10x12x16xf32>
// CHECK:         cpu.transpose %[[Y]] permutation [0, 3, 1, 2]
func.func @jointly(%x: tensor<?x8x5x6xf32>) -> tensor<?x16x10x12xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<8x16x4x4xf32>
  %b = inference.constant dense<0.5> : tensor<16xf32>
  %0 = inference.conv_transpose %x, %w bias %b strides [2, 2] pads [1, 1, 1, 1] : (tensor<?x8x5x6xf32>, tensor<8x16x4x4xf32>, tensor<16xf32>) -> tensor<?x16x10x12xf32>
  return %0 : tensor<?x16x10x12xf32>
}

// -----
// Of 3 taps a phase sees 2 or 1: each is a convolution of its own, with its own filter out of the whole one, backwards.
// CHECK-LABEL: @apart
// CHECK-NOT:     cpu.transpose
// CHECK:         cpu.pack_conv2d {{.+}} -> tensor<1x1x1x8x16xf32>
// CHECK:         cpu.conv2d {{.+}} channels 16
// CHECK:         cpu.pack_conv2d {{.+}} -> tensor<1x1x2x8x16xf32>
// CHECK:         cpu.conv2d {{.+}} pads [0, 0, 0, 1] channels 16
// CHECK:         cpu.pack_conv2d {{.+}} -> tensor<1x2x1x8x16xf32>
// CHECK:         cpu.conv2d {{.+}} pads [0, 0, 1, 0] channels 16
// CHECK:         cpu.pack_conv2d {{.+}} -> tensor<1x2x2x8x16xf32>
// CHECK:         cpu.conv2d {{.+}} pads [0, 0, 1, 1] channels 16
// CHECK:         cpu.interleave {{.+}} factors [1, 2, 2, 1] : {{.+}} -> tensor<1x10x12x16xf32>
func.func @apart(%x: tensor<1x5x6x8xf32>) -> tensor<1x10x12x16xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<8x3x3x16xf32>
  %0 = inference.conv_transpose %x, %w strides [2, 2] pads [1, 1, 1, 1] out_pads [1, 1] layout nhwc : (tensor<1x5x6x8xf32>, tensor<8x3x3x16xf32>) -> tensor<1x10x12x16xf32>
  return %0 : tensor<1x10x12x16xf32>
}

// -----
// A filter of its own for every channel; a line is an image of one row.
// CHECK-LABEL: @depthwise_line
// CHECK:         %[[X:.+]] = cpu.reshape %{{.+}} shape [2, 1, 9, 4]
// CHECK:         cpu.dwconv2d %[[X]]
// CHECK:         cpu.dwconv2d %[[X]]
// CHECK:         cpu.reshape %{{.+}} shape [2, 19, 4] : (tensor<2x1x19x4xf32>) -> tensor<2x19x4xf32>
func.func @depthwise_line(%x: tensor<2x9x4xf32>) -> tensor<2x19x4xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<4x3x1xf32>
  %0 = inference.conv_transpose %x, %w strides [2] groups 4 layout nhwc : (tensor<2x9x4xf32>, tensor<4x3x1xf32>) -> tensor<2x19x4xf32>
  return %0 : tensor<2x19x4xf32>
}

// -----
// Without strides there is one phase, and nothing takes turns.
// CHECK-LABEL: @stride_1
// CHECK:         cpu.conv2d %{{.+}} pads [3, 3, 3, 3] channels 512
// CHECK-NOT:     interleave
func.func @stride_1(%x: tensor<1x1x1x100xf32>) -> tensor<1x4x4x512xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<100x4x4x512xf32>
  %0 = inference.conv_transpose %x, %w layout nhwc : (tensor<1x1x1x100xf32>, tensor<100x4x4x512xf32>) -> tensor<1x4x4x512xf32>
  return %0 : tensor<1x4x4x512xf32>
}

// -----
// What has no such kernel is computed element by element: volumes, other elements, filters that are computed.
// CHECK-LABEL: @element_by_element
// CHECK-COUNT-3: cpu.generate
func.func @element_by_element(%x: tensor<1x2x4x4x4xf32>, %y: tensor<1x2x4x4xf64>, %v: tensor<1x2x4x4xf32>, %w: tensor<2x3x2x2xf32>)
    -> (tensor<1x3x8x8x8xf32>, tensor<1x3x8x8xf64>, tensor<1x3x8x8xf32>) {
  %a = inference.constant #inference.weight<"a"> : tensor<2x3x2x2x2xf32>
  %b = inference.constant #inference.weight<"b"> : tensor<2x3x2x2xf64>
  %0 = inference.conv_transpose %x, %a strides [2, 2, 2] : (tensor<1x2x4x4x4xf32>, tensor<2x3x2x2x2xf32>) -> tensor<1x3x8x8x8xf32>
  %1 = inference.conv_transpose %y, %b strides [2, 2] : (tensor<1x2x4x4xf64>, tensor<2x3x2x2xf64>) -> tensor<1x3x8x8xf64>
  %3 = inference.conv_transpose %v, %w strides [2, 2] : (tensor<1x2x4x4xf32>, tensor<2x3x2x2xf32>) -> tensor<1x3x8x8xf32>
  return %0, %1, %3 : tensor<1x3x8x8x8xf32>, tensor<1x3x8x8xf64>, tensor<1x3x8x8xf32>
}

// -----
// An image of any size: the phases are channels of one convolution on a grid one larger than x, and then go to their positions.
// CHECK-LABEL: @any_image
// CHECK:         %[[Z:.+]] = cpu.conv2d %{{.+}} pads [1, 1, 1, 1] channels 64 {
// CHECK:         %[[Y:.+]] = cpu.depth_to_space %[[Z]] block [2, 2] crops [1, 1, 1, 1] {
// CHECK:         return %[[Y]]
func.func @any_image(%x: tensor<?x?x?x8xf32>) -> tensor<?x?x?x16xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<8x4x4x16xf32>
  %0 = inference.conv_transpose %x, %w strides [2, 2] pads [1, 1, 1, 1] layout nhwc : (tensor<?x?x?x8xf32>, tensor<8x4x4x16xf32>) -> tensor<?x?x?x16xf32>
  return %0 : tensor<?x?x?x16xf32>
}

// -----
// With many channels each phase is a convolution with the taps that it sees; side by side they are the same image of phases.
// CHECK-LABEL: @any_image_of_many_channels
// CHECK-COUNT-4: cpu.conv2d {{.+}} channels 16
// CHECK:         %[[Z:.+]] = cpu.concat {{.+}} axis 3 : {{.+}} -> tensor<?x?x?x64xf32>
// CHECK:         cpu.depth_to_space %[[Z]] block [2, 2]
func.func @any_image_of_many_channels(%x: tensor<?x?x?x64xf32>) -> tensor<?x?x?x16xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<64x3x3x16xf32>
  %0 = inference.conv_transpose %x, %w strides [2, 2] pads [1, 1, 1, 1] out_pads [1, 1] layout nhwc : (tensor<?x?x?x64xf32>, tensor<64x3x3x16xf32>) -> tensor<?x?x?x16xf32>
  return %0 : tensor<?x?x?x16xf32>
}

// -----
// A phase without taps is zero: not known without the size of x where groups keep the phases apart.
// CHECK-LABEL: @hollow
// CHECK:         cpu.generate
func.func @hollow(%x: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<8x1x1x4xf32>
  %0 = inference.conv_transpose %x, %w strides [2, 2] groups 2 layout nhwc : (tensor<?x?x?x8xf32>, tensor<8x1x1x4xf32>) -> tensor<?x?x?x8xf32>
  return %0 : tensor<?x?x?x8xf32>
}
