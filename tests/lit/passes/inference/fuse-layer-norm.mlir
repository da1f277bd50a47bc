// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-layer-norm))' --split-input-file | filecheck %s

// Scale and bias come along.
// CHECK-LABEL: @layer_norm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x4xf32>, %[[G:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.layer_norm %[[X]], %[[G]] bias %[[B]]
// CHECK-NEXT:    return %[[Y]]
func.func @layer_norm(%x: tensor<2x4xf32>, %g: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %e = inference.constant dense<1.0e-5> : tensor<f32>
  %m = inference.reduce %x kind mean axes [-1] keepdims : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %d = inference.sub %x, %m : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %q = inference.mul %d, %d : tensor<2x4xf32>
  %v = inference.reduce %q kind mean axes [1] keepdims : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %a = inference.add %v, %e : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %s = inference.sqrt %a : tensor<2x1xf32>
  %n = inference.div %d, %s : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %0 = inference.mul %n, %g : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %1 = inference.add %0, %b : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----
// Without a scale it is one; what comes next is not the norm's.
// CHECK-LABEL: @bare
// CHECK:         %[[ONE:.+]] = inference.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-NEXT:    %[[N:.+]] = inference.rms_norm %{{.*}}, %[[ONE]]
// CHECK-NEXT:    %[[Y:.+]] = inference.mul %[[N]]
func.func @bare(%x: tensor<2x4xf32>, %g: tensor<2x1xf32>) -> tensor<2x4xf32> {
  %e = inference.constant dense<1.0e-6> : tensor<f32>
  %q = inference.mul %x, %x : tensor<2x4xf32>
  %v = inference.reduce %q kind mean axes [-1] keepdims : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %a = inference.add %v, %e : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %s = inference.rsqrt %a : tensor<2x1xf32>
  %n = inference.mul %x, %s : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %0 = inference.mul %n, %g : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----
// The reciprocal root first, the scale on the left.
// CHECK-LABEL: @rms_norm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x?x4xf32>, %[[G:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.rms_norm %[[X]], %[[G]]
// CHECK-NEXT:    return %[[Y]]
func.func @rms_norm(%x: tensor<2x?x4xf32>, %g: tensor<4xf32>) -> tensor<2x?x4xf32> {
  %e = inference.constant dense<1.0e-6> : tensor<f32>
  %q = inference.mul %x, %x : tensor<2x?x4xf32>
  %v = inference.reduce %q kind mean axes [-1] keepdims : (tensor<2x?x4xf32>) -> tensor<2x?x1xf32>
  %a = inference.add %v, %e : (tensor<2x?x1xf32>, tensor<f32>) -> tensor<2x?x1xf32>
  %s = inference.rsqrt %a : tensor<2x?x1xf32>
  %n = inference.mul %s, %x : (tensor<2x?x1xf32>, tensor<2x?x4xf32>) -> tensor<2x?x4xf32>
  %0 = inference.mul %g, %n : (tensor<4xf32>, tensor<2x?x4xf32>) -> tensor<2x?x4xf32>
  return %0 : tensor<2x?x4xf32>
}

// -----
// Over another axis, or by the root of something else.
// CHECK-LABEL: @other_axis
// CHECK:         inference.div
func.func @other_axis(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %e = inference.constant dense<1.0e-6> : tensor<f32>
  %q = inference.mul %x, %x : tensor<2x4xf32>
  %v = inference.reduce %q kind mean axes [0] keepdims : (tensor<2x4xf32>) -> tensor<1x4xf32>
  %a = inference.add %v, %e : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %s = inference.sqrt %a : tensor<1x4xf32>
  %n = inference.div %x, %s : (tensor<2x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return %n : tensor<2x4xf32>
}

// -----
// How long would the scale be?
// CHECK-LABEL: @unknown_channels
// CHECK:         inference.div
func.func @unknown_channels(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %e = inference.constant dense<1.0e-6> : tensor<f32>
  %q = inference.mul %x, %x : tensor<2x?xf32>
  %v = inference.reduce %q kind mean axes [1] keepdims : (tensor<2x?xf32>) -> tensor<2x1xf32>
  %a = inference.add %v, %e : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %s = inference.sqrt %a : tensor<2x1xf32>
  %n = inference.div %x, %s : (tensor<2x?xf32>, tensor<2x1xf32>) -> tensor<2x?xf32>
  return %n : tensor<2x?xf32>
}
