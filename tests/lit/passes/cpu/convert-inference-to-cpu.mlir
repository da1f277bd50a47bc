// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Channels come last inside, the filter is packed, the bias is added on the accumulators.
// CHECK-LABEL: @conv_nchw
// CHECK:         %[[X:.+]] = cpu.transpose %{{.+}} permutation [0, 2, 3, 1]
// CHECK:         %[[P:.+]] = cpu.pack_conv2d
// CHECK:         %[[Y:.+]] = cpu.conv2d %[[X]], %[[P]], %{{.+}} strides [2, 2] pads [1, 1, 1, 1] channels 8
// CHECK:         arith.addf
// CHECK:         cpu.transpose %[[Y]] permutation [0, 3, 1, 2]
func.func @conv_nchw(%x: tensor<1x3x6x6xf32>, %w: tensor<8x3x3x3xf32>, %b: tensor<8xf32>) -> tensor<1x8x3x3xf32> {
  %0 = inference.conv %x, %w bias %b strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x3x6x6xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>) -> tensor<1x8x3x3xf32>
  return %0 : tensor<1x8x3x3xf32>
}

// -----
// In NHWC nothing is moved.
// CHECK-LABEL: @conv_nhwc
// CHECK-NOT:     transpose
// CHECK:         cpu.pack_conv2d %{{.+}} groups 2 layout nhwc
// CHECK:         cpu.conv2d {{.+}} channels 8 groups 2
// CHECK-NOT:     transpose
func.func @conv_nhwc(%x: tensor<1x6x6x4xf32>, %w: tensor<8x3x3x2xf32>) -> tensor<1x4x4x8xf32> {
  %0 = inference.conv %x, %w groups 2 layout nhwc : (tensor<1x6x6x4xf32>, tensor<8x3x3x2xf32>) -> tensor<1x4x4x8xf32>
  return %0 : tensor<1x4x4x8xf32>
}

// -----
// A filter of its own for every channel has a kernel of its own.
// CHECK-LABEL: @depthwise
// CHECK:         cpu.pack_dwconv2d
// CHECK:         cpu.dwconv2d
func.func @depthwise(%x: tensor<1x4x6x6xf32>, %w: tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32> {
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] groups 4 : (tensor<1x4x6x6xf32>, tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32>
  return %0 : tensor<1x4x6x6xf32>
}

// -----
// One map for each elementwise op; a constant of one element becomes a number in the region.
// CHECK-LABEL: @elementwise
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<2x4xf32>, %[[Y:[a-z]+]]:
// CHECK:         cpu.map %[[X]], %[[Y]] {
// CHECK:         arith.addf
// CHECK:         cpu.map %{{.+}} {
// CHECK:         %[[C:.+]] = arith.constant 2.500000e+00
// CHECK:         arith.mulf %{{.+}}, %[[C]]
// CHECK:         (tensor<2x4xf32>) -> tensor<2x4xf32>
func.func @elementwise(%x: tensor<2x4xf32>, %y: tensor<4xf32>) -> tensor<2x4xf32> {
  %c = inference.constant dense<2.5> : tensor<1xf32>
  %0 = inference.add %x, %y : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %1 = inference.mul %0, %c : (tensor<2x4xf32>, tensor<1xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----
// A batch norm that no convolution took is one map; its statistics follow the channels' axis.
// CHECK-LABEL: @batch_norm
// CHECK:         cpu.reshape %{{.+}} shape [4, 1, 1]
// CHECK:         cpu.map
// CHECK:         math.sqrt
func.func @batch_norm(%x: tensor<1x4x3x3xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>) -> tensor<1x4x3x3xf32> {
  %v = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = inference.batch_norm %x, %s, %b, %m, %v : (tensor<1x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// -----
// Moving ops keep their meaning, dynamic dimensions included.
// CHECK-LABEL: @moving
// CHECK:         cpu.transpose %{{.+}} permutation [0, 2, 1]
// CHECK:         cpu.reshape %{{.+}} shape [-1, 12] : (tensor<?x3x4xf32>) -> tensor<?x12xf32>
func.func @moving(%x: tensor<?x4x3xf32> {inference.dims = ["batch", 4, 3]}) -> tensor<?x12xf32> {
  %0 = inference.transpose %x permutation [0, 2, 1] : (tensor<?x4x3xf32>) -> tensor<?x3x4xf32>
  %1 = inference.reshape %0 shape [-1, 12] : (tensor<?x3x4xf32>) -> tensor<?x12xf32>
  return %1 : tensor<?x12xf32>
}

// -----
// Activations are built from what the processor has; powers that are products become products.
// CHECK-LABEL: @activations
// CHECK:         math.tanh
// CHECK:         math.erf
// CHECK:         arith.cmpf oge
// CHECK:         arith.select
// CHECK:         arith.minimumf
// CHECK-NOT:     math.powf
// CHECK:         arith.mulf
// CHECK:         math.powf
func.func @activations(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %two = inference.constant dense<2.0> : tensor<f32>
  %p = inference.constant dense<1.3> : tensor<f32>
  %0 = inference.tanh %x : tensor<4xf32>
  %1 = inference.gelu %0 : tensor<4xf32>
  %2 = inference.leaky_relu %1 alpha 0.1 : tensor<4xf32>
  %3 = inference.clamp %2 low 0.0 high 6.0 : tensor<4xf32>
  %4 = inference.pow %3, %two : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %5 = inference.pow %4, %p : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %6 = inference.hard_swish %x : tensor<4xf32>
  return %5, %6 : tensor<4xf32>, tensor<4xf32>
}

// -----
// The rest of the elementwise ops, each held against its reference by the numbers of this test.
// CHECK-LABEL: @elementary
// CHECK-NOT:     inference.
func.func @elementary(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = inference.sub %x, %y : tensor<4xf32>
  %1 = inference.abs %0 : tensor<4xf32>
  %2 = inference.sqrt %1 : tensor<4xf32>
  %3 = inference.neg %2 : tensor<4xf32>
  %4 = inference.exp %3 : tensor<4xf32>
  %5 = inference.log %4 : tensor<4xf32>
  %6 = inference.sin %5 : tensor<4xf32>
  %7 = inference.cos %6 : tensor<4xf32>
  %8 = inference.rsqrt %7 : tensor<4xf32>
  %9 = inference.reciprocal %8 : tensor<4xf32>
  %10 = inference.maximum %9, %y : tensor<4xf32>
  %11 = inference.minimum %10, %x : tensor<4xf32>
  %12 = inference.div %11, %4 : tensor<4xf32>
  %13 = inference.erf %12 : tensor<4xf32>
  %14 = inference.sigmoid %13 : tensor<4xf32>
  %15 = inference.silu %14 beta 1.5 : tensor<4xf32>
  %16 = inference.elu %x alpha 0.7 scale 1.1 : tensor<4xf32>
  %17 = inference.softplus %16 : tensor<4xf32>
  %18 = inference.mish %17 : tensor<4xf32>
  %19 = inference.prelu %x, %y : tensor<4xf32>
  %20 = inference.hard_sigmoid %19 : tensor<4xf32>
  %21 = inference.gelu %20 approximate tanh : tensor<4xf32>
  %22 = inference.mul %21, %18 : tensor<4xf32>
  %23 = inference.sign %x : tensor<4xf32>
  %24 = inference.floor %x : tensor<4xf32>
  %25 = inference.ceil %y : tensor<4xf32>
  %26 = inference.round %x : tensor<4xf32>
  %27 = inference.add %23, %24 : tensor<4xf32>
  %28 = inference.add %25, %26 : tensor<4xf32>
  %29 = inference.add %27, %28 : tensor<4xf32>
  %30 = inference.add %15, %22 : tensor<4xf32>
  return %29, %30 : tensor<4xf32>, tensor<4xf32>
}

// -----
// Windows keep their properties; a mean over whole images is a reduction with its factor in the epilogue.
// CHECK-LABEL: @pools
// CHECK:         cpu.pool2d %{{.+}} strides [2, 2] pads [1, 1, 1, 1] kernel [3, 3] ceil_mode
// CHECK:         cpu.pool2d %{{.+}} kind average kernel [2, 2] count_include_pad
// CHECK:         cpu.reduce %{{.+}} axes [1, 2] keepdims {
// CHECK:           arith.mulf
func.func @pools(%x: tensor<1x8x8x4xf32>) -> (tensor<1x5x5x4xf32>, tensor<1x7x7x4xf32>, tensor<1x1x1x4xf32>) {
  %0 = inference.max_pool %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] ceil_mode layout nhwc : (tensor<1x8x8x4xf32>) -> tensor<1x5x5x4xf32>
  %1 = inference.avg_pool %x kernel [2, 2] layout nhwc count_include_pad : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  %2 = inference.avg_pool %x kernel [8, 8] layout nhwc : (tensor<1x8x8x4xf32>) -> tensor<1x1x1x4xf32>
  return %0, %1, %2 : tensor<1x5x5x4xf32>, tensor<1x7x7x4xf32>, tensor<1x1x1x4xf32>
}

// -----
// Axes apart are brought together; squares and roots go before and after.
// CHECK-LABEL: @reductions
// CHECK:         cpu.map
// CHECK:         cpu.reduce %{{.+}} axes [1] {
// CHECK:           math.sqrt
// CHECK:         cpu.transpose %{{.+}} permutation [1, 0, 2]
// CHECK:         cpu.reduce %{{.+}} kind max axes [1, 2] {
// CHECK:         cpu.reshape %{{.+}} shape [1, 4, 1]
// CHECK:         math.absf
func.func @reductions(%x: tensor<3x4x5xf32>) -> (tensor<3x5xf32>, tensor<1x4x1xf32>, tensor<3xf32>) {
  %0 = inference.reduce %x kind l2 axes [1] : (tensor<3x4x5xf32>) -> tensor<3x5xf32>
  %1 = inference.reduce %x kind max axes [0, 2] keepdims : (tensor<3x4x5xf32>) -> tensor<1x4x1xf32>
  %2 = inference.reduce %x kind l1 axes [1, -1] : (tensor<3x4x5xf32>) -> tensor<3xf32>
  return %0, %1, %2 : tensor<3x5xf32>, tensor<1x4x1xf32>, tensor<3xf32>
}

// -----
// A product with a constant matrix packs it; a bias is added on the accumulators; a vector is a matrix of one row.
// CHECK-LABEL: @products
// CHECK:         cpu.pack_gemm %{{.+}} transposed
// CHECK:         cpu.gemm %{{.+}}, %{{.+}}, %{{.+}} columns 6 {
// CHECK:         cpu.transpose %{{.+}} permutation [1, 0]
// CHECK:         cpu.gemm
// CHECK:         cpu.reshape %{{.+}} shape [1, 4]
// CHECK:         cpu.gemm
// CHECK:         cpu.reshape %{{.+}} shape [6]
func.func @products(%x: tensor<2x4xf32>, %b: tensor<6xf32>, %t: tensor<4x2xf32>, %v: tensor<4xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<6x4xf32>
  %0 = inference.matmul %x, %w bias %b transpose_b : (tensor<2x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  %1 = inference.matmul %t, %w transpose_a transpose_b : (tensor<4x2xf32>, tensor<6x4xf32>) -> tensor<2x6xf32>
  %2 = inference.matmul %v, %w transpose_b : (tensor<4xf32>, tensor<6x4xf32>) -> tensor<6xf32>
  return %0, %1, %2 : tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>
}

// -----
// A softmax works along the last axis; others are brought there, with or without a copy.
// CHECK-LABEL: @rows
// CHECK:         cpu.lrn %{{.+}} size 3
// CHECK:         cpu.softmax
// CHECK-NEXT:    (tensor<2x4x5xf32>) ->
// CHECK:         cpu.transpose %{{.+}} permutation [0, 2, 1]
// CHECK:         cpu.softmax
// CHECK-NEXT:    (tensor<2x5x4xf32>) ->
// CHECK:         cpu.transpose %{{.+}} permutation [0, 2, 1]
// CHECK:         cpu.reshape %{{.+}} shape [2, 4]
// CHECK:         cpu.softmax
// CHECK-NEXT:    (tensor<2x4xf32>) ->
// CHECK:         cpu.reshape %{{.+}} shape [2, 4, 1, 1]
func.func @rows(%x: tensor<2x4x5xf32>, %y: tensor<2x4x1x1xf32>) -> (tensor<2x4x5xf32>, tensor<2x4x1x1xf32>) {
  %0 = inference.lrn %x size 3 : tensor<2x4x5xf32>
  %1 = inference.softmax %0 : tensor<2x4x5xf32>
  %2 = inference.softmax %1 axis 1 : tensor<2x4x5xf32>
  %3 = inference.softmax %y axis 1 : tensor<2x4x1x1xf32>
  return %2, %3 : tensor<2x4x5xf32>, tensor<2x4x1x1xf32>
}

// -----
// Parts and wholes.
// CHECK-LABEL: @parts
// CHECK:         cpu.concat %{{.+}}, %{{.+}} axis 1
// CHECK:         cpu.slice %{{.+}} axis 1 size 2
// CHECK:         cpu.slice %{{.+}} axis 1 start 2 size 6
// CHECK:         cpu.slice %{{.+}} axis 1 start 4 size 2
func.func @parts(%x: tensor<2x4xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %0 = inference.concat %x, %x axis -1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  %1, %2 = inference.split %0 axis 1 sizes [2, 6] : (tensor<2x8xf32>) -> (tensor<2x2xf32>, tensor<2x6xf32>)
  %3 = inference.slice %2 starts [-2] ends [100] axes [1] : (tensor<2x6xf32>) -> tensor<2x2xf32>
  return %1, %3 : tensor<2x2xf32>, tensor<2x2xf32>
}

// -----
// Upsampling by whole factors repeats pixels whose channels lie side by side; a padding is constants around x.
// CHECK-LABEL: @upsampling
// CHECK:         cpu.transpose %{{.+}} permutation [0, 2, 3, 1]
// CHECK:         cpu.repeat %{{.+}} factors [1, 2, 3, 1]
// CHECK:         cpu.transpose %{{.+}} permutation [0, 3, 1, 2]
// CHECK:         cpu.repeat %{{.+}} factors [1, 3, 1, 1]
// CHECK:         cpu.pad %{{.+}} low [0, 0, 1, 0] high [0, 0, 0, 2] value 1.5
func.func @upsampling(%x: tensor<1x3x4x4xf32>) -> (tensor<1x3x8x12xf32>, tensor<1x9x5x6xf32>) {
  %c = inference.constant dense<1.5> : tensor<f32>
  %0 = inference.resize %x axes [2, 3] scales [2.0, 3.0] : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x12xf32>
  %1 = inference.resize %x axes [1] scales [3.0] coordinates asymmetric nearest floor : (tensor<1x3x4x4xf32>) -> tensor<1x9x4x4xf32>
  %2 = inference.pad %1 value %c low [0, 0, 1, 0] high [0, 0, 0, 2] : (tensor<1x9x4x4xf32>, tensor<f32>) -> tensor<1x9x5x6xf32>
  return %0, %2 : tensor<1x3x8x12xf32>, tensor<1x9x5x6xf32>
}

// -----
// The scale has two rows, so x has, and so has what the function returns.
// CHECK-LABEL: @refined
// CHECK-SAME:    -> tensor<2x3xf32>
func.func @refined(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %s = inference.constant dense<2.0> : tensor<2x3xf32>
  %y = inference.rms_norm %x, %s axis 0 : (tensor<?x3xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// -----
// A bias whose rows have an unknown length is added afterwards.
// CHECK-LABEL: @open_bias
// CHECK:         cpu.gemm %x, %{{.+}} columns 4 {
// CHECK-NEXT:    } : (tensor<4x8xf32>, tensor<1x8x16xf32>) -> tensor<4x4xf32>
// CHECK:         cpu.map %{{.+}}, %b
func.func @open_bias(%x: tensor<4x8xf32>, %b: tensor<4x?xf32>) -> tensor<4x4xf32> {
  %w = inference.constant dense<1.0> : tensor<8x4xf32>
  %0 = inference.matmul %x, %w bias %b : (tensor<4x8xf32>, tensor<8x4xf32>, tensor<4x?xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
