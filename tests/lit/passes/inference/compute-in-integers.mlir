// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(compute-in-integers))' --split-input-file | filecheck %s

// The product is of 32-bit integers; both scales are one factor of the whole sum, the bias is added to that.
// CHECK-LABEL: @product
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x64xui8>
// CHECK:         %[[WIDE:.+]] = inference.cast %[[X]] to i32
// CHECK:         %[[A:.+]] = inference.sub %[[WIDE]],
// CHECK:         %[[SUM:.+]] = inference.matmul %[[A]], %{{.+}} : (tensor<4x64xi32>, tensor<64x10xi32>)
// CHECK-DAG:     inference.mul %{{.+}}, %{{.+}} : (tensor<f32>, tensor<10xf32>)
// CHECK-DAG:     inference.cast %[[SUM]] to f32
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
// What stays as it is: scales along the summed axis, several scales of x, computed weights, floats, a batch, 16 bits.
// CHECK-LABEL: @stays
// CHECK-NOT:     xi32>
func.func @stays(%x: tensor<4x8xi8>, %f: tensor<4x8xf32>, %l: tensor<4x8xi16>, %v: tensor<8x8xi8>, %s: tensor<f32>, %s4: tensor<4xf32>, %s8: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<2x4x8xf32>) {
  %w = inference.constant dense<3> : tensor<8x8xi8>
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
  %batch = inference.dequantize %m, %s : (tensor<2x8x8xi8>, tensor<f32>) -> tensor<2x8x8xf32>
  %6 = inference.matmul %a, %batch : (tensor<4x8xf32>, tensor<2x8x8xf32>) -> tensor<2x4x8xf32>
  return %0, %1, %2, %3, %4, %6 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<2x4x8xf32>
}

// -----
// Groups and any number of dimensions; a bias that was quantised with the scales of the product is part of the sum.
// CHECK-LABEL: @groups
// CHECK:         %[[SUM:.+]] = inference.conv %{{.+}}, %{{.+}} bias %{{.+}} groups 4 : (tensor<1x4x4xi32>, tensor<4x1x1xi32>, tensor<4xi32>)
// CHECK:         %[[F:.+]] = inference.cast %[[SUM]] to f32
// CHECK:         %[[Y:.+]] = inference.mul %[[F]],
// CHECK:         return %[[Y]]
func.func @groups(%x: tensor<1x4x4xi8>) -> tensor<1x4x4xf32> {
  %s = inference.constant dense<0.5> : tensor<f32>
  %t = inference.constant dense<0.25> : tensor<f32>
  %w = inference.constant dense<3> : tensor<4x1x1xi8>
  %b = inference.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %0 = inference.dequantize %x, %s : (tensor<1x4x4xi8>, tensor<f32>) -> tensor<1x4x4xf32>
  %1 = inference.dequantize %w, %s : (tensor<4x1x1xi8>, tensor<f32>) -> tensor<4x1x1xf32>
  %2 = inference.dequantize %b, %t : (tensor<4xi32>, tensor<f32>) -> tensor<4xf32>
  %3 = inference.conv %0, %1 bias %2 groups 4 : (tensor<1x4x4xf32>, tensor<4x1x1xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
  return %3 : tensor<1x4x4xf32>
}

// -----
// A product that is quantised again has one factor, over which bias and bounds are divided too.
// CHECK-LABEL: @one_factor
// CHECK-DAG:     %[[F:.+]] = inference.constant dense<1.250000e-01> : tensor<f32>
// CHECK-DAG:     %[[B:.+]] = inference.constant dense<2.000000e+00> : tensor<8xf32>
// CHECK-DAG:     inference.matmul %{{.+}} : (tensor<4x8xi32>, tensor<8x8xi32>)
// CHECK-DAG:     %[[M:.+]] = inference.mul %{{.+}}, %[[F]]
// CHECK:         inference.add %[[M]], %[[B]]
// CHECK:         inference.clamp %{{.+}} low 0.0 high 12.0
// CHECK:         inference.relu
// CHECK:         %[[ONE:.+]] = inference.constant dense<1.000000e+00> : tensor<f32>
// CHECK:         inference.quantize %{{.+}}, %[[ONE]] to ui8
func.func @one_factor(%x: tensor<4x8xi8>) -> tensor<4x8xui8> {
  %s = inference.constant dense<0.25> : tensor<f32>
  %t = inference.constant dense<0.5> : tensor<f32>
  %w = inference.constant dense<3> : tensor<8x8xi8>
  %b = inference.constant dense<1.0> : tensor<8xf32>
  %0 = inference.dequantize %x, %s : (tensor<4x8xi8>, tensor<f32>) -> tensor<4x8xf32>
  %1 = inference.dequantize %w, %s : (tensor<8x8xi8>, tensor<f32>) -> tensor<8x8xf32>
  %2 = inference.matmul %0, %1 bias %b : (tensor<4x8xf32>, tensor<8x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %3 = inference.clamp %2 low 0.0 high 6.0 : tensor<4x8xf32>
  %4 = inference.relu %3 : tensor<4x8xf32>
  %5 = inference.quantize %4, %t to ui8 : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xui8>
  return %5 : tensor<4x8xui8>
}

// -----
// More than one factor: a scale that is computed, floats, a bias or a factor that is computed, floats that are wanted.
// CHECK-LABEL: @more_factors
// CHECK-COUNT-5: inference.quantize
func.func @more_factors(%x: tensor<4x8xi32>, %f: tensor<4x8xf32>, %b: tensor<8xf32>, %u: tensor<f32>) -> (tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xf32>) {
  %s = inference.constant dense<0.25> : tensor<f32>
  %0 = inference.quantize %f, %u to ui8 : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xui8>
  %1 = inference.quantize %f, %s to ui8 : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xui8>
  %2 = inference.cast %x to f32 : (tensor<4x8xi32>) -> tensor<4x8xf32>
  %3 = inference.mul %2, %s : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  %4 = inference.add %3, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %5 = inference.quantize %4, %s to ui8 : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xui8>
  %6 = inference.mul %2, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %7 = inference.quantize %6, %s to ui8 : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xui8>
  %8 = inference.mul %2, %s : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  %9 = inference.quantize %8, %s to ui8 : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xui8>
  return %0, %1, %5, %7, %9, %8 : tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xui8>, tensor<4x8xf32>
}

// -----
// The mean of bytes is their sum, divided once; that of windows a convolution with ones, where n says what each window sees.
// CHECK-LABEL: @means
// CHECK:         inference.reduce %{{.+}} axes [2, 3] keepdims : (tensor<1x2x4x4xi32>)
// CHECK:         inference.conv %{{.+}} groups 2 : (tensor<1x2x4x4xi32>, tensor<2x1x2x2xi32>)
// CHECK:         inference.conv %{{.+}} {{.*}}pads [1, 1, 0, 0] {{.*}}groups 2 : (tensor<1x2x4x4xi32>, tensor<2x1x2x2xi32>)
// CHECK:         inference.constant dense<{{.*}}[1.000000e+00, 2.000000e+00, 2.000000e+00, 2.000000e+00], {{.*}}> : tensor<1x1x4x4xf32>
func.func @means(%x: tensor<1x2x4x4xui8>, %s: tensor<f32>) -> (tensor<1x2x1x1xf32>, tensor<1x2x3x3xf32>, tensor<1x2x4x4xf32>) {
  %0 = inference.dequantize %x, %s : (tensor<1x2x4x4xui8>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %1 = inference.reduce %0 kind mean axes [2, 3] keepdims : (tensor<1x2x4x4xf32>) -> tensor<1x2x1x1xf32>
  %2 = inference.avg_pool %0 kernel [2, 2] : (tensor<1x2x4x4xf32>) -> tensor<1x2x3x3xf32>
  %3 = inference.avg_pool %0 kernel [2, 2] pads [1, 1, 0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %1, %2, %3 : tensor<1x2x1x1xf32>, tensor<1x2x3x3xf32>, tensor<1x2x4x4xf32>
}

// -----
// Means of floats: of floats, of a dynamic number of elements, beyond the padding; and sums.
// CHECK-LABEL: @means_of_floats
// CHECK-NOT:     xi32>
func.func @means_of_floats(%f: tensor<1x2x4xf32>, %x: tensor<1x2x?xui8>, %y: tensor<1x2x5xui8>, %s: tensor<f32>) -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x?xf32>) {
  %0 = inference.dequantize %x, %s : (tensor<1x2x?xui8>, tensor<f32>) -> tensor<1x2x?xf32>
  %1 = inference.dequantize %y, %s : (tensor<1x2x5xui8>, tensor<f32>) -> tensor<1x2x5xf32>
  %2 = inference.reduce %f kind mean axes [2] : (tensor<1x2x4xf32>) -> tensor<1x2xf32>
  %3 = inference.reduce %0 kind mean axes [2] : (tensor<1x2x?xf32>) -> tensor<1x2xf32>
  %4 = inference.reduce %0 kind max axes [2] : (tensor<1x2x?xf32>) -> tensor<1x2xf32>
  %5 = inference.avg_pool %f kernel [2] : (tensor<1x2x4xf32>) -> tensor<1x2x3xf32>
  %6 = inference.avg_pool %1 kernel [2] strides [2] ceil_mode : (tensor<1x2x5xf32>) -> tensor<1x2x3xf32>
  %7 = inference.avg_pool %0 kernel [2] pads [1, 0] : (tensor<1x2x?xf32>) -> tensor<1x2x?xf32>
  return %2, %3, %4, %5, %6, %7 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x?xf32>
}
