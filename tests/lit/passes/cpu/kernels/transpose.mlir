// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// The last two dimensions change places tile by tile; each matrix is a task.
// CHECK:         cpu.kernel @transpose_0
// CHECK:           cpu.uk.transpose_tile (%x[%task, %c0, %c0]) to (%y[%task, %c0, %c0]) with (%c240, %c125)
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @transpose_0 tasks %c2(
func.func @main(%x: memref<2x240x125xf32>, %y: memref<2x125x240xf32>) {
  cpu.transpose %x outs %y permutation [0, 2, 1] {} : (memref<2x240x125xf32>, memref<2x125x240xf32>) -> ()
  return
}

// -----
// Of small matrices a task has several.
// CHECK:         cpu.kernel @transpose_0
// CHECK:           scf.for %[[T:.+]] =
// CHECK:             cpu.uk.transpose_tile (%x[%[[T]], %c0, %c0]) to (%y[%[[T]], %c0, %c0]) with (%c4, %c68)
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @transpose_0 tasks %c7(
func.func @main(%x: memref<784x4x68xf32>, %y: memref<784x68x4xf32>) {
  cpu.transpose %x outs %y permutation [0, 2, 1] {} : (memref<784x4x68xf32>, memref<784x68x4xf32>) -> ()
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
