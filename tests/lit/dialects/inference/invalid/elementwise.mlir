// RUN: infer-opt %s --split-input-file --verify-diagnostics

// Sizes are equal, or one of them is 1.
func.func @broadcast(%a: tensor<2x3xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{inference.add}}
  %0 = inference.add %a, %b : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----
// Nothing is converted in passing.
func.func @types(%a: tensor<2xf32>, %b: tensor<2xf64>) {
  // expected-error @+1 {{operands have element types f32 and f64; insert a cast}}
  %0 = inference.mul %a, %b : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf64>
  return
}

// -----
// Logic is of booleans.
func.func @logic(%a: tensor<4xi8>, %b: tensor<4xi1>) {
  // expected-error @+1 {{operands are i8 and i1, both must be i1}}
  %0 = inference.logical %a, %b fn or : (tensor<4xi8>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----
// So is its opposite.
func.func @not(%a: tensor<4xf32>) {
  // expected-error @+1 {{x is f32, must be i1}}
  %0 = inference.logical_not %a : tensor<4xf32>
  return
}

// -----
// Bits are of integers.
func.func @bits(%a: tensor<4xf32>) {
  // expected-error @+1 {{operands are f32, must be integers}}
  %0 = inference.bitwise %a, %a fn xor : tensor<4xf32>
  return
}

// -----
// The choice is made by booleans, between values of one type.
func.func @select(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xi32>) {
  // expected-error @+1 {{operands are i1, f32 and i32; the first must be i1 and the others the same}}
  %0 = inference.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>
  return
}

// -----
// Which infinity, when neither?
func.func @infinity(%x: tensor<4xf32>) {
  // expected-error @+1 {{negative_only and positive_only leave nothing}}
  %0 = inference.is_inf %x negative_only positive_only : (tensor<4xf32>) -> tensor<4xi1>
  return
}

// -----
// The slopes are laid over x, not the other way round.
func.func @slopes(%x: tensor<8xf32>, %s: tensor<4x8xf32>) {
  // expected-error @+1 {{slope 4x8 does not broadcast to x 8}}
  %0 = inference.prelu %x, %s : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----
// The same bits need the same width.
func.func @bitcast(%x: tensor<4xf32>) {
  // expected-error @+1 {{f32 and i16 have different widths}}
  %0 = inference.bitcast %x to i16 : (tensor<4xf32>) -> tensor<4xi16>
  return
}
