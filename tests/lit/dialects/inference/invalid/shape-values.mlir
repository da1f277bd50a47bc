// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A shape is integers.
func.func @shape(%s: tensor<2xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{`shape` is tensor<2xf32>, must be one dimension of i64}}
  %0 = inference.fill %s, %v : (tensor<2xf32>, tensor<f32>) -> tensor<?x?xf32>
  return
}

// -----
// All elements are the same one.
func.func @value(%s: tensor<2xi64>, %v: tensor<3xf32>) {
  // expected-error @+1 {{`value` is 3, must be one element}}
  %0 = inference.fill %s, %v : (tensor<2xi64>, tensor<3xf32>) -> tensor<?x?xf32>
  return
}

// -----
// A range has one start.
func.func @start(%a: tensor<2xi64>, %b: tensor<i64>) {
  // expected-error @+1 {{`start` is 2, must be one element}}
  %0 = inference.range %a, %b, %b : (tensor<2xi64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return
}

// -----
// A step goes somewhere.
func.func @step(%a: tensor<i64>) {
  %c = inference.constant dense<0> : tensor<i64>
  %b = inference.constant dense<4> : tensor<i64>
  // expected-error @+1 {{the step is 0}}
  %0 = inference.range %b, %b, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return
}

// -----
func.func @ensured(%x: tensor<2x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{inference.ensure_shape: x is [2, 4], must be [6, 4]}}
  %0 = inference.ensure_shape %x shape [6, 4] : (tensor<2x4xf32>) -> tensor<6x4xf32>
  return %0 : tensor<6x4xf32>
}
