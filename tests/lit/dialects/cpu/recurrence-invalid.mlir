// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The input of the gates has a number for each gate and unit.
func.func @recurrence_gates(%x: tensor<5x2x6xf32>, %w: tensor<1x4x16xf32>, %h0: tensor<1x2x4xf32>) {
  // expected-error @+1 {{cpu.recurrence: x is 5x2x6, 1 x 1 gates of 4 units do not fit}}
  %y, %h = cpu.recurrence %x, %w, %h0 {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    cpu.yield %sum, %sum : f32, f32
  } {} : (tensor<5x2x6xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// Weights are packed in panels of vectors.
func.func @recurrence_panels(%x: tensor<5x2x4xf32>, %w: tensor<1x4x8xf32>, %h0: tensor<1x2x4xf32>) {
  // expected-error @+1 {{cpu.recurrence: weights 1x4x8 do not hold 1 gates of 4 units in panels of a multiple of 16}}
  %y, %h = cpu.recurrence %x, %w, %h0 {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    cpu.yield %sum, %sum : f32, f32
  } {} : (tensor<5x2x4xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// The region gets the step, sums and inputs, and every state.
func.func @recurrence_region(%x: tensor<5x2x4xf32>, %w: tensor<1x4x16xf32>, %h0: tensor<1x2x4xf32>) {
  // expected-error @+1 {{cpu.recurrence: the region of product 0 takes 4 arguments and yields 2}}
  %y, %h = cpu.recurrence %x, %w, %h0 {
  ^bb0(%t: f32, %sum: f32, %in: f32):
    cpu.yield %sum, %sum : f32, f32
  } {} : (tensor<5x2x4xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// A second number of gates needs a second product.
func.func @recurrence_products(%x: tensor<5x2x4xf32>, %w: tensor<1x4x16xf32>, %h0: tensor<1x2x4xf32>) {
  // expected-error @+1 {{cpu.recurrence: has a state, and a number of gates for each product}}
  %y, %h = cpu.recurrence %x, %w, %h0 gates [1, 1] {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    cpu.yield %sum, %sum : f32, f32
  } {} : (tensor<5x2x4xf32>, tensor<1x4x16xf32>, tensor<1x2x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// What a state is rounded by needs room on buffers.
func.func @recurrence_workspace(%x: memref<5x2x4xf32>, %w: memref<1x4x16xf32>, %h: memref<2x1x2x4xf32>, %y: memref<5x1x2x4xf32>) {
  // expected-error @+1 {{cpu.recurrence: has a workspace on buffers where the state is rounded, else none}}
  cpu.recurrence %x, %w, %h outs %y rounded {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    cpu.yield %sum, %sum : f32, f32
  } {} : (memref<5x2x4xf32>, memref<1x4x16xf32>, memref<2x1x2x4xf32>, memref<5x1x2x4xf32>) -> ()
  return
}

// -----
func.func @gates(%w: tensor<1x10x4xf32>) {
  // expected-error @+1 {{cpu.pack_gates: w has rank 3, expected [directions, 4 gates times units, depth]}}
  %0 = cpu.pack_gates %w gates 4 : (tensor<1x10x4xf32>) -> tensor<1x4x64xf32>
  return
}
