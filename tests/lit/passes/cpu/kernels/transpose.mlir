// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// The last two dimensions change places tile by tile; each matrix is a task.
// CHECK:         cpu.kernel @transpose_0
// CHECK:           cpu.uk.transpose_tile (%x[%task, %c0, %c0]) to (%y[%task, %c0, %c0]) with (%c24, %c25)
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @transpose_0 tasks %c2(
func.func @main(%x: memref<2x24x25xf32>, %y: memref<2x25x24xf32>) {
  cpu.transpose %x outs %y permutation [0, 2, 1] {} : (memref<2x24x25xf32>, memref<2x25x24xf32>) -> ()
  return
}

// -----
// Where the last dimension stays last, its rows are copied from other places: a map.
// CHECK-NOT:       cpu.uk.transpose_tile
// CHECK:           cpu.uk.map
// CHECK-NOT:       cpu.uk.transpose_tile
// CHECK-LABEL:   func.func @main
func.func @main(%x: memref<3x4x5x8xf32>, %y: memref<4x3x5x8xf32>) {
  cpu.transpose %x outs %y permutation [1, 0, 2, 3] {} : (memref<3x4x5x8xf32>, memref<4x3x5x8xf32>) -> ()
  return
}
