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
