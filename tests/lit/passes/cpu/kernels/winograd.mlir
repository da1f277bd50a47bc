// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// Few tiles: each step is a kernel over the whole image, the products fall into one task for each plane. Only the last has the epilogue.
// CHECK:         cpu.kernel @winograd_input_0
// CHECK:           cpu.uk.winograd_input (%x[%{{.+}}]) to (%v[%{{.+}}]) with {{.+}} channels 32
// CHECK:         cpu.kernel @winograd_product_1
// CHECK-NOT:       e0
// CHECK:           cpu.uk.fma_tile (%v[%{{.+}}], %w[%{{.+}}]) to (%m[%{{.+}}]) {{.+}} rows 4 columns 32 depth 32
// CHECK:         cpu.kernel @winograd_output_2
// CHECK:           cpu.uk.winograd_output (%m[%{{.+}}], %e0[%c0]) to (%y[%{{.+}}])
// CHECK:             arith.addf
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @winograd_product_1 tasks %c36
func.func @main(%x: memref<1x8x8x32xf32>, %w: memref<36x1x32x32xf32>, %s: memref<10368xf32>, %b: memref<32xf32>, %y: memref<1x8x8x32xf32>) {
  cpu.winograd_conv2d %x, %w, %b workspace %s outs %y channels 32 pads [1, 1, 1, 1] {
  ^bb0(%acc: f32, %bias: f32):
    %0 = arith.addf %acc, %bias : f32
    cpu.yield %0 : f32
  } : (memref<1x8x8x32xf32>, memref<36x1x32x32xf32>, memref<10368xf32>, memref<32xf32>, memref<1x8x8x32xf32>) -> ()
  return
}

// -----
// Blocks of tiles: one kernel does the three steps for one block after the other; planes are a cache line apart.
// CHECK:         cpu.kernel @winograd_0(%task: index, %x: memref<?x16x16x32xf32>, %w: {{.+}}, %v: memref<2x36x8x32xf32, strided<[9792, 272, 32, 1]>>
// CHECK:           memref.dim
// CHECK:           scf.for %image
// CHECK:             cpu.uk.winograd_input
// CHECK:             scf.for %plane
// CHECK:               cpu.uk.fma_tile {{.+}} rows 4 columns 32
// CHECK:             cpu.uk.winograd_output
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @winograd_0 tasks %c2
func.func @main(%x: memref<?x16x16x32xf32>, %w: memref<36x1x32x32xf32>, %s: memref<39168xf32>, %y: memref<?x16x16x32xf32>) {
  cpu.winograd_conv2d %x, %w workspace %s outs %y channels 32 pads [1, 1, 1, 1] block [2, 4] rows 4 {} : (memref<?x16x16x32xf32>, memref<36x1x32x32xf32>, memref<39168xf32>, memref<?x16x16x32xf32>) -> ()
  return
}

// -----
// Runs of tiles: they are numbered through all images, whose size the kernel reads; runs of a task are of even length.
// CHECK:         cpu.kernel @winograd_0(%task: index, %x: memref<?x?x?x32xf32>, %w: {{.+}}, %v: memref<16x36x12x32xf32, strided<[14400, 400, 32, 1]>>
// CHECK:           %[[H:.+]] = memref.dim %y, %c1
// CHECK:           arith.ceildivsi %[[H]], %c4
// CHECK:           scf.for %run
// CHECK:             scf.for %[[T:.+]] = %c0
// CHECK:               arith.addi %{{.+}}, %[[T]]
// CHECK:               arith.remui
// CHECK:               cpu.uk.winograd_input
// CHECK:             scf.for %plane
// CHECK:               cpu.uk.fma_tile {{.+}} rows 4 columns 32
// CHECK:             cpu.uk.winograd_output
// CHECK-LABEL:   func.func @main
func.func @main(%x: memref<?x?x?x32xf32>, %w: memref<36x1x32x32xf32>, %s: memref<460800xf32>, %y: memref<?x?x?x32xf32>) {
  cpu.winograd_conv2d %x, %w workspace %s outs %y channels 32 pads [1, 1, 1, 1] run 12 rows 4 {} : (memref<?x?x?x32xf32>, memref<36x1x32x32xf32>, memref<460800xf32>, memref<?x?x?x32xf32>) -> ()
  return
}
