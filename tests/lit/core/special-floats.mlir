// RUN: infer-opt %s --verify-roundtrip | filecheck %s
// RUN: infer-opt %s --mlir-print-op-generic | infer-opt - | filecheck %s

// Infinities and NaN are written as bits, in every width; minus zero keeps its sign.
// CHECK-LABEL: @not_finite
// CHECK:         dense<[0x7f800000, 0xff800000, 0x7fc00000, -0.000000e+00]> : tensor<4xf32>
// CHECK:         dense<[0x7c00, 0xfc00]> : tensor<2xf16>
// CHECK:         0x7ff0000000000000 : f64
func.func @not_finite() {
  %0 = inference.constant dense<[0x7F800000, 0xFF800000, 0x7FC00000, -0.0]> : tensor<4xf32>
  %1 = inference.constant dense<[0x7C00, 0xFC00]> : tensor<2xf16>
  %2 = arith.constant 0x7FF0000000000000 : f64
  return
}

// A number is written with as many digits as bring it back, and with no more.
// CHECK-LABEL: @digits
// CHECK:         1.401300e-45 : f32
// CHECK:         3.40282347e+38 : f32
// CHECK:         0.333333343 : f32
// CHECK:         dense<1.000000e-01> : tensor<2xf64>
func.func @digits() {
  %0 = arith.constant 1.0e-45 : f32
  %1 = arith.constant 3.40282347E+38 : f32
  %2 = arith.constant 0.3333333333 : f32
  %3 = inference.constant dense<0.1> : tensor<2xf64>
  return
}

// Bytes are shown as numbers where they are few; booleans are words; nothing at all is a constant too.
// CHECK-LABEL: @others
// CHECK:         dense<> : tensor<0xf32>
// CHECK:         dense<[true, false]> : tensor<2xi1>
// CHECK:         dense<[1, -1]> : tensor<2xi8>
// CHECK:         dense<[7, -8]> : tensor<2xi4>
func.func @others() {
  %0 = inference.constant dense<[]> : tensor<0xf32>
  %1 = inference.constant dense<[true, false]> : tensor<2xi1>
  %2 = inference.constant dense<"0x01FF"> : tensor<2xi8>
  %3 = inference.constant dense<[7, -8]> : tensor<2xi4>
  return
}

// A signalling NaN stays one, in an attribute and in an array.
// CHECK-LABEL: @signalling
// CHECK-SAME:    {list = array<f32: 0x7fa00001>, narrow = 0x7c01 : f16, wide = 0x7fa00001 : f32}
func.func @signalling() attributes {list = array<f32: 0x7FA00001>, narrow = 0x7C01 : f16, wide = 0x7FA00001 : f32} {
  return
}
