// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// x = (q - zero_point) * scale.
// CHECK-LABEL: @dequantize
// CHECK:         inference.dequantize %{{.*}}, %{{.*}} axis 0 : (tensor<2x3xi8>, tensor<2xf32>) -> tensor<2x3xf32>
func.func @dequantize(%x: tensor<2x3xi8>, %s: tensor<2xf32>) -> tensor<2x3xf32> {
  %ry = inference.dequantize %x, %s axis 0 : (tensor<2x3xi8>, tensor<2xf32>) -> tensor<2x3xf32>
  return %ry : tensor<2x3xf32>
}

// -----
// q = round(x / scale) + zero_point, halves to even, cut to what the type holds.
// CHECK-LABEL: @quantize
// CHECK:         inference.quantize %{{.*}}, %{{.*}} zero_point %{{.*}} to ui8 : (tensor<2x3xf32>, tensor<f32>, tensor<ui8>) -> tensor<2x3xui8>
func.func @quantize(%x: tensor<2x3xf32>, %s: tensor<f32>, %z: tensor<ui8>) -> tensor<2x3xui8> {
  %rq = inference.quantize %x, %s zero_point %z to ui8 : (tensor<2x3xf32>, tensor<f32>, tensor<ui8>) -> tensor<2x3xui8>
  return %rq : tensor<2x3xui8>
}
