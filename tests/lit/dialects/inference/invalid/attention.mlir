// RUN: infer-opt %s --split-input-file --verify-diagnostics

// Heads are a dimension of their own.
func.func @rank(%q: tensor<1x16x64xf32>) {
  // expected-error @+1 {{all must be [batch, heads, sequence, size]}}
  %0 = inference.attention %q, %q, %q : (tensor<1x16x64xf32>, tensor<1x16x64xf32>, tensor<1x16x64xf32>) -> tensor<1x16x64xf32>
  return
}

// -----
// Queries and keys are of one size.
func.func @sizes(%q: tensor<1x8x16x64xf32>, %k: tensor<1x8x16x32xf32>) {
  // expected-error @+1 {{sizes, lengths or heads do not agree}}
  %0 = inference.attention %q, %k, %q : (tensor<1x8x16x64xf32>, tensor<1x8x16x32xf32>, tensor<1x8x16x64xf32>) -> tensor<1x8x16x64xf32>
  return
}

// -----
// Every key head serves the same number of query heads.
func.func @groups(%q: tensor<1x8x16x64xf32>, %k: tensor<1x3x16x64xf32>) {
  // expected-error @+1 {{8 query heads do not divide among 3 key heads}}
  %0 = inference.attention %q, %k, %k : (tensor<1x8x16x64xf32>, tensor<1x3x16x64xf32>, tensor<1x3x16x64xf32>) -> tensor<1x8x16x64xf32>
  return
}

// -----
// Every sample has its keys.
func.func @batch(%q: tensor<2x4x3x8xf32>, %k: tensor<1x4x5x8xf32>) {
  // expected-error @+1 {{q is 2x4x3x8, k 1x4x5x8, v 1x4x5x8: the batches do not agree}}
  %0 = inference.attention %q, %k, %k : (tensor<2x4x3x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----
// A mask says it for queries and keys.
func.func @mask(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x5x8xf32>, %m: tensor<2x5xi1>) {
  // expected-error @+1 {{mask is 2x5, must broadcast to 2x4x3x5; its last dimension may be shorter}}
  %0 = inference.attention %q, %k, %k mask %m : (tensor<2x4x3x8xf32>, tensor<2x4x5x8xf32>, tensor<2x4x5x8xf32>, tensor<2x5xi1>) -> tensor<2x4x3x8xf32>
  return
}

// -----
// A length per sample.
func.func @lengths(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x5x8xf32>, %n: tensor<1xi64>) {
  // expected-error @+1 {{`lengths` has 1 elements, the batch is 2}}
  %0 = inference.attention %q, %k, %k lengths %n : (tensor<2x4x3x8xf32>, tensor<2x4x5x8xf32>, tensor<2x4x5x8xf32>, tensor<1xi64>) -> tensor<2x4x3x8xf32>
  return
}

// -----
// An offset is a number of keys.
func.func @offset(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x5x8xf32>, %n: tensor<2xf32>) {
  // expected-error @+1 {{`offset` is tensor<2xf32>, must be one dimension of i64}}
  %0 = inference.attention %q, %k, %k offset %n : (tensor<2x4x3x8xf32>, tensor<2x4x5x8xf32>, tensor<2x4x5x8xf32>, tensor<2xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----
// All are of one type.
func.func @types(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x5x8xf16>) {
  // expected-error @+1 {{q is f32, k f16, v f16; insert a cast}}
  %0 = inference.attention %q, %k, %k : (tensor<2x4x3x8xf32>, tensor<2x4x5x8xf16>, tensor<2x4x5x8xf16>) -> tensor<2x4x3x8xf32>
  return
}
