// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file --verify-diagnostics

// A net computes in f32.
func.func @recurrent(%x: tensor<5x2x3xf64>, %w: tensor<1x4x3xf64>, %r: tensor<1x4x4xf64>) {
  // expected-error @+1 {{cannot convert inference.rnn: the kernel computes in f32, tensor<5x2x3xf64> is given; one region says what both directions do}}
  %y, %h = inference.rnn %x, %w, %r : (tensor<5x2x3xf64>, tensor<1x4x3xf64>, tensor<1x4x4xf64>) -> (tensor<5x1x2x4xf64>, tensor<1x2x4xf64>)
  return
}

// -----
func.func @weights_of_unknown_size(%x: tensor<5x2x3xf32>, %w: tensor<1x4x?xf32>, %r: tensor<1x4x4xf32>) {
  // expected-error @+1 {{cannot convert inference.rnn: the size of the weights is not known; one region says what both directions do}}
  %y, %h = inference.rnn %x, %w, %r : (tensor<5x2x3xf32>, tensor<1x4x?xf32>, tensor<1x4x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----
// Two nets are made of directions with activations of their own, whatever becomes of each.
func.func @directions(%x: tensor<5x2x3xf64>, %w: tensor<2x4x3xf64>, %r: tensor<2x4x4xf64>) {
  // expected-error @+2 {{cannot convert inference.rnn: the kernel computes in f32, tensor<5x2x3xf64> is given; one region says what both directions do}}
  // expected-note @+1 {{inference.rnn: the kernel computes in f32, tensor<5x2x3xf64> is given; one region says what both directions do}}
  %y, %h = inference.rnn %x, %w, %r direction bidirectional activations "relu,tanh" : (tensor<5x2x3xf64>, tensor<2x4x3xf64>, tensor<2x4x4xf64>) -> (tensor<5x2x2x4xf64>, tensor<2x2x4xf64>)
  return
}

// -----
func.func @size_of_directions(%x: tensor<5x2x3xf32>, %w: tensor<2x4x3xf32>, %r: tensor<2x?x?xf32>) {
  // expected-error @+1 {{cannot convert inference.rnn: the size of the weights is not known; one region says what both directions do}}
  %y, %h = inference.rnn %x, %w, %r direction bidirectional : (tensor<5x2x3xf32>, tensor<2x4x3xf32>, tensor<2x?x?xf32>) -> (tensor<5x2x2x4xf32>, tensor<2x2x4xf32>)
  return
}
