// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @odd(%x: tensor<2x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{inference.rope: x is 2x3, its rows must have an even length}}
  %y = inference.rope %x, %c, %c : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----
func.func @wider(%x: tensor<2x4xf32>, %c: tensor<3x2x4xf32>) {
  // expected-error @+1 {{inference.rope: cos is 3x2x4, which does not broadcast to x 2x4}}
  %y = inference.rope %x, %c, %c : (tensor<2x4xf32>, tensor<3x2x4xf32>, tensor<3x2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @types(%x: tensor<2x4xf32>, %c: tensor<4xf16>) {
  // expected-error @+1 {{inference.rope: operands have element types f32, f16 and f16; insert a cast}}
  %y = inference.rope %x, %c, %c : (tensor<2x4xf32>, tensor<4xf16>, tensor<4xf16>) -> tensor<2x4xf32>
  return
}
