// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// CHECK-LABEL: @range
// CHECK:         cpu.generate %a, %c shape [4]
// CHECK:           %[[I:.+]] = arith.index_cast %i0 : index to i64
// CHECK:           %[[D:.+]] = arith.muli %[[I]]
// CHECK:           arith.addi %{{.+}}, %[[D]] : i64
func.func @range(%a: tensor<i64>, %c: tensor<i64>) -> tensor<4xi64> {
  %0 = inference.range %a, %a, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<4xi64>
  return %0 : tensor<4xi64>
}

// -----
// CHECK-LABEL: @fill
// CHECK:         cpu.generate %v shape [2, 3]
// CHECK:           cpu.load %{{.+}}[] : tensor<f16>
func.func @fill(%v: tensor<f16>) -> tensor<2x3xf16> {
  %s = inference.constant dense<[2, 3]> : tensor<2xi64>
  %0 = inference.fill %s, %v : (tensor<2xi64>, tensor<f16>) -> tensor<2x3xf16>
  return %0 : tensor<2x3xf16>
}

// -----
// CHECK-LABEL: @shape_of
// CHECK:         cpu.generate %x shape [2]
// CHECK:           cpu.size %{{.+}} axis 0
// CHECK:           arith.index_cast %{{.+}} : index to i64
func.func @shape_of(%x: tensor<?x4xf32>) -> tensor<2xi64> {
  %0 = inference.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// -----
// The bits stay; a bool is a byte.
// CHECK-LABEL: @bits
// CHECK:           arith.bitcast %{{.+}} : f32 to i32
// CHECK:           arith.extui %{{.+}} : i1 to i8
// CHECK:           %[[V:.+]] = cpu.load %{{.+}} : tensor<4xi32>
// CHECK-NEXT:      cpu.yield %[[V]]
func.func @bits(%x: tensor<4xf32>, %b: tensor<4xi1>, %i: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xui8>, tensor<4xui32>) {
  %0 = inference.bitcast %x to i32 : (tensor<4xf32>) -> tensor<4xi32>
  %1 = inference.bitcast %b to ui8 : (tensor<4xi1>) -> tensor<4xui8>
  %2 = inference.bitcast %i to ui32 : (tensor<4xi32>) -> tensor<4xui32>
  return %0, %1, %2 : tensor<4xi32>, tensor<4xui8>, tensor<4xui32>
}

// -----
// A range to a length of the input, and a part of a table as long, take their size from the argument that has it.
// CHECK-LABEL: @positions
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?xi64>
// CHECK:         cpu.generate %{{.+}}, %{{.+}}, %[[X]] shape ["x2_1"] {
// CHECK:         cpu.generate %{{.+}}, %[[X]] shape [1, "min(512, x1_1)"] {
func.func @positions(%x: tensor<?x?xi64> {inference.dims = ["batch", "seq"]}, %t: tensor<1x512xi64>) -> (tensor<?xi64>, tensor<1x?xi64>) {
  %zero = inference.constant dense<0> : tensor<i64>
  %one = inference.constant dense<1> : tensor<i64>
  %s = inference.shape_of %x start 1 end 2 : (tensor<?x?xi64>) -> tensor<1xi64>
  %n = inference.reshape %s shape [] : (tensor<1xi64>) -> tensor<i64>
  %0 = inference.range %zero, %n, %one : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %1 = inference.slice %t end %s starts [0] axes [1] : (tensor<1x512xi64>, tensor<1xi64>) -> tensor<1x?xi64>
  return %0, %1 : tensor<?xi64>, tensor<1x?xi64>
}
