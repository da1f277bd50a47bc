// RUN: infer-opt %s --verify-diagnostics

// expected-error @+2 {{there is no function @native_0}}
func.func @calls_nothing(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = cpu.call @native_0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
