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

// -----
// What moves the elements of a constant is folded as well; what moves an input is not.
// CHECK-LABEL: @moved
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<2x32xf32>
// CHECK-DAG:     inference.fold<cpu.pack_gemm(#inference.fold<inference.transpose(#inference.fold<cpu.slice(#inference.fold<cpu.reshape(#inference.weight<"w">)
// CHECK-DAG:     %[[T:.+]] = cpu.transpose %[[X]]
// CHECK-DAG:     %[[R:.+]] = cpu.reshape %[[T]]
// CHECK:         cpu.gemm %[[R]]
func.func @moved(%x: tensor<2x32xf32>) -> tensor<2x16xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<8x160xf32>
  %0 = cpu.reshape %w shape [40, 32] : (tensor<8x160xf32>) -> tensor<40x32xf32>
  %1 = cpu.slice %0 axis 0 size 16 : (tensor<40x32xf32>) -> tensor<16x32xf32>
  %2 = cpu.transpose %1 permutation [1, 0] {} : (tensor<16x32xf32>) -> tensor<32x16xf32>
  %p = cpu.pack_gemm %2 panel 16 : (tensor<32x16xf32>) -> tensor<1x32x16xf32>
  %t = cpu.transpose %x permutation [1, 0] {} : (tensor<2x32xf32>) -> tensor<32x2xf32>
  %r = cpu.reshape %t shape [2, 32] : (tensor<32x2xf32>) -> tensor<2x32xf32>
  %y = cpu.gemm %r, %p columns 16 {} : (tensor<2x32xf32>, tensor<1x32x16xf32>) -> tensor<2x16xf32>
  return %y : tensor<2x16xf32>
}
