// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// Windows side by side: no line or column is at an edge, each tile takes whole windows.
// CHECK:         cpu.kernel @pool2d_0
// CHECK:           scf.for %[[OH:.+]] = %c0 to %c4
// CHECK:             %[[LINE:.+]] = arith.muli %[[OH]], %c2
// CHECK:             cpu.uk.pool_tile (%x[%task, %[[LINE]], %c0, %c0]) to (%y[%task, %[[OH]], %c0, %c0]) with (%c0, %c2, %c2)
// CHECK-NOT:       edge
// CHECK-LABEL:   func.func @main
func.func @main(%x: memref<1x8x8x16xf32>, %y: memref<1x4x4x16xf32>) {
  cpu.pool2d %x outs %y strides [2, 2] kernel [2, 2] {} : (memref<1x8x8x16xf32>, memref<1x4x4x16xf32>) -> ()
  return
}

// -----
// An average that counts the padding divides by the whole window at the edges too.
// CHECK:         cpu.kernel @pool2d_0
// CHECK:           cpu.uk.pool_tile {{.+}} edge [-1, 8] kind average {{.*}}counts [3, 3, 3, 3]
// CHECK:           cpu.uk.pool_tile {{.+}} edge [3, 8] kind average {{.*}}counts [3, 3, 3, 3]
func.func @main(%x: memref<1x8x8x20xf32>, %y: memref<1x8x8x20xf32>) {
  cpu.pool2d %x outs %y pads [1, 1, 1, 1] kind average count_include_pad kernel [3, 3] {} : (memref<1x8x8x20xf32>, memref<1x8x8x20xf32>) -> ()
  return
}

// -----
// One that does not divides by what of the window is in the image.
// CHECK:         cpu.kernel @pool2d_0
// CHECK:           cpu.uk.pool_tile {{.+}} edge [-1, 8] kind average {{.*}}counts [2, 3, 3, 3]
// CHECK:           cpu.uk.pool_tile {{.+}} edge [3, 8] kind average {{.*}}counts [3, 3, 3, 2]
func.func @main(%x: memref<1x8x8x20xf32>, %y: memref<1x8x8x20xf32>) {
  cpu.pool2d %x outs %y pads [1, 1, 1, 1] kind average kernel [3, 3] {} : (memref<1x8x8x20xf32>, memref<1x8x8x20xf32>) -> ()
  return
}
