// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The result's element type does not follow from anything.
func.func @to(%x: tensor<4xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{needs `to`, the element type: an integer or a float of 8 bits at most}}
  %0 = inference.quantize %x, %s : (tensor<4xf32>, tensor<f32>) -> tensor<4xi8>
  return
}

// -----
// A float of 32 bits is not quantised.
func.func @wide(%x: tensor<4xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{needs `to`, the element type: an integer or a float of 8 bits at most}}
  %0 = inference.quantize %x, %s to f32 : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----
// Zero is a number of the result's type.
func.func @zero(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error @+1 {{zero_point is ui8, must be i8 as the result is}}
  %0 = inference.quantize %x, %s zero_point %z to i8 : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xi8>
  return
}

// -----
// Zero is a number of x's type.
func.func @zero_of(%x: tensor<4xi8>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error @+1 {{zero_point is ui8, must be i8 as x is}}
  %0 = inference.dequantize %x, %s zero_point %z : (tensor<4xi8>, tensor<f32>, tensor<ui8>) -> tensor<4xf32>
  return
}

// -----
// A scale is a fraction.
func.func @scale(%x: tensor<4xi8>, %s: tensor<i32>) {
  // expected-error @+1 {{scale is i32, must be floats}}
  %0 = inference.dequantize %x, %s : (tensor<4xi8>, tensor<i32>) -> tensor<4xi32>
  return
}

// -----
// A zero point per scale.
func.func @zeros(%x: tensor<2x3xi8>, %s: tensor<3xf32>, %z: tensor<i8>) {
  // expected-error @+1 {{zero_point is scalar, must be 3 as the scale is}}
  %0 = inference.dequantize %x, %s zero_point %z : (tensor<2x3xi8>, tensor<3xf32>, tensor<i8>) -> tensor<2x3xf32>
  return
}

// -----
// A scale per place along the axis.
func.func @axis(%x: tensor<2x3xi8>, %s: tensor<2xf32>) {
  // expected-error @+1 {{scale has 2 elements, x has 3 places along axis 1}}
  %0 = inference.dequantize %x, %s axis 1 : (tensor<2x3xi8>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----
// A block has elements.
func.func @block(%x: tensor<2x6xi8>, %s: tensor<2x3xf32>) {
  // expected-error @+1 {{block is -2, must be 1 at least; 0 for no blocks}}
  %0 = inference.dequantize %x, %s axis 1 block -2 : (tensor<2x6xi8>, tensor<2x3xf32>) -> tensor<2x6xf32>
  return
}

// -----
// A scale per block.
func.func @blocks(%x: tensor<2x6xi8>, %s: tensor<2x2xf32>) {
  // expected-error @+1 {{scale is 2x2, blocks of 2 along axis 1 of x need 2x3}}
  %0 = inference.dequantize %x, %s axis 1 block 2 : (tensor<2x6xi8>, tensor<2x2xf32>) -> tensor<2x6xf32>
  return
}

// -----
// Which scales go with which elements, `block` says.
func.func @shared(%x: tensor<2x6xi8>, %s: tensor<2x3xf32>) {
  // expected-error @+1 {{scale is 2x3: needs `block` to say how many elements share one}}
  %0 = inference.dequantize %x, %s axis 1 : (tensor<2x6xi8>, tensor<2x3xf32>) -> tensor<2x6xf32>
  return
}
