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
// How much each part takes does not follow from anything.
func.func @sizes(%x: tensor<0xf32>) {
  // expected-error @+1 {{needs sizes, what each part takes}}
  inference.split %x : (tensor<0xf32>) -> ()
  return
}
