// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-constants{max-growth=65536}))' --split-input-file | filecheck %s

// Small values are computed.
// CHECK-LABEL: @small
// CHECK-NEXT:    %[[C:.+]] = inference.constant dense<[2.000000e+00, 4.000000e+00]>
// CHECK-NEXT:    return %[[C]]
func.func @small() -> tensor<2xf32> {
  %a = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.add %a, %a : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
// A scalar stays a scalar.
// CHECK-LABEL: @scalar
// CHECK-NEXT:    inference.constant dense<3.000000e+00> : tensor<f32>
func.func @scalar() -> tensor<f32> {
  %a = inference.constant dense<9.0> : tensor<f32>
  %0 = inference.sqrt %a : tensor<f32>
  return %0 : tensor<f32>
}

// -----
// Weights are not read: the value is an expression over them.
// CHECK-LABEL: @large
// CHECK-NEXT:    %[[W:.+]] = inference.constant #inference.fold<inference.reshape(#inference.fold<inference.mul(#inference.weight<"w">, dense<
// CHECK-SAME:      {shape = [1024 : i64]} : tensor<1024xf32>> : tensor<1024xf32>
// CHECK-NEXT:    return %[[W]]
func.func @large() -> tensor<1024xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<512x2xf32>
  %a = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.mul %w, %a : (tensor<512x2xf32>, tensor<2xf32>) -> tensor<512x2xf32>
  %1 = inference.reshape %0 shape [1024] : (tensor<512x2xf32>) -> tensor<1024xf32>
  return %1 : tensor<1024xf32>
}

// -----
// CHECK-LABEL: @depends_on_the_input
// CHECK:         inference.add
func.func @depends_on_the_input(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.add %x, %a : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
// 8 KiB make 4 MiB: cheaper to compute than to ship.
// CHECK-LABEL: @grows
// CHECK:         inference.add
func.func @grows() -> tensor<1024x1024xf32> {
  %a = inference.constant #inference.weight<"row"> : tensor<1024xf32>
  %b = inference.constant #inference.weight<"column"> : tensor<1024x1xf32>
  %0 = inference.add %a, %b : (tensor<1024xf32>, tensor<1024x1xf32>) -> tensor<1024x1024xf32>
  return %0 : tensor<1024x1024xf32>
}

// -----
// Doubling eight times writes the weight 256 times: at some point a shared value is better than an expression.
// CHECK-LABEL: @doubles
// CHECK:         inference.add
func.func @doubles() -> tensor<512xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<512xf32>
  %0 = inference.add %w, %w : tensor<512xf32>
  %1 = inference.add %0, %0 : tensor<512xf32>
  %2 = inference.add %1, %1 : tensor<512xf32>
  %3 = inference.add %2, %2 : tensor<512xf32>
  %4 = inference.add %3, %3 : tensor<512xf32>
  %5 = inference.add %4, %4 : tensor<512xf32>
  %6 = inference.add %5, %5 : tensor<512xf32>
  %7 = inference.add %6, %6 : tensor<512xf32>
  return %7 : tensor<512xf32>
}

// -----
// A value whose shape depends on the numbers is computed where the numbers are written out: then its type is known too.
// CHECK-LABEL: @data_dependent
// CHECK:         inference.constant dense<2> : tensor<1xi64>
// CHECK:         inference.non_zero
// CHECK:         inference.fill
// CHECK:         return
func.func @data_dependent() -> (tensor<1xi64>, tensor<1x?xi64>, tensor<?xf32>) {
  %x = inference.constant dense<[0.0, 3.0, 4.0]> : tensor<3xf32>
  %w = inference.constant #inference.weight<"w"> : tensor<512xf32>
  %n = inference.constant dense<1024> : tensor<1xi64>
  %v = inference.constant dense<1.0> : tensor<f32>
  %0 = inference.non_zero %x : (tensor<3xf32>) -> tensor<1x?xi64>
  %1 = inference.reduce %0 kind max axes [1] : (tensor<1x?xi64>) -> tensor<1xi64>
  %2 = inference.non_zero %w : (tensor<512xf32>) -> tensor<1x?xi64>
  %3 = inference.fill %n, %v : (tensor<1xi64>, tensor<f32>) -> tensor<?xf32>
  return %1, %2, %3 : tensor<1xi64>, tensor<1x?xi64>, tensor<?xf32>
}

// -----
// A function of the host is computed like an op.
// CHECK-LABEL: @host_function
// CHECK-NEXT:    %[[C:.+]] = inference.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:    return %[[C]]
func.func @host_function() -> tensor<2xf32> {
  %x = inference.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %a = inference.constant dense<0> : tensor<1xi64>
  %0 = inference.host_call %x, %a callee "squeeze" : (tensor<1x2xf32>, tensor<1xi64>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
// What has no value is left for the run to refuse.
// CHECK-LABEL: @no_value
// CHECK:         inference.gather
func.func @no_value() -> tensor<1xf32> {
  %x = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %i = inference.constant dense<9> : tensor<1xi64>
  %0 = inference.gather %x, %i : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// -----
// What is computed has a size, and the function says so.
// CHECK-LABEL: @sizes_appear
// CHECK-SAME:    () -> tensor<3xi64>
// CHECK-NEXT:    %[[C:.+]] = inference.constant dense<[0, 1, 2]>
// CHECK-NEXT:    return %[[C]] : tensor<3xi64>
func.func @sizes_appear() -> tensor<?xi64> {
  %a = inference.constant dense<0> : tensor<i64>
  %b = inference.constant dense<3> : tensor<i64>
  %c = inference.constant dense<1> : tensor<i64>
  %0 = inference.range %a, %b, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return %0 : tensor<?xi64>
}

// -----
// Strings stay a call: no constant holds them.
// CHECK-LABEL: @strings
// CHECK:         inference.host_call callee "strings"
func.func @strings() -> tensor<1x!framework.string> {
  %0 = inference.host_call callee "strings" config {values = ["a"], shape = array<i64: 1>} : () -> tensor<1x!framework.string>
  return %0 : tensor<1x!framework.string>
}
