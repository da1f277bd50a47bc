// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu,bufferize))' --split-input-file --verify-diagnostics

// Memory has a rank.
func.func @branch(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<2x2xf32>) {
  // expected-error @+1 {{cannot convert inference.if: tensor<*xf32> is not a tensor of known rank}}
  %0 = inference.if %c {
    inference.yield %x : (tensor<2xf32>) -> ()
  } {
    inference.yield %y : (tensor<2x2xf32>) -> ()
  } : (tensor<i1>) -> tensor<*xf32>
  return
}

// -----
func.func @loop(%n: tensor<i64>, %x: tensor<*xf32>) {
  // expected-error @+1 {{cannot convert inference.loop: tensor<*xf32> is not a tensor of known rank}}
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<*xf32>):
    inference.yield %go, %a : (tensor<i1>, tensor<*xf32>) -> ()
  } : (tensor<i64>, tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----
// A stack as high as there are runs needs a number of runs that is known before.
func.func @stack(%n: tensor<i64>, %x: tensor<4xf32>, %more: tensor<i1>) -> tensor<?x4xf32> {
  // expected-error @+1 {{bufferize: the size of cpu.loop's result (tensor<?x4xf32>) does not follow from the inputs}}
  %0, %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    inference.yield %more, %a, %a : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %1 : tensor<?x4xf32>
}

// -----
// A number that is computed before the loop runs is a size for what comes after another native part.
func.func @counted(%n: tensor<i64>, %x: tensor<4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{bufferize: cpu.extent: a size is computed while the model runs; run outline-fallback before}}
  %0, %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    inference.yield %go, %a, %a : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %1 : tensor<?x4xf32>
}

// -----
// A value that grows with every run has no place.
func.func @growing(%n: tensor<i64>, %x: tensor<?xf32> {inference.dims = ["N"]}) -> tensor<?xf32> {
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32>):
    // expected-error @+1 {{bufferize: the size of cpu.concat's result (tensor<?xf32>) does not follow from the inputs}}
    %1 = inference.concat %a, %a axis 0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    inference.yield %go, %1 : (tensor<i1>, tensor<?xf32>) -> ()
  } : (tensor<i64>, tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// Branches of different sizes neither.
func.func @sizes(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{bufferize: the size of cpu.if's result (tensor<?xf32>) does not follow from the inputs}}
  %0 = inference.if %c {
    inference.yield %x : (tensor<2xf32>) -> ()
  } {
    inference.yield %y : (tensor<3xf32>) -> ()
  } : (tensor<i1>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
