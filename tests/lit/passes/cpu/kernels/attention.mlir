// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// Keys are packed into panels of 64; then a task has tiles of six queries of one head, and reads the key head that its head shares.
// Strides tell where heads lie, so that nothing is transposed. 130 queries are 22 tiles: tasks of 4, and one tile of 4 queries at the end.
// CHECK:         cpu.kernel @attention_keys_0(%task: index, %k: memref<?x70x2x8xf32>
// CHECK:           scf.for %[[T:.+]] =
// CHECK:             cpu.uk.transpose_tile (%k[%{{.+}}, %[[T]], %{{.+}}, %c0]) to (%packed[{{.+}}]) with (%{{.+}}, %c8) row_axis 1 column_axis 3
// CHECK:         cpu.kernel @attention_1
// CHECK-SAME:      %mask: memref<?x1x130x70xi1>
// CHECK:           %[[GROUP:.+]] = arith.divui %{{.+}}, %c2
// CHECK:           cpu.uk.attention_tile (%q[%[[B:.+]], %[[I:.+]], %[[H:.+]], %c0], %packed[%[[B]], %[[GROUP]], %c0, %c0, %c0], %v[%[[B]], %c0, %[[GROUP]], %c0], %mask[%{{.+}}, %c0, %[[I]], %c0])
// CHECK-SAME:        to (%y[%[[B]], %[[H]], %[[I]], %c0]) with (%[[I]], %c70) depth 8 columns 6 axes [1, 1, 2] masked scale 0.5 causal :
// CHECK:           cpu.uk.attention_tile {{.+}} rows 4
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @attention_keys_0
// CHECK:           cpu.launch @attention_1
func.func @main(%q: memref<?x130x4x8xf32>, %k: memref<?x70x2x8xf32>, %v: memref<?x70x2x6xf32>, %m: memref<?x1x130x70xi1>, %w: memref<?x2x2x8x64xf32>, %y: memref<?x4x130x6xf32>) {
  "cpu.attention"(%q, %k, %v, %m, %w, %y) <{interleaved = array<i64: 1, 1, 1, 0>, scale = 0.5 : f64, causal, operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0, 1, 0, 1>}> ({}) : (memref<?x130x4x8xf32>, memref<?x70x2x8xf32>, memref<?x70x2x6xf32>, memref<?x1x130x70xi1>, memref<?x2x2x8x64xf32>, memref<?x4x130x6xf32>) -> ()
  return
}
