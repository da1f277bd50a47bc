// RUN: infer-bisect %s --plugin %S/Inputs/faults.py --pass-pipeline='inference-none,convert-inference-to-cpu,spoil-max,fuse-epilogue,select-tiles,pack-weights,cpu-memory' | filecheck %s

// Some states cannot be run: the ones before, which hold ops of a framework, and the ones after, which work on memory. An op inside
// a kernel comes from the node that the kernel comes from.
// CHECK:      pass:         spoil-max, run 8 of {{1[0-9]}}, as builtin.module(spoil-max)
// CHECK-NEXT: application:  1 of 1
// CHECK-NEXT: pattern:      difference_for_max
// CHECK:      op:           arith.maximumf
// CHECK:      source node:  "relu1" at m.py:3:1
// CHECK:      error before: 0
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = framework.onnx.Relu(%x) {version = 14} : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("relu1"("m.py":3:1))
  %1 = framework.onnx.Sigmoid(%0) {version = 13} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}
