// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// Rows are blocks of tasks; how many there are is computed where the number of rows is not known.
// CHECK:         cpu.kernel @softmax_0
// CHECK:           %[[ROWS:.+]] = memref.dim %x
// CHECK:           %[[END:.+]] = arith.minsi %{{.+}}, %[[ROWS]]
// CHECK:           scf.for %[[I:.+]] = %{{.+}} to %[[END]]
// CHECK:             cpu.uk.softmax_row (%x[%[[I]], %c0]) to (%y[%[[I]], %c0]) with (%c40)
// CHECK-LABEL:   func.func @main
// CHECK:           %[[TASKS:.+]] = arith.ceildivsi
// CHECK:           cpu.launch @softmax_0 tasks %[[TASKS]]
func.func @main(%x: memref<?x40xf32>, %y: memref<?x40xf32>) {
  cpu.softmax %x outs %y {} : (memref<?x40xf32>, memref<?x40xf32>) -> ()
  return
}
