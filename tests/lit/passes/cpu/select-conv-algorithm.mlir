// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(select-conv-algorithm))' --split-input-file | filecheck %s

// A 1x1 convolution of every pixel is a matrix product; its epilogue goes along.
// CHECK-LABEL: @pointwise
// CHECK:         %[[W:.+]] = cpu.pack_gemm %{{.+}} transposed
// CHECK:         cpu.gemm %{{.+}}, %[[W]], %{{.+}} columns 24 {
// CHECK:           arith.addf
func.func @pointwise(%x: tensor<1x8x8x16xf32>, %b: tensor<24xf32>) -> tensor<1x8x8x24xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<24x16x1x1xf32>
  %p = cpu.pack_conv2d %w : (tensor<24x16x1x1xf32>) -> tensor<2x1x1x16x16xf32>
  %y = cpu.conv2d %x, %p, %b channels 24 {
  ^bb0(%acc: f32, %bias: f32):
    %s = arith.addf %acc, %bias : f32
    cpu.yield %s : f32
  } : (tensor<1x8x8x16xf32>, tensor<2x1x1x16x16xf32>, tensor<24xf32>) -> tensor<1x8x8x24xf32>
  return %y : tensor<1x8x8x24xf32>
}

// -----
// What looks at neighbours, skips pixels, has computed weights or is packed already stays a convolution.
// CHECK-LABEL: @convolutions
// CHECK-COUNT-4: cpu.conv2d
// CHECK-NOT:     cpu.gemm
func.func @convolutions(%x: tensor<1x8x8x16xf32>, %c: tensor<16x16x1x1xf32>, %q: tensor<1x1x1x16x16xf32>) -> (tensor<1x6x6x16xf32>, tensor<1x4x4x16xf32>, tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<16x16x3x3xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<16x16x1x1xf32>
  %0 = cpu.pack_conv2d %w : (tensor<16x16x3x3xf32>) -> tensor<1x3x3x16x16xf32>
  %1 = cpu.conv2d %x, %0 channels 16 {} : (tensor<1x8x8x16xf32>, tensor<1x3x3x16x16xf32>) -> tensor<1x6x6x16xf32>
  %2 = cpu.pack_conv2d %v : (tensor<16x16x1x1xf32>) -> tensor<1x1x1x16x16xf32>
  %3 = cpu.conv2d %x, %2 strides [2, 2] channels 16 {} : (tensor<1x8x8x16xf32>, tensor<1x1x1x16x16xf32>) -> tensor<1x4x4x16xf32>
  %4 = cpu.pack_conv2d %c : (tensor<16x16x1x1xf32>) -> tensor<1x1x1x16x16xf32>
  %5 = cpu.conv2d %x, %4 channels 16 {} : (tensor<1x8x8x16xf32>, tensor<1x1x1x16x16xf32>) -> tensor<1x8x8x16xf32>
  %6 = cpu.conv2d %x, %q channels 16 {} : (tensor<1x8x8x16xf32>, tensor<1x1x1x16x16xf32>) -> tensor<1x8x8x16xf32>
  return %1, %3, %5, %6 : tensor<1x6x6x16xf32>, tensor<1x4x4x16xf32>, tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>
}

// -----
// A 3x3 window at every pixel goes through Winograd's algorithm, 4x4 outputs at a time; its epilogue goes along.
// CHECK-LABEL: @winograd
// CHECK:         %[[P:.+]] = cpu.pack_winograd %{{.+}} layout nhwc : (tensor<48x3x3x32xf32>) -> tensor<36x3x32x16xf32>
// CHECK:         cpu.winograd_conv2d %{{.+}}, %[[P]], %{{.+}} channels 48 pads [1, 1, 1, 1] {
// CHECK:           arith.addf
func.func @winograd(%x: tensor<?x8x8x32xf32>, %b: tensor<48xf32>) -> tensor<?x8x8x48xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<48x3x3x32xf32>
  %p = cpu.pack_conv2d %w layout nhwc : (tensor<48x3x3x32xf32>) -> tensor<3x3x3x32x16xf32>
  %y = cpu.conv2d %x, %p, %b pads [1, 1, 1, 1] channels 48 {
  ^bb0(%acc: f32, %bias: f32):
    %s = arith.addf %acc, %bias : f32
    cpu.yield %s : f32
  } : (tensor<?x8x8x32xf32>, tensor<3x3x3x32x16xf32>, tensor<48xf32>) -> tensor<?x8x8x48xf32>
  return %y : tensor<?x8x8x48xf32>
}

// -----
// Many filters over few tiles: 2x2 outputs at a time, because the transformed filters are read once for each image.
// CHECK-LABEL: @many_filters
// CHECK:         cpu.pack_winograd %{{.+}} tile 2 : (tensor<256x256x3x3xf32>) -> tensor<16x16x256x16xf32>
// CHECK:         cpu.winograd_conv2d {{.+}} tile 2
func.func @many_filters(%x: tensor<1x8x8x256xf32>) -> tensor<1x8x8x256xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<256x256x3x3xf32>
  %p = cpu.pack_conv2d %w : (tensor<256x256x3x3xf32>) -> tensor<16x3x3x256x16xf32>
  %y = cpu.conv2d %x, %p pads [1, 1, 1, 1] channels 256 {} : (tensor<1x8x8x256xf32>, tensor<16x3x3x256x16xf32>) -> tensor<1x8x8x256xf32>
  return %y : tensor<1x8x8x256xf32>
}

// -----
// Groups, windows that skip pixels, few channels, images smaller than a tile and computed filters stay as they are.
// CHECK-LABEL: @direct
// CHECK-NOT:     winograd
func.func @direct(%x: tensor<1x8x8x32xf32>, %small: tensor<1x3x3x32xf32>, %few: tensor<1x8x8x16xf32>, %v: tensor<32x32x3x3xf32>) -> (tensor<1x6x6x32xf32>, tensor<1x3x3x32xf32>, tensor<1x4x4x32xf32>, tensor<1x3x3x32xf32>, tensor<1x6x6x32xf32>, tensor<1x6x6x32xf32>) {
  %g = inference.constant #inference.weight<"g"> : tensor<32x16x3x3xf32>
  %w = inference.constant #inference.weight<"w"> : tensor<32x32x3x3xf32>
  %pg = cpu.pack_conv2d %g groups 2 : (tensor<32x16x3x3xf32>) -> tensor<2x3x3x16x16xf32>
  %0 = cpu.conv2d %x, %pg groups 2 channels 32 {} : (tensor<1x8x8x32xf32>, tensor<2x3x3x16x16xf32>) -> tensor<1x6x6x32xf32>
  %pw = cpu.pack_conv2d %w : (tensor<32x32x3x3xf32>) -> tensor<2x3x3x32x16xf32>
  %1 = cpu.conv2d %x, %pw strides [2, 2] channels 32 {} : (tensor<1x8x8x32xf32>, tensor<2x3x3x32x16xf32>) -> tensor<1x3x3x32xf32>
  %2 = cpu.conv2d %x, %pw dilations [2, 2] channels 32 {} : (tensor<1x8x8x32xf32>, tensor<2x3x3x32x16xf32>) -> tensor<1x4x4x32xf32>
  %3 = cpu.conv2d %small, %pw pads [1, 1, 1, 1] channels 32 {} : (tensor<1x3x3x32xf32>, tensor<2x3x3x32x16xf32>) -> tensor<1x3x3x32xf32>
  %pf = cpu.pack_conv2d %g : (tensor<32x16x3x3xf32>) -> tensor<2x3x3x16x16xf32>
  %4 = cpu.conv2d %few, %pf channels 32 {} : (tensor<1x8x8x16xf32>, tensor<2x3x3x16x16xf32>) -> tensor<1x6x6x32xf32>
  %pv = cpu.pack_conv2d %v : (tensor<32x32x3x3xf32>) -> tensor<2x3x3x32x16xf32>
  %5 = cpu.conv2d %x, %pv channels 32 {} : (tensor<1x8x8x32xf32>, tensor<2x3x3x32x16xf32>) -> tensor<1x6x6x32xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<1x6x6x32xf32>, tensor<1x3x3x32xf32>, tensor<1x4x4x32xf32>, tensor<1x3x3x32xf32>, tensor<1x6x6x32xf32>, tensor<1x6x6x32xf32>
}

// -----
// The transforms are written for single precision.
// CHECK-LABEL: @halves
// CHECK-NOT:     winograd
func.func @halves(%x: tensor<1x8x8x32xf32>) -> tensor<1x6x6x32xf16> {
  %w = inference.constant #inference.weight<"w"> : tensor<32x32x3x3xf32>
  %p = cpu.pack_conv2d %w : (tensor<32x32x3x3xf32>) -> tensor<2x3x3x32x16xf32>
  %y = cpu.conv2d %x, %p channels 32 {
  ^bb0(%acc: f32):
    %0 = arith.truncf %acc : f32 to f16
    cpu.yield %0 : f16
  } : (tensor<1x8x8x32xf32>, tensor<2x3x3x32x16xf32>) -> tensor<1x6x6x32xf16>
  return %y : tensor<1x6x6x32xf16>
}

// -----
// An image of any size: tile 4, tile 2 where its filters alone stay in the cache, and the direct form where neither do.
// CHECK-LABEL: @any_image
// CHECK:         cpu.pack_winograd %{{.+}} : (tensor<64x32x3x3xf32>) -> tensor<36x
// CHECK:         cpu.pack_winograd %{{.+}} tile 2 : (tensor<256x224x3x3xf32>) -> tensor<16x
// CHECK:         cpu.conv2d
// CHECK-NOT:     winograd
func.func @any_image(%x: tensor<?x?x?x32xf32>, %y: tensor<1x?x20x224xf32>, %z: tensor<1x?x?x512xf32>) -> (tensor<?x?x?x64xf32>, tensor<1x?x20x256xf32>, tensor<1x?x?x512xf32>) {
  %a = inference.constant #inference.weight<"a"> : tensor<64x32x3x3xf32>
  %b = inference.constant #inference.weight<"b"> : tensor<256x224x3x3xf32>
  %c = inference.constant #inference.weight<"c"> : tensor<512x512x3x3xf32>
  %pa = cpu.pack_conv2d %a : (tensor<64x32x3x3xf32>) -> tensor<4x3x3x32x16xf32>
  %pb = cpu.pack_conv2d %b : (tensor<256x224x3x3xf32>) -> tensor<16x3x3x224x16xf32>
  %pc = cpu.pack_conv2d %c : (tensor<512x512x3x3xf32>) -> tensor<32x3x3x512x16xf32>
  %0 = cpu.conv2d %x, %pa pads [1, 1, 1, 1] channels 64 {} : (tensor<?x?x?x32xf32>, tensor<4x3x3x32x16xf32>) -> tensor<?x?x?x64xf32>
  %1 = cpu.conv2d %y, %pb pads [1, 1, 1, 1] channels 256 {} : (tensor<1x?x20x224xf32>, tensor<16x3x3x224x16xf32>) -> tensor<1x?x20x256xf32>
  %2 = cpu.conv2d %z, %pc pads [1, 1, 1, 1] channels 512 {} : (tensor<1x?x?x512xf32>, tensor<32x3x3x512x16xf32>) -> tensor<1x?x?x512xf32>
  return %0, %1, %2 : tensor<?x?x?x64xf32>, tensor<1x?x20x256xf32>, tensor<1x?x?x512xf32>
}

// -----
// The transforms would mix a NaN among the weights with the others, also where only padding meets it.
// CHECK-LABEL: @not_finite
// CHECK-NOT:     winograd
func.func @not_finite(%x: tensor<1x8x8x32xf32>) -> tensor<1x6x6x32xf32> {
  %w = inference.constant dense<0x7FC00000> : tensor<32x32x3x3xf32>
  %p = cpu.pack_conv2d %w : (tensor<32x32x3x3xf32>) -> tensor<2x3x3x32x16xf32>
  %y = cpu.conv2d %x, %p channels 32 {} : (tensor<1x8x8x32xf32>, tensor<2x3x3x32x16xf32>) -> tensor<1x6x6x32xf32>
  return %y : tensor<1x6x6x32xf32>
}
