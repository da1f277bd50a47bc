// RUN: infer-opt %s --split-input-file --verify-diagnostics

// Statistics are per channel.
func.func @channels(%x: tensor<1x8x5x5xf32>, %s: tensor<8xf32>, %m: tensor<5xf32>) {
  // expected-error @+1 {{inference.batch_norm: mean has shape [5], expected [8]}}
  %0 = inference.batch_norm %x, %s, %s, %m, %s : (tensor<1x8x5x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<5xf32>, tensor<8xf32>) -> tensor<1x8x5x5xf32>
  return
}

// -----
// The axis is one of x's.
func.func @axis(%x: tensor<1x16x32xf32>, %s: tensor<32xf32>) {
  // expected-error @+1 {{axis 3 is outside of x, which has rank 3}}
  %0 = inference.layer_norm %x, %s axis 3 : (tensor<1x16x32xf32>, tensor<32xf32>) -> tensor<1x16x32xf32>
  return
}

// -----
// The scale is laid over the dimensions that are normalised.
func.func @scale(%x: tensor<1x16x32xf32>, %s: tensor<16xf32>) {
  // expected-error @+1 {{scale 16 does not broadcast to x 1x16x32}}
  %0 = inference.rms_norm %x, %s : (tensor<1x16x32xf32>, tensor<16xf32>) -> tensor<1x16x32xf32>
  return
}

// -----
// Groups are of the same size.
func.func @groups(%x: tensor<2x8x5x5xf32>, %s: tensor<8xf32>) {
  // expected-error @+1 {{with C a multiple of 3 groups}}
  %0 = inference.group_norm %x, %s, %s groups 3 : (tensor<2x8x5x5xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8x5x5xf32>
  return
}

// -----
// Scale and bias of a group norm are per channel, not per group.
func.func @group_scale(%x: tensor<2x8x5x5xf32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{scale has shape [4], expected [8]}}
  %0 = inference.group_norm %x, %s, %s groups 4 : (tensor<2x8x5x5xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x8x5x5xf32>
  return
}

// -----
// A window over no channels.
func.func @lrn(%x: tensor<1x96x5x5xf32>) {
  // expected-error @+1 {{a channel axis and a size of 1 at least are needed}}
  %0 = inference.lrn %x size 0 : tensor<1x96x5x5xf32>
  return
}

// -----
// The axis of a softmax is one of x's.
func.func @softmax(%x: tensor<1x10xf32>) {
  // expected-error @+1 {{inference.softmax: axis 2 is outside of x, which has rank 2}}
  %0 = inference.softmax %x axis 2 : tensor<1x10xf32>
  return
}
