// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// A row at a time: its statistics, and the epilogue with what it reads at the same place.
// CHECK:         cpu.kernel @norm_0
// CHECK:           scf.for %[[ROW:.+]] =
// CHECK:             %[[I:.+]] = arith.remui %[[ROW]]
// CHECK:             %[[B:.+]] = arith.divui %[[ROW]]
// CHECK:             cpu.uk.norm_row (%x[%[[B]], %[[I]], %c0], %e0[%c0], %e1[%[[B]], %[[I]], %c0]) to (%y[%[[B]], %[[I]], %c0]) with (%c40) centred epsilon 1.0e-12 {
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @norm_0
func.func @main(%x: memref<?x?x40xf32>, %s: memref<40xf32>, %r: memref<?x?x40xf32>, %y: memref<?x?x40xf32>) {
  cpu.norm %x, %s, %r outs %y centred epsilon 1.0e-12 {
  ^bb0(%v: f32, %scale: f32, %rest: f32):
    %0 = arith.mulf %v, %scale : f32
    %1 = arith.addf %0, %rest : f32
    cpu.yield %1 : f32
  } : (memref<?x?x40xf32>, memref<40xf32>, memref<?x?x40xf32>, memref<?x?x40xf32>) -> ()
  return
}
