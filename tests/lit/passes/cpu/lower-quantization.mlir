// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(lower-quantization))' --split-input-file | filecheck %s

// CHECK-LABEL: @both
// CHECK:         inference.div
// CHECK:         inference.round
// CHECK:         inference.is_nan
// CHECK:         inference.select
// CHECK:         inference.add
// CHECK:         inference.clamp %{{.+}} low 0.0 high 255.0
// CHECK:         inference.cast %{{.+}} to ui8
// CHECK:         inference.sub
// CHECK:         inference.mul
func.func @both(%x: tensor<2x3xf32>, %s: tensor<f32>, %z: tensor<ui8>) -> tensor<2x3xf32> {
  %0 = inference.quantize %x, %s zero_point %z to ui8 : (tensor<2x3xf32>, tensor<f32>, tensor<ui8>) -> tensor<2x3xui8>
  %1 = inference.dequantize %0, %s zero_point %z : (tensor<2x3xui8>, tensor<f32>, tensor<ui8>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----
// Constants become the floats they stand for.
// CHECK-LABEL: @weights
// CHECK:         inference.constant dense<1.500000e+00> : tensor<2x3xf32>
// CHECK-NOT:     inference.dequantize
func.func @weights() -> tensor<2x3xf32> {
  %w = inference.constant dense<3> : tensor<2x3xi8>
  %s = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.dequantize %w, %s : (tensor<2x3xi8>, tensor<f32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
