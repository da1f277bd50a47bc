// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// A function of the host, called by name.
// CHECK-LABEL: @host_call
// CHECK:         inference.host_call %{{.*}} callee "det" : (tensor<2x3x3xf32>) -> tensor<2xf32>
func.func @host_call(%x: tensor<2x3x3xf32>) -> tensor<2xf32> {
  %ry = inference.host_call %x callee "det" : (tensor<2x3x3xf32>) -> tensor<2xf32>
  return %ry : tensor<2xf32>
}
