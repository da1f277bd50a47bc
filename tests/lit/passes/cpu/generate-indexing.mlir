// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// An index is read, checked, and x read there; -1 is the last place.
// CHECK-LABEL: @gather
// CHECK:         cpu.generate %x, %i shape [3, 5]
// CHECK-NEXT:    ^bb0(%[[R:.+]]: index, %[[C:.+]]: index, %[[X:.+]]: tensor<4x5xf32>, %[[I:.+]]: tensor<3xi64>):
// CHECK:           %[[N:.+]] = cpu.load %[[I]][%[[R]]]
// CHECK:           %[[P:.+]] = arith.index_cast %[[N]]
// CHECK:           %[[J:.+]] = cpu.check %[[P]] from %{{.+}} below %{{.+}} says "inference.gather: index along axis 0"
// CHECK:           arith.cmpi slt, %[[J]]
// CHECK:           %[[AT:.+]] = arith.select
// CHECK:           %[[V:.+]] = cpu.load %[[X]][%[[AT]], %[[C]]]
// CHECK:           cpu.yield %[[V]] : f32
func.func @gather(%x: tensor<4x5xf32>, %i: tensor<3xi64>) -> tensor<3x5xf32> {
  %y = inference.gather %x, %i : (tensor<4x5xf32>, tensor<3xi64>) -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----
// With dynamic sizes the indices are checked before, and the shape says which dimensions of which operand it is made of, and sizes are read where they are needed.
// CHECK-LABEL: @gather_dynamic
// CHECK:         %[[I:.+]] = cpu.generate %i, %x shape ["x0_0", "x0_1"]
// CHECK:         cpu.generate %x, %[[I]] shape ["x0_0", "x1_0", "x1_1"]
// CHECK:           cpu.load %{{.+}} : tensor<?x?xf16>
func.func @gather_dynamic(%x: tensor<?x?xf16>, %i: tensor<?x?xi32>) -> tensor<?x?x?xf16> {
  %y = inference.gather %x, %i axis 1 : (tensor<?x?xf16>, tensor<?x?xi32>) -> tensor<?x?x?xf16>
  return %y : tensor<?x?x?xf16>
}

// -----
// What is constant and in range is checked now; -1 becomes 3.
// CHECK-LABEL: @constant_in_range
// CHECK:         inference.constant dense<[0, 3]> : tensor<2xi64>
// CHECK:         cpu.generate
// CHECK-NOT:       cpu.check
// CHECK:         return
func.func @constant_in_range(%x: tensor<4x5xf32>) -> tensor<2x5xf32> {
  %i = inference.constant dense<[0, -1]> : tensor<2xi64>
  %y = inference.gather %x, %i : (tensor<4x5xf32>, tensor<2xi64>) -> tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// -----
// A constant out of range is an error when it is reached, and so is one of an axis of unknown size.
// CHECK-LABEL: @constant_out_of_range
// CHECK:           cpu.check
// CHECK:           cpu.check
func.func @constant_out_of_range(%x: tensor<4x5xf32>, %z: tensor<?x5xf32>) -> (tensor<2x5xf32>, tensor<5xf32>) {
  %i = inference.constant dense<[0, 4]> : tensor<2xi64>
  %y = inference.gather %x, %i : (tensor<4x5xf32>, tensor<2xi64>) -> tensor<2x5xf32>
  %j = inference.constant dense<-1> : tensor<i64>
  %w = inference.gather %z, %j : (tensor<?x5xf32>, tensor<i64>) -> tensor<5xf32>
  return %y, %w : tensor<2x5xf32>, tensor<5xf32>
}

// -----
// Where the result may be empty, the indices are checked by a kernel of their own.
// CHECK-LABEL: @checked_early
// CHECK:         %[[I:.+]] = cpu.generate %i shape [3] {
// CHECK:           cpu.check
// CHECK:         cpu.generate %x, %[[I]] shape [3, "x0_1"] {
// CHECK-NOT:       cpu.check
// CHECK:         return
func.func @checked_early(%x: tensor<4x?xf32>, %i: tensor<3xi64>) -> tensor<3x?xf32> {
  %y = inference.gather %x, %i : (tensor<4x?xf32>, tensor<3xi64>) -> tensor<3x?xf32>
  return %y : tensor<3x?xf32>
}

// -----
// The index is read at the place of the result.
// CHECK-LABEL: @gather_elements
// CHECK:         ^bb0(%[[R:.+]]: index, %[[C:.+]]: index, %[[X:.+]]: tensor<3x4xui8>, %[[I:.+]]: tensor<3x2xi64>):
// CHECK:           cpu.load %[[I]][%[[R]], %[[C]]]
// CHECK:           cpu.load %[[X]][%[[R]], %{{.+}}] : tensor<3x4xui8>
// CHECK:           cpu.yield %{{.+}} : i8
func.func @gather_elements(%x: tensor<3x4xui8>, %i: tensor<3x2xi64>) -> tensor<3x2xui8> {
  %y = inference.gather_elements %x, %i axis 1 : (tensor<3x4xui8>, tensor<3x2xi64>) -> tensor<3x2xui8>
  return %y : tensor<3x2xui8>
}

// -----
// A tuple of indices is read one after the other.
// CHECK-LABEL: @gather_nd
// CHECK:         ^bb0(%[[B:.+]]: index, %[[R:.+]]: index, %[[C:.+]]: index, %[[X:.+]]: tensor<2x4x4x5xf32>, %[[I:.+]]: tensor<2x6x2xi64>):
// CHECK-DAG:       cpu.load %[[I]][%[[B]], %[[R]], %[[ZERO:.+]]] :
// CHECK-DAG:       cpu.load %[[I]][%[[B]], %[[R]], %[[ONE:.+]]] :
// CHECK:           cpu.load %[[X]][%[[B]], %{{.+}}, %{{.+}}, %[[C]]]
func.func @gather_nd(%x: tensor<2x4x4x5xf32>, %i: tensor<2x6x2xi64>) -> tensor<2x6x5xf32> {
  %y = inference.gather_nd %x, %i batch_dims 1 : (tensor<2x4x4x5xf32>, tensor<2x6x2xi64>) -> tensor<2x6x5xf32>
  return %y : tensor<2x6x5xf32>
}
