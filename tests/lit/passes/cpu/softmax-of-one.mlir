// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-inference-to-cpu)' | filecheck %s

// The softmax of one number is 1 where that is finite, else NaN: exp(x - x).
// CHECK-LABEL: @one
// CHECK-NOT:     softmax
// CHECK:         math.exp
func.func @one(%x: tensor<f32>) -> tensor<f32> {
  %0 = inference.softmax %x axis 0 : tensor<f32>
  return %0 : tensor<f32>
}
