// RUN: infer-opt %s | infer-opt - | filecheck %s
// RUN: infer-opt %s --mlir-print-op-generic | infer-opt - | filecheck %s

// Every microkernel reads back: references with their start, sizes, properties, region, types.
// CHECK-LABEL: cpu.kernel @windows
// CHECK:         cpu.uk.fma_tile (%x[%c0, %c0, %c0, %c0], %f[%c0, %c0, %c0, %c0, %c0]) to (%y[%c0, %c0, %c0, %c0]) with (%c0, %c3)
// CHECK-SAME:      rows 4 taps [3, 3] strides [1, 2] edge [-1, 9] columns 16 depth 8
// CHECK:         cpu.uk.dw_tile (%x[%c0, %c0, %c0, %c0], %d[%c0, %c0, %c0]) to (%y[%c0, %c0, %c0, %c0]) with (%c0, %c3) rows 4 taps [3, 3] channels 8
// CHECK:         cpu.uk.pool_tile (%x[%c0, %c0, %c0, %c0]) to (%y[%c0, %c0, %c0, %c0]) with (%c0, %c3, %c3) rows 2 taps [3, 3] kind average channels 8 counts [3, 3]
cpu.kernel @windows(%task: index, %x: memref<1x9x9x8xf32>, %f: memref<1x3x3x8x16xf32>, %d: memref<3x3x8xf32>, %y: memref<1x9x9x16xf32>) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  cpu.uk.fma_tile (%x[%c0, %c0, %c0, %c0], %f[%c0, %c0, %c0, %c0, %c0]) to (%y[%c0, %c0, %c0, %c0]) with (%c0, %c3) rows 4 taps [3, 3] strides [1, 2] edge [-1, 9] columns 16 depth 8 : (memref<1x9x9x8xf32>, memref<1x3x3x8x16xf32>) to (memref<1x9x9x16xf32>)
  cpu.uk.dw_tile (%x[%c0, %c0, %c0, %c0], %d[%c0, %c0, %c0]) to (%y[%c0, %c0, %c0, %c0]) with (%c0, %c3) rows 4 taps [3, 3] channels 8 : (memref<1x9x9x8xf32>, memref<3x3x8xf32>) to (memref<1x9x9x16xf32>)
  cpu.uk.pool_tile (%x[%c0, %c0, %c0, %c0]) to (%y[%c0, %c0, %c0, %c0]) with (%c0, %c3, %c3) rows 2 taps [3, 3] kind average channels 8 counts [3, 3] : (memref<1x9x9x8xf32>) to (memref<1x9x9x16xf32>)
  cpu.done
}

// CHECK-LABEL: cpu.kernel @rows
// CHECK:         cpu.uk.map (%x[%c0, %c0], %b[%c0]) to (%y[%c0, %c0]) with (%c3, %c3) {
// CHECK-NEXT:    ^{{.*}}(%v: f32, %w: f32):
// CHECK:         cpu.uk.reduce_columns (%x[%c0, %c0]) to (%b[%c0]) with (%c3, %c3) kind max :
// CHECK:         cpu.uk.reduce_row (%x[%c0, %c0]) to (%b[%c0]) with (%c3) :
// CHECK:         cpu.uk.softmax_row (%x[%c0, %c0]) to (%y[%c0, %c0]) with (%c3) :
// CHECK:         cpu.uk.norm_row (%x[%c0, %c0]) to (%y[%c0, %c0]) with (%c3) centred epsilon 1.0e-12 :
// CHECK:         cpu.uk.rope_row (%x[%c0, %c0], %x[%c0, %c0], %x[%c0, %c0]) to (%y[%c0, %c0]) half 4 :
// CHECK:         cpu.uk.lrn_row (%x[%c0, %c0]) to (%y[%c0, %c0]) channels 8 size 5 :
// CHECK:         cpu.uk.transpose_tile (%x[%c0, %c0]) to (%y[%c0, %c0]) with (%c3, %c3) :
cpu.kernel @rows(%task: index, %x: memref<3x8xf32>, %b: memref<8xf32>, %y: memref<3x8xf32>) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  cpu.uk.map (%x[%c0, %c0], %b[%c0]) to (%y[%c0, %c0]) with (%c3, %c3) {
  ^bb0(%v: f32, %w: f32):
    %0 = arith.addf %v, %w : f32
    cpu.yield %0 : f32
  } : (memref<3x8xf32>, memref<8xf32>) to (memref<3x8xf32>)
  cpu.uk.reduce_columns (%x[%c0, %c0]) to (%b[%c0]) with (%c3, %c3) kind max : (memref<3x8xf32>) to (memref<8xf32>)
  cpu.uk.reduce_row (%x[%c0, %c0]) to (%b[%c0]) with (%c3) : (memref<3x8xf32>) to (memref<8xf32>)
  cpu.uk.softmax_row (%x[%c0, %c0]) to (%y[%c0, %c0]) with (%c3) : (memref<3x8xf32>) to (memref<3x8xf32>)
  cpu.uk.norm_row (%x[%c0, %c0]) to (%y[%c0, %c0]) with (%c3) centred epsilon 1.0e-12 : (memref<3x8xf32>) to (memref<3x8xf32>)
  cpu.uk.rope_row (%x[%c0, %c0], %x[%c0, %c0], %x[%c0, %c0]) to (%y[%c0, %c0]) half 4 : (memref<3x8xf32>, memref<3x8xf32>, memref<3x8xf32>) to (memref<3x8xf32>)
  cpu.uk.lrn_row (%x[%c0, %c0]) to (%y[%c0, %c0]) channels 8 size 5 : (memref<3x8xf32>) to (memref<3x8xf32>)
  cpu.uk.transpose_tile (%x[%c0, %c0]) to (%y[%c0, %c0]) with (%c3, %c3) : (memref<3x8xf32>) to (memref<3x8xf32>)
  cpu.done
}

// CHECK-LABEL: cpu.kernel @winograd
// CHECK:         cpu.uk.winograd_input (%x[%c0, %c0, %c0, %c0]) to (%v[%c0, %c0, %c0]) with (%c0, %c4, %c0, %c4) tile 2 channels 16 :
// CHECK:         cpu.uk.winograd_output (%v[%c0, %c0, %c0]) to (%x[%c0, %c0, %c0, %c0]) with (%c2, %c2) tile 2 channels 16 :
cpu.kernel @winograd(%task: index, %x: memref<1x8x8x16xf32>, %v: memref<16x4x16xf32>) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  cpu.uk.winograd_input (%x[%c0, %c0, %c0, %c0]) to (%v[%c0, %c0, %c0]) with (%c0, %c4, %c0, %c4) tile 2 channels 16 : (memref<1x8x8x16xf32>) to (memref<16x4x16xf32>)
  cpu.uk.winograd_output (%v[%c0, %c0, %c0]) to (%x[%c0, %c0, %c0, %c0]) with (%c2, %c2) tile 2 channels 16 : (memref<16x4x16xf32>) to (memref<1x8x8x16xf32>)
  cpu.done
}

// Optional inputs are those that flags name.
// CHECK-LABEL: cpu.kernel @attention
// CHECK:         cpu.uk.attention_tile (%q[%c0, %c0, %c0, %c0], %k[%c0, %c0, %c0, %c0, %c0], %q[%c0, %c0, %c0, %c0], %n[%c0]) to (%q[%c0, %c0, %c0, %c0]) with (%c0, %c5) rows 5 depth 8 columns 8 axes [2, 1, 2] counted scale 0.5 causal left 3 :
cpu.kernel @attention(%task: index, %q: memref<1x2x5x8xf32>, %k: memref<1x2x1x8x64xf32>, %n: memref<1xi64>) {
  %c0 = arith.constant 0 : index
  %c5 = arith.constant 5 : index
  cpu.uk.attention_tile (%q[%c0, %c0, %c0, %c0], %k[%c0, %c0, %c0, %c0, %c0], %q[%c0, %c0, %c0, %c0], %n[%c0]) to (%q[%c0, %c0, %c0, %c0]) with (%c0, %c5) rows 5 depth 8 columns 8 axes [2, 1, 2] counted scale 0.5 causal left 3 : (memref<1x2x5x8xf32>, memref<1x2x1x8x64xf32>, memref<1x2x5x8xf32>, memref<1xi64>) to (memref<1x2x5x8xf32>)
  cpu.done
}
