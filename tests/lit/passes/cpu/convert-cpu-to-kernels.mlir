// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-cpu-to-kernels)' --split-input-file | filecheck %s

// Two products of the same shapes share a kernel; the rows are cut into tiles of two sizes, the epilogue is the tile's.
// CHECK:         cpu.kernel @gemm_0(%task: index, %x: memref<13x8xf32>, %w: memref<1x8x16xf32>, %y: memref<13x10xf32>, %e0: memref<10xf32>)
// CHECK:           cpu.uk.fma_tile (%x[%{{.*}}, %c0], %w[%c0, %c0, %c0], %e0[%c0]) to (%y[%{{.*}}, %c0]) with (%c0, %c1) rows 5 columns 10 depth 8 {
// CHECK-NEXT:      ^{{.*}}(%{{.*}}: f32, %{{.*}}: f32):
// CHECK-NEXT:        arith.addf
// CHECK:           scf.for
// CHECK:             cpu.uk.fma_tile {{.*}} rows 4 columns 10 depth 8 {
// CHECK-NOT:     cpu.kernel
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @gemm_0 tasks %{{.*}}(%x, %w, %y, %b)
// CHECK:           cpu.launch @gemm_0 tasks %{{.*}}(%x, %w, %z, %b)
// CHECK-NOT:       cpu.gemm
func.func @main(%x: memref<13x8xf32>, %w: memref<1x8x16xf32>, %b: memref<10xf32>, %y: memref<13x10xf32>, %z: memref<13x10xf32>) {
  cpu.gemm %x, %w, %b outs %y columns 10 {
  ^bb0(%acc: f32, %bias: f32):
    %0 = arith.addf %acc, %bias : f32
    cpu.yield %0 : f32
  } : (memref<13x8xf32>, memref<1x8x16xf32>, memref<10xf32>, memref<13x10xf32>) -> ()
  cpu.gemm %x, %w, %b outs %z columns 10 {
  ^bb0(%a: f32, %c: f32):
    %0 = arith.addf %a, %c : f32
    cpu.yield %0 : f32
  } : (memref<13x8xf32>, memref<1x8x16xf32>, memref<10xf32>, memref<13x10xf32>) -> ()
  return
}

// -----
// With a dynamic number of rows the number of tasks is computed, and what is left over goes in tiles of 4, 2 and 1 rows.
// CHECK:         cpu.kernel @gemm_0
// CHECK:           memref.dim %y
// CHECK:           cpu.uk.fma_tile {{.*}} with (%c0, %c1) columns 10 depth 8
// CHECK:           cpu.uk.fma_tile {{.*}} rows 4 columns
// CHECK:           cpu.uk.fma_tile {{.*}} rows 2 columns
// CHECK:           cpu.uk.fma_tile {{.*}} rows 1 columns
// CHECK-LABEL:   func.func @main
// CHECK:           %[[N:.+]] = memref.dim %y
// CHECK:           %[[TASKS:.+]] = arith.ceildivsi %[[N]]
// CHECK:           cpu.launch @gemm_0 tasks %[[TASKS]]
func.func @main(%x: memref<?x8xf32>, %w: memref<1x8x16xf32>, %y: memref<?x10xf32>) {
  cpu.gemm %x, %w outs %y columns 10 {} : (memref<?x8xf32>, memref<1x8x16xf32>, memref<?x10xf32>) -> ()
  return
}

// -----
// A pointwise convolution is a product over all pixels, also into a slice of channels.
// CHECK:         cpu.kernel @gemm_0(%task: index, %x: memref<50x8xf32>, %w: memref<1x1x1x8x16xf32>, %y: memref<50x10xf32, strided<[24, 1]>>)
// CHECK-LABEL:   func.func @main
// CHECK-NOT:       cpu.conv2d
func.func @main(%x: memref<2x5x5x8xf32>, %w: memref<1x1x1x8x16xf32>, %y: memref<2x5x5x10xf32, strided<[600, 120, 24, 1], offset: 3>>) {
  cpu.conv2d %x, %w outs %y channels 10 {} : (memref<2x5x5x8xf32>, memref<1x1x1x8x16xf32>, memref<2x5x5x10xf32, strided<[600, 120, 24, 1], offset: 3>>) -> ()
  return
}

// -----
// Only tiles at the edges of a line know about padding; those between are one loop.
// CHECK:         cpu.kernel @conv2d_0
// CHECK:           cpu.uk.fma_tile {{.*}} rows 4 taps [3, 3] edge [-1, 12] columns 16 depth 8
// CHECK:           cpu.uk.fma_tile {{.*}} rows 4 taps [3, 3] columns 16 depth 8
// CHECK:           cpu.uk.fma_tile {{.*}} rows 4 taps [3, 3] edge [7, 12] columns 16 depth 8
func.func @main(%x: memref<1x12x12x8xf32>, %w: memref<1x3x3x8x16xf32>, %y: memref<1x12x12x16xf32>) {
  cpu.conv2d %x, %w outs %y pads [1, 1, 1, 1] channels 16 rows 4 {} : (memref<1x12x12x8xf32>, memref<1x3x3x8x16xf32>, memref<1x12x12x16xf32>) -> ()
  return
}

// -----
// CHECK:         cpu.kernel @dwconv2d_0
// CHECK:           cpu.uk.dw_tile {{.*}} taps [3, 3] edge [-1, 12] channels 8
// CHECK:           cpu.uk.dw_tile {{.*}} taps [3, 3] edge [5, 12] channels 8
func.func @main(%x: memref<1x12x12x8xf32>, %w: memref<3x3x8xf32>, %y: memref<1x12x12x8xf32>) {
  cpu.dwconv2d %x, %w outs %y pads [1, 1, 1, 1] {} : (memref<1x12x12x8xf32>, memref<3x3x8xf32>, memref<1x12x12x8xf32>) -> ()
  return
}

// -----
// An average knows how many elements each window of an edge tile has; their lines are counted where they are known.
// CHECK:         cpu.kernel @pool2d_0
// CHECK:           cpu.uk.pool_tile {{.*}} rows 3 taps [3, 3] strides [2, 2] edge [-1, 12] kind average channels 8 counts [2, 3, 3]
func.func @main(%x: memref<1x12x12x8xf32>, %y: memref<1x6x6x8xf32>) {
  cpu.pool2d %x outs %y strides [2, 2] pads [1, 1, 1, 1] kind average kernel [3, 3] {} : (memref<1x12x12x8xf32>, memref<1x6x6x8xf32>) -> ()
  return
}

// -----
// A mean over pixels goes down columns, a mean over channels along rows.
// CHECK:           cpu.uk.reduce_columns (%x[%{{.*}}, %c0, %{{.*}}]) to (%y[%{{.*}}, %{{.*}}]) with (%c49, %{{.*}}) : (memref<2x49x80xf32>) to (memref<2x80xf32>)
// CHECK:           cpu.uk.reduce_row (%x[%{{.*}}, %c0]) to (%y[%{{.*}}, %c0]) with (%c80) : (memref<98x80xf32>) to (memref<98x1xf32>)
func.func @main(%x: memref<2x7x7x80xf32>, %y: memref<2x80xf32>, %z: memref<2x7x7xf32>) {
  cpu.reduce %x outs %y axes [1, 2] {} : (memref<2x7x7x80xf32>, memref<2x80xf32>) -> ()
  cpu.reduce %x outs %z axes [3] {} : (memref<2x7x7x80xf32>, memref<2x7x7xf32>) -> ()
  return
}

// -----
// CHECK:           cpu.uk.softmax_row
// CHECK:           cpu.uk.lrn_row {{.*}} channels 40 size 5
func.func @main(%x: memref<4x40xf32>, %y: memref<4x40xf32>, %z: memref<4x40xf32>) {
  cpu.softmax %x outs %y {} : (memref<4x40xf32>, memref<4x40xf32>) -> ()
  cpu.lrn %y outs %z size 5 {} : (memref<4x40xf32>, memref<4x40xf32>) -> ()
  return
}

// -----
// Pixels are rows of a map over channels; without anything to broadcast all is one row.
// CHECK:           cpu.uk.map
// CHECK:           } : (memref<50x24xf32>, memref<1x24xf32>) to (memref<50x24xf32>)
// CHECK:           cpu.uk.map
// CHECK:           } : (memref<1x1200xf32>, memref<1x1200xf32>) to (memref<1x1200xf32>)
func.func @main(%x: memref<2x5x5x24xf32>, %s: memref<24xf32>, %y: memref<2x5x5x24xf32>) {
  cpu.map %x, %s outs %y {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    cpu.yield %0 : f32
  } : (memref<2x5x5x24xf32>, memref<24xf32>, memref<2x5x5x24xf32>) -> ()
  cpu.map %x, %y outs %y {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    cpu.yield %0 : f32
  } : (memref<2x5x5x24xf32>, memref<2x5x5x24xf32>, memref<2x5x5x24xf32>) -> ()
  return
}

// -----
// Height and width move as one; a transpose that keeps the last dimension is a map over reordered strides.
// CHECK:           cpu.uk.transpose_tile {{.*}} row_axis 1 column_axis 1 : (memref<2x8x36xf32{{.*}}>) to (memref<2x36x8xf32>)
// CHECK:           cpu.uk.map
func.func @main(%x: memref<2x8x6x6xf32>, %y: memref<2x6x6x8xf32>, %z: memref<2x6x8x6xf32>) {
  cpu.transpose %x outs %y permutation [0, 2, 3, 1] {} : (memref<2x8x6x6xf32>, memref<2x6x6x8xf32>) -> ()
  cpu.transpose %x outs %z permutation [0, 2, 1, 3] {} : (memref<2x8x6x6xf32>, memref<2x6x8x6xf32>) -> ()
  return
}
