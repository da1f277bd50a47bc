// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// Families meet: the reshapes undo each other, which brings two relus together, of which one is enough.
// CHECK-LABEL: @families_meet
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.relu %[[X]]
// CHECK-NEXT:    return %[[Y]]
func.func @families_meet(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = inference.relu %x : tensor<4x4xf32>
  %1 = inference.reshape %0 shape [2, 8] : (tensor<4x4xf32>) -> tensor<2x8xf32>
  %2 = inference.reshape %1 shape [4, 4] : (tensor<2x8xf32>) -> tensor<4x4xf32>
  %3 = inference.relu %2 : tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}

// -----
// What nothing uses goes away.
// CHECK-LABEL: @unused
// CHECK-NOT:     inference
func.func @unused(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.add %0, %0 : tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----
// The dialects of xDSL bring patterns and folders of their own; what no folder knows stays.
// CHECK-LABEL: @scalars
// CHECK-SAME:    %[[X:[a-z0-9]+]]: i32
// CHECK:         %[[SEVEN:.+]] = arith.constant 7
// CHECK:         %[[Y:.+]] = arith.muli %[[X]], %[[SEVEN]]
// CHECK:         return %[[Y]]
func.func @scalars(%x: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c3 = arith.constant 3 : i32
  %c4 = arith.constant 4 : i32
  %0 = arith.addi %x, %c0 : i32
  %1 = arith.addi %c3, %c4 : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}

// -----
// A loop that never runs is its initial value.
// CHECK-LABEL: @empty_loop
// CHECK-SAME:    %[[X:[a-z0-9]+]]: f32
// CHECK-NOT:     scf.for
// CHECK:         return %[[X]]
func.func @empty_loop(%x: f32) -> f32 {
  %c1 = arith.constant 1 : index
  %0 = scf.for %i = %c1 to %c1 step %c1 iter_args(%a = %x) -> (f32) {
    %1 = arith.addf %a, %a : f32
    scf.yield %1 : f32
  }
  return %0 : f32
}

// -----
// A constant leaves the inner loop, and then the outer one.
// CHECK-LABEL: @constant_in_loops
// CHECK:         arith.constant 7 : i32
// CHECK:         scf.for
// CHECK-NOT:     arith.constant
func.func @constant_in_loops(%n: index, %step: index) {
  scf.for %i = %n to %step step %step {
    scf.for %j = %n to %step step %step {
      %c = arith.constant 7 : i32
      "test.op"(%c) : (i32) -> ()
    }
  }
  return
}
