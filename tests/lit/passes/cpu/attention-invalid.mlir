// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file --verify-diagnostics

func.func @precision(%q: tensor<1x1x3x4xf32>) {
  // expected-error @+1 {{a softmax in double precision has no kernel}}
  %0 = inference.attention %q, %q, %q precision f64 : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>) -> tensor<1x1x3x4xf32>
  return
}

// -----
func.func @elements(%q: tensor<1x1x3x4xf64>) {
  // expected-error @+1 {{the kernel computes in f32, tensor<1x1x3x4xf64> is given}}
  %0 = inference.attention %q, %q, %q : tensor<1x1x3x4xf64>
  return
}

// -----
func.func @heads(%q: tensor<1x?x3x4xf32>) {
  // expected-error @+1 {{heads are not known}}
  %0 = inference.attention %q, %q, %q : tensor<1x?x3x4xf32>
  return
}

// -----
// Which keys a query sees is a table of both where the scores are wanted too, made now.
func.func @unknown_lengths(%q: tensor<1x1x?x4xf32>) {
  // expected-error @+1 {{lengths are not known}}
  %0, %1 = inference.host_call %q, %q, %q callee "attention_with_scores" config {stage = 0 : i64, causal = 1 : i64} absent [3, 4, 5] : (tensor<1x1x?x4xf32>, tensor<1x1x?x4xf32>, tensor<1x1x?x4xf32>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>)
  return
}

// -----
func.func @mask(%q: tensor<1x1x3x4xf32>, %m: tensor<3x?xf32>) {
  // expected-error @+1 {{the length of the mask is not known}}
  %0, %1 = inference.host_call %q, %q, %q, %m callee "attention_with_scores" config {stage = 0 : i64} absent [4, 5] : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<3x?xf32>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>)
  return
}

// -----
func.func @unknown_heads(%q: tensor<1x?x3x4xf32>) {
  // expected-error @+1 {{heads are not known}}
  %0, %1 = inference.host_call %q, %q, %q callee "attention_with_scores" config {stage = 0 : i64} absent [3, 4, 5] : (tensor<1x?x3x4xf32>, tensor<1x?x3x4xf32>, tensor<1x?x3x4xf32>) -> (tensor<1x2x3x4xf32>, tensor<1x2x3x3xf32>)
  return
}

// -----
func.func @scores_in_doubles(%q: tensor<1x1x3x4xf32>) {
  // expected-error @+1 {{a softmax in double precision has no kernel yet}}
  %0, %1 = inference.host_call %q, %q, %q callee "attention_with_scores" config {stage = 0 : i64, precision = f64} absent [3, 4, 5] : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>)
  return
}

// -----
func.func @scores(%q: tensor<1x1x3x4xf64>) {
  // expected-error @+1 {{the kernel computes in f32, tensor<1x1x3x4xf64> is given}}
  %0, %1 = inference.host_call %q, %q, %q callee "attention_with_scores" config {stage = 0 : i64} absent [3, 4, 5] : (tensor<1x1x3x4xf64>, tensor<1x1x3x4xf64>, tensor<1x1x3x4xf64>) -> (tensor<1x1x3x4xf64>, tensor<1x1x3x3xf64>)
  return
}
