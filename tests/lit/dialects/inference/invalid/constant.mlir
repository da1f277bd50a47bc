// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A constant is a tensor.
func.func @scalar() {
  // expected-error @+1 {{f32 is not a tensor type}}
  %0 = inference.constant #inference.weight<"w"> : f32
  return
}

// -----
// Its value is written out, a weight, or folded from those.
func.func @value() {
  // expected-error @+1 {{is not dense<...>, #inference.weight or #inference.fold}}
  %0 = inference.constant "w" : tensor<2xf32>
  return
}

// -----
// A conversion says what to.
func.func @cast(%x: tensor<4xf32>) {
  // expected-error @+1 {{`to` is missing}}
  %0 = inference.cast %x : (tensor<4xf32>) -> tensor<4xi64>
  return
}

// -----
// A host function has a name.
func.func @callee(%x: tensor<4xf32>) {
  // expected-error @+1 {{needs a callee, and a dictionary as config}}
  %0 = inference.host_call %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}
