// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @narrow(%n: tensor<2xi32>) {
  // expected-error @+1 {{cpu.extent: sizes are i32, must be i64}}
  %0 = cpu.extent %n : (tensor<2xi32>) -> tensor<?x?xi1>
  return
}

// -----
func.func @unknown_rank(%n: tensor<?xi64>) {
  // expected-error @+1 {{cpu.extent: how many sizes there are must be known}}
  %0 = cpu.extent %n : (tensor<?xi64>) -> tensor<?xi1>
  return
}

// -----
func.func @table(%n: tensor<2x2xi64>) {
  // expected-error @+1 {{cpu.extent: sizes has one dimension}}
  %0 = cpu.extent %n : (tensor<2x2xi64>) -> tensor<?x?xi1>
  return
}
