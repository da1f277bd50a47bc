// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-batch-norm))' --split-input-file | filecheck %s

// The scale moves into the filter, the shift into the bias; nothing is computed yet.
// CHECK-LABEL: @conv_then_batch_norm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
// CHECK-NOT:     batch_norm
// CHECK-DAG:     %[[W:.+]] = inference.constant #inference.fold<inference.mul(#inference.weight<"w">
// CHECK-DAG:     %[[B:.+]] = inference.constant dense<
// CHECK:         %[[Y:.+]] = inference.conv %[[X]], %[[W]] bias %[[B]]
// CHECK:         return %[[Y]]
func.func @conv_then_batch_norm(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<2x2x1x1xf32>
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = inference.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.batch_norm %0, %g, %m, %m, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----
// The second user still needs the unscaled value.
// CHECK-LABEL: @two_users
// CHECK:         inference.batch_norm
func.func @two_users(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = inference.constant dense<1.0> : tensor<2x2x1x1xf32>
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.batch_norm %0, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----
// A batch norm of something else stays.
// CHECK-LABEL: @no_convolution
// CHECK:         inference.batch_norm
func.func @no_convolution(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = inference.batch_norm %x, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----
// A filter that comes from outside has no value to scale.
// CHECK-LABEL: @filter_not_constant
// CHECK:         inference.batch_norm
func.func @filter_not_constant(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.batch_norm %0, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----
// Two batch norms are one.
// CHECK-LABEL: @twice
// CHECK-COUNT-1: inference.batch_norm
// CHECK-NOT:     inference.batch_norm
func.func @twice(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.batch_norm %x, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.batch_norm %0, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----
// The filter's channels are the last axis, the batch norm's the second.
// CHECK-LABEL: @other_axis
// CHECK:         inference.batch_norm
func.func @other_axis(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = inference.constant dense<1.0> : tensor<2x1x1x2xf32>
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.conv %x, %w layout nhwc : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x2x2x2xf32>
  %1 = inference.batch_norm %0, %g, %g, %g, %g : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// -----
// Before a convolution that does not pad, the shift is the same everywhere: it becomes a bias.
// CHECK-LABEL: @batch_norm_then_conv
// CHECK-NOT:     inference.batch_norm
// CHECK:         inference.conv %{{.*}} bias
// CHECK:         inference.conv %{{.*}} bias %{{.*}} layout nhwc
func.func @batch_norm_then_conv(%x: tensor<1x2x4x4xf32>, %y: tensor<1x4x4x2xf32>) -> (tensor<1x3x2x2xf32>, tensor<1x2x2x3xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<3x2x3x3xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<3x3x3x2xf32>
  %c = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.batch_norm %x, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.conv %0, %w bias %c : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>, tensor<3xf32>) -> tensor<1x3x2x2xf32>
  %2 = inference.batch_norm %y, %g, %g, %g, %g layout nhwc : (tensor<1x4x4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %3 = inference.conv %2, %v layout nhwc : (tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x2x2x3xf32>
  return %1, %3 : tensor<1x3x2x2xf32>, tensor<1x2x2x3xf32>
}

// -----
// At a padded edge part of the window sees zeros; a second user needs the batch norm; a filter from outside has no value.
// CHECK-LABEL: @batch_norm_stays_before
// CHECK-COUNT-3: inference.batch_norm
func.func @batch_norm_stays_before(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x3x3xf32>) -> (tensor<1x3x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) {
  %g = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = inference.batch_norm %x, %g, %g, %g, %g : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.conv %0, %w pads [1, 1, 1, 1] : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32>
  %2 = inference.batch_norm %x, %g, %g, %g, %g epsilon 1.0 : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %3 = inference.conv %2, %w : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x2x2xf32>
  %4 = inference.batch_norm %x, %g, %g, %g, %g epsilon 2.0 : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %5 = inference.conv %4, %w : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x2x2xf32>
  return %1, %2, %3, %5 : tensor<1x3x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>
}

// -----
// A transposed convolution has the channels of its result beside those of its input, or last; a group's lie in its input channels.
// CHECK-LABEL: @conv_transpose
// CHECK-NOT:     batch_norm
// CHECK:         inference.conv_transpose {{.+}} groups 2
// CHECK-NOT:     batch_norm
// CHECK:         inference.conv_transpose {{.+}} groups 2 layout nhwc
func.func @conv_transpose(%x: tensor<1x4x2x2xf32>, %y: tensor<1x2x2x4xf32>) -> (tensor<1x6x2x2xf32>, tensor<1x2x2x6xf32>) {
  %w = inference.constant #inference.weight<"w"> : tensor<4x3x1x1xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<4x1x1x3xf32>
  %g = inference.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %0 = inference.conv_transpose %x, %w groups 2 : (tensor<1x4x2x2xf32>, tensor<4x3x1x1xf32>) -> tensor<1x6x2x2xf32>
  %1 = inference.batch_norm %0, %g, %g, %g, %g : (tensor<1x6x2x2xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<1x6x2x2xf32>
  %2 = inference.conv_transpose %y, %v groups 2 layout nhwc : (tensor<1x2x2x4xf32>, tensor<4x1x1x3xf32>) -> tensor<1x2x2x6xf32>
  %3 = inference.batch_norm %2, %g, %g, %g, %g layout nhwc : (tensor<1x2x2x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<1x2x2x6xf32>
  return %1, %3 : tensor<1x6x2x2xf32>, tensor<1x2x2x6xf32>
}
