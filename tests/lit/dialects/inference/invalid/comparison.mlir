// RUN: infer-opt %s --split-input-file --verify-diagnostics

// Floats have no bits to combine.
func.func @bits(%a: tensor<4xf32>) {
  // expected-error @+1 {{inference.bitwise: operands are f32, must be integers; inference.cast makes them so, inference.bitcast takes their bits}}
  %0 = inference.bitwise %a, %a fn or : tensor<4xf32>
  return
}

// -----
// Nor to turn.
func.func @turned(%a: tensor<4xf32>) {
  // expected-error @+1 {{inference.bitwise_not: operands are f32, must be integers}}
  %0 = inference.bitwise_not %a : tensor<4xf32>
  return
}

// -----
// Nor to shift.
func.func @shifted(%a: tensor<4xf32>) {
  // expected-error @+1 {{inference.shift: operands are f32, must be integers}}
  %0 = inference.shift %a, %a : tensor<4xf32>
  return
}
