// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-cpu-to-kernels)' --split-input-file | filecheck %s

// A task is a block of rows; the number of a row is taken apart into indices, the last dimension is the microkernel's.
// CHECK:         cpu.kernel @generate_0(%task: index, %y: memref<3x2x5xf32>, %e0: memref<4x5xf32>, %e1: memref<3x2xi64>)
// CHECK:           scf.for %[[ROW:.+]] =
// CHECK-DAG:         %[[J:.+]] = arith.remui %[[ROW]], %c2
// CHECK-DAG:         %[[I:.+]] = arith.divui %[[ROW]], %c2
// CHECK:             cpu.uk.generate (%e0[%c0, %c0], %e1[%c0, %c0]) to (%y[%[[I]], %[[J]], %c0]) with (%c5) {
// CHECK-NEXT:        ^{{.+}}(%i0: index, %i1: index, %i2: index, %x0: memref<4x5xf32>, %x1: memref<3x2xi64>):
// CHECK:               cpu.load %x1[%i0, %i1]
// CHECK:         cpu.launch @generate_0 tasks %{{.+}}(%y, %x, %i)
func.func @main(%x: memref<4x5xf32>, %i: memref<3x2xi64>, %y: memref<3x2x5xf32>) {
  cpu.generate %x, %i outs %y shape [3, 2, 5] {
  ^bb0(%a: index, %b: index, %c: index, %t: memref<4x5xf32>, %n: memref<3x2xi64>):
    %0 = cpu.load %n[%a, %b] : memref<3x2xi64>
    %1 = arith.index_cast %0 : i64 to index
    %2 = cpu.load %t[%1, %c] : memref<4x5xf32>
    cpu.yield %2 : f32
  } : (memref<4x5xf32>, memref<3x2xi64>, memref<3x2x5xf32>) -> ()
  return
}

// -----
// One long row is cut into blocks of columns; a loop in the region makes the blocks smaller.
// CHECK:         cpu.kernel @generate_0(%task: index, %y: memref<?xf32>)
// CHECK:           %[[FROM:.+]] = arith.muli %task, %[[BLOCK:.+]] : index
// CHECK:           %[[COUNT:.+]] = arith.minsi %{{.+}}, %[[BLOCK]]
// CHECK:           cpu.uk.generate () to (%y[%[[FROM]]]) with (%[[COUNT]]) {
func.func @main(%y: memref<?xf32>) {
  cpu.generate outs %y shape [1] {
  ^bb0(%i: index):
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c9 = arith.constant 9 : index
    %zero = arith.constant 0.0 : f32
    %one = arith.constant 1.0 : f32
    %0 = scf.for %k = %c0 to %c9 step %c1 iter_args(%t = %zero) -> (f32) {
      %1 = arith.addf %t, %one : f32
      scf.yield %1 : f32
    }
    cpu.yield %0 : f32
  } : (memref<?xf32>) -> ()
  return
}

// -----
// A scalar is one element.
// CHECK:         cpu.uk.generate (%e0[]) to (%y[]) with (%{{.+}}) {
func.func @main(%x: memref<f64>, %y: memref<f64>) {
  cpu.generate %x outs %y {
  ^bb0(%a: memref<f64>):
    %0 = cpu.load %a[] : memref<f64>
    cpu.yield %0 : f64
  } : (memref<f64>, memref<f64>) -> ()
  return
}
