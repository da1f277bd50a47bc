// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A tile says how often.
func.func @tile(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{needs either `repeats` or `times`}}
  %0 = inference.tile %x : (tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----
// In every dimension.
func.func @tile_rank(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{1 repeats for 2 dimensions}}
  %0 = inference.tile %x repeats [2] : (tensor<3x4xf32>) -> tensor<6x4xf32>
  return
}

// -----
// A dimension has no fewer than no elements.
func.func @negative(%x: tensor<3x1xf32>) {
  // expected-error @+1 {{shape [3, -1] has a negative dimension}}
  %0 = inference.broadcast %x shape [3, -1] : (tensor<3x1xf32>) -> tensor<3x?xf32>
  return
}

// -----
// Shapes are integers.
func.func @shape(%x: tensor<3xf32>, %s: tensor<2xf32>) {
  // expected-error @+1 {{`to` is tensor<2xf32>, must be one dimension of i64}}
  %0 = inference.broadcast %x to %s : (tensor<3xf32>, tensor<2xf32>) -> tensor<?x3xf32>
  return
}

// -----
// As many repeats as dimensions.
func.func @times(%x: tensor<3x4xf32>, %t: tensor<3xi64>) {
  // expected-error @+1 {{`times` is tensor<3xi64>, must be one dimension of 2 i64}}
  %0 = inference.tile %x times %t : (tensor<3x4xf32>, tensor<3xi64>) -> tensor<?x?xf32>
  return
}

// -----
// Nothing is repeated minus once.
func.func @minus(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{repeats ['-1', '2']: nothing is repeated a negative number of times}}
  %0 = inference.tile %x repeats [-1, 2] : (tensor<3x4xf32>) -> tensor<?x8xf32>
  return
}
