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
