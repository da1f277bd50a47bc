// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The same elements, no more and no less.
func.func @elements(%x: tensor<2x3x4xf32>) {
  // expected-error @+1 {{inference.reshape: x is 2x3x4, which is not 5x5 elements}}
  %0 = inference.reshape %x shape [5, 5] : (tensor<2x3x4xf32>) -> tensor<5x5xf32>
  return
}

// -----
// Only one dimension can be what is left over.
func.func @left_over(%x: tensor<2x3x4xf32>) {
  // expected-error @+1 {{has more than one -1}}
  %0 = inference.reshape %x shape [-1, -1, 2] : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return
}

// -----
// The target is said once.
func.func @target(%x: tensor<2x3x4xf32>, %s: tensor<2xi64>) {
  // expected-error @+1 {{needs either `shape` or `to`}}
  %0 = inference.reshape %x to %s shape [6, 4] : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<6x4xf32>
  return
}

// -----
// A rank is not decided at run time.
func.func @rank(%x: tensor<2x3x4xf32>, %s: tensor<?xi64>) {
  // expected-error @+1 {{must be one dimension of known length}}
  %0 = inference.reshape %x to %s : (tensor<2x3x4xf32>, tensor<?xi64>) -> tensor<?x?xf32>
  return
}

// -----
// A permutation names each axis once.
func.func @permutation(%x: tensor<2x3x4xf32>) {
  // expected-error @+1 {{permutation [0, 2, 2] does not permute 3 axes}}
  %0 = inference.transpose %x permutation [0, 2, 2] : (tensor<2x3x4xf32>) -> tensor<2x4x4xf32>
  return
}

// -----
// Two dimensions of an image become channels in whole blocks.
func.func @blocks(%x: tensor<1x2x5x6xf32>) {
  // expected-error @+1 {{x is 1x2x5x6, must be [N, C, H * 2, W * 2]}}
  %0 = inference.space_to_depth %x block 2 : (tensor<1x2x5x6xf32>) -> tensor<1x8x2x3xf32>
  return
}

// -----
// And back in whole squares.
func.func @squares(%x: tensor<1x6x2x3xf32>) {
  // expected-error @+1 {{x is 1x6x2x3, must be [N, C * 4, H, W]}}
  %0 = inference.depth_to_space %x block 2 : (tensor<1x6x2x3xf32>) -> tensor<1x1x4x6xf32>
  return
}

// -----
// A shape is integers.
func.func @to(%x: tensor<6xf32>, %s: tensor<2xf32>) {
  // expected-error @+1 {{`to` is tensor<2xf32>, must be one dimension of i64}}
  %0 = inference.reshape %x to %s : (tensor<6xf32>, tensor<2xf32>) -> tensor<?x?xf32>
  return
}

// -----
// An axis is reversed once.
func.func @flip(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axes [1, -1] name an axis twice}}
  %0 = inference.flip %x axes [1, -1] : tensor<2x3xf32>
  return
}
