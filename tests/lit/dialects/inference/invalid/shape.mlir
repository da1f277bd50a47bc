// RUN: infer-opt %s --split-input-file --verify-diagnostics

// Off the axis all are of one size.
func.func @concat(%a: tensor<1x2x4xf32>, %b: tensor<1x3x5xf32>) {
  // expected-error @+1 {{operand 1 is 1x3x5, operand 0 1x2x4: they differ off axis 1}}
  %0 = inference.concat %a, %b axis 1 : (tensor<1x2x4xf32>, tensor<1x3x5xf32>) -> tensor<1x5x4xf32>
  return
}

// -----
// All have one rank.
func.func @concat_rank(%a: tensor<1x2x4xf32>, %b: tensor<3x4xf32>) {
  // expected-error @+1 {{operand 1 has rank 2, operand 0 has 3}}
  %0 = inference.concat %a, %b axis 1 : (tensor<1x2x4xf32>, tensor<3x4xf32>) -> tensor<1x5x4xf32>
  return
}

// -----
// All have one element type.
func.func @concat_types(%a: tensor<2xf32>, %b: tensor<2xi32>) {
  // expected-error @+1 {{operands have element types f32, i32; insert a cast}}
  %0 = inference.concat %a, %b axis 0 : (tensor<2xf32>, tensor<2xi32>) -> tensor<4xf32>
  return
}

// -----
// The parts are the whole.
func.func @split(%x: tensor<1x5xf32>) {
  // expected-error @+1 {{sizes [2, 2] do not add up to x's 5}}
  %0, %1 = inference.split %x axis 1 sizes [2, 2] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>)
  return
}

// -----
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
  // expected-error @+1 {{needs `low` and `high`, or `pads`}}
  %0 = inference.pad %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----
// A tile says how often.
func.func @tile(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{needs either `repeats` or `times`}}
  %0 = inference.tile %x : (tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----
// In every dimension.
func.func @tile_rank(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{1 repeats for 2 dimensions}}
  %0 = inference.tile %x repeats [2] : (tensor<3x4xf32>) -> tensor<6x4xf32>
  return
}

// -----
// A triangle has two sides.
func.func @triangle(%x: tensor<4xf32>) {
  // expected-error @+1 {{x is 4, needs two dimensions}}
  %0 = inference.trilu %x lower : tensor<4xf32>
  return
}
