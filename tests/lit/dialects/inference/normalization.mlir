// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Channels in groups, each group of each sample normalised over its channels and positions.
// CHECK-LABEL: @group_norm
// CHECK:         inference.group_norm %{{.*}}, %{{.*}}, %{{.*}} groups 4 : (tensor<2x8x5x5xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8x5x5xf32>
func.func @group_norm(%x: tensor<2x8x5x5xf32>, %s: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<2x8x5x5xf32> {
  %ry = inference.group_norm %x, %s, %b groups 4 : (tensor<2x8x5x5xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8x5x5xf32>
  return %ry : tensor<2x8x5x5xf32>
}

// -----
// y = (x - mean) / sqrt(variance + epsilon) * scale + bias, statistics over the dimensions from `axis` on.
// CHECK-LABEL: @layer_norm
// CHECK:         inference.layer_norm %{{.*}}, %{{.*}} bias %{{.*}} : (tensor<1x128x768xf32>, tensor<768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
func.func @layer_norm(%x: tensor<1x128x768xf32>, %s: tensor<768xf32>, %b: tensor<768xf32>) -> tensor<1x128x768xf32> {
  %ry = inference.layer_norm %x, %s bias %b : (tensor<1x128x768xf32>, tensor<768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
  return %ry : tensor<1x128x768xf32>
}

// -----
// Local response normalisation across channels.
// CHECK-LABEL: @lrn
// CHECK:         inference.lrn %{{.*}} size 5 alpha 0.0002 beta 0.5 : tensor<1x96x55x55xf32>
func.func @lrn(%x: tensor<1x96x55x55xf32>) -> tensor<1x96x55x55xf32> {
  %ry = inference.lrn %x size 5 alpha 0.0002 beta 0.5 : tensor<1x96x55x55xf32>
  return %ry : tensor<1x96x55x55xf32>
}

// -----
// y = x / sqrt(mean(x^2) + epsilon) * scale, the mean over the dimensions from `axis` on.
// CHECK-LABEL: @rms_norm
// CHECK:         inference.rms_norm %{{.*}}, %{{.*}} : (tensor<1x128x768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
func.func @rms_norm(%x: tensor<1x128x768xf32>, %s: tensor<768xf32>) -> tensor<1x128x768xf32> {
  %ry = inference.rms_norm %x, %s : (tensor<1x128x768xf32>, tensor<768xf32>) -> tensor<1x128x768xf32>
  return %ry : tensor<1x128x768xf32>
}
