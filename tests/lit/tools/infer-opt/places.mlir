// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A mistake is reported where it is, whatever the parser had read by then.

// expected-note @+1 {{it is defined here first}}
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// expected-error @+1 {{redefinition of symbol @twice}}
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// -----
func.func @shape() -> tensor<4xf32> {
  // expected-error @+1 {{Shape mismatch in dense literal. Expected [4] shape from the type, but got [2] shape.}}
  %0 = inference.constant dense<[1.0, 2.0]> : tensor<4xf32>
  return %0 : tensor<4xf32>
}
// -----
func.func @operator(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{framework.onnx.Rleu is not registered; did you mean 'framework.onnx.Relu'?}}
  %0 = framework.onnx.Rleu(%x) {version = 14} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// -----
func.func @fold() -> tensor<4xf32> {
  // expected-error @+1 {{no op 'inference.adds' to fold; did you mean 'inference.add'?}}
  %0 = inference.constant #inference.fold<inference.adds(#inference.weight<"w">, #inference.weight<"w">) : tensor<4xf32>> : tensor<4xf32>
  return %0 : tensor<4xf32>
}
// -----
// A brace in a string closes nothing.
// expected-error @+1 {{this region is not closed: '}' expected before the end of the text}}
func.func @open(%x: tensor<4xf32>) -> tensor<4xf32> attributes {note = "}"} {
  %0 = inference.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
