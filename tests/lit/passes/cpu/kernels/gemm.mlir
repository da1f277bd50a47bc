// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// One row against many panels: tasks are blocks of panels, and the last panel, which is narrower, belongs to the task that has the end.
// CHECK:         cpu.kernel @gemm_0
// CHECK:           scf.for %[[P:.+]] =
// CHECK:             cpu.uk.fma_tile (%x[%c0, %c0], %w[%[[P]], {{.+}}) {{.*}}rows 1 columns 16 depth 2048
// CHECK:           scf.if
// CHECK:             cpu.uk.fma_tile {{.+}} rows 1 columns 8 depth 2048
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @gemm_0 tasks %c13(
func.func @main(%x: memref<1x2048xf32>, %w: memref<63x2048x16xf32>, %y: memref<1x1000xf32>) {
  cpu.gemm %x, %w outs %y columns 1000 rows 1 {} : (memref<1x2048xf32>, memref<63x2048x16xf32>, memref<1x1000xf32>) -> ()
  return
}

// -----
// Eight rows in tiles of at most six are two tiles of four: of the same height as far as possible, so one loop and no remainder.
// CHECK:         cpu.kernel @gemm_0
// CHECK:           scf.for %{{.+}} = %c0 to %c8 step %c4
// CHECK:             cpu.uk.fma_tile {{.+}} rows 4 columns 64
// CHECK-NOT:       cpu.uk.fma_tile
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @gemm_0 tasks %c1(
func.func @main(%x: memref<8x256xf32>, %w: memref<1x256x64xf32>, %y: memref<8x64xf32>) {
  cpu.gemm %x, %w outs %y columns 64 rows 6 {} : (memref<8x256xf32>, memref<1x256x64xf32>, memref<8x64xf32>) -> ()
  return
}

// -----
// Dimensions before the last of x are rows like any other.
// CHECK:         cpu.kernel @gemm_0(%task: index, %x: memref<12x8xf32>, %w: memref<1x8x16xf32>, %y: memref<12x16xf32>)
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.view %x at %c0 sizes() : memref<2x6x8xf32> to memref<12x8xf32>
func.func @main(%x: memref<2x6x8xf32>, %w: memref<1x8x16xf32>, %y: memref<2x6x16xf32>) {
  cpu.gemm %x, %w outs %y columns 16 rows 6 {} : (memref<2x6x8xf32>, memref<1x8x16xf32>, memref<2x6x16xf32>) -> ()
  return
}
