// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @branch(%c: memref<i1>, %x: memref<4xf32>) {
  // expected-error @+1 {{cpu.if: on buffers it has no results, and its regions yield nothing}}
  cpu.if %c {
    cpu.yield %x : memref<4xf32>
  } {
    cpu.yield
  } : (memref<i1>) -> ()
  return
}

// -----
func.func @loop(%n: memref<i64>) {
  // expected-error @+1 {{cpu.loop: on buffers it has memory for the number of the run; the body takes an index and yields at most a condition}}
  cpu.loop %n limit %n {
  ^bb0(%i: memref<i64>):
    cpu.yield
  } : (memref<i64>, memref<i64>) -> ()
  return
}

// -----
// expected-note @+1 {{it is a function argument}}
func.func @on_tensors(%c: tensor<f32>, %x: tensor<4xf32>) {
  // expected-error @+1 {{cpu.if: the condition is tensor<f32>, must be a boolean}}
  %0 = cpu.if %c {
    cpu.yield %x : tensor<4xf32>
  } {
    cpu.yield %x : tensor<4xf32>
  } : (tensor<f32>) -> tensor<4xf32>
  return
}
