// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A value is of one type.
func.func @type(%x: f32) {
  // expected-error @+1 {{operand is used with type f64, but has been previously used or defined with type f32}}
  %0 = arith.negf %x : f64
  return
}

// -----
// And has a name of its own.
func.func @twice(%x: f32) {
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
