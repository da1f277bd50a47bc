// RUN: not infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file 2>&1 | filecheck %s

// CHECK: error: cannot convert inference.add: the cpu target computes in f32, tensor<4xi64> is given

func.func @not_float(%x: tensor<4xi64>) -> tensor<4xi64> {
  // expected-error @+1 {{cannot convert inference.add: the cpu target computes in f32, tensor<4xi64> is given}}
  %0 = inference.add %x, %x : tensor<4xi64>
  return %0 : tensor<4xi64>
}

// -----
func.func @volume(%x: tensor<1x2x4x4x4xf32>, %w: tensor<2x2x1x1x1xf32>) -> tensor<1x2x4x4x4xf32> {
  // expected-error @+1 {{cannot convert inference.conv: 3-D convolution has no kernel yet}}
  %0 = inference.conv %x, %w : (tensor<1x2x4x4x4xf32>, tensor<2x2x1x1x1xf32>) -> tensor<1x2x4x4x4xf32>
  return %0 : tensor<1x2x4x4x4xf32>
}

// -----
func.func @unknown_filter(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x?x1xf32>) -> tensor<1x2x?x4xf32> {
  // expected-error @+1 {{cannot convert inference.conv: the filter's shape is not known}}
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x?x1xf32>) -> tensor<1x2x?x4xf32>
  return %0 : tensor<1x2x?x4xf32>
}

// -----
func.func @negative_padding(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<1x2x3x4xf32> {
  // expected-error @+1 {{cannot convert inference.conv: negative padding has no kernel}}
  %0 = inference.conv %x, %w pads [-1, 0, 0, 0] : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x3x4xf32>
  return %0 : tensor<1x2x3x4xf32>
}
