// RUN: infer-opt %s | infer-opt | filecheck %s

// A call of a native function from what stays on the host: tensors in, tensors out.
// CHECK-LABEL: @main
// CHECK-SAME:    attributes {cpu.host}
// CHECK:         %[[A:.+]], %[[B:.+]] = cpu.call @native_0(%x) : (tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>)
// CHECK-NEXT:    inference.non_zero %[[A]] {cpu.fallback = "it has no kernel"}
func.func @main(%x: tensor<?x4xf32>) -> (tensor<2x?xi64>, tensor<4xf32>) attributes {cpu.host} {
  %0, %1 = cpu.call @native_0(%x) : (tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>)
  %2 = inference.non_zero %0 {cpu.fallback = "it has no kernel"} : (tensor<?x4xf32>) -> tensor<2x?xi64>
  return %2, %1 : tensor<2x?xi64>, tensor<4xf32>
}
func.func private @native_0(tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>)
