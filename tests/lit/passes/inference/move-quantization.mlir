// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(move-quantization))' --split-input-file | filecheck %s

// What is quantised is quantised before it moves, and the largest of bytes is that of the floats.
// CHECK-LABEL: @hoisted
// CHECK:         %[[Q:.+]] = inference.quantize
// CHECK:         %[[P:.+]] = inference.max_pool %[[Q]] {{.+}} : (tensor<1x2x4x4xui8>) -> tensor<1x2x2x2xui8>
// CHECK:         %[[T:.+]] = inference.transpose %[[P]] {{.+}} : tensor<1x2x2x2xui8>
// CHECK:         %[[R:.+]] = inference.reshape %[[T]] {{.+}} -> tensor<1x8xui8>
// CHECK:         return %[[R]]
func.func @hoisted(%x: tensor<1x2x4x4xf32>) -> tensor<1x8xui8> {
  %s = inference.constant dense<0.5> : tensor<f32>
  %z = inference.constant dense<3> : tensor<ui8>
  %0 = inference.max_pool %x kernel [2, 2] strides [2, 2] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %1 = inference.transpose %0 permutation [0, 2, 3, 1] : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = inference.reshape %1 shape [1, 8] : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
  %3 = inference.quantize %2, %s zero_point %z to ui8 : (tensor<1x8xf32>, tensor<f32>, tensor<ui8>) -> tensor<1x8xui8>
  return %3 : tensor<1x8xui8>
}

// -----
// Parts of a concatenation that have its scale stay as they are, others take it.
// CHECK-LABEL: @parts
// CHECK-SAME:    %[[A:.+]]: tensor<1x4xui8>, %[[B:.+]]: tensor<1x4xui8>
// CHECK:         %[[D:.+]] = inference.dequantize %[[B]]
// CHECK:         %[[Q:.+]] = inference.quantize %[[D]]
// CHECK:         inference.concat %[[A]], %[[Q]] axis 1 : (tensor<1x4xui8>, tensor<1x4xui8>)
func.func @parts(%a: tensor<1x4xui8>, %b: tensor<1x4xui8>) -> tensor<1x8xui8> {
  %s = inference.constant dense<0.5> : tensor<f32>
  %t = inference.constant dense<0.25> : tensor<f32>
  %0 = inference.dequantize %a, %s : (tensor<1x4xui8>, tensor<f32>) -> tensor<1x4xf32>
  %1 = inference.dequantize %b, %t : (tensor<1x4xui8>, tensor<f32>) -> tensor<1x4xf32>
  %2 = inference.concat %0, %1 axis 1 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  %3 = inference.quantize %2, %s to ui8 : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xui8>
  return %3 : tensor<1x8xui8>
}

// -----
// Floats are made of bytes where they are needed; a scale for each place does not move.
// CHECK-LABEL: @later
// CHECK:         %[[P:.+]] = inference.max_pool {{.+}} -> tensor<1x2x2x2xui8>
// CHECK:         inference.reshape %[[P]] {{.+}} -> tensor<1x8xui8>
// CHECK:         inference.dequantize {{.+}} -> tensor<1x8xf32>
// CHECK:         inference.transpose %{{.+}} : (tensor<4x8xf32>)
func.func @later(%x: tensor<1x2x4x4xui8>, %y: tensor<4x8xi8>, %s8: tensor<8xf32>) -> (tensor<1x8xf32>, tensor<8x4xf32>) {
  %s = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.dequantize %x, %s : (tensor<1x2x4x4xui8>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %1 = inference.max_pool %0 kernel [2, 2] strides [2, 2] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %2 = inference.reshape %1 shape [1, 8] : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
  %3 = inference.dequantize %y, %s8 axis 1 : (tensor<4x8xi8>, tensor<8xf32>) -> tensor<4x8xf32>
  %4 = inference.transpose %3 permutation [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return %2, %4 : tensor<1x8xf32>, tensor<8x4xf32>
}

// -----
// Parts of bytes are bytes.
// CHECK-LABEL: @split
// CHECK:         %[[A:.+]], %[[B:.+]] = inference.split %{{.+}} : (tensor<1x8xui8>)
// CHECK:         inference.dequantize %[[A]]
// CHECK:         %[[C:.+]] = inference.slice %[[B]] {{.+}} : (tensor<1x4xui8>)
// CHECK:         return %{{.+}}, %[[C]]
func.func @split(%x: tensor<1x8xui8>) -> (tensor<1x4xf32>, tensor<1x2xui8>) {
  %s = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.dequantize %x, %s : (tensor<1x8xui8>, tensor<f32>) -> tensor<1x8xf32>
  %1, %2 = inference.split %0 axis 1 sizes [4, 4] : (tensor<1x8xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>)
  %3 = inference.slice %2 starts [1] ends [3] axes [1] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  %4 = inference.quantize %3, %s to ui8 : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xui8>
  return %1, %4 : tensor<1x4xf32>, tensor<1x2xui8>
}

// -----
// Signed bytes become unsigned ones, which the processor multiplies; one flip of the sign bit remains at the end.
// CHECK-LABEL: @signs
// CHECK:         %[[HALF:.+]] = inference.constant dense<131> : tensor<ui8>
// CHECK:         %[[Q:.+]] = inference.quantize %{{.+}}, %{{.+}} zero_point %[[HALF]] to ui8
// CHECK:         %[[R:.+]] = inference.reshape %[[Q]] {{.+}} -> tensor<8xui8>
// CHECK:         %[[Z:.+]] = inference.constant dense<131> : tensor<ui8>
// CHECK:         inference.dequantize %[[R]], %{{.+}} zero_point %[[Z]]
// CHECK:         inference.concat %[[Q]], %[[Q]]
// CHECK-COUNT-1: inference.bitwise
// CHECK-NOT:     inference.bitwise
func.func @signs(%x: tensor<1x8xf32>) -> (tensor<8xf32>, tensor<2x8xi8>) {
  %s = inference.constant dense<0.5> : tensor<f32>
  %t = inference.constant dense<0.25> : tensor<f32>
  %z = inference.constant dense<3> : tensor<i8>
  %0 = inference.quantize %x, %s zero_point %z to i8 : (tensor<1x8xf32>, tensor<f32>, tensor<i8>) -> tensor<1x8xi8>
  %1 = inference.reshape %0 shape [8] : (tensor<1x8xi8>) -> tensor<8xi8>
  %2 = inference.dequantize %1, %t zero_point %z : (tensor<8xi8>, tensor<f32>, tensor<i8>) -> tensor<8xf32>
  %3 = inference.concat %0, %0 axis 0 : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<2x8xi8>
  return %2, %3 : tensor<8xf32>, tensor<2x8xi8>
}

// -----
// Quantised as it is: computed numbers, floats that are wanted too, a scale of each element or a dynamic one, a window in the padding.
// CHECK-LABEL: @stays
// CHECK-COUNT-3: inference.reshape %{{.+}} : (tensor<1x8xf32>)
// CHECK:         inference.max_pool %{{.+}} : (tensor<1x8x2xf32>)
func.func @stays(%x: tensor<1x8xf32>, %u: tensor<f32>, %i: tensor<1x8x2xf32>) -> (tensor<8xui8>, tensor<8xf32>, tensor<8xi8>, tensor<8xui8>, tensor<1x8xui8>, tensor<1x8x3xui8>) {
  %s = inference.constant dense<0.5> : tensor<f32>
  %s8 = inference.constant dense<0.5> : tensor<8xf32>
  %z8 = inference.constant dense<5> : tensor<8xi8>
  %0 = inference.reshape %x shape [8] : (tensor<1x8xf32>) -> tensor<8xf32>
  %1 = inference.quantize %0, %s to ui8 : (tensor<8xf32>, tensor<f32>) -> tensor<8xui8>
  %2 = inference.reshape %x shape [8] : (tensor<1x8xf32>) -> tensor<8xf32>
  %3 = inference.quantize %2, %s8 zero_point %z8 axis 0 to i8 : (tensor<8xf32>, tensor<8xf32>, tensor<8xi8>) -> tensor<8xi8>
  %4 = inference.reshape %x shape [8] : (tensor<1x8xf32>) -> tensor<8xf32>
  %5 = inference.quantize %4, %u to ui8 : (tensor<8xf32>, tensor<f32>) -> tensor<8xui8>
  %6 = inference.relu %x : tensor<1x8xf32>
  %7 = inference.quantize %6, %s to ui8 : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xui8>
  %8 = inference.max_pool %i kernel [2] pads [2, 0] : (tensor<1x8x2xf32>) -> tensor<1x8x3xf32>
  %9 = inference.quantize %8, %s to ui8 : (tensor<1x8x3xf32>, tensor<f32>) -> tensor<1x8x3xui8>
  return %1, %0, %3, %5, %7, %9 : tensor<8xui8>, tensor<8xf32>, tensor<8xi8>, tensor<8xui8>, tensor<1x8xui8>, tensor<1x8x3xui8>
}

// -----
// Dequantised as it is: a window in the padding, in floats and in bytes whose sign bit was flipped; a zero point for each element.
// CHECK-LABEL: @dequantised
// CHECK:         inference.max_pool %{{.+}} : (tensor<1x8x2xf32>)
// CHECK:         inference.max_pool %{{.+}} : (tensor<1x8x2xi8>)
// CHECK:         inference.dequantize %{{.+}} : (tensor<8xi8>, tensor<8xf32>, tensor<8xi8>)
func.func @dequantised(%x: tensor<1x8x2xui8>, %f: tensor<1x8x2xf32>, %g: tensor<8xf32>) -> (tensor<1x8x3xf32>, tensor<1x8x3xi8>, tensor<8xf32>) {
  %s = inference.constant dense<0.5> : tensor<f32>
  %s8 = inference.constant dense<0.5> : tensor<8xf32>
  %z8 = inference.constant dense<5> : tensor<8xi8>
  %0 = inference.dequantize %x, %s : (tensor<1x8x2xui8>, tensor<f32>) -> tensor<1x8x2xf32>
  %1 = inference.max_pool %0 kernel [2] pads [2, 0] : (tensor<1x8x2xf32>) -> tensor<1x8x3xf32>
  %2 = inference.quantize %f, %s to i8 : (tensor<1x8x2xf32>, tensor<f32>) -> tensor<1x8x2xi8>
  %3 = inference.max_pool %2 kernel [2] pads [2, 0] : (tensor<1x8x2xi8>) -> tensor<1x8x3xi8>
  %4 = inference.quantize %g, %s to i8 : (tensor<8xf32>, tensor<f32>) -> tensor<8xi8>
  %5 = inference.dequantize %4, %s8 zero_point %z8 axis 0 : (tensor<8xi8>, tensor<8xf32>, tensor<8xi8>) -> tensor<8xf32>
  return %1, %3, %5 : tensor<1x8x3xf32>, tensor<1x8x3xi8>, tensor<8xf32>
}
