// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-pad))' --split-input-file | filecheck %s

// The pads of both add up.
// CHECK-LABEL: @convolution
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
// CHECK:         inference.conv %[[X]], %{{.*}} pads [1, 2, 1, 1]
func.func @convolution(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<1x3x4x5xf32> {
  %0 = inference.pad %x low [0, 0, 1, 1] high [0, 0, 1, 1] : (tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32>
  %1 = inference.conv %0, %w pads [0, 1, 0, 0] : (tensor<1x2x6x6xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x4x5xf32>
  return %1 : tensor<1x3x4x5xf32>
}

// -----
// In nhwc the channels are last.
// CHECK-LABEL: @nhwc
// CHECK:         inference.conv %{{.*}} pads [1, 0, 0, 1]
func.func @nhwc(%x: tensor<1x4x4x2xf32>, %w: tensor<3x3x3x2xf32>) -> tensor<1x3x3x3xf32> {
  %0 = inference.pad %x low [0, 1, 0, 0] high [0, 0, 1, 0] : (tensor<1x4x4x2xf32>) -> tensor<1x5x5x2xf32>
  %1 = inference.conv %0, %w layout nhwc : (tensor<1x5x5x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x3x3x3xf32>
  return %1 : tensor<1x3x3x3xf32>
}

// -----
// A maximum pads with the least number, as its op does.
// CHECK-LABEL: @max_pool
// CHECK:         inference.max_pool %x kernel [2, 2] pads [1, 1, 0, 0]
// CHECK:         inference.pad
// CHECK-NEXT:    inference.max_pool
func.func @max_pool(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %least = inference.constant dense<0xFF800000> : tensor<f32>
  %0 = inference.pad %x value %least low [0, 0, 1, 1] high [0, 0, 0, 0] : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x5x5xf32>
  %1 = inference.max_pool %0 kernel [2, 2] : (tensor<1x2x5x5xf32>) -> tensor<1x2x4x4xf32>
  %2 = inference.pad %x low [0, 0, 1, 1] high [0, 0, 0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x5x5xf32>
  %3 = inference.max_pool %2 kernel [2, 2] : (tensor<1x2x5x5xf32>) -> tensor<1x2x4x4xf32>
  return %1, %3 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----
// A mean must go on counting the zeros.
// CHECK-LABEL: @avg_pool
// CHECK:         inference.avg_pool %x kernel [2, 2] pads [1, 1, 0, 0] count_include_pad
func.func @avg_pool(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %0 = inference.pad %x low [0, 0, 1, 1] high [0, 0, 0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x5x5xf32>
  %1 = inference.avg_pool %0 kernel [2, 2] : (tensor<1x2x5x5xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----
// The pool's own padding does not count and the pad's does: one op cannot say that.
// CHECK-LABEL: @avg_pool_pads_itself
// CHECK:         inference.pad
func.func @avg_pool_pads_itself(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x5x5xf32> {
  %0 = inference.pad %x low [0, 0, 1, 1] high [0, 0, 0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x5x5xf32>
  %1 = inference.avg_pool %0 kernel [2, 2] pads [0, 0, 1, 1] : (tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32>
  return %1 : tensor<1x2x5x5xf32>
}

// -----
// In ceil_mode the last window stands where x and its padding say.
// CHECK-LABEL: @ceil_mode
// CHECK-COUNT-2: inference.pad
func.func @ceil_mode(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) {
  %least = inference.constant dense<0xFF800000> : tensor<f32>
  %0 = inference.pad %x value %least low [0, 0, 1, 1] high [0, 0, 0, 0] : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x5x5xf32>
  %1 = inference.max_pool %0 kernel [2, 2] strides [2, 2] ceil_mode : (tensor<1x2x5x5xf32>) -> tensor<1x2x3x3xf32>
  %2 = inference.pad %x low [0, 0, 1, 1] high [0, 0, 0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x5x5xf32>
  %3 = inference.avg_pool %2 kernel [2, 2] strides [2, 2] ceil_mode : (tensor<1x2x5x5xf32>) -> tensor<1x2x3x3xf32>
  return %1, %3 : tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>
}

// -----
// New channels, edges that repeat, crops, and convolutions of something else.
// CHECK-LABEL: @other_pads
// CHECK-COUNT-3: inference.pad
func.func @other_pads(%x: tensor<1x1x4x4xf32>, %w: tensor<3x2x3x3xf32>, %v: tensor<3x1x3x3xf32>) -> (tensor<1x3x2x2xf32>, tensor<1x3x4x2xf32>, tensor<1x3x1x2xf32>, tensor<1x3x2x2xf32>) {
  %0 = inference.pad %x low [0, 1, 0, 0] high [0, 0, 0, 0] : (tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.conv %0, %w : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x2x2xf32>
  %2 = inference.pad %x low [0, 0, 1, 0] high [0, 0, 1, 0] mode edge : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x4xf32>
  %3 = inference.conv %2, %v : (tensor<1x1x6x4xf32>, tensor<3x1x3x3xf32>) -> tensor<1x3x4x2xf32>
  %4 = inference.pad %x low [0, 0, -1, 0] high [0, 0, 0, 0] : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x4xf32>
  %5 = inference.conv %4, %v : (tensor<1x1x3x4xf32>, tensor<3x1x3x3xf32>) -> tensor<1x3x1x2xf32>
  %6 = inference.conv %x, %v : (tensor<1x1x4x4xf32>, tensor<3x1x3x3xf32>) -> tensor<1x3x2x2xf32>
  return %1, %3, %5, %6 : tensor<1x3x2x2xf32>, tensor<1x3x4x2xf32>, tensor<1x3x1x2xf32>, tensor<1x3x2x2xf32>
}
