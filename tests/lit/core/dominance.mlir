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
