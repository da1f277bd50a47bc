// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// |x|.
// CHECK-LABEL: @abs
// CHECK:         inference.abs %{{.*}} : tensor<2x?xf32>
func.func @abs(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.abs %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The smallest integer not below x.
// CHECK-LABEL: @ceil
// CHECK:         inference.ceil %{{.*}} : tensor<2x?xf32>
func.func @ceil(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.ceil %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The cosine of an angle in radians.
// CHECK-LABEL: @cos
// CHECK:         inference.cos %{{.*}} : tensor<2x?xf32>
func.func @cos(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.cos %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The error function.
// CHECK-LABEL: @erf
// CHECK:         inference.erf %{{.*}} : tensor<2x?xf32>
func.func @erf(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.erf %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// e to the power of x.
// CHECK-LABEL: @exp
// CHECK:         inference.exp %{{.*}} : tensor<2x?xf32>
func.func @exp(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.exp %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The largest integer not above x.
// CHECK-LABEL: @floor
// CHECK:         inference.floor %{{.*}} : tensor<2x?xf32>
func.func @floor(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.floor %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// Whether x is infinite; `negative_only` and `positive_only` leave the other sign out.
// CHECK-LABEL: @is_inf
// CHECK:         inference.is_inf %{{.*}} positive_only : (tensor<4xf32>) -> tensor<4xi1>
func.func @is_inf(%x: tensor<4xf32>) -> tensor<4xi1> {
  %ry = inference.is_inf %x positive_only : (tensor<4xf32>) -> tensor<4xi1>
  return %ry : tensor<4xi1>
}

// -----
// Whether x is NaN.
// CHECK-LABEL: @is_nan
// CHECK:         inference.is_nan %{{.*}} : (tensor<2x?xf32>) -> tensor<2x?xi1>
func.func @is_nan(%x: tensor<2x?xf32>) -> tensor<2x?xi1> {
  %ry = inference.is_nan %x : (tensor<2x?xf32>) -> tensor<2x?xi1>
  return %ry : tensor<2x?xi1>
}

// -----
// The natural logarithm.
// CHECK-LABEL: @log
// CHECK:         inference.log %{{.*}} : tensor<2x?xf32>
func.func @log(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.log %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// -x.
// CHECK-LABEL: @neg
// CHECK:         inference.neg %{{.*}} : tensor<2x?xf32>
func.func @neg(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.neg %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// 1 / x.
// CHECK-LABEL: @reciprocal
// CHECK:         inference.reciprocal %{{.*}} : tensor<2x?xf32>
func.func @reciprocal(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.reciprocal %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The nearest integer, halves to the even one.
// CHECK-LABEL: @round
// CHECK:         inference.round %{{.*}} : tensor<2x?xf32>
func.func @round(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.round %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// 1 / sqrt(x).
// CHECK-LABEL: @rsqrt
// CHECK:         inference.rsqrt %{{.*}} : tensor<2x?xf32>
func.func @rsqrt(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.rsqrt %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// -1, 0 or 1.
// CHECK-LABEL: @sign
// CHECK:         inference.sign %{{.*}} : tensor<2x?xf32>
func.func @sign(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.sign %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The sine of an angle in radians.
// CHECK-LABEL: @sin
// CHECK:         inference.sin %{{.*}} : tensor<2x?xf32>
func.func @sin(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.sin %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// A function of the C library that nets rarely use, by name.
// CHECK-LABEL: @unary_math
// CHECK:         inference.unary_math %{{.*}} fn asin : tensor<4xf32>
func.func @unary_math(%x: tensor<4xf32>) -> tensor<4xf32> {
  %ry = inference.unary_math %x fn asin : tensor<4xf32>
  return %ry : tensor<4xf32>
}
