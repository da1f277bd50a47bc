// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Half precision is computed in single; the result is rounded once.
// CHECK-LABEL: @half
// CHECK:         ^{{.*}}(%[[A:.+]]: f16, %[[B:.+]]: f16):
// CHECK-DAG:       %[[X:.+]] = arith.extf %[[A]] : f16 to f32
// CHECK-DAG:       %[[Y:.+]] = arith.extf %[[B]] : f16 to f32
// CHECK:           %[[S:.+]] = arith.addf %[[X]], %[[Y]] : f32
// CHECK:           %[[R:.+]] = arith.truncf %[[S]] : f32 to f16
// CHECK:           cpu.yield %[[R]] : f16
// CHECK:         -> tensor<4xf16>
func.func @half(%x: tensor<4xf16>, %y: tensor<4xf16>) -> tensor<4xf16> {
  %0 = inference.add %x, %y : tensor<4xf16>
  return %0 : tensor<4xf16>
}

// -----
// Regions have signless integers; the op says how it reads the bits.
// CHECK-LABEL: @unsigned
// CHECK:         (%[[A:.+]]: i8, %[[B:.+]]: i8):
// CHECK:           arith.cmpi ult, %[[A]], %[[B]] : i8
// CHECK:           cpu.yield %{{.+}} : i1
// CHECK:         (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
func.func @unsigned(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xi1> {
  %0 = inference.compare %x, %y pred lt : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}

// -----
// A quotient by 0 is 0, and the least number over -1 wraps around: neither divisor reaches the processor.
// CHECK-LABEL: @quotient
// CHECK:         (%[[A:.+]]: i32, %[[B:.+]]: i32):
// CHECK:           %[[NONE:.+]] = arith.cmpi eq, %[[B]], %{{.+}} : i32
// CHECK:           %[[TURNED:.+]] = arith.cmpi eq, %[[B]], %{{.+}} : i32
// CHECK:           %[[EITHER:.+]] = arith.ori %[[NONE]], %[[TURNED]] : i1
// CHECK:           %[[SAFE:.+]] = arith.select %[[EITHER]], %{{.+}}, %[[B]] : i32
// CHECK:           arith.divsi %[[A]], %[[SAFE]] : i32
// CHECK:         -> tensor<4xi32>
func.func @quotient(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
  %0 = inference.div %x, %y : tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----
// A known divisor needs no test.
// CHECK-LABEL: @by_a_constant
// CHECK-NOT:     arith.select
// CHECK:         arith.remui
func.func @by_a_constant(%x: tensor<4xui16>) -> tensor<4xui16> {
  %c = inference.constant dense<7> : tensor<ui16>
  %0 = inference.mod %x, %c : (tensor<4xui16>, tensor<ui16>) -> tensor<4xui16>
  return %0 : tensor<4xui16>
}

// -----
// Floats become small integers through i32, and true where they are not 0.
// CHECK-LABEL: @casts
// CHECK:         %[[WIDE:.+]] = arith.fptosi %{{.+}} : f32 to i32
// CHECK:         arith.trunci %[[WIDE]] : i32 to i8
// CHECK:         -> tensor<4xui8>
// CHECK:         arith.cmpf une, %{{.+}}, %{{.+}} : f64
// CHECK:         -> tensor<4xi1>
// CHECK:         arith.uitofp %{{.+}} : i16 to f64
// CHECK:         -> tensor<4xf64>
func.func @casts(%x: tensor<4xf32>, %y: tensor<4xf64>, %z: tensor<4xui16>) -> (tensor<4xui8>, tensor<4xi1>, tensor<4xf64>) {
  %0 = inference.cast %x to ui8 : (tensor<4xf32>) -> tensor<4xui8>
  %1 = inference.cast %y to i1 : (tensor<4xf64>) -> tensor<4xi1>
  %2 = inference.cast %z to f64 : (tensor<4xui16>) -> tensor<4xf64>
  return %0, %1, %2 : tensor<4xui8>, tensor<4xi1>, tensor<4xf64>
}


// -----
// Elements of two bytes are transposed as single precision.
// CHECK-LABEL: @transpose_of_half
// CHECK:         arith.extf
// CHECK:         cpu.transpose %{{.+}} permutation [1, 0] {{.*}}
// CHECK:         arith.truncf
func.func @transpose_of_half(%x: tensor<4x3xf16>) -> tensor<3x4xf16> {
  %0 = inference.transpose %x permutation [1, 0] : (tensor<4x3xf16>) -> tensor<3x4xf16>
  return %0 : tensor<3x4xf16>
}
