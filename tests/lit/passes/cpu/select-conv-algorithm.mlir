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
