// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-scale-and-shift))' --split-input-file | filecheck %s

// The factor goes into the filter and the bias, the summand into the bias.
// CHECK-LABEL: @convolution
// CHECK-DAG:     %[[W:.+]] = inference.constant #inference.fold<inference.mul(#inference.weight<"w">
// CHECK-DAG:     %[[B:.+]] = inference.constant dense<[6.000000e+00, 1.000000e+01]>
// CHECK:         %[[Y:.+]] = inference.conv %{{.*}}, %[[W]] bias %[[B]]
// CHECK-NEXT:    return %[[Y]]
func.func @convolution(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<2x2x1x1xf32>
  %b = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = inference.constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %t = inference.constant dense<4.0> : tensor<f32>
  %0 = inference.conv %x, %w bias %b : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %2 = inference.add %1, %t : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %2 : tensor<1x2x4x4xf32>
}

// -----
// Without a bias a factor needs none, a summand becomes it.
// CHECK-LABEL: @no_bias
// CHECK:         inference.conv %{{[^,]*}}, %{{[^ ]*}} :
// CHECK:         %[[B:.+]] = inference.constant dense<4.000000e+00> : tensor<2xf32>
// CHECK:         inference.conv %{{[^,]*}}, %{{[^ ]*}} bias %[[B]]
func.func @no_bias(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<2x2x1x1xf32>
  %c = inference.constant dense<4.0> : tensor<f32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %c : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %2 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %3 = inference.add %2, %c : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %1, %3 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----
// In nhwc the channels are the last axis.
// CHECK-LABEL: @nhwc
// CHECK-NOT:     inference.mul %
// CHECK:         return
func.func @nhwc(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x3xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<3x1x1x2xf32>
  %s = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = inference.conv %x, %w layout nhwc : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>) -> tensor<1x4x4x3xf32>
  %1 = inference.mul %0, %s : (tensor<1x4x4x3xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  return %1 : tensor<1x4x4x3xf32>
}

// -----
// A batch norm has a scale and a bias of its own.
// CHECK-LABEL: @batch_norm
// CHECK-NEXT:    inference.constant
// CHECK-NEXT:    inference.constant
// CHECK:         %[[Y:.+]] = inference.batch_norm
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = inference.constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  %0 = inference.batch_norm %x, %g, %g, %g, %g : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %2 = inference.add %1, %s : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  return %2 : tensor<1x2x4xf32>
}

// -----
// Something else feeds them, or something that is not constant is on the right.
// CHECK-LABEL: @not_affine
// CHECK-COUNT-2: inference.mul %
// CHECK-COUNT-2: inference.add %
func.func @not_affine(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = inference.constant dense<1.0> : tensor<2x2x1x1xf32>
  %s = inference.constant dense<2.0> : tensor<f32>
  %0 = inference.relu %x : tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %2 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %3 = inference.mul %2, %x : tensor<1x2x4x4xf32>
  %4 = inference.add %1, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %5 = inference.add %3, %x : tensor<1x2x4x4xf32>
  return %4, %5 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----
// CHECK-LABEL: @two_users
// CHECK:         inference.mul %
// CHECK:         inference.add %
func.func @two_users(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = inference.constant dense<1.0> : tensor<2x2x1x1xf32>
  %s = inference.constant dense<2.0> : tensor<f32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %2 = inference.add %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %1, %2 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----
// A constant per column has no place in a filter.
// CHECK-LABEL: @per_column
// CHECK:         inference.mul %
func.func @per_column(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = inference.constant dense<1.0> : tensor<2x2x1x1xf32>
  %s = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<4xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----
// The product is larger than the convolution's result.
// CHECK-LABEL: @broadcasts
// CHECK:         inference.mul %
func.func @broadcasts(%x: tensor<1x2x4x4xf32>) -> tensor<3x2x4x4xf32> {
  %w = inference.constant dense<1.0> : tensor<2x2x1x1xf32>
  %s = inference.constant dense<2.0> : tensor<3x1x1x1xf32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<3x1x1x1xf32>) -> tensor<3x2x4x4xf32>
  return %1 : tensor<3x2x4x4xf32>
}

// -----
// A filter and a bias that come from outside have no value to change.
// CHECK-LABEL: @weights_not_constant
// CHECK:         inference.mul %
// CHECK:         inference.add %
func.func @weights_not_constant(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x1x1xf32>, %b: tensor<2xf32>) -> tensor<1x2x4x4xf32> {
  %s = inference.constant dense<2.0> : tensor<f32>
  %0 = inference.conv %x, %w bias %b : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %2 = inference.conv %1, %w bias %b : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %3 = inference.add %2, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %3 : tensor<1x2x4x4xf32>
}

// -----
// The columns of a matrix product are its channels, whichever way the weights lie.
// CHECK-LABEL: @matrix_products
// CHECK:         %[[Y:.+]] = inference.matmul %{{.*}} bias
// CHECK:         %[[Z:.+]] = inference.matmul %{{.*}} bias %{{.*}} transpose_b
// CHECK-NEXT:    return %[[Y]], %[[Z]]
func.func @matrix_products(%x: tensor<?x3xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
  %w = inference.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %v = inference.constant dense<[[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %s = inference.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %0 = inference.matmul %x, %w : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %1 = inference.mul %0, %s : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %2 = inference.add %1, %s : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %3 = inference.matmul %x, %v transpose_b : (tensor<?x3xf32>, tensor<2x3xf32>) -> tensor<?x2xf32>
  %4 = inference.mul %3, %s : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %5 = inference.add %4, %s : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  return %2, %5 : tensor<?x2xf32>, tensor<?x2xf32>
}

// -----
// A vector on the right leaves no columns.
// CHECK-LABEL: @matrix_times_vector
// CHECK:         inference.mul %
func.func @matrix_times_vector(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %w = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %s = inference.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %0 = inference.matmul %x, %w : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2xf32>
  %1 = inference.mul %0, %s : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----
// How long would the bias be?
// CHECK-LABEL: @unknown_channels
// CHECK:         inference.add %
func.func @unknown_channels(%x: tensor<2x3xf32>, %w: tensor<3x?xf32>) -> tensor<2x?xf32> {
  %s = inference.constant dense<2.0> : tensor<f32>
  %0 = inference.matmul %x, %w : (tensor<2x3xf32>, tensor<3x?xf32>) -> tensor<2x?xf32>
  %1 = inference.add %0, %s : (tensor<2x?xf32>, tensor<f32>) -> tensor<2x?xf32>
  return %1 : tensor<2x?xf32>
}
