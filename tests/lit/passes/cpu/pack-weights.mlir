// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(pack-weights))' --split-input-file | filecheck %s

// Constant weights are packed when the package is written: the text says how, nothing is computed yet.
// CHECK-LABEL: @constant_weights
// CHECK-NOT:     = cpu.pack
// CHECK:         %[[P:.+]] = inference.constant #inference.fold<cpu.pack_gemm(#inference.weight<"w">)
// CHECK:         cpu.gemm %{{.+}}, %[[P]]
func.func @constant_weights(%x: tensor<2x32xf32>) -> tensor<2x40xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<32x40xf32>
  %p = cpu.pack_gemm %w panel 16 : (tensor<32x40xf32>) -> tensor<3x32x16xf32>
  %y = cpu.gemm %x, %p columns 40 {} : (tensor<2x32xf32>, tensor<3x32x16xf32>) -> tensor<2x40xf32>
  return %y : tensor<2x40xf32>
}

// -----
// Weights that come from outside cannot be packed yet.
// CHECK-LABEL: @weights_from_outside
// CHECK:         cpu.pack_gemm
func.func @weights_from_outside(%x: tensor<2x32xf32>, %w: tensor<32x40xf32>) -> tensor<2x40xf32> {
  %p = cpu.pack_gemm %w panel 16 : (tensor<32x40xf32>) -> tensor<3x32x16xf32>
  %y = cpu.gemm %x, %p columns 40 {} : (tensor<2x32xf32>, tensor<3x32x16xf32>) -> tensor<2x40xf32>
  return %y : tensor<2x40xf32>
}
