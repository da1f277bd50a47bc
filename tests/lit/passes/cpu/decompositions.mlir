// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Norms are reductions and elementwise ops until they have kernels of their own.
// CHECK-LABEL: @norms
// CHECK-COUNT-2: cpu.reduce
// CHECK:         cpu.reduce
// CHECK:         cpu.reshape %{{.+}} shape [2, 2, 20]
// CHECK-COUNT-2: cpu.reduce
// CHECK:         cpu.reshape %{{.+}} shape [4, 1]
func.func @norms(%x: tensor<2x4x10xf32>, %s: tensor<10xf32>, %g: tensor<4xf32>) -> tensor<2x4x10xf32> {
  %0 = inference.layer_norm %x, %s bias %s : (tensor<2x4x10xf32>, tensor<10xf32>, tensor<10xf32>) -> tensor<2x4x10xf32>
  %1 = inference.rms_norm %0, %s : (tensor<2x4x10xf32>, tensor<10xf32>) -> tensor<2x4x10xf32>
  %2 = inference.group_norm %1, %g, %g groups 2 : (tensor<2x4x10xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x10xf32>
  return %2 : tensor<2x4x10xf32>
}

// -----
// CHECK-LABEL: @log_softmax
// CHECK:         cpu.reduce %{{.+}} kind max axes [1] keepdims
// CHECK:         math.exp
// CHECK:         cpu.reduce %{{.+}} axes [1] keepdims
// CHECK:         math.log
func.func @log_softmax(%x: tensor<2x4x10xf32>) -> tensor<2x4x10xf32> {
  %0 = inference.log_softmax %x axis 1 : tensor<2x4x10xf32>
  return %0 : tensor<2x4x10xf32>
}

// -----
// Blocks move by reshapes and transposes.
// CHECK-LABEL: @blocks
// CHECK:         cpu.transpose %{{.+}} permutation [0, 3, 4, 1, 5, 2]
// CHECK:         cpu.transpose %{{.+}} permutation [0, 1, 4, 2, 5, 3]
// CHECK:         cpu.transpose %{{.+}} permutation [0, 3, 5, 1, 2, 4]
func.func @blocks(%x: tensor<1x16x2x3xf32>) -> tensor<1x4x4x6xf32> {
  %0 = inference.depth_to_space %x block 2 : (tensor<1x16x2x3xf32>) -> tensor<1x4x4x6xf32>
  %1 = inference.depth_to_space %0 block 2 mode crd : (tensor<1x4x4x6xf32>) -> tensor<1x1x8x12xf32>
  %2 = inference.space_to_depth %1 block 2 : (tensor<1x1x8x12xf32>) -> tensor<1x4x4x6xf32>
  return %2 : tensor<1x4x4x6xf32>
}

// -----
// One dimension is two with one row.
// CHECK-LABEL: @one_dimension
// CHECK:         cpu.conv2d {{.+}} strides [1, 2] pads [0, 1, 0, 1] channels 6
// CHECK:         cpu.pool2d {{.+}} kernel [1, 2]
func.func @one_dimension(%x: tensor<2x4x8xf32>) -> tensor<2x6x3xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<6x4x3xf32>
  %0 = inference.conv %x, %w strides [2] pads [1, 1] : (tensor<2x4x8xf32>, tensor<6x4x3xf32>) -> tensor<2x6x4xf32>
  %1 = inference.max_pool %0 kernel [2] : (tensor<2x6x4xf32>) -> tensor<2x6x3xf32>
  return %1 : tensor<2x6x3xf32>
}

// -----
// A batch of products is its products; one side may be shared.
// CHECK-LABEL: @batch
// CHECK:         cpu.slice %[[A:.+]] axis 0 size 1
// CHECK:         cpu.gemm
// CHECK:         cpu.slice %[[A]] axis 0 start 1 size 1
// CHECK:         cpu.gemm
// CHECK:         cpu.concat %{{.+}}, %{{.+}} axis 0
// CHECK:         arith.addf
func.func @batch(%x: tensor<2x1x3x4xf32>, %y: tensor<1x5x4xf32>, %b: tensor<5xf32>) -> tensor<2x1x3x5xf32> {
  %0 = inference.matmul %x, %y bias %b transpose_b : (tensor<2x1x3x4xf32>, tensor<1x5x4xf32>, tensor<5xf32>) -> tensor<2x1x3x5xf32>
  return %0 : tensor<2x1x3x5xf32>
}

// -----
// Attention is products and a softmax; key heads that serve several query heads are repeated, what a query does not see is minus infinity.
// CHECK-LABEL: @attention
// CHECK:         cpu.generate %{{.+}} shape [2, 1, 2, 3, 4]
// CHECK-COUNT-4: cpu.gemm
// CHECK:         arith.mulf
// CHECK:         math.tanh
// CHECK:         inference.constant dense<{{.+}}> : tensor<3x3xf32>
// CHECK:         cpu.softmax
// CHECK-COUNT-4: cpu.gemm
func.func @attention(%q: tensor<2x2x3x4xf32>, %k: tensor<2x1x3x4xf32>, %m: tensor<3x3xf32>) -> (tensor<2x2x3x4xf32>, tensor<2x1x3x4xf32>) {
  %0 = inference.attention %q, %k, %k mask %m softcap 2.0 causal : (tensor<2x2x3x4xf32>, tensor<2x1x3x4xf32>, tensor<2x1x3x4xf32>, tensor<3x3xf32>) -> tensor<2x2x3x4xf32>
  %1 = inference.attention %k, %k, %k left 1 right 1 : tensor<2x1x3x4xf32>
  return %0, %1 : tensor<2x2x3x4xf32>, tensor<2x1x3x4xf32>
}

// -----
// Rotary position codes: the halves are slices, computed side by side.
// CHECK-LABEL: @rope
// CHECK:         cpu.slice
// CHECK:         cpu.concat
func.func @rope(%x: tensor<3x8xf32>, %c: tensor<3x8xf32>, %s: tensor<3x1xf32>) -> tensor<3x8xf32> {
  %0 = inference.rope %x, %c, %s : (tensor<3x8xf32>, tensor<3x8xf32>, tensor<3x1xf32>) -> tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}
