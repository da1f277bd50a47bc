// RUN: infer-opt %s --pass-pipeline='builtin.module(plan-arena)' --verify-diagnostics

// expected-error @+1 {{plan-arena: @main takes tensors; run bufferize before}}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
