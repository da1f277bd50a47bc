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
// A filter that comes from outside is packed when it is there.
// CHECK-LABEL: @filter_from_outside
// CHECK:         cpu.generate %w shape [3, 3, 8]
// CHECK:           cpu.load %{{.+}}[%i2, %{{.+}}, %i0, %i1] : tensor<8x1x3x3xf32>
func.func @filter_from_outside(%x: tensor<1x4x4x8xf32>, %w: tensor<8x1x3x3xf32>) -> tensor<1x2x2x8xf32> {
  %p = cpu.pack_dwconv2d %w : (tensor<8x1x3x3xf32>) -> tensor<3x3x8xf32>
  %y = cpu.dwconv2d %x, %p {} : (tensor<1x4x4x8xf32>, tensor<3x3x8xf32>) -> tensor<1x2x2x8xf32>
  return %y : tensor<1x2x2x8xf32>
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

// -----
// A right side that is computed is packed when it is there: padded to whole panels, cut, transposed.
// CHECK-LABEL: @computed
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<2x32xf32>, %[[W:[a-z]+]]: tensor<40x32xf32>
// CHECK:         %[[T:.+]] = cpu.transpose %[[W]] permutation [1, 0]
// CHECK:         %[[P:.+]] = cpu.pad %[[T]] low [0, 0] high [0, 8]
// CHECK:         %[[R:.+]] = cpu.reshape %[[P]] shape [32, 3, 16]
// CHECK:         %[[Q:.+]] = cpu.transpose %[[R]] permutation [1, 0, 2]
// CHECK:         cpu.gemm %[[X]], %[[Q]]
func.func @computed(%x: tensor<2x32xf32>, %w: tensor<40x32xf32>) -> tensor<2x40xf32> {
  %p = cpu.pack_gemm %w transposed : (tensor<40x32xf32>) -> tensor<3x32x16xf32>
  %y = cpu.gemm %x, %p columns 40 {} : (tensor<2x32xf32>, tensor<3x32x16xf32>) -> tensor<2x40xf32>
  return %y : tensor<2x40xf32>
}

// -----
// A right side of unknown size is not.
// CHECK-LABEL: @unknown_size
// CHECK:         cpu.pack_gemm
func.func @unknown_size(%x: tensor<2x?xf32> {inference.dims = [2, "k"]}, %w: tensor<?x48xf32> {inference.dims = ["k", 48]}) -> tensor<2x48xf32> {
  %p = cpu.pack_gemm %w : (tensor<?x48xf32>) -> tensor<3x?x16xf32>
  %y = cpu.gemm %x, %p columns 48 {} : (tensor<2x?xf32>, tensor<3x?x16xf32>) -> tensor<2x48xf32>
  return %y : tensor<2x48xf32>
}

// -----
// Gates that are computed are padded to whole panels, cut, and put side by side.
// CHECK-LABEL: @computed_gates
// CHECK-SAME:    %[[R:[a-z]+]]: tensor<1x16x4xf32>
// CHECK:         %[[G:.+]] = cpu.reshape %[[R]] shape [1, 4, 4, 4]
// CHECK:         %[[P:.+]] = cpu.pad %[[G]] low [0, 0, 0, 0] high [0, 0, 12, 0]
// CHECK:         %[[C:.+]] = cpu.reshape %[[P]] shape [1, 4, 1, 16, 4]
// CHECK:         %[[T:.+]] = cpu.transpose %[[C]] permutation [0, 2, 4, 1, 3]
// CHECK:         cpu.reshape %[[T]] shape [1, 4, 64]
func.func @computed_gates(%r: tensor<1x16x4xf32>) -> tensor<1x4x64xf32> {
  %p = cpu.pack_gates %r gates 4 : (tensor<1x16x4xf32>) -> tensor<1x4x64xf32>
  return %p : tensor<1x4x64xf32>
}

// -----
// CHECK-LABEL: @constant_gates
// CHECK:         inference.constant #inference.fold<cpu.pack_gates
func.func @constant_gates() -> tensor<1x4x64xf32> {
  %r = inference.constant #inference.weight<"r"> : tensor<1x16x4xf32>
  %p = cpu.pack_gates %r gates 4 : (tensor<1x16x4xf32>) -> tensor<1x4x64xf32>
  return %p : tensor<1x4x64xf32>
}

// -----
// Filters of two groups, those beyond a group are zeros.
// CHECK-LABEL: @groups_from_outside
// CHECK:         cpu.generate %w shape [2, 1, 1, 3, 16]
// CHECK:           %[[IN:.+]] = arith.cmpi slt
// CHECK:           cpu.load %{{.+}} when %[[IN]] else
func.func @groups_from_outside(%w: tensor<10x3x1x1xf32>) -> tensor<2x1x1x3x16xf32> {
  %p = cpu.pack_conv2d %w groups 2 : (tensor<10x3x1x1xf32>) -> tensor<2x1x1x3x16xf32>
  return %p : tensor<2x1x1x3x16xf32>
}
