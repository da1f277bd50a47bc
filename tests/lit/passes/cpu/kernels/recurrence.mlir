// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-cpu-to-kernels)' --split-input-file | filecheck %s

// A launch for every step. The kernel reads one part of the state and writes the other; backwards the last step comes first.
// CHECK:         cpu.kernel @recurrence_0(%task: index, %step: index, %x: memref<?x2x4xf32>, %w: memref<1x4x16xf32>, %s0: memref<2x1x2x4xf32>, %y: memref<?x1x2x4xf32>)
// CHECK:           %[[LAST:.+]] = arith.subi %{{.+}}, %c1
// CHECK:           %[[T:.+]] = arith.subi %[[LAST]], %step
// CHECK:           %[[NOW:.+]] = arith.remui %step, %c2
// CHECK:           %[[NEXT:.+]] = arith.subi %c1, %[[NOW]]
// CHECK:           scf.if
// CHECK:           cpu.uk.cell_tile (%s0[%[[NOW]], %c0, %c0, %c0], %w[%c0, %c0, %c0], %x[%[[T]], %c0, %c0], %s0[%[[NOW]], %c0, %c0, %c0]) to (%y[%[[T]], %c0, %c0, %c0], %s0[%[[NEXT]], %c0, %c0, %c0]) with (%[[T]]) rows 2 units 4 depth 4
// CHECK-LABEL:   func.func @main
// CHECK:           scf.for %step =
// CHECK:             cpu.launch @recurrence_0 tasks %{{.+}}(%step,
func.func @main(%x: memref<?x2x4xf32>, %w: memref<1x4x16xf32>, %h: memref<2x1x2x4xf32>, %y: memref<?x1x2x4xf32>) {
  cpu.recurrence %x, %w, %h outs %y direction reverse {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    %0 = arith.addf %sum, %in : f32
    cpu.yield %0, %0 : f32, f32
  } {} : (memref<?x2x4xf32>, memref<1x4x16xf32>, memref<2x1x2x4xf32>, memref<?x1x2x4xf32>) -> ()
  return
}

// -----
// Two directions are tasks beside each other; the step of the second counts from the end.
// CHECK:         cpu.kernel @recurrence_0
// CHECK:           %[[BACK:.+]] = arith.subi %{{.+}}, %step
// CHECK:           %[[APART:.+]] = arith.subi %[[BACK]], %step
// CHECK:           %[[TURN:.+]] = arith.muli %task, %[[APART]]
// CHECK:           arith.addi %step, %[[TURN]]
func.func @main(%x: memref<5x2x8xf32>, %w: memref<2x4x16xf32>, %h: memref<2x2x2x4xf32>, %y: memref<5x2x2x4xf32>) {
  cpu.recurrence %x, %w, %h outs %y direction bidirectional {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    %0 = arith.addf %sum, %in : f32
    cpu.yield %0, %0 : f32, f32
  } {} : (memref<5x2x8xf32>, memref<2x4x16xf32>, memref<2x2x2x4xf32>, memref<5x2x2x4xf32>) -> ()
  return
}

// -----
// A state that is rounded is rounded where the step reads it: a task finds the range of a direction over all samples, then rounds.
// CHECK:         cpu.kernel @round_state_0(%task: index, %step: index, %s: memref<2x1x1x?xf32>, %range: memref<1x3x1xf32>)
// CHECK:           %[[NOW:.+]] = arith.remui %step, %c2
// CHECK:           cpu.uk.reduce_row (%s[%[[NOW]], %task, %c0, %c0]) to (%range[%task, %c0, %c0]) with (%[[COUNT:.+]]) kind min {
// CHECK:           cpu.uk.reduce_row (%s[%[[NOW]], %task, %c0, %c0], %range[%task, %c0, %c0]) to (%range[%task, %c1, %c0]) with (%[[COUNT]]) kind max {
// CHECK:           cpu.uk.map (%s[%[[NOW]], %task, %c0, %c0], %range[%task, %c0, %c0], %range[%task, %c1, %c0]) to (%s[%[[NOW]], %task, %c0, %c0]) with (%c1, %[[COUNT]])
// CHECK-COUNT-2:   math.roundeven
// CHECK:         func.func @main
// CHECK:           scf.for %step =
// CHECK-NOT:       scf.yield
// CHECK:             cpu.launch @round_state_0 tasks %{{.+}}(%step,
// CHECK-NOT:       scf.yield
// CHECK:             cpu.launch @recurrence_1 tasks %{{.+}}(%step,
func.func @main(%x: memref<?x?x4xf32>, %w: memref<1x4x16xf32>, %h: memref<2x1x?x4xf32>, %range: memref<3xf32>, %y: memref<?x1x?x4xf32>) {
  cpu.recurrence %x, %w, %h workspace %range outs %y rounded {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    %0 = arith.addf %sum, %in : f32
    cpu.yield %0, %0 : f32, f32
  } {} : (memref<?x?x4xf32>, memref<1x4x16xf32>, memref<2x1x?x4xf32>, memref<3xf32>, memref<?x1x?x4xf32>) -> ()
  return
}

// -----
// Weights of bytes: the state is rounded to bytes behind the ranges, which the tile multiplies; it reads what 0 and the distance are.
// CHECK:         cpu.kernel @round_state_0({{.*}}%range: memref<1x3x1xf32>, %levels: memref<1x1x8xui8>)
// CHECK:           cpu.uk.map (%range[%task, %c0, %c0], %range[%task, %c1, %c0]) to (%range[%task, %c2, %c0])
// CHECK:           cpu.uk.map ({{.+}}) to (%levels[%task, %c0, %c0])
// CHECK:         cpu.kernel @recurrence_1({{.*}}%levels: memref<1x2x4xui8>, %range: memref<1x3x1x1xf32>
// CHECK:           cpu.uk.cell_tile (%levels[{{.+}}], %w[{{.+}}]{{.*}} %range[{{.+}}], %range[{{.+}}]
func.func @main(%x: memref<5x2x4xf32>, %w: memref<1x1x16xi32>, %h: memref<2x1x2x4xf32>, %s: memref<1x8xf32>, %work: memref<5xf32>, %y: memref<5x1x2x4xf32>) {
  cpu.recurrence %x, %w, %h scales %s workspace %work outs %y rounded {
  ^bb0(%t: f32, %sum: f32, %in: f32, %scale: f32, %weights: f32, %zero: f32, %distance: f32, %old: f32):
    %0 = arith.addf %sum, %in : f32
    cpu.yield %0, %0 : f32, f32
  } {} : (memref<5x2x4xf32>, memref<1x1x16xi32>, memref<2x1x2x4xf32>, memref<1x8xf32>, memref<5xf32>, memref<5x1x2x4xf32>) -> ()
  return
}
