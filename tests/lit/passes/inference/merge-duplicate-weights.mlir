// RUN: infer-opt %s --pass-pipeline='builtin.module(merge-duplicate-weights,func.func(cse))' | filecheck %s

// "a" and "b" hold the same numbers; "c" differs in one, "d" in its shape.
// CHECK-LABEL: @main
// CHECK-NEXT:    %[[A:.+]] = inference.constant #inference.weight<"a">
// CHECK-NEXT:    %[[C:.+]] = inference.constant #inference.weight<"c">
// CHECK-NEXT:    %[[D:.+]] = inference.constant #inference.weight<"d">
// CHECK-NEXT:    return %[[A]], %[[A]], %[[C]], %[[D]]
module attributes {inference.weights = "Inputs/duplicates.safetensors"} {
  func.func @main() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>) {
    %a = inference.constant #inference.weight<"a"> : tensor<4xf32>
    %b = inference.constant #inference.weight<"b"> : tensor<4xf32>
    %c = inference.constant #inference.weight<"c"> : tensor<4xf32>
    %d = inference.constant #inference.weight<"d"> : tensor<2x2xf32>
    return %a, %b, %c, %d : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>
  }
}
