// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A value is of one type.
// expected-note @+1 {{%x is defined here}}
func.func @type(%x: f32) {
  // expected-error @+1 {{operand is used with type f64, but has been previously used or defined with type f32}}
  %0 = arith.negf %x : f64
  return
}

// -----
// And has a name of its own.
func.func @twice(%x: f32) {
  // expected-note @+1 {{%0 is defined here}}
  %0 = arith.negf %x : f32
  // expected-error @+1 {{SSA value %0 is already defined}}
  %0 = arith.negf %x : f32
  return
}

// -----
// A function returns what it says.
func.func @result(%x: f32) -> f64 {
  // expected-error @+1 {{func.return: Expected arguments to have the same types as the function output types}}
  return %x : f32
}

// -----
// What is called is there.
func.func @call(%x: f32) {
  // expected-error @+1 {{func.call: '@nobody' could not be found in symbol table}}
  func.call @nobody(%x) : (f32) -> ()
  return
}

// -----
// A prefix without a name.
func.func @percent(%x: f32) {
  // expected-error @+1 {{a name or a number is expected after '%'}}
  %0 = arith.negf % : f32
  return
}

// -----
// A type that is misspelt has a near one.
// expected-error @+1 {{there is no type 'tensr'; did you mean 'tensor'?}}
func.func @type_name(%x: tensr<4xf32>) {
  return
}

// -----
// So has an element type.
// expected-error @+1 {{there is no type 'f33'; did you mean 'f32'?}}
func.func @element_type(%x: tensor<4xf33>) {
  return
}

// -----
// What is missing at the end of a line is reported there.
func.func @end_of_line(%x: f32) {
  // expected-error @+1 {{Expected ':'}}
  %0 = arith.addf %x, %x
  return
}

// -----
// An op of a dialect that nothing registers.
func.func @dialect() {
  // expected-error @+1 {{plug.node is not registered; --plugin loads a dialect, --allow-unregistered-dialect accepts ops of unknown ones}}
  "plug.node"() : () -> ()
  return
}
