// RUN: infer-opt %s --split-input-file --verify-diagnostics

// What a branch or a loop declares of its results cannot contradict what its regions yield.
func.func @branch(%c: tensor<i1>, %x: tensor<2x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{inference.if: result is tensor<6x4xf32>, its regions make it tensor<2x4xf32>}}
  %0 = inference.if %c {
    inference.yield %x : (tensor<2x4xf32>) -> ()
  } {
    inference.yield %x : (tensor<2x4xf32>) -> ()
  } : (tensor<i1>) -> tensor<6x4xf32>
  return %0 : tensor<6x4xf32>
}

// -----
func.func @loop(%n: tensor<i64>, %x: tensor<2x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{inference.loop: result is tensor<6x4xf32>, its regions make it tensor<2x4xf32>}}
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<2x4xf32>):
    inference.yield %go, %v : (tensor<i1>, tensor<2x4xf32>) -> ()
  } : (tensor<i64>, tensor<2x4xf32>) -> tensor<6x4xf32>
  return %0 : tensor<6x4xf32>
}

// -----
func.func @body(%n: tensor<i64>, %x: tensor<2x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{inference.loop: the body takes tensor<6x4xf32> where tensor<2x4xf32> is carried}}
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<6x4xf32>):
    inference.yield %go, %v : (tensor<i1>, tensor<6x4xf32>) -> ()
  } : (tensor<i64>, tensor<2x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
