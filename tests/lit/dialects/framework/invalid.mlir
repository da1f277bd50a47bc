// RUN: infer-opt %s --split-input-file --verify-diagnostics

// An operator has the versions in which it changed.
func.func @version(%x: tensor<4xf32>) {
  // expected-error @+1 {{framework.onnx.Relu has no version 99; versions are 1, 6, 13, 14}}
  %0 = framework.onnx.Relu(%x) {version = 99} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// Operands are counted by the version's own table.
func.func @too_many(%x: tensor<4xf32>) {
  // expected-error @+1 {{framework.onnx.Relu-14 has 2 operands, takes 1 (X)}}
  %0 = framework.onnx.Relu(%x, %x) {version = 14} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// The optional ones may be absent, the others not.
func.func @too_few(%x: tensor<1x4x4x4xf32>) {
  // expected-error @+1 {{framework.onnx.Conv-11 has 1 operands, takes 2 to 3 (X, W, B)}}
  %0 = framework.onnx.Conv(%x) {version = 11} : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----
// Nor may a value that stands for an absent one take their place.
func.func @absent(%n: none) {
  // expected-error @+1 {{framework.onnx.Relu-14 operand 'X' is required}}
  %0 = framework.onnx.Relu(%n) {version = 14} : (none) -> tensor<4xf32>
  return
}

// -----
// An attribute it does not have.
func.func @misspelled(%x: tensor<1x4x4x4xf32>) {
  // expected-error @+1 {{framework.onnx.Conv-11 has no attribute 'kernel_shpae'; did you mean 'kernel_shape'?}}
  %0 = framework.onnx.Conv(%x, %x) {version = 11, kernel_shpae = [2, 2]} : (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----
// An attribute of another kind.
func.func @kind(%x: tensor<1x4x4x4xf32>) {
  // expected-error @+1 {{attribute 'kernel_shape' must be a list of integers, is "2x2"}}
  %0 = framework.onnx.Conv(%x, %x) {version = 11, kernel_shape = "2x2"} : (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----
// 1 is no float: the source says which it is.
func.func @integer() {
  // expected-error @+1 {{attribute 'value_float' must be a float, is 1}}
  %0 = framework.onnx.Constant() {version = 13, value_float = 1} : () -> tensor<f32>
  return
}

// -----
// An attribute without a default must be there.
func.func @required(%x: tensor<4xf32>) {
  // expected-error @+1 {{framework.onnx.Cast-13 attribute 'to' is required}}
  %0 = framework.onnx.Cast(%x) {version = 13} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// Relu took integers from version 14 on.
func.func @type(%x: tensor<4xi64>) {
  // expected-error @+1 {{framework.onnx.Relu-6 'X' is tensor(int64), allowed tensor(double), tensor(float), tensor(float16)}}
  %0 = framework.onnx.Relu(%x) {version = 6} : (tensor<4xi64>) -> tensor<4xi64>
  return
}

// -----
// Operands that the source gives one type variable have one type.
func.func @types(%x: tensor<4xf32>, %y: tensor<4xf16>) {
  // expected-error @+1 {{framework.onnx.Add-14 'A' and 'B' must have one type, have tensor(float) and tensor(float16)}}
  %0 = framework.onnx.Add(%x, %y) {version = 14} : (tensor<4xf32>, tensor<4xf16>) -> tensor<4xf32>
  return
}

// -----
// A condition has two sides.
func.func @one_sided(%c: tensor<i1>, %y: tensor<4xf32>) {
  // expected-error @+1 {{framework.onnx.If-21 subgraph 'else_branch' is required}}
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    framework.yield %y : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return
}

// -----
// Under their names.
func.func @subgraph(%c: tensor<i1>, %y: tensor<4xf32>) {
  // expected-error @+1 {{framework.onnx.If-21 has no subgraph 'else_brnch'; did you mean 'else_branch'?}}
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    framework.yield %y : tensor<4xf32>
  } else_brnch {
    framework.yield %y : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return
}

// -----
// As many strings as the tensor has elements.
func.func @strings() {
  // expected-error @+1 {{framework.constant: 1 strings for tensor<2x!framework.string>}}
  %0 = framework.constant #framework.strings<["cat"]> : tensor<2x!framework.string>
  return
}

// -----
// A custom operator has at least a name.
func.func @nameless(%x: tensor<4xf32>) {
  // expected-error @+1 {{framework.custom needs an op_type}}
  %0 = framework.custom "" from "b" version 1 (%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// An attribute is given once.
func.func @twice(%x: tensor<4xf32>) {
  // expected-error @+1 {{attribute 'version' is given twice}}
  %0 = framework.onnx.Relu(%x) {version = 14, version = 13} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// A list is of one kind.
func.func @list(%x: tensor<4xf32>) {
  // expected-error @+1 {{a list holds numbers or attributes, not both}}
  %0 = framework.custom "A" from "b" version 1 (%x) {l = [1, "a"]} : (tensor<4xf32>) -> tensor<4xf32>
  return
}
