// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A slice has a start, an end and a step per axis.
func.func @slice(%x: tensor<5x4xf32>) {
  // expected-error @+1 {{1 starts, 2 ends and 2 steps for 2 axes}}
  %0 = inference.slice %x starts [1] ends [3, 4] axes [0, 1] : (tensor<5x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
// A slice moves.
func.func @step(%x: tensor<5x4xf32>) {
  // expected-error @+1 {{a step is 0}}
  %0 = inference.slice %x starts [1] ends [3] axes [0] steps [0] : (tensor<5x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
// Each end is a property or an operand, not both.
func.func @ends(%x: tensor<5x4xf32>, %e: tensor<1xi64>) {
  // expected-error @+1 {{needs starts and ends, each as a property or as an operand}}
  %0 = inference.slice %x end %e starts [1] ends [3] axes [0] : (tensor<5x4xf32>, tensor<1xi64>) -> tensor<2x4xf32>
  return
}

// -----
// Pads are two per dimension.
func.func @pad(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{1 and 2 pads for 2 dimensions}}
  %0 = inference.pad %x low [1] high [0, 2] : (tensor<2x3xf32>) -> tensor<3x5xf32>
  return
}

// -----
// A pad says how much.
func.func @pad_absent(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{needs either `low` and `high`, or `pads`}}
  %0 = inference.pad %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----
// A triangle has two sides.
func.func @triangle(%x: tensor<4xf32>) {
  // expected-error @+1 {{x is 4, needs two dimensions}}
  %0 = inference.trilu %x lower : tensor<4xf32>
  return
}

// -----
// A start per axis.
func.func @begin(%x: tensor<5x4xf32>, %s: tensor<2xi64>, %e: tensor<2xi64>) {
  // expected-error @+1 {{`begin` is tensor<2xi64>, must be one dimension of 1 i64}}
  %0 = inference.slice %x begin %s end %e axes [0] : (tensor<5x4xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<?x4xf32>
  return
}

// -----
// An axis is cut once.
func.func @twice(%x: tensor<5x4xf32>) {
  // expected-error @+1 {{axes [0, -2] name an axis twice}}
  %0 = inference.slice %x starts [0, 1] ends [2, 2] axes [0, -2] : (tensor<5x4xf32>) -> tensor<1x4xf32>
  return
}

// -----
// One element surrounds x.
func.func @pad_value(%x: tensor<2xf32>, %v: tensor<2xf32>) {
  // expected-error @+1 {{`value` is 2, must be one element}}
  %0 = inference.pad %x value %v low [1] high [1] : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----
// It is of x's type.
func.func @pad_type(%x: tensor<2xf32>, %v: tensor<i32>) {
  // expected-error @+1 {{`value` is i32, x is f32; insert a cast}}
  %0 = inference.pad %x value %v low [1] high [1] : (tensor<2xf32>, tensor<i32>) -> tensor<4xf32>
  return
}

// -----
// All befores, then all afters.
func.func @pad_operand(%x: tensor<2x3xf32>, %p: tensor<2xi64>) {
  // expected-error @+1 {{`pads` is tensor<2xi64>, must be one dimension of 4 i64}}
  %0 = inference.pad %x pads %p : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----
// Pads are said once.
func.func @pad_twice(%x: tensor<2xf32>, %p: tensor<2xi64>) {
  // expected-error @+1 {{needs either `low` and `high`, or `pads`}}
  %0 = inference.pad %x pads %p low [1] high [1] : (tensor<2xf32>, tensor<2xi64>) -> tensor<4xf32>
  return
}

// -----
// No more is cropped than there is.
func.func @crop(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{pads ['-2', '0'] and ['-1', '0'] crop more than x has, 2x3}}
  %0 = inference.pad %x low [-2, 0] high [-1, 0] : (tensor<2x3xf32>) -> tensor<?x3xf32>
  return
}
