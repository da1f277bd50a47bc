// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A window has a size.
func.func @kernel(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{inference.max_pool: kernel is missing}}
  %0 = inference.max_pool %x : (tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----
// Strides are one per dimension of the window.
func.func @strides(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{strides [2] needs 2 entries for 2 spatial dimensions}}
  %0 = inference.max_pool %x kernel [2, 2] strides [2] : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  return
}

// -----
// A window of no elements has no largest one.
func.func @empty(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{kernel, strides and dilations are 1 at least}}
  %0 = inference.avg_pool %x kernel [0, 2] : (tensor<1x3x8x8xf32>) -> tensor<1x3x9x7xf32>
  return
}

// -----
// Negative pads are a crop, which is another op.
func.func @crop(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{pads are 0 at least; inference.slice crops}}
  %0 = inference.avg_pool %x kernel [2, 2] pads [-1, 0, 0, 0] : (tensor<1x3x8x8xf32>) -> tensor<1x3x6x7xf32>
  return
}

// -----
// A window of two dimensions needs images.
func.func @rank(%x: tensor<1x3x8xf32>) {
  // expected-error @+1 {{x has rank 3, a window of 2 dimensions needs 4}}
  %0 = inference.lp_pool %x kernel [2, 2] p 2 : (tensor<1x3x8xf32>) -> tensor<1x3x7xf32>
  return
}

// -----
// The window fits into the padded input.
func.func @window(%x: tensor<1x3x1x8xf32>) {
  // expected-error @+1 {{the window [5, 5] is larger than the padded input [1, 8]}}
  %0 = inference.max_pool %x kernel [5, 5] pads [1, 0, 1, 0] : (tensor<1x3x1x8xf32>) -> tensor<1x3x0x4xf32>
  return
}

// -----
// A window fits at least once.
func.func @one_short(%x: tensor<1x1x2x4xf32>) {
  // expected-error @+1 {{the window [3, 3] is larger than the padded input [2, 4]}}
  %0 = inference.max_pool %x kernel [3, 3] : (tensor<1x1x2x4xf32>) -> tensor<1x1x0x2xf32>
  return
}

// -----
// There is no 0-norm.
func.func @norm(%x: tensor<1x1x2x4xf32>) {
  // expected-error @+1 {{p is 0, a norm has 1 at least}}
  %0 = inference.lp_pool %x kernel [1, 1] p 0 : tensor<1x1x2x4xf32>
  return
}
