// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// Over pixels: columns of 64 channels are tasks, the pixels of an image go by under them. The scale of the mean is the kernel's.
// CHECK:         cpu.kernel @reduce_0(%task: index, %x: memref<?x49x80xf32>, %y: memref<?x80xf32>)
// CHECK:           %[[LEFT:.+]] = arith.subi %c80, %[[FROM:.+]] : index
// CHECK:           %[[HERE:.+]] = arith.minsi %[[LEFT]], %c64
// CHECK:           cpu.uk.reduce_columns (%x[%{{.+}}, %c0, %{{.+}}]) to (%y[%{{.+}}, %{{.+}}]) with (%c49, %[[HERE]]) {
// CHECK:             arith.mulf
// CHECK-LABEL:   func.func @main
// CHECK:           %[[N:.+]] = memref.dim
// CHECK:           %[[TASKS:.+]] = arith.muli %{{.+}}, %c2
// CHECK:           cpu.launch @reduce_0 tasks %[[TASKS]]
func.func @main(%x: memref<?x7x7x80xf32>, %y: memref<?x80xf32>) {
  cpu.reduce %x outs %y axes [1, 2] {
  ^bb0(%s: f32):
    %c = arith.constant 0.5 : f32
    %0 = arith.mulf %s, %c : f32
    cpu.yield %0 : f32
  } : (memref<?x7x7x80xf32>, memref<?x80xf32>) -> ()
  return
}

// -----
// Over the last dimension: a row is one number.
// CHECK:         cpu.kernel @reduce_0(%task: index, %x: memref<4x80xf32>, %y: memref<4x1xf32>)
// CHECK:           scf.for %[[I:.+]] =
// CHECK:             cpu.uk.reduce_row (%x[%[[I]], %c0]) to (%y[%[[I]], %c0]) with (%c80) kind max
func.func @main(%x: memref<4x80xf32>, %y: memref<4xf32>) {
  cpu.reduce %x outs %y kind max axes [1] {} : (memref<4x80xf32>, memref<4xf32>) -> ()
  return
}
