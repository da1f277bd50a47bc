// RUN: infer-opt %s --split-input-file --verify-diagnostics

// x and the filter have the same rank, with at least one spatial dimension.
func.func @ranks(%x: tensor<1x3x8x8xf32>, %w: tensor<6x3x5xf32>) {
  // expected-error @+1 {{inference.conv: x has rank 4 and w rank 3; both need the same rank, 3 at least}}
  %0 = inference.conv %x, %w : (tensor<1x3x8x8xf32>, tensor<6x3x5xf32>) -> tensor<1x6x4x4xf32>
  return
}

// -----
// Pads are two per spatial dimension.
func.func @pads(%x: tensor<1x3x8x8xf32>, %w: tensor<6x3x5x5xf32>) {
  // expected-error @+1 {{pads [2, 2] needs 4 entries for 2 spatial dimensions}}
  %0 = inference.conv %x, %w pads [2, 2] : (tensor<1x3x8x8xf32>, tensor<6x3x5x5xf32>) -> tensor<1x6x8x8xf32>
  return
}

// -----
// A stride of 0 never gets anywhere.
func.func @strides(%x: tensor<1x3x8x8xf32>, %w: tensor<6x3x5x5xf32>) {
  // expected-error @+1 {{strides, dilations and groups are 1 at least}}
  %0 = inference.conv %x, %w strides [1, 0] : (tensor<1x3x8x8xf32>, tensor<6x3x5x5xf32>) -> tensor<1x6x4x4xf32>
  return
}

// -----
// Each group of the filter takes its share of x's channels.
// expected-note @+1 {{x is a function argument}}
func.func @groups(%x: tensor<1x6x8x8xf32>, %w: tensor<6x6x5x5xf32>) {
  // expected-error @+1 {{filter takes 12 channels in 2 groups, x has 6}}
  %0 = inference.conv %x, %w groups 2 : (tensor<1x6x8x8xf32>, tensor<6x6x5x5xf32>) -> tensor<1x6x4x4xf32>
  return
}

// -----
// Groups give the same number of outputs each.
func.func @outputs(%x: tensor<1x6x8x8xf32>, %w: tensor<5x3x5x5xf32>) {
  // expected-error @+1 {{5 output channels do not divide into 2 groups}}
  %0 = inference.conv %x, %w groups 2 : (tensor<1x6x8x8xf32>, tensor<5x3x5x5xf32>) -> tensor<1x5x4x4xf32>
  return
}

// -----
// In nhwc the channels are the last dimension, of x and of the filter.
// expected-note @+1 {{x is a function argument}}
func.func @layout(%x: tensor<1x8x8x3xf32>, %w: tensor<6x3x5x5xf32>) {
  // expected-error @+1 {{filter takes 5 channels in 1 group, x has 3}}
  %0 = inference.conv %x, %w layout nhwc : (tensor<1x8x8x3xf32>, tensor<6x3x5x5xf32>) -> tensor<1x6x4x4xf32>
  return
}

// -----
// One bias per output channel.
func.func @bias(%x: tensor<1x3x8x8xf32>, %w: tensor<6x3x5x5xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{bias has shape [3], expected [6]}}
  %0 = inference.conv %x, %w bias %b : (tensor<1x3x8x8xf32>, tensor<6x3x5x5xf32>, tensor<3xf32>) -> tensor<1x6x4x4xf32>
  return
}

// -----
// The window fits into the padded input.
func.func @window(%x: tensor<1x3x3x8xf32>, %w: tensor<6x3x5x5xf32>) {
  // expected-error @+1 {{the window [5, 5] is larger than the padded input [3, 8]}}
  %0 = inference.conv %x, %w : (tensor<1x3x3x8xf32>, tensor<6x3x5x5xf32>) -> tensor<1x6x0x4xf32>
  return
}

// -----
// The result has the positions of the window, not the size of the input.
func.func @result(%x: tensor<1x3x8x8xf32>, %w: tensor<6x3x5x5xf32>) {
  // expected-error @+1 {{result is tensor<1x6x8x8xf32>, its operands make it tensor<1x6x4x4xf32>}}
  %0 = inference.conv %x, %w : (tensor<1x3x8x8xf32>, tensor<6x3x5x5xf32>) -> tensor<1x6x8x8xf32>
  return
}

// -----
// A window fits at least once.
func.func @exactly_one_short(%x: tensor<1x1x2x4xf32>, %w: tensor<1x1x3x3xf32>) {
  // expected-error @+1 {{the window [3, 3] is larger than the padded input [2, 4]}}
  %0 = inference.conv %x, %w : (tensor<1x1x2x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x0x2xf32>
  return
}

// -----
// Pads add.
func.func @negative_pads(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error @+1 {{pads are 0 at least; inference.slice crops}}
  %0 = inference.conv %x, %w pads [-1, 0, 0, 0] : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x3x4xf32>
  return
}

// -----
// A stride per spatial dimension.
func.func @transpose_strides(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x2x2xf32>) {
  // expected-error @+1 {{strides [2] needs 2 entries for 2 spatial dimensions}}
  %0 = inference.conv_transpose %x, %w strides [2] : (tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x8x8xf32>
  return
}

// -----
// A stride goes somewhere.
func.func @transpose_still(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x2x2xf32>) {
  // expected-error @+1 {{strides, dilations and groups are 1 at least}}
  %0 = inference.conv_transpose %x, %w strides [0, 1] : (tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x5xf32>
  return
}

// -----
// Groups share the channels out.
func.func @transpose_groups(%x: tensor<1x3x4x4xf32>, %w: tensor<3x1x2x2xf32>) {
  // expected-error @+1 {{3 channels do not divide into 2 groups}}
  %0 = inference.conv_transpose %x, %w groups 2 : (tensor<1x3x4x4xf32>, tensor<3x1x2x2xf32>) -> tensor<1x2x5x5xf32>
  return
}

// -----
// A bias per channel of the result.
func.func @transpose_bias(%x: tensor<1x1x4x4xf32>, %w: tensor<1x2x2x2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{bias is 3, expected 2}}
  %0 = inference.conv_transpose %x, %w bias %b : (tensor<1x1x4x4xf32>, tensor<1x2x2x2xf32>, tensor<3xf32>) -> tensor<1x2x5x5xf32>
  return
}

// -----
// Something is left.
func.func @transpose_cut(%x: tensor<1x1x1x1xf32>, %w: tensor<1x1x2x2xf32>) {
  // expected-error @+1 {{pads [1, 1, 1, 1] cut off the whole result}}
  %0 = inference.conv_transpose %x, %w pads [1, 1, 1, 1] : (tensor<1x1x1x1xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x0x0xf32>
  return
}
