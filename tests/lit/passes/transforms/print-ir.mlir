// RUN: infer-opt %s --pass-pipeline='builtin.module(print-ir{label=before},canonicalize)' -o %t 2>&1 | filecheck %s

// The program as it is before the second pass.
// CHECK:         // -----// IR Dump before //----- //
// CHECK-COUNT-2: inference.relu
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}
