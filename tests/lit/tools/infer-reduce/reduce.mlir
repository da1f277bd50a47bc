// RUN: infer-reduce %s --test 'infer-opt --plugin %S/../infer-opt/Inputs/wrong.py --swap-all --check-numerics' --match 'swap-all. changes' -o %t.mlir && filecheck %s < %t.mlir
// RUN: not infer-reduce %s --test 'infer-opt --cse' 2>&1 | filecheck %s --check-prefix=FINE
// RUN: not infer-reduce %s --test 'no-such-command' 2>&1 | filecheck %s --check-prefix=NONE

// Only the op that the wrong pattern meets is left, in one function.
// CHECK:      func.func @f
// CHECK-NEXT:   inference.sub
// CHECK-NEXT:   func.return
// CHECK-NOT:  func.func
// FINE: infer-reduce: error: the command does not fail on the input
// NONE: infer-reduce: error: there is no command 'no-such-command'
func.func @f(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<4x4xf32>
  %0 = inference.add %x, %w : tensor<4x4xf32>
  %1 = inference.relu %0 : tensor<4x4xf32>
  %2 = inference.sub %1, %w : tensor<4x4xf32>
  %3 = inference.mul %2, %y : tensor<4x4xf32>
  %4 = inference.sqrt %y : tensor<4x4xf32>
  return %3, %4 : tensor<4x4xf32>, tensor<4x4xf32>
}
func.func @untouched(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
