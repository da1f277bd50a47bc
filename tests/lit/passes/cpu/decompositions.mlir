// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// A norm of rows is one kernel, scale and bias its epilogue; a norm of groups is one of rows, then elementwise ops.
// CHECK-LABEL: @norms
// CHECK:         cpu.norm %{{.+}} centred {
// CHECK-NEXT:    ^{{.*}}(%[[V:.+]]: f32, %[[S:.+]]: f32, %[[B:.+]]: f32):
// CHECK-NEXT:      %[[P:.+]] = arith.mulf %[[V]], %[[S]]
// CHECK-NEXT:      arith.addf %[[P]], %[[B]]
// CHECK:         cpu.norm %{{.+}} {
// CHECK-NEXT:    ^{{.*}}(%{{.+}}: f32, %{{.+}}: f32):
// CHECK:         %[[R:.+]] = cpu.reshape %{{.+}} shape [2, 2, 20]
// CHECK:         cpu.norm %[[R]] centred {
// CHECK:         cpu.reshape %{{.+}} shape [4, 1]
func.func @norms(%x: tensor<2x4x10xf32>, %s: tensor<10xf32>, %g: tensor<4xf32>) -> tensor<2x4x10xf32> {
  %0 = inference.layer_norm %x, %s bias %s : (tensor<2x4x10xf32>, tensor<10xf32>, tensor<10xf32>) -> tensor<2x4x10xf32>
  %1 = inference.rms_norm %0, %s : (tensor<2x4x10xf32>, tensor<10xf32>) -> tensor<2x4x10xf32>
  %2 = inference.group_norm %1, %g, %g groups 2 : (tensor<2x4x10xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x10xf32>
  return %2 : tensor<2x4x10xf32>
}

// -----
// Several axes are one row.
// CHECK-LABEL: @norm_of_matrices
// CHECK:         %[[X:.+]] = cpu.reshape %{{.+}} shape ["d0", 40]
// CHECK:         %[[S:.+]] = cpu.reshape %{{.+}} shape [40]
// CHECK:         %[[Y:.+]] = cpu.norm %[[X]], %[[S]]
// CHECK:         cpu.reshape %[[Y]] shape ["d0", 4, 10]
func.func @norm_of_matrices(%x: tensor<?x4x10xf32>, %s: tensor<4x10xf32>) -> tensor<?x4x10xf32> {
  %0 = inference.rms_norm %x, %s axis 1 : (tensor<?x4x10xf32>, tensor<4x10xf32>) -> tensor<?x4x10xf32>
  return %0 : tensor<?x4x10xf32>
}

// -----
// Doubles, and a scale that is not laid out as the axes are, stay reductions and elementwise ops.
// CHECK-LABEL: @norms_without_a_kernel
// CHECK-COUNT-3: cpu.reduce
// CHECK-NOT:     cpu.norm
func.func @norms_without_a_kernel(%x: tensor<2x4x10xf64>, %s: tensor<10xf64>, %y: tensor<2x4x10xf32>, %t: tensor<10xf32>) -> (tensor<2x4x10xf64>, tensor<2x4x10xf32>) {
  %0 = inference.layer_norm %x, %s bias %s : (tensor<2x4x10xf64>, tensor<10xf64>, tensor<10xf64>) -> tensor<2x4x10xf64>
  %1 = inference.rms_norm %y, %t axis 1 : (tensor<2x4x10xf32>, tensor<10xf32>) -> tensor<2x4x10xf32>
  return %0, %1 : tensor<2x4x10xf64>, tensor<2x4x10xf32>
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
// Attention whose scores are wanted is products and a softmax; key heads that serve several query heads are repeated, what a query does not see is minus infinity.
// CHECK-LABEL: @attention
// CHECK:         cpu.generate %{{.+}} shape [2, 1, 2, 3, 4]
// CHECK-COUNT-4: cpu.gemm
// CHECK:         arith.mulf
// CHECK:         math.tanh
// CHECK:         inference.constant dense<{{.+}}> : tensor<3x3xf32>
// CHECK:         cpu.softmax
// CHECK-COUNT-4: cpu.gemm
func.func @attention(%q: tensor<2x2x3x4xf32>, %k: tensor<2x1x3x4xf32>, %m: tensor<3x3xf32>) -> (tensor<2x2x3x4xf32>, tensor<2x2x3x3xf32>, tensor<2x1x3x4xf32>, tensor<2x1x3x3xf32>) {
  %0, %1 = inference.host_call %q, %k, %k, %m callee "attention_with_scores" config {stage = 0 : i64, softcap = 2.0 : f64, causal = 1 : i64} absent [4, 5] : (tensor<2x2x3x4xf32>, tensor<2x1x3x4xf32>, tensor<2x1x3x4xf32>, tensor<3x3xf32>) -> (tensor<2x2x3x4xf32>, tensor<2x2x3x3xf32>)
  %2, %3 = inference.host_call %k, %k, %k callee "attention_with_scores" config {stage = 0 : i64, left = 1 : i64, right = 1 : i64} absent [3, 4, 5] : (tensor<2x1x3x4xf32>, tensor<2x1x3x4xf32>, tensor<2x1x3x4xf32>) -> (tensor<2x1x3x4xf32>, tensor<2x1x3x3xf32>)
  return %0, %1, %2, %3 : tensor<2x2x3x4xf32>, tensor<2x2x3x3xf32>, tensor<2x1x3x4xf32>, tensor<2x1x3x3xf32>
}

// -----
// Rotary position codes are a kernel over rows.
// CHECK-LABEL: @rope_of_rows
// CHECK-NEXT:    cpu.rope %x, %c, %c {
func.func @rope_of_rows(%x: tensor<?x3x8xf32>, %c: tensor<3x8xf32>) -> tensor<?x3x8xf32> {
  %0 = inference.rope %x, %c, %c : (tensor<?x3x8xf32>, tensor<3x8xf32>, tensor<3x8xf32>) -> tensor<?x3x8xf32>
  return %0 : tensor<?x3x8xf32>
}

// -----
// In double precision the halves are slices too.
// CHECK-LABEL: @rope_of_doubles
// CHECK:         cpu.slice
// CHECK:         cpu.concat
func.func @rope_of_doubles(%x: tensor<3x8xf64>) -> tensor<3x8xf64> {
  %0 = inference.rope %x, %x, %x : tensor<3x8xf64>
  return %0 : tensor<3x8xf64>
}

// -----
// Codes of another length: the halves are slices, computed side by side.
// CHECK-LABEL: @rope
// CHECK:         cpu.slice
// CHECK:         cpu.concat
func.func @rope(%x: tensor<3x8xf32>, %c: tensor<3x8xf32>, %s: tensor<3x1xf32>) -> tensor<3x8xf32> {
  %0 = inference.rope %x, %c, %s : (tensor<3x8xf32>, tensor<3x8xf32>, tensor<3x1xf32>) -> tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}

// -----
// Lines of any length, and columns, are one row: reshapes name the dimensions that are not known.
// CHECK-LABEL: @lines
// CHECK:         cpu.reshape %x shape ["d0", 1, "d1", 4]
// CHECK:         cpu.conv2d {{.+}} strides [1, 2] pads [0, 1, 0, 1] channels 6
// CHECK:         cpu.reshape %{{.+}} shape ["d0", "d2", 6]
// CHECK:         cpu.reshape %y shape ["d0", 1, "d1", 4]
// CHECK:         cpu.conv2d {{.+}} strides [1, 3] pads [0, 2, 0, 0] channels 6
// CHECK:         cpu.reshape %{{.+}} shape ["d0", "d2", 1, 6]
// CHECK:         cpu.pool2d {{.+}} kernel [1, 2]
// CHECK:         cpu.conv2d %z
func.func @lines(%x: tensor<?x?x4xf32>, %y: tensor<?x?x1x4xf32>, %z: tensor<?x1x1x4xf32>) -> (tensor<?x?x6xf32>, tensor<?x?x1x6xf32>, tensor<?x?x1x4xf32>, tensor<?x1x1x6xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<6x3x4xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<6x3x1x4xf32>
  %0 = inference.conv %x, %w strides [2] pads [1, 1] layout nhwc : (tensor<?x?x4xf32>, tensor<6x3x4xf32>) -> tensor<?x?x6xf32>
  %1 = inference.conv %y, %v strides [3, 1] pads [2, 0, 0, 0] layout nhwc : (tensor<?x?x1x4xf32>, tensor<6x3x1x4xf32>) -> tensor<?x?x1x6xf32>
  %2 = inference.max_pool %y kernel [2, 1] layout nhwc : (tensor<?x?x1x4xf32>) -> tensor<?x?x1x4xf32>
  %3 = inference.conv %z, %v pads [1, 0, 1, 0] layout nhwc : (tensor<?x1x1x4xf32>, tensor<6x3x1x4xf32>) -> tensor<?x1x1x6xf32>
  return %0, %1, %2, %3 : tensor<?x?x6xf32>, tensor<?x?x1x6xf32>, tensor<?x?x1x4xf32>, tensor<?x1x1x6xf32>
}

// -----
// Blocks and groups of images of any size; a shape that a reshape forgot is that of x.
// CHECK-LABEL: @any_blocks
// CHECK:         cpu.reshape %{{.+}} shape ["d0", 2, 2, 4, "d2", "d3"]
// CHECK:         cpu.reshape %{{.+}} shape ["d0", 4, "d2*2", "d4*2"]
// CHECK:         cpu.reshape %{{.+}} shape ["d0", 4, "d2//2", 2, "d3//2", 2]
// CHECK:         cpu.reshape %{{.+}} shape ["d0", 2, "8*d2*d3"]
// CHECK:         cpu.norm
// CHECK:         cpu.reshape %{{.+}} other %{{.+}} shape ["x1_0", 16, "x1_2", "x1_3"]
func.func @any_blocks(%x: tensor<?x16x?x?xf32>, %g: tensor<16xf32>) -> tensor<?x16x?x?xf32> {
  %0 = inference.depth_to_space %x block 2 : (tensor<?x16x?x?xf32>) -> tensor<?x4x?x?xf32>
  %1 = inference.space_to_depth %0 block 2 : (tensor<?x4x?x?xf32>) -> tensor<?x16x?x?xf32>
  %2 = inference.group_norm %1, %g, %g groups 2 : (tensor<?x16x?x?xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x?x?xf32>
  return %2 : tensor<?x16x?x?xf32>
}

// -----
// Planes are images: a convolution of volumes is the sum of one for each plane of the window, a pool goes over images, then along planes.
// CHECK-LABEL: @volumes
// CHECK:         cpu.reshape %{{.+}} shape ["d0*d1", "d2", "d3", 8]
// CHECK-COUNT-2: cpu.conv2d
// CHECK:         arith.addf
// CHECK:         %[[Y:.+]] = cpu.reshape %{{.+}} other %{{.+}} shape ["x1_0", "x1_1", "d1", "d2", 16]
// CHECK:         cpu.pool2d {{.+}} kernel [3, 3]
// CHECK:         cpu.pool2d {{.+}} kernel [2, 1]
// CHECK:         cpu.reshape %{{.+}} other %{{.+}} shape ["d0", "d1", "x1_2", "x1_3", 16]
func.func @volumes(%x: tensor<?x?x?x?x8xf32>) -> tensor<?x?x?x?x16xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<16x2x3x3x8xf32>
  %0 = inference.conv %x, %w pads [0, 1, 1, 0, 1, 1] layout nhwc : (tensor<?x?x?x?x8xf32>, tensor<16x2x3x3x8xf32>) -> tensor<?x?x?x?x16xf32>
  %1 = inference.max_pool %0 kernel [2, 3, 3] pads [1, 1, 1, 1, 1, 1] layout nhwc : tensor<?x?x?x?x16xf32>
  return %1 : tensor<?x?x?x?x16xf32>
}
