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

// -----
// A size per axis.
func.func @to(%x: tensor<1x3x4x4xf32>, %s: tensor<3xi64>) {
  // expected-error @+1 {{`to` is tensor<3xi64>, must be one dimension of 2 i64}}
  %0 = inference.resize %x to %s axes [2, 3] : (tensor<1x3x4x4xf32>, tensor<3xi64>) -> tensor<1x3x?x?xf32>
  return
}

// -----
// A scale per axis.
func.func @by(%x: tensor<1x3x4x4xf32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{`by` is 4, must be one scale for each of the 2 axes}}
  %0 = inference.resize %x by %s axes [2, 3] : (tensor<1x3x4x4xf32>, tensor<4xf32>) -> tensor<1x3x?x?xf32>
  return
}

// -----
// A start and an end per axis.
func.func @roi(%x: tensor<1x3x4x4xf32>, %r: tensor<2xf32>) {
  // expected-error @+1 {{`roi` is 2, must be 4 numbers: a start, then an end, for each of the 2 axes}}
  %0 = inference.resize %x roi %r axes [2, 3] sizes [2, 2] coordinates tf_crop_and_resize : (tensor<1x3x4x4xf32>, tensor<2xf32>) -> tensor<1x3x2x2xf32>
  return
}

// -----
// What is cut out must be said.
func.func @crop(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{tf_crop_and_resize needs `roi`, what to cut out}}
  %0 = inference.resize %x axes [2, 3] sizes [2, 2] coordinates tf_crop_and_resize : (tensor<1x3x4x4xf32>) -> tensor<1x3x2x2xf32>
  return
}

// -----
// Nothing becomes of size 0.
func.func @empty(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{size 0 of axis 2: must be positive}}
  %0 = inference.resize %x axes [2, 3] sizes [0, 2] : (tensor<1x3x4x4xf32>) -> tensor<1x3x0x2xf32>
  return
}

// -----
// Nor by scaling.
func.func @scale(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{scale 0.0 of axis 2: must be positive}}
  %0 = inference.resize %x axes [2, 3] scales [0.0, 2.0] : (tensor<1x3x4x4xf32>) -> tensor<1x3x0x8xf32>
  return
}

// -----
// An axis changes once.
func.func @same_axis(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{axes [2, 2] name an axis twice}}
  %0 = inference.resize %x axes [2, 2] sizes [2, 2] : (tensor<1x3x4x4xf32>) -> tensor<1x3x2x4xf32>
  return
}
