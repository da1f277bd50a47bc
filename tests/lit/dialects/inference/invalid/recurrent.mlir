// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A bias for the input and one for the recurrence, each per gate and unit.
func.func @bias(%x: tensor<5x2x3xf32>, %w: tensor<1x12x3xf32>, %r: tensor<1x12x4xf32>, %b: tensor<1x12xf32>) {
  // expected-error @+1 {{`bias` is 1x12, must be 1x24}}
  %0, %1 = inference.gru %x, %w, %r bias %b : (tensor<5x2x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>, tensor<1x12xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// The recurrence has every gate too.
func.func @r(%x: tensor<5x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x8x4xf32>) {
  // expected-error @+1 {{`r` is 1x8x4, must be 1x16x4}}
  %0, %1, %2 = inference.lstm %x, %w, %r : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x8x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// Peepholes of three gates.
func.func @peepholes(%x: tensor<5x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>, %p: tensor<1x16xf32>) {
  // expected-error @+1 {{`peepholes` is 1x16, must be 1x12}}
  %0, %1, %2 = inference.lstm %x, %w, %r peepholes %p : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>, tensor<1x16xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// Activations have names.
func.func @activation(%x: tensor<5x2x3xf32>, %w: tensor<1x4x3xf32>, %r: tensor<1x4x4xf32>) {
  // expected-error @+1 {{activation 'gelu' is none of relu, tanh}}
  %0, %1 = inference.rnn %x, %w, %r activations "gelu" : (tensor<5x2x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// A gated unit takes two.
func.func @activations(%x: tensor<5x2x3xf32>, %w: tensor<1x12x3xf32>, %r: tensor<1x12x4xf32>) {
  // expected-error @+1 {{1 activations, forward takes 2 for each direction}}
  %0, %1 = inference.gru %x, %w, %r activations "tanh" : (tensor<5x2x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
func.func @floats_with_scales(%x: tensor<3x2x4xf32>, %w: tensor<1x16x4xf32>, %r: tensor<1x16x4xf32>, %s: tensor<1x16xf32>) {
  // expected-error @+1 {{r is of i8 where it has scales, and they stand with quantize_state}}
  %y, %h, %c = inference.lstm %x, %w, %r scales %s quantize_state : (tensor<3x2x4xf32>, tensor<1x16x4xf32>, tensor<1x16x4xf32>, tensor<1x16xf32>) -> (tensor<3x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return
}
