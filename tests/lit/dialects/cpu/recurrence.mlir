// RUN: infer-opt %s | infer-opt - | filecheck %s
// RUN: infer-opt %s --mlir-print-op-generic | infer-opt - | filecheck %s

// Operands that may be absent stand behind their names; a second product has a region of its own.
// CHECK-LABEL: @one_product
// CHECK:         %{{.+}}, %{{.+}} = cpu.recurrence %{{.+}}, %{{.+}}, %{{.+}} bias %{{.+}} lengths %{{.+}} direction reverse {
// CHECK-NEXT:    ^bb0(%{{.+}}: f32, %{{.+}}: f32, %{{.+}}: f32, %{{.+}}: f32, %{{.+}}: i32, %{{.+}}: f32):
// CHECK:           cpu.yield %[[H:.+]], %[[H]] : f32, f32
// CHECK:         } {
// CHECK-NEXT:    } : (tensor<5x2x4xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>, tensor<1x4xf32>, tensor<2x1xi32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
func.func @one_product(%x: tensor<5x2x4xf32>, %w: tensor<1x4x16xf32>, %h0: tensor<1x2x4xf32>, %b: tensor<1x4xf32>, %n: tensor<2x1xi32>) -> tensor<5x1x2x4xf32> {
  %y, %h = cpu.recurrence %x, %w, %h0 bias %b lengths %n direction reverse {
  ^bb0(%t: f32, %sum: f32, %in: f32, %bias: f32, %length: i32, %old: f32):
    %0 = arith.addf %sum, %in : f32
    %1 = arith.addf %0, %bias : f32
    %2 = math.tanh %1 : f32
    cpu.yield %2, %2 : f32, f32
  } {} : (tensor<5x2x4xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>, tensor<1x4xf32>, tensor<2x1xi32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return %y : tensor<5x1x2x4xf32>
}

// CHECK-LABEL: @two_products
// CHECK:         cpu.recurrence %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} second %{{.+}} gates [1, 1] {
// CHECK:           cpu.yield %{{.+}} : f32
// CHECK:           cpu.yield %[[S:.+]], %[[S]], %{{.+}} : f32, f32, f32
func.func @two_products(%x: tensor<5x2x8xf32>, %w: tensor<1x4x16xf32>, %h0: tensor<1x2x4xf32>) -> tensor<5x1x2x4xf32> {
  %y, %h, %g = cpu.recurrence %x, %w, %h0, %h0 second %w gates [1, 1] {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32, %gate: f32):
    %0 = arith.mulf %sum, %in : f32
    cpu.yield %0 : f32
  } {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32, %gate: f32):
    %0 = arith.mulf %sum, %in : f32
    cpu.yield %0, %0, %gate : f32, f32, f32
  } : (tensor<5x2x8xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x16xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %y : tensor<5x1x2x4xf32>
}

// The microkernel gets the step as a number.
// CHECK-LABEL: cpu.kernel @steps
// CHECK:         cpu.uk.cell_tile (%h[%c0, %c0], %w[%c0, %c0, %c0], %x[%c0, %c0]) to (%y[%c0, %c0], %h[%c0, %c0]) with (%step) rows 2 units 8 depth 8 {
// CHECK-NEXT:    ^{{.*}}(%t: f32, %sum: f32, %in: f32):
cpu.kernel @steps(%task: index, %step: index, %h: memref<2x8xf32>, %w: memref<1x8x16xf32>, %x: memref<2x8xf32>, %y: memref<2x8xf32>) {
  %c0 = arith.constant 0 : index
  cpu.uk.cell_tile (%h[%c0, %c0], %w[%c0, %c0, %c0], %x[%c0, %c0]) to (%y[%c0, %c0], %h[%c0, %c0]) with (%step) rows 2 units 8 depth 8 {
  ^bb0(%t: f32, %sum: f32, %in: f32):
    %0 = arith.addf %sum, %in : f32
    cpu.yield %0, %0 : f32, f32
  } : (memref<2x8xf32>, memref<1x8x16xf32>, memref<2x8xf32>) to (memref<2x8xf32>, memref<2x8xf32>)
  cpu.done
}
