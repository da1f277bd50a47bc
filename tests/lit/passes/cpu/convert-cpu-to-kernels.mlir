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
