// RUN: infer-opt %s --pass-pipeline='builtin.module(cpu-none)' | filecheck %s

// Without optimisation every op is a launch of its own, on one arena all the same.
// CHECK-LABEL: func.func @main
// CHECK:         cpu.launch @conv
// CHECK:         cpu.launch @map
// CHECK-NOT:     inference.
func.func @main(%x: tensor<1x2x4x4xf32> {inference.name = "x"}) -> (tensor<1x2x4x4xf32> {inference.name = "y"}) {
  %w = inference.constant dense<0.5> : tensor<2x2x3x3xf32>
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] : (tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.relu %0 : tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}
