// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// A group is a task of its own: it reads its share of the channels of x and writes its share of y's.
// CHECK:         cpu.kernel @conv2d_0(%[[TASK:[a-z]+]]: index
// CHECK:           %[[G:.+]] = arith.remui %[[TASK]], %c2
// CHECK-DAG:       %[[IN:.+]] = arith.muli %[[G]], %c8
// CHECK-DAG:       %[[OUT:.+]] = arith.muli %[[G]], %c16
// CHECK:           cpu.uk.fma_tile (%x[%{{.+}}, %{{.+}}, %c0, %[[IN]]], %w[%[[G]], {{.+}}]) to (%y[%{{.+}}, %{{.+}}, %c0, %[[OUT]]])
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @conv2d_0 tasks %c2
func.func @main(%x: memref<1x8x8x16xf32>, %w: memref<2x3x3x8x16xf32>, %y: memref<1x6x6x32xf32>) {
  cpu.conv2d %x, %w outs %y groups 2 channels 32 rows 6 {} : (memref<1x8x8x16xf32>, memref<2x3x3x8x16xf32>, memref<1x6x6x32xf32>) -> ()
  return
}

// -----
// Padding above the image shortens the window there: the first tap row is counted from the line's place, the columns are the tile's matter.
// CHECK:         cpu.kernel @conv2d_0
// CHECK:           scf.for %[[OH:.+]] = %c0 to %c4
// CHECK:             %[[LINE:.+]] = arith.muli %[[OH]], %c2
// CHECK:             %[[TOP:.+]] = arith.subi %[[LINE]], %c1
// CHECK:             %[[OVER:.+]] = arith.subi %c0, %[[TOP]]
// CHECK:             %[[FIRST:.+]] = arith.maxsi %[[OVER]], %c0
// CHECK:             cpu.uk.fma_tile (%x[%task, %[[TOP]], %cm1, %c0], {{.+}} with (%[[FIRST]], %c3) {{.*}}strides [2, 2] edge [-1, 8]
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @conv2d_0 tasks %c2
func.func @main(%x: memref<2x8x8x16xf32>, %w: memref<1x3x3x16x16xf32>, %y: memref<2x4x4x16xf32>) {
  cpu.conv2d %x, %w outs %y strides [2, 2] pads [1, 1, 0, 0] channels 16 rows 4 {} : (memref<2x8x8x16xf32>, memref<1x3x3x16x16xf32>, memref<2x4x4x16xf32>) -> ()
  return
}

// -----
// Without padding the window is whole everywhere: nothing is computed about it, and no tile has an edge. Taps may lie apart.
// CHECK:         cpu.kernel @conv2d_0
// CHECK-NOT:       arith.maxsi
// CHECK-NOT:       edge
// CHECK:           cpu.uk.fma_tile {{.+}} with (%c0, %c3) {{.*}}taps [3, 3] dilations [2, 2]
// CHECK-NOT:       edge
// CHECK-LABEL:   func.func @main
func.func @main(%x: memref<1x8x8x16xf32>, %w: memref<1x3x3x16x16xf32>, %y: memref<1x4x4x16xf32>) {
  cpu.conv2d %x, %w outs %y dilations [2, 2] channels 16 rows 4 {} : (memref<1x8x8x16xf32>, memref<1x3x3x16x16xf32>, memref<1x4x4x16xf32>) -> ()
  return
}

// -----
// A line of any length: pixels at its edges are tiles of their own, told which columns of taps exist. What is between is covered by tiles of
// 6 pixels, or of 3, the last of which ends where the last whole window does.
// CHECK:         cpu.kernel @conv2d_0
// CHECK-DAG:       %[[OW:.+]] = memref.dim %y, %c2
// CHECK:           scf.for %{{.+}} = %c0 to %{{.+}} step %c1
// CHECK:             cpu.uk.fma_tile {{.+}} with (%{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}) rows 1 taps [3, 3] partial
// CHECK:           scf.for %{{.+}} step %c6
// CHECK:             arith.minsi
// CHECK:             cpu.uk.fma_tile {{.+}} with (%{{[0-9]+}}, %{{[0-9]+}}) taps [3, 3] columns
// CHECK:           scf.for %{{.+}} step %c3
// CHECK:             cpu.uk.fma_tile {{.+}} with (%{{[0-9]+}}, %{{[0-9]+}}) rows 3 taps [3, 3] columns
// CHECK:           scf.for %{{.+}} = %{{.+}} to %[[OW]] step %c1
// CHECK:             cpu.uk.fma_tile {{.+}} rows 1 taps [3, 3] partial
// CHECK-LABEL:   func.func @main
func.func @main(%x: memref<1x?x?x16xf32>, %w: memref<1x3x3x16x16xf32>, %y: memref<1x?x?x16xf32>) {
  cpu.conv2d %x, %w outs %y pads [1, 1, 1, 1] channels 16 rows 6 {} : (memref<1x?x?x16xf32>, memref<1x3x3x16x16xf32>, memref<1x?x?x16xf32>) -> ()
  return
}
