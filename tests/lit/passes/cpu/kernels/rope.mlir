// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// A row at a time; the codes are those of its position, for whatever sample and head.
// CHECK:         cpu.kernel @rope_0
// CHECK:           scf.for %[[ROW:.+]] =
// CHECK:             %[[H:.+]] = arith.remui %[[ROW]], %c4
// CHECK:             cpu.uk.rope_row (%x[%[[B:.+]], %[[I:.+]], %[[H]], %c0], %cos[%[[P:.+]], %c0, %c0], %sin[%{{.+}}, %c0, %c0]) to (%y[%[[B]], %[[I]], %[[H]], %c0]) half 5
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @rope_0
func.func @main(%x: memref<?x?x4x10xf32>, %c: memref<?x1x10xf32>, %y: memref<?x?x4x10xf32>) {
  cpu.rope %x, %c, %c outs %y {} : (memref<?x?x4x10xf32>, memref<?x1x10xf32>, memref<?x1x10xf32>, memref<?x?x4x10xf32>) -> ()
  return
}
