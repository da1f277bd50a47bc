// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu,fuse-epilogue))' --split-input-file | filecheck %s

// One kernel reads integers and writes floats; a scale for each channel is broadcast.
// CHECK-LABEL: @dequantize
// CHECK-COUNT-1: cpu.map
// CHECK:         arith.uitofp
// CHECK:         arith.subf
// CHECK:         arith.mulf
// CHECK:         -> tensor<2x3x4xf32>
// CHECK-NOT:     cpu.map
func.func @dequantize(%x: tensor<2x3x4xui8>, %s: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %z = inference.constant dense<[128, 127, 0]> : tensor<3xui8>
  %0 = inference.dequantize %x, %s zero_point %z axis 1 : (tensor<2x3x4xui8>, tensor<3xf32>, tensor<3xui8>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----
// Halves go to the even number; NaN counts as 0; what is too large is cut.
// CHECK-LABEL: @quantize
// CHECK:         arith.divf
// CHECK:         math.roundeven
// CHECK:         arith.cmpf uno
// CHECK:         arith.select
// CHECK:         arith.addf
// CHECK:         arith.maximumf
// CHECK:         arith.minimumf
// CHECK:         arith.fptosi
// CHECK:         -> tensor<2x3xi8>
func.func @quantize(%x: tensor<2x3xf32>, %s: tensor<f32>, %z: tensor<i8>) -> tensor<2x3xi8> {
  %0 = inference.quantize %x, %s zero_point %z to i8 : (tensor<2x3xf32>, tensor<f32>, tensor<i8>) -> tensor<2x3xi8>
  return %0 : tensor<2x3xi8>
}

// -----
// Blocks that share a scale become an axis of their own.
// CHECK-LABEL: @blocks
// CHECK:         cpu.reshape %{{.+}} shape [2, 2, 3]
// CHECK:         cpu.reshape %{{.+}} shape [2, 2, 1]
// CHECK:         cpu.reshape %{{.+}} shape [2, 6]
func.func @blocks(%x: tensor<2x6xi8>, %s: tensor<2x2xf32>) -> tensor<2x6xf32> {
  %0 = inference.dequantize %x, %s block 3 : (tensor<2x6xi8>, tensor<2x2xf32>) -> tensor<2x6xf32>
  return %0 : tensor<2x6xf32>
}

// -----
// Regions know integers of 4 bits as a byte of bits: shifts bring the sign to its place, and what is stored is cut to 4 bits.
// CHECK-LABEL: @four_bits
// CHECK:         (%[[X:.+]]: i8):
// CHECK:           arith.shli %[[X]]
// CHECK:           arith.shrsi
// CHECK:         -> tensor<4xi32>
// CHECK:           arith.andi
// CHECK:         -> tensor<4xui4>
func.func @four_bits(%x: tensor<4xi4>, %y: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xui4>) {
  %0 = inference.cast %x to i32 : (tensor<4xi4>) -> tensor<4xi32>
  %1 = inference.cast %y to ui4 : (tensor<4xi32>) -> tensor<4xui4>
  return %0, %1 : tensor<4xi32>, tensor<4xui4>
}

// -----
// A float8 is decoded by moving its bits to a float's places and correcting the exponent.
// CHECK-LABEL: @float8
// CHECK:           arith.extui %{{.+}} : i8 to i32
// CHECK:           %[[FACTOR:.+]] = arith.constant {{0x7B800000|1.32922.+}} : f32
// CHECK:           arith.mulf %{{.+}}, %[[FACTOR]]
// CHECK:           math.copysign
func.func @float8(%x: tensor<4xf8E4M3FN>) -> tensor<4xf32> {
  %0 = inference.cast %x to f32 : (tensor<4xf8E4M3FN>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
