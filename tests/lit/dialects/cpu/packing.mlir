// RUN: infer-opt %s | infer-opt - | filecheck %s

// Panels of output channels lie side by side; what is missing to the last panel is zero.
// CHECK-LABEL: @packing
// CHECK:         cpu.pack_conv2d %{{.+}} groups 2 : (tensor<40x3x5x7xf32>) -> tensor<4x5x7x3x16xf32>
// CHECK:         cpu.pack_conv2d %{{.+}} panel 64 layout nhwc : (tensor<40x3x5x7xf32>) -> tensor<1x3x5x7x64xf32>
// CHECK:         cpu.pack_dwconv2d %{{.+}} : (tensor<8x1x3x5xf32>) -> tensor<3x5x8xf32>
// CHECK:         cpu.pack_gemm %{{.+}} transposed : (tensor<40x12xf32>) -> tensor<3x12x16xf32>
func.func @packing(%w: tensor<40x3x5x7xf32>, %d: tensor<8x1x3x5xf32>, %m: tensor<40x12xf32>) -> (tensor<4x5x7x3x16xf32>, tensor<1x3x5x7x64xf32>, tensor<3x5x8xf32>, tensor<3x12x16xf32>) {
  %0 = cpu.pack_conv2d %w groups 2 : (tensor<40x3x5x7xf32>) -> tensor<4x5x7x3x16xf32>
  %1 = cpu.pack_conv2d %w panel 64 layout nhwc : (tensor<40x3x5x7xf32>) -> tensor<1x3x5x7x64xf32>
  %2 = cpu.pack_dwconv2d %d : (tensor<8x1x3x5xf32>) -> tensor<3x5x8xf32>
  %3 = cpu.pack_gemm %m transposed : (tensor<40x12xf32>) -> tensor<3x12x16xf32>
  return %0, %1, %2, %3 : tensor<4x5x7x3x16xf32>, tensor<1x3x5x7x64xf32>, tensor<3x5x8xf32>, tensor<3x12x16xf32>
}

// The units of every gate lie side by side in a panel.
// CHECK-LABEL: @gates
// CHECK:         cpu.pack_gates %{{.+}} gates 4 units 32 : (tensor<2x160x40xf32>) -> tensor<4x40x128xf32>
func.func @gates(%r: tensor<2x160x40xf32>) -> tensor<4x40x128xf32> {
  %0 = cpu.pack_gates %r gates 4 units 32 : (tensor<2x160x40xf32>) -> tensor<4x40x128xf32>
  return %0 : tensor<4x40x128xf32>
}
