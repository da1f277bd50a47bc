// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The panels of packed weights must hold exactly the channels asked for.
func.func @panels(%x: tensor<1x8x8x4xf32>, %w: tensor<1x3x3x4x16xf32>) {
  // expected-error @+1 {{cpu.conv2d: 40 channels in 1 groups do not make 1 panels of 16}}
  %0 = cpu.conv2d %x, %w channels 40 {} : (tensor<1x8x8x4xf32>, tensor<1x3x3x4x16xf32>) -> tensor<1x6x6x40xf32>
  return
}

// -----
func.func @depth(%x: tensor<4x80xf32>, %w: tensor<1x84x16xf32>) {
  // expected-error @+1 {{cpu.gemm: x has 80 columns, w takes 84}}
  %0 = cpu.gemm %x, %w columns 10 {} : (tensor<4x80xf32>, tensor<1x84x16xf32>) -> tensor<4x10xf32>
  return
}

// -----
// Kernels step along the last dimension by one element.
func.func @stride(%x: memref<4x84xf32, strided<[168, 2]>>, %w: memref<1x84x16xf32>, %y: memref<4x10xf32>) {
  // expected-error @+1 {{on buffers every operand is a memref whose last stride is 1}}
  cpu.gemm %x, %w outs %y columns 10 {} : (memref<4x84xf32, strided<[168, 2]>>, memref<1x84x16xf32>, memref<4x10xf32>) -> ()
  return
}

// -----
func.func @epilogue(%x: tensor<4x84xf32>, %w: tensor<1x84x16xf32>, %b: tensor<10xf32>) {
  // expected-error @+1 {{the epilogue takes 2 arguments, it has 1}}
  %0 = cpu.gemm %x, %w, %b columns 10 {
  ^bb0(%acc: f32):
    cpu.yield %acc : f32
  } : (tensor<4x84xf32>, tensor<1x84x16xf32>, tensor<10xf32>) -> tensor<4x10xf32>
  return
}

// -----
// A launch gives a kernel what it takes.
cpu.kernel @k(%task: index, %x: memref<4xf32>) {
  cpu.done
}
func.func @types(%x: memref<5xf32>, %n: index) {
  // expected-error @+1 {{@k takes (memref<4xf32>), given (memref<5xf32>)}}
  cpu.launch @k tasks %n(%x) : (memref<5xf32>)
  return
}

// -----
func.func @unknown(%n: index) {
  // expected-error @+1 {{there is no cpu.kernel @k}}
  cpu.launch @k tasks %n() : ()
  return
}

// -----
func.func @sizes(%x: memref<?xi8>, %n: index) {
  // expected-error @+1 {{has 1 dynamic dimensions, 0 sizes are given}}
  %0 = cpu.view %x at %n sizes() : memref<?xi8> to memref<?x4xf32>
  return
}

// -----
// The first argument of a kernel is the task.
// expected-error @+1 {{the first argument of a kernel is the task, an index}}
cpu.kernel @k(%x: memref<4xf32>) {
  cpu.done
}

// -----
cpu.kernel @k(%task: index, %x: memref<4x8xf32>, %w: memref<1x8x16xf32>, %y: memref<4x20xf32>) {
  // expected-error @+1 {{cpu.uk.fma_tile: columns 20 do not fit a panel of 16}}
  cpu.uk.fma_tile (%x[%task, %task], %w[%task, %task, %task]) to (%y[%task, %task]) with (%task, %task) columns 20 depth 8 : (memref<4x8xf32>, memref<1x8x16xf32>) to (memref<4x20xf32>)
  cpu.done
}

// -----
func.func @planes(%x: tensor<1x8x8x32xf32>, %w: tensor<16x1x32x32xf32>) {
  // expected-error @+1 {{cpu.winograd_conv2d: a tile of 4 has 36 planes, w has 16}}
  %0 = cpu.winograd_conv2d %x, %w channels 32 {} : (tensor<1x8x8x32xf32>, tensor<16x1x32x32xf32>) -> tensor<1x6x6x32xf32>
  return
}

// -----
func.func @taps(%w: tensor<32x32x5x5xf32>) {
  // expected-error @+1 {{cpu.pack_winograd: a tile of 2 or 4 and filters of 3x3 taps, not a tile of 4 and (5, 5)}}
  %0 = cpu.pack_winograd %w : (tensor<32x32x5x5xf32>) -> tensor<36x2x32x16xf32>
  return
}

// -----
func.func @no_value(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{cpu.generate: the region ends in cpu.yield of one value}}
  %y = cpu.generate %x shape [4] {} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----
func.func @arguments(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{cpu.generate: the region takes (index, tensor<4xf32>), it has (tensor<4xf32>)}}
  %y = cpu.generate %x shape [4] {
  ^bb0(%a: tensor<4xf32>):
    %v = arith.constant 1.0 : f32
    cpu.yield %v : f32
  } : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----
func.func @another_type(%x: tensor<4xf32>) -> tensor<4xui8> {
  // expected-error @+1 {{cpu.generate: the region yields f32, the result holds ui8}}
  %y = cpu.generate %x shape [4] {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %v = cpu.load %a[%i] : tensor<4xf32>
    cpu.yield %v : f32
  } : (tensor<4xf32>) -> tensor<4xui8>
  return %y : tensor<4xui8>
}

// -----
func.func @another_shape(%x: tensor<4xf32>) -> tensor<5xf32> {
  // expected-error @+1 {{cpu.generate: result is tensor<5xf32>, its operands make it tensor<4xf32>}}
  %y = cpu.generate %x shape ["x0_0"] {
  ^bb0(%i: index, %a: tensor<4xf32>):
    %v = cpu.load %a[%i] : tensor<4xf32>
    cpu.yield %v : f32
  } : (tensor<4xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// -----
cpu.kernel @loads(%task: index, %x: memref<4x8xf32>) {
  // expected-error @+1 {{1 indices for memref<4x8xf32>}}
  %v = cpu.load %x[%task] : memref<4x8xf32>
  cpu.done
}

// -----
cpu.kernel @sizes(%task: index, %x: memref<4x8xf32>) {
  // expected-error @+1 {{memref<4x8xf32> has no axis 2}}
  %v = cpu.size %x axis 2 : memref<4x8xf32>
  cpu.done
}

// -----
// Positions along the last axis stay neighbours.
func.func @turns_last(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{factors [1, 2] need one number from 1 for each axis of 2x4, 1 for the last}}
  %0 = cpu.interleave %x, %x factors [1, 2] : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  return
}

// -----
func.func @turns_missing(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{factors [3, 1] make 3 parts, 2 are given}}
  %0 = cpu.interleave %x, %x factors [3, 1] : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<6x4xf32>
  return
}

// -----
// The second part cannot be the longer one.
func.func @turns_uneven(%x: tensor<2x4xf32>, %y: tensor<3x4xf32>) {
  // expected-error @+1 {{parts of 2x3 positions do not take turns}}
  %0 = cpu.interleave %x, %y factors [2, 1] : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<5x4xf32>
  return
}

// -----
func.func @turns_unlike(%x: tensor<2x4xf32>, %y: tensor<2x5xf32>) {
  // expected-error @+1 {{the part at [1, 0] is 2x5, which does not fit beside 2x4}}
  %0 = cpu.interleave %x, %y factors [2, 1] : (tensor<2x4xf32>, tensor<2x5xf32>) -> tensor<4x4xf32>
  return
}

// -----
// Which columns of taps exist is said for one pixel.
func.func @partial(%x: memref<1x8x8x4xf32>, %w: memref<3x3x4xf32>, %y: memref<1x8x8x4xf32>, %i: index) {
  // expected-error @+1 {{cpu.uk.dw_tile: a partial tile is one pixel, and has no edge}}
  cpu.uk.dw_tile (%x[%i, %i, %i, %i], %w[%i, %i, %i]) to (%y[%i, %i, %i, %i]) with (%i, %i, %i, %i) rows 2 taps [3, 3] partial channels 4 : (memref<1x8x8x4xf32>, memref<3x3x4xf32>) to (memref<1x8x8x4xf32>)
  return
}

// -----
func.func @partial_sizes(%x: memref<1x8x8x4xf32>, %y: memref<1x8x8x4xf32>, %i: index) {
  // expected-error @+1 {{takes the sizes (row_begin, row_end, row_count, column_begin, column_end, column_count), 3 are given}}
  cpu.uk.pool_tile (%x[%i, %i, %i, %i]) to (%y[%i, %i, %i, %i]) with (%i, %i, %i) rows 1 taps [3, 3] partial channels 4 : (memref<1x8x8x4xf32>) to (memref<1x8x8x4xf32>)
  return
}

// -----
// A reduction goes over its axes as one; here a gap follows every line.
func.func @gaps(%x: memref<2x4x5x3xf32, strided<[96, 24, 3, 1]>>, %y: memref<2x3xf32>) {
  // expected-error @+1 {{dimensions 1 to 2 of x memref<2x4x5x3xf32, strided<[96, 24, 3, 1]>> have no common stride in memory}}
  cpu.reduce %x outs %y axes [1, 2] {} : (memref<2x4x5x3xf32, strided<[96, 24, 3, 1]>>, memref<2x3xf32>) -> ()
  return
}

// -----
func.func @few_channels(%x: tensor<1x8x8x3xf32>, %w: tensor<16x1x3x16xf32>) {
  // expected-error @+1 {{x has 3 channels, y 16: tiles are transformed 16 channels at a time}}
  %0 = cpu.winograd_conv2d %x, %w channels 16 tile 2 {} : (tensor<1x8x8x3xf32>, tensor<16x1x3x16xf32>) -> tensor<1x6x6x16xf32>
  return
}
