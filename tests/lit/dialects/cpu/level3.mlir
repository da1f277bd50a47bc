// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// On tensors: what is fused is in the region, the weights are in their packed shape.
// CHECK-LABEL: @tensors
// CHECK:         cpu.conv2d %{{.*}}, %{{.*}}, %{{.*}} strides [2, 2] pads [1, 1, 1, 1] channels 40 groups 2 rows 4 {
// CHECK-NEXT:    ^{{.*}}(%[[ACC:.+]]: f32, %[[B:.+]]: f32):
// CHECK-NEXT:      %[[S:.+]] = arith.addf %[[ACC]], %[[B]] : f32
// CHECK-NEXT:      cpu.yield %[[S]] : f32
// CHECK:         cpu.dwconv2d %{{.*}}, %{{.*}} dilations [2, 2] {
// CHECK:         cpu.gemm %{{.*}}, %{{.*}} columns 10 {
// CHECK:         cpu.pool2d %{{.*}} kind average kernel [3, 3] count_include_pad ceil_mode {
// CHECK:         cpu.reduce %{{.*}} kind max axes [1, 2] {
// CHECK:         cpu.softmax
// CHECK:         cpu.lrn %{{.*}} size 5 alpha 0.001 {
// CHECK:         cpu.map
// CHECK:         cpu.transpose %{{.*}} permutation [0, 2, 3, 1] {
// CHECK:         cpu.norm %{{.*}} centred epsilon 1.0e-12 {
// CHECK:         cpu.attention %{{.*}}, %{{.*}}, %{{.*}} interleaved [1, 0, 0, 1] scale 0.5 causal {
// CHECK:         cpu.depth_to_space %{{.*}} block [2, 2] crops [0, 1, 1, 0] {
func.func @tensors(%x: tensor<?x9x9x8xf32>, %w: tensor<2x3x3x4x32xf32>, %b: tensor<40xf32>, %dw: tensor<3x3x8xf32>, %m: tensor<4x84xf32>, %g: tensor<1x84x16xf32>) {
  %0 = cpu.conv2d %x, %w, %b strides [2, 2] pads [1, 1, 1, 1] channels 40 groups 2 rows 4 {
  ^bb0(%acc: f32, %bias: f32):
    %s = arith.addf %acc, %bias : f32
    cpu.yield %s : f32
  } : (tensor<?x9x9x8xf32>, tensor<2x3x3x4x32xf32>, tensor<40xf32>) -> tensor<?x5x5x40xf32>
  %1 = cpu.dwconv2d %x, %dw dilations [2, 2] {} : (tensor<?x9x9x8xf32>, tensor<3x3x8xf32>) -> tensor<?x5x5x8xf32>
  %2 = cpu.gemm %m, %g columns 10 {} : (tensor<4x84xf32>, tensor<1x84x16xf32>) -> tensor<4x10xf32>
  %3 = cpu.pool2d %x kind average kernel [3, 3] count_include_pad ceil_mode {} : (tensor<?x9x9x8xf32>) -> tensor<?x7x7x8xf32>
  %4 = cpu.reduce %x kind max axes [1, 2] {} : (tensor<?x9x9x8xf32>) -> tensor<?x8xf32>
  %5 = cpu.softmax %2 {} : (tensor<4x10xf32>) -> tensor<4x10xf32>
  %6 = cpu.lrn %x size 5 alpha 0.001 {} : (tensor<?x9x9x8xf32>) -> tensor<?x9x9x8xf32>
  %7 = cpu.map %0, %b {
  ^bb0(%v: f32, %bias: f32):
    %s = arith.mulf %v, %bias : f32
    cpu.yield %s : f32
  } : (tensor<?x5x5x40xf32>, tensor<40xf32>) -> tensor<?x5x5x40xf32>
  %8 = cpu.transpose %x permutation [0, 2, 3, 1] {} : (tensor<?x9x9x8xf32>) -> tensor<?x9x8x9xf32>
  %9 = cpu.norm %x centred epsilon 1.0e-12 {} : (tensor<?x9x9x8xf32>) -> tensor<?x9x9x8xf32>
  %10 = cpu.attention %x, %x, %x interleaved [1, 0, 0, 1] scale 0.5 causal {} : (tensor<?x9x9x8xf32>, tensor<?x9x9x8xf32>, tensor<?x9x9x8xf32>) -> tensor<?x9x9x8xf32>
  %11 = cpu.depth_to_space %x block [2, 2] crops [0, 1, 1, 0] {} : (tensor<?x9x9x8xf32>) -> tensor<?x17x17x2xf32>
  return
}

// -----
// On buffers: the output is an operand and may be a slice of channels of a larger buffer.
// CHECK-LABEL: @buffers
// CHECK:         cpu.gemm %{{.*}}, %{{.*}} outs %{{.*}} columns 10 {
// CHECK:         } : (memref<4x84xf32>, memref<1x84x16xf32>, memref<4x10xf32, strided<[64, 1], offset: 10>>) -> ()
func.func @buffers(%x: memref<4x84xf32>, %w: memref<1x84x16xf32>, %y: memref<4x10xf32, strided<[64, 1], offset: 10>>) {
  cpu.gemm %x, %w outs %y columns 10 {} : (memref<4x84xf32>, memref<1x84x16xf32>, memref<4x10xf32, strided<[64, 1], offset: 10>>) -> ()
  return
}
