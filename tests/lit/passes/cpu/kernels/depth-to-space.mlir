// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// A line of y is half of every pixel of a line of x, 16 elements of 32, one after the other: rows of a matrix.
// CHECK:         cpu.kernel @depth_to_space_0
// CHECK:           scf.for
// CHECK-NOT:       scf.for
// CHECK:             cpu.uk.map (%pixels[%{{.+}}, %{{.+}}]) to (%rows[%c0, %{{.+}}])
// CHECK-NOT:         cpu.uk.map
// CHECK-LABEL:   func.func @whole
// CHECK:           cpu.launch @depth_to_space_0
func.func @whole(%x: memref<?x?x?x32xf32>, %y: memref<?x?x?x8xf32>) {
  cpu.depth_to_space %x outs %y block [2, 2] {} : (memref<?x?x?x32xf32>, memref<?x?x?x8xf32>) -> ()
  return
}

// -----
// What is cut of the first and of the last pixel makes those a loop of their own.
// CHECK:         cpu.kernel @depth_to_space_0
// CHECK-COUNT-3:   cpu.uk.map
// CHECK-LABEL:   func.func @cut
func.func @cut(%x: memref<?x?x?x32xf32>, %y: memref<?x?x?x8xf32>) {
  cpu.depth_to_space %x outs %y block [2, 2] crops [1, 1, 1, 1] {} : (memref<?x?x?x32xf32>, memref<?x?x?x8xf32>) -> ()
  return
}
