// RUN: not infer-opt %s --pass-pipeline='builtin.module(framework-to-eval)' 2>&1 | filecheck %s

// A gradient that an inference result is computed from cannot go away.
// CHECK: framework-to-eval-invalid.mlir:6:3: error: framework.onnx_training.Gradient is needed by a result that inference has
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = framework.onnx_training.Gradient(%x) {version = 1, xs = ["x"], y = "y"} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = framework.onnx.Abs(%0) {version = 13} : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
