// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The new size is said in one way.
func.func @twice(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{needs one of sizes, scales, to, by; has sizes, scales}}
  %0 = inference.resize %x axes [2, 3] sizes [8, 8] scales [2.0, 2.0] : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----
// And in one at least.
func.func @never(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{needs one of sizes, scales, to, by; has none}}
  %0 = inference.resize %x axes [2, 3] : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return
}

// -----
// A mode is one of a few.
func.func @mode(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{lanczos}}
  %0 = inference.resize %x axes [2, 3] sizes [8, 8] mode lanczos : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----
// One size per axis.
func.func @axes(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{1 sizes for 2 axes}}
  %0 = inference.resize %x axes [2, 3] sizes [8] : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x4xf32>
  return
}

// -----
// An axis is one of x's.
func.func @outside(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{axis 4 is outside of x, which has rank 4}}
  %0 = inference.resize %x axes [4] sizes [8] : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return
}
