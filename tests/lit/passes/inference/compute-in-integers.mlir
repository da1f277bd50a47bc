// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(compute-in-integers))' --split-input-file | filecheck %s

// The product is of 32-bit integers; both scales are one factor of the whole sum, the bias is added to that.
// CHECK-LABEL: @product
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x64xui8>
// CHECK:         %[[WIDE:.+]] = inference.cast %[[X]] to i32
// CHECK:         %[[A:.+]] = inference.sub %[[WIDE]],
// CHECK:         %[[SUM:.+]] = inference.matmul %[[A]], %{{.+}} : (tensor<4x64xi32>, tensor<64x10xi32>)
// CHECK:         inference.mul %{{.+}}, %{{.+}} : (tensor<f32>, tensor<10xf32>)
// CHECK:         inference.cast %[[SUM]] to f32
// CHECK:         inference.mul
// CHECK:         inference.add
func.func @product(%x: tensor<4x64xui8>, %sx: tensor<f32>, %zx: tensor<ui8>, %sw: tensor<10xf32>, %b: tensor<10xf32>) -> tensor<4x10xf32> {
  %w = inference.constant dense<3> : tensor<64x10xi8>
  %0 = inference.dequantize %x, %sx zero_point %zx : (tensor<4x64xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x64xf32>
  %1 = inference.dequantize %w, %sw axis 1 : (tensor<64x10xi8>, tensor<10xf32>) -> tensor<64x10xf32>
  %2 = inference.matmul %0, %1 bias %b : (tensor<4x64xf32>, tensor<64x10xf32>, tensor<10xf32>) -> tensor<4x10xf32>
  return %2 : tensor<4x10xf32>
}

// -----
// Scales and bias of output channels lie along the channels of the result.
// CHECK-LABEL: @convolution
// CHECK:         inference.conv %{{.+}}, %{{.+}} pads [1, 1, 1, 1] : (tensor<1x3x8x8xi32>, tensor<4x3x3x3xi32>)
// CHECK:         inference.reshape %{{.+}} shape [4, 1, 1]
// CHECK:         inference.reshape %{{.+}} shape [4, 1, 1]
// CHECK:         inference.add
func.func @convolution(%x: tensor<1x3x8x8xi8>, %sx: tensor<1xf32>, %sw: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<1x4x8x8xf32> {
  %w = inference.constant dense<3> : tensor<4x3x3x3xi8>
  %0 = inference.dequantize %x, %sx : (tensor<1x3x8x8xi8>, tensor<1xf32>) -> tensor<1x3x8x8xf32>
  %1 = inference.dequantize %w, %sw axis 0 : (tensor<4x3x3x3xi8>, tensor<4xf32>) -> tensor<4x3x3x3xf32>
  %2 = inference.conv %0, %1 bias %b pads [1, 1, 1, 1] : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
  return %2 : tensor<1x4x8x8xf32>
}

// -----
// What stays as it is: scales along the summed axis, several scales of x, computed weights, floats, a batch, 16 bits, groups.
// CHECK-LABEL: @stays
// CHECK-NOT:     xi32>
func.func @stays(%x: tensor<4x8xi8>, %c: tensor<1x4x4x4xi8>, %f: tensor<4x8xf32>, %l: tensor<4x8xi16>, %v: tensor<8x8xi8>, %s: tensor<f32>, %s4: tensor<4xf32>, %s8: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<1x4x4x4xf32>, tensor<2x4x8xf32>) {
  %w = inference.constant dense<3> : tensor<8x8xi8>
  %k = inference.constant dense<3> : tensor<4x1x1x1xi8>
  %m = inference.constant dense<3> : tensor<2x8x8xi8>
  %a = inference.dequantize %x, %s : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %rows = inference.dequantize %w, %s8 axis 0 : (tensor<8x8xi8>, tensor<8xf32>) -> tensor<8x8xf32>
  %0 = inference.matmul %a, %rows : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %each = inference.dequantize %x, %s4 axis 0 : (tensor<4x8xi8>, tensor<4xf32>) -> tensor<4x8xf32>
  %b = inference.dequantize %w, %s : (tensor<8x8xi8>, tensor<f32>) -> tensor<8x8xf32>
  %1 = inference.matmul %each, %b : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %made = inference.dequantize %v, %s : (tensor<8x8xi8>, tensor<f32>) -> tensor<8x8xf32>
  %2 = inference.matmul %a, %made : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %3 = inference.matmul %f, %b : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %long = inference.dequantize %l, %s : (tensor<4x8xi16>, tensor<f32>) -> tensor<4x8xf32>
  %4 = inference.matmul %long, %b : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %image = inference.dequantize %c, %s : (tensor<1x4x4x4xi8>, tensor<f32>) -> tensor<1x4x4x4xf32>
  %filter = inference.dequantize %k, %s : (tensor<4x1x1x1xi8>, tensor<f32>) -> tensor<4x1x1x1xf32>
  %5 = inference.conv %image, %filter groups 4 : (tensor<1x4x4x4xf32>, tensor<4x1x1x1xf32>) -> tensor<1x4x4x4xf32>
  %batch = inference.dequantize %m, %s : (tensor<2x8x8xi8>, tensor<f32>) -> tensor<2x8x8xf32>
  %6 = inference.matmul %a, %batch : (tensor<4x8xf32>, tensor<2x8x8xf32>) -> tensor<2x4x8xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<1x4x4x4xf32>, tensor<2x4x8xf32>
}

// -----
// Bytes are moved rather than floats, unless their scales lie along an axis.
// CHECK-LABEL: @moves
// CHECK:         %[[B:.+]] = inference.reshape %{{.+}} shape [8, 4] : (tensor<4x8xi8>) -> tensor<8x4xi8>
// CHECK:         inference.dequantize %[[B]]
// CHECK:         inference.transpose %{{.+}} : (tensor<4x8xf32>)
func.func @moves(%x: tensor<4x8xi8>, %s: tensor<f32>, %s8: tensor<8xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %0 = inference.dequantize %x, %s : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %1 = inference.reshape %0 shape [8, 4] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %2 = inference.dequantize %x, %s8 axis 1 : (tensor<4x8xi8>, tensor<8xf32>) -> tensor<4x8xf32>
  %3 = inference.transpose %2 permutation [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return %1, %3 : tensor<8x4xf32>, tensor<8x4xf32>
}
