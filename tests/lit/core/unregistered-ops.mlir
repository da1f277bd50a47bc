// RUN: infer-opt %s --allow-unregistered-dialect --verify-diagnostics

// An error names an unregistered op as the text does.
func.func @cycle() {
  // expected-note @+3 {{it is defined here}}
  // expected-error @+1 {{plug.node: operand #0 does not dominate this use}}
  %0 = "plug.node"(%1) : (i32) -> i32
  %1 = "plug.node"(%0) : (i32) -> i32
  func.return
}
