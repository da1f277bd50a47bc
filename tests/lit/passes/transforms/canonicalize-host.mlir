// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// Sizes that turn out to be constant make it a split.
// CHECK-LABEL: @split
// CHECK:         %{{.+}}, %{{.+}} = inference.split %{{.+}} axis 1 sizes [8, 0]
func.func @split(%x: tensor<2x8xf32>) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  %s = inference.constant dense<[8, 0]> : tensor<2xi64>
  %0, %1 = inference.host_call %x, %s callee "split" config {axis = 1 : i64} : (tensor<2x8xf32>, tensor<2xi64>) -> (tensor<?x?xf32>, tensor<?x?xf32>)
  return %0, %1 : tensor<?x?xf32>, tensor<?x?xf32>
}

// -----
// CHECK-LABEL: @computed_sizes
// CHECK:         inference.host_call
func.func @computed_sizes(%x: tensor<2x8xf32>, %s: tensor<2xi64>) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  %0, %1 = inference.host_call %x, %s callee "split" config {axis = 1 : i64} : (tensor<2x8xf32>, tensor<2xi64>) -> (tensor<?x?xf32>, tensor<?x?xf32>)
  return %0, %1 : tensor<?x?xf32>, tensor<?x?xf32>
}

// -----
// A shape, or axes, that turn out to be constant say the shape; 0 is x's own dimension.
// CHECK-LABEL: @shapes
// CHECK:         inference.reshape %{{.+}} shape [2, 4, 2]
// CHECK:         inference.reshape %{{.+}} shape [2, 4, 1, 2]
func.func @shapes(%x: tensor<2x8xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?x?xf32>) {
  %s = inference.constant dense<[0, -1, 2]> : tensor<3xi64>
  %a = inference.constant dense<2> : tensor<1xi64>
  %y = inference.reshape %x shape [2, 4, 2] : (tensor<2x8xf32>) -> tensor<2x4x2xf32>
  %0 = inference.host_call %x, %s callee "reshape" config {allowzero = 0 : i64} : (tensor<2x8xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  %1 = inference.host_call %y, %a callee "unsqueeze" : (tensor<2x4x2xf32>, tensor<1xi64>) -> tensor<?x?x?x?xf32>
  return %0, %1 : tensor<?x?x?xf32>, tensor<?x?x?x?xf32>
}

// -----
// CHECK-LABEL: @unknown_input
// CHECK-COUNT-2: inference.host_call
func.func @unknown_input(%x: tensor<?x8xf32>, %s: tensor<3xi64>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>) {
  %c = inference.constant dense<[0, -1, 2]> : tensor<3xi64>
  %0 = inference.host_call %x, %c callee "reshape" config {allowzero = 0 : i64} : (tensor<?x8xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  %1 = inference.host_call %x, %s callee "reshape" config {allowzero = 0 : i64} : (tensor<?x8xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  return %0, %1 : tensor<?x?x?xf32>, tensor<?x?x?xf32>
}
