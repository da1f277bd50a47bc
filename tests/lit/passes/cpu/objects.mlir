// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-inference-to-cpu{fallback=true})' --split-input-file | filecheck %s

// Strings are objects: what only moves them is the executor's too.
// CHECK-LABEL: @strings
// CHECK:         inference.gather %{{.*}} {cpu.fallback = "elements of type !framework.string are objects"}
func.func @strings(%x: tensor<4x!framework.string>, %i: tensor<2xi64>) -> tensor<2x!framework.string> {
  %y = inference.gather %x, %i : (tensor<4x!framework.string>, tensor<2xi64>) -> tensor<2x!framework.string>
  return %y : tensor<2x!framework.string>
}
