// RUN: infer-opt %s --pass-pipeline='builtin.module(cpu-layout)' | filecheck %s

// The activation is part of the convolution's kernel; the graph is transposed once on its way in and once on its way out.
// CHECK-LABEL: func.func @main
// CHECK:         cpu.launch @transpose
// CHECK:         cpu.launch @conv
// CHECK-NOT:     cpu.launch @map
// CHECK:         cpu.launch @conv
// CHECK:         cpu.launch @transpose
// CHECK-NOT:     cpu.launch
func.func @main(%x: tensor<1x3x8x8xf32> {inference.name = "x"}) -> (tensor<1x3x8x8xf32> {inference.name = "y"}) {
  %w = inference.constant dense<0.5> : tensor<3x3x3x3xf32>
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] : (tensor<1x3x8x8xf32>, tensor<3x3x3x3xf32>) -> tensor<1x3x8x8xf32>
  %1 = inference.relu %0 : tensor<1x3x8x8xf32>
  %2 = inference.conv %1, %w pads [1, 1, 1, 1] : (tensor<1x3x8x8xf32>, tensor<3x3x3x3xf32>) -> tensor<1x3x8x8xf32>
  return %2 : tensor<1x3x8x8xf32>
}
