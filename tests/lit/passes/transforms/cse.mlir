// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(cse))' --split-input-file | filecheck %s

// Two equal ops become one.
// CHECK-LABEL: @twice
// CHECK:         %[[R:.+]] = inference.relu
// CHECK-NOT:     inference.relu
// CHECK:         inference.add %[[R]], %[[R]]
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %x : tensor<4xf32>
  %2 = inference.add %0, %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----
// Another property is another value.
// CHECK-LABEL: @other_property
// CHECK:         permutation [0, 1]
// CHECK:         permutation [1, 0]
func.func @other_property(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = inference.transpose %x permutation [0, 1] : tensor<4x4xf32>
  %1 = inference.transpose %x permutation [1, 0] : tensor<4x4xf32>
  %2 = inference.add %0, %1 : tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}
