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

// -----
// Bounds that turn out to be constant, with axes and steps or without.
// CHECK-LABEL: @slices
// CHECK:         inference.slice %{{.+}} starts [1] ends [3] axes [0] : (tensor<4x6xf32>) -> tensor<2x6xf32>
// CHECK:         inference.slice %{{.+}} starts [-1] ends [0] axes [1] steps [-2] : (tensor<4x6xf32>) -> tensor<4x3xf32>
func.func @slices(%x: tensor<4x6xf32>) -> (tensor<2x6xf32>, tensor<4x3xf32>) {
  %0 = inference.constant dense<0> : tensor<1xi64>
  %1 = inference.constant dense<1> : tensor<1xi64>
  %3 = inference.constant dense<3> : tensor<1xi64>
  %m1 = inference.constant dense<-1> : tensor<1xi64>
  %m2 = inference.constant dense<-2> : tensor<1xi64>
  %a = inference.host_call %x, %1, %3 callee "slice" : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x6xf32>
  %b = inference.host_call %x, %m1, %0, %m1, %m2 callee "slice" : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x3xf32>
  return %a, %b : tensor<2x6xf32>, tensor<4x3xf32>
}

// -----
// An axis that x does not have, and a step of 0, are for whoever runs it to say.
// CHECK-LABEL: @do_not_fit
// CHECK-COUNT-2: inference.host_call
func.func @do_not_fit(%x: tensor<4x6xf32>) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  %0 = inference.constant dense<0> : tensor<1xi64>
  %5 = inference.constant dense<5> : tensor<1xi64>
  %a = inference.host_call %x, %0, %5, %5 callee "slice" : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x?xf32>
  %b = inference.host_call %x, %0, %5, %0, %0 callee "slice" : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x?xf32>
  return %a, %b : tensor<?x?xf32>, tensor<?x?xf32>
}

// -----
// CHECK-LABEL: @transposes
// CHECK:         inference.transpose %{{.+}} permutation [2, 1, 0]
// CHECK:         inference.transpose %{{.+}} permutation [1, 0, 2]
// CHECK:         host_call %{{.+}} callee "transpose"
func.func @transposes(%x: tensor<4x6x2xf32>, %y: tensor<?x6x2xf32>) -> (tensor<2x6x4xf32>, tensor<6x4x2xf32>, tensor<?x?x?xf32>) {
  %a = inference.host_call %x callee "transpose" : (tensor<4x6x2xf32>) -> tensor<2x6x4xf32>
  %b = inference.host_call %x callee "transpose" config {permutation = [1, 0, 2]} : (tensor<4x6x2xf32>) -> tensor<6x4x2xf32>
  %c = inference.host_call %y callee "transpose" : (tensor<?x6x2xf32>) -> tensor<?x?x?xf32>
  return %a, %b, %c : tensor<2x6x4xf32>, tensor<6x4x2xf32>, tensor<?x?x?xf32>
}

// -----
// Those who read a value of unknown rank have been told so.
// CHECK-LABEL: @rank_not_declared
// CHECK:         host_call %{{.+}} callee "squeeze" : (tensor<1x6xf32>) -> tensor<*xf32>
func.func @rank_not_declared(%x: tensor<1x6xf32>) -> tensor<*xf32> {
  %0 = inference.host_call %x callee "squeeze" : (tensor<1x6xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
