// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-inference-to-cpu{fallback=true})' --split-input-file | filecheck %s

// Strings are objects: what only moves them is the executor's too.
// CHECK-LABEL: @strings
// CHECK:         inference.gather %{{.*}} {cpu.fallback = "elements of type !framework.string are objects"}
func.func @strings(%x: tensor<4x!framework.string>, %i: tensor<2xi64>) -> tensor<2x!framework.string> {
  %y = inference.gather %x, %i : (tensor<4x!framework.string>, tensor<2xi64>) -> tensor<2x!framework.string>
  return %y : tensor<2x!framework.string>
}

// -----
// A state that is rounded at every step has no kernel.
// CHECK-LABEL: @rounded
// CHECK:         inference.lstm {{.*}} {cpu.fallback = "its state is rounded at every step; 
func.func @rounded(%x: tensor<5x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>) -> tensor<1x2x4xf32> {
  %y, %h, %c = inference.lstm %x, %w, %r quantize_state : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %h : tensor<1x2x4xf32>
}
