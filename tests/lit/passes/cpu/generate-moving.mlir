// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// An order that a tuned kernel does not take: elements are read where they come from.
// CHECK-LABEL: @transpose
// CHECK:         ^bb0(%[[A:.+]]: index, %[[B:.+]]: index, %[[C:.+]]: index, %[[X:.+]]: tensor<2x3x4xf64>):
// CHECK:           cpu.load %[[X]][%[[B]], %[[C]], %[[A]]]
func.func @transpose(%x: tensor<2x3x4xf64>) -> tensor<4x2x3xf64> {
  %y = inference.transpose %x permutation [2, 0, 1] : (tensor<2x3x4xf64>) -> tensor<4x2x3xf64>
  return %y : tensor<4x2x3xf64>
}

// -----
// Rows that stay whole have a kernel whatever the sizes.
// CHECK-LABEL: @rows_stay
// CHECK:         cpu.transpose %x permutation [0, 2, 1, 3]
// CHECK-NOT:     cpu.generate
func.func @rows_stay(%x: tensor<?x?x4x8xf32>) -> tensor<?x4x?x8xf32> {
  %y = inference.transpose %x permutation [0, 2, 1, 3] : (tensor<?x?x4x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----
// A step other than 1, from the end.
// CHECK-LABEL: @steps
// CHECK-DAG:       %[[FIRST:.+]] = arith.constant 7 : index
// CHECK-DAG:       %[[STEP:.+]] = arith.constant -3 : index
// CHECK:           %[[D:.+]] = arith.muli %i0, %[[STEP]]
// CHECK:           %[[P:.+]] = arith.addi %[[D]], %[[FIRST]]
// CHECK:           cpu.load %{{.+}}[%[[P]]]
func.func @steps(%x: tensor<9xi8>) -> tensor<3xi8> {
  %0 = inference.slice %x starts [-2] ends [-99] axes [0] steps [-3] : (tensor<9xi8>) -> tensor<3xi8>
  return %0 : tensor<3xi8>
}

// -----
// Of a dynamic dimension the end is known when it runs.
// CHECK-LABEL: @dynamic_cut
// CHECK:         cpu.generate %x shape ["max(0, max(0, x0_0-1)-min(1, x0_0))"]
// CHECK:           cpu.size
func.func @dynamic_cut(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = inference.slice %x starts [1] ends [-1] axes [0] : (tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// Rows of a matrix whose sizes are not known.
// CHECK-LABEL: @dynamic_rows
// CHECK:         cpu.generate %x shape ["x0_0", 2]
func.func @dynamic_rows(%x: tensor<?x?xf32>) -> tensor<?x2xf32> {
  %0 = inference.slice %x starts [0] ends [2] axes [1] : (tensor<?x?xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----
// What lies outside is not read. The number may be computed.
// CHECK-LABEL: @constant_pad
// CHECK:         cpu.generate %x, %v shape [6, 3]
// CHECK:           %[[V:.+]] = cpu.load %{{.+}}[] : tensor<i64>
// CHECK:           cpu.load %{{.+}}[%{{.+}}, %i1] when %{{.+}} else %[[V]] : tensor<4x3xi64>
func.func @constant_pad(%x: tensor<4x3xi64>, %v: tensor<i64>) -> tensor<6x3xi64> {
  %0 = inference.pad %x value %v low [1, 0] high [1, 0] : (tensor<4x3xi64>, tensor<i64>) -> tensor<6x3xi64>
  return %0 : tensor<6x3xi64>
}

// -----
// A negative pad cuts; f32 with a size that is not known is filled with zeros.
// CHECK-LABEL: @cropping
// CHECK:         cpu.generate %x shape [3]
// CHECK:         cpu.generate %{{.+}} shape ["x0_0", "x0_1+2"]
// CHECK:           cpu.load %{{.+}} when
func.func @cropping(%x: tensor<4xf32>, %z: tensor<?x?xf32>) -> (tensor<3xf32>, tensor<?x?xf32>) {
  %0 = inference.pad %x low [0] high [-1] : (tensor<4xf32>) -> tensor<3xf32>
  %1 = inference.pad %z low [0, 1] high [0, 1] : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0, %1 : tensor<3xf32>, tensor<?x?xf32>
}

// -----
// Places are mirrored, held at the edge, or start again.
// CHECK-LABEL: @repeating
// CHECK:         cpu.generate %x shape [12]
// CHECK:           arith.remsi
// CHECK:           arith.select
// CHECK:         cpu.generate %x shape [7]
// CHECK:           arith.minsi
// CHECK:         cpu.generate %x shape [9]
// CHECK:           arith.remsi
func.func @repeating(%x: tensor<4xf32>) -> (tensor<12xf32>, tensor<7xf32>, tensor<9xf32>) {
  %0 = inference.pad %x low [4] high [4] mode reflect : (tensor<4xf32>) -> tensor<12xf32>
  %1 = inference.pad %x low [1] high [2] mode edge : (tensor<4xf32>) -> tensor<7xf32>
  %2 = inference.pad %x low [5] high [0] mode wrap : (tensor<4xf32>) -> tensor<9xf32>
  return %0, %1, %2 : tensor<12xf32>, tensor<7xf32>, tensor<9xf32>
}

// -----
// Tiling reads round again; what broadcasts is read at 0.
// CHECK-LABEL: @repeated
// CHECK:         cpu.generate %x shape [6, 4]
// CHECK:           %[[I:.+]] = arith.remui %i0
// CHECK:           cpu.load %{{.+}}[%[[I]], %i1]
// CHECK:         cpu.generate %b shape [2, 3, 4]
// CHECK:           %[[ZERO:.+]] = arith.constant 0 : index
// CHECK:           cpu.load %{{.+}}[%{{.+}}, %[[ZERO]]] : tensor<3x1xbf16>
func.func @repeated(%x: tensor<2x4xi1>, %b: tensor<3x1xbf16>) -> (tensor<6x4xi1>, tensor<2x3x4xbf16>) {
  %0 = inference.tile %x repeats [3, 1] : (tensor<2x4xi1>) -> tensor<6x4xi1>
  %1 = inference.broadcast %b shape [2, 3, 4] : (tensor<3x1xbf16>) -> tensor<2x3x4xbf16>
  return %0, %1 : tensor<6x4xi1>, tensor<2x3x4xbf16>
}

// -----
// CHECK-LABEL: @turned
// CHECK:         cpu.generate %x shape [2, 3]
// CHECK:           %[[J:.+]] = arith.subi %{{.+}}, %i1
// CHECK:           cpu.load %{{.+}}[%i0, %[[J]]]
// CHECK:         cpu.generate %x shape [2, 3]
// CHECK:           %[[D:.+]] = arith.subi
// CHECK:           %[[BELOW:.+]] = arith.cmpi sle, %[[D]]
// CHECK:           cpu.load %{{.+}} when %[[BELOW]] else
func.func @turned(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = inference.flip %x axes [1] : tensor<2x3xf32>
  %1 = inference.trilu %x lower : tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----
// Parts at places that are not known: each is read where the index lies in it.
// CHECK-LABEL: @dynamic_concat
// CHECK:         cpu.generate %x, %z shape ["x0_0", "x0_1+x1_1"]
// CHECK:           %[[A:.+]] = cpu.load %{{.+}} when %{{.+}} else
// CHECK:           %[[B:.+]] = cpu.load %{{.+}} when %{{.+}} else %[[A]]
// CHECK:           cpu.yield %[[B]]
func.func @dynamic_concat(%x: tensor<?x?xf32>, %z: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = inference.concat %x, %z axis 1 : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----
// Parts of a tensor whose strides are not known are copies.
// CHECK-LABEL: @dynamic_split
// CHECK:         cpu.generate %x shape ["x0_0", 2, "x0_2"]
// CHECK:         cpu.generate %x shape ["x0_0", 1, "x0_2"]
func.func @dynamic_split(%x: tensor<?x3x?xf32>) -> (tensor<?x2x?xf32>, tensor<?x1x?xf32>) {
  %0, %1 = inference.split %x axis 1 sizes [2, 1] : (tensor<?x3x?xf32>) -> (tensor<?x2x?xf32>, tensor<?x1x?xf32>)
  return %0, %1 : tensor<?x2x?xf32>, tensor<?x1x?xf32>
}

// -----
// A shape that must be as declared keeps the memory.
// CHECK-LABEL: @ensured
// CHECK:         cpu.ensure_shape %x shape [6, 4] : (tensor<?x4xf32>) -> tensor<6x4xf32>
func.func @ensured(%x: tensor<?x4xf32>) -> tensor<6x4xf32> {
  %y = inference.ensure_shape %x shape [6, 4] : (tensor<?x4xf32>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}
