// RUN: infer-opt %s --pass-pipeline='builtin.module(inference-basic)' | filecheck %s

// A batch norm on constants becomes part of the filter and the bias; two equal ops become one.
// CHECK-LABEL: @main
// CHECK:         %[[Y:.+]] = inference.conv %{{.*}}, %{{.*}} bias
// CHECK-NOT:     batch_norm
// CHECK:         %[[R:.+]] = inference.relu %[[Y]]
// CHECK-NOT:     inference.relu
// CHECK:         inference.mul %[[R]], %[[R]]
func.func @main(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = inference.constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %s = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.batch_norm %0, %s, %s, %s, %s : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %2 = inference.relu %1 : tensor<1x2x4x4xf32>
  %3 = inference.relu %1 : tensor<1x2x4x4xf32>
  %4 = inference.mul %2, %3 : tensor<1x2x4x4xf32>
  return %4 : tensor<1x2x4x4xf32>
}
