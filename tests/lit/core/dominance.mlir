// RUN: infer-opt %s --split-input-file --verify-diagnostics

// A value of one region is not to be had in the one beside it.
func.func @region(%c: i1, %x: f32) -> f32 {
  %0 = scf.if %c -> (f32) {
    %1 = arith.addf %x, %x : f32
    scf.yield %1 : f32
  } else {
    // expected-error @+1 {{use of undeclared SSA value name %1}}
    scf.yield %1 : f32
  }
  return %0 : f32
}

// -----
// Nothing is its own operand.
func.func @itself(%x: f32) {
  // expected-note @+2 {{it is defined here}}
  // expected-error @+1 {{arith.addf: operand #0 does not dominate this use}}
  %0 = arith.addf %0, %x : f32
  return
}

// -----
// A function does not see into another.
func.func @arguments(%x: f32) {
  return
}
func.func @other() {
  // expected-error @+1 {{use of undeclared SSA value name %x}}
  %0 = arith.negf %x : f32
  return
}

// -----
// What one of two ways defines is not there on the other.
func.func @ways(%c: i1, %x: f32) -> f32 {
  cf.cond_br %c, ^a, ^b
^a:
  // expected-note @+1 {{it is defined here}}
  %0 = arith.negf %x : f32
  cf.br ^b
^b:
  // expected-error @+1 {{func.return: operand #0 does not dominate this use}}
  return %0 : f32
}

// -----
// The body of a module is a graph region: an op may use what comes later.
%0 = builtin.unrealized_conversion_cast %1 : i32 to i64
%1 = builtin.unrealized_conversion_cast %0 : i64 to i32

// -----
// In a block that control never reaches anything dominates anything.
func.func @never(%x: f32) -> f32 {
  return %x : f32
^bb1:
  %0 = arith.addf %1, %0 : f32
  %1 = arith.negf %0 : f32
  return %1 : f32
}

// -----
// A predecessor that control never reaches takes nothing from what dominates a block.
func.func @join(%x: f32) -> f32 {
  %0 = arith.negf %x : f32
  cf.br ^join
^never:
  cf.br ^join
^join:
  return %0 : f32
}

// -----
// A loop's body sees what its header defines, and the header nothing of the body.
func.func @loop(%c: i1, %x: f32) -> f32 {
  cf.br ^header
^header:
  %0 = arith.negf %x : f32
  cf.cond_br %c, ^body, ^exit
^body:
  %1 = arith.addf %0, %x : f32
  cf.br ^header
^exit:
  return %0 : f32
}

// -----
// A value that only an inner region defines is reported where it is used.
func.func @inner(%n: index, %x: f32) -> f32 {
  %c = arith.constant 1 : index
  // expected-error @+1 {{use of undeclared SSA value name %late}}
  %r = scf.for %k = %c to %n step %c iter_args(%v = %late) -> (f32) {
    // expected-note @+1 {{the value of this name is visible only in its own region}}
    %late = arith.negf %x : f32
    scf.yield %late : f32
  }
  func.return %r : f32
}
