// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The axes are those of x.
func.func @outside(%x: tensor<2x5xf32>) {
  // expected-error @+1 {{inference.reduce: axis 2 is outside of x, which has rank 2}}
  %0 = inference.reduce %x kind sum axes [2] : (tensor<2x5xf32>) -> tensor<2xf32>
  return
}

// -----
// 1 and -1 are the same axis of a matrix.
func.func @twice(%x: tensor<2x5xf32>) {
  // expected-error @+1 {{axes [1, -1] name one axis twice}}
  %0 = inference.reduce %x kind sum axes [1, -1] : (tensor<2x5xf32>) -> tensor<2xf32>
  return
}

// -----
// Only booleans are any or all.
func.func @booleans(%x: tensor<2x5xf32>) {
  // expected-error @+1 {{any is of booleans, x is f32}}
  %0 = inference.reduce %x kind any axes [1] : (tensor<2x5xf32>) -> tensor<2xf32>
  return
}

// -----
// What keepdims keeps has one element.
func.func @kept(%x: tensor<2x5xf32>) {
  // expected-error @+1 {{result is tensor<2xf32>, its operands make it tensor<2x1xf32>}}
  %0 = inference.reduce %x kind mean axes [1] keepdims : (tensor<2x5xf32>) -> tensor<2xf32>
  return
}

// -----
// A place is an integer.
func.func @places(%x: tensor<2x5xf32>) {
  // expected-error @+1 {{result is tensor<2xf32>, its operands make it tensor<2xi64>}}
  %0 = inference.argmax %x axis 1 : (tensor<2x5xf32>) -> tensor<2xf32>
  return
}

// -----
// One axis is run along.
func.func @axes(%x: tensor<2x3xf32>, %a: tensor<2xi64>) {
  // expected-error @+1 {{`axis` is 2, must be one element}}
  %0 = inference.cumulate %x, %a : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return
}

// -----
// An axis is a number.
func.func @axis_type(%x: tensor<2x3xf32>, %a: tensor<f32>) {
  // expected-error @+1 {{`axis` is f32, must be i32 or i64}}
  %0 = inference.cumulate %x, %a : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  return
}

// -----
// How many is a number.
func.func @k_type(%x: tensor<2x3xf32>, %k: tensor<f32>) {
  // expected-error @+1 {{`k` is f32, must be i32 or i64}}
  %0, %1 = inference.topk %x, %k : (tensor<2x3xf32>, tensor<f32>) -> (tensor<2x?xf32>, tensor<2x?xi64>)
  return
}

// -----
// The axis is one of x's.
func.func @axis_of_x(%x: tensor<2x3xf32>) {
  %a = inference.constant dense<2> : tensor<i64>
  // expected-error @+1 {{axis is 2, must be at least -2 and less than 2}}
  %0 = inference.cumulate %x, %a : (tensor<2x3xf32>, tensor<i64>) -> tensor<2x3xf32>
  return
}

// -----
// The largest five of three do not exist.
func.func @too_many(%x: tensor<2x3xf32>) {
  %k = inference.constant dense<5> : tensor<1xi64>
  // expected-error @+1 {{k is 5, axis 1 has 3 elements}}
  %0, %1 = inference.topk %x, %k : (tensor<2x3xf32>, tensor<1xi64>) -> (tensor<2x5xf32>, tensor<2x5xi64>)
  return
}
