// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Integers, and more products than are written out one by one.
// CHECK-LABEL: @products
// CHECK:         cpu.generate %x, %x shape [2, 2]
// CHECK:           arith.muli %{{.+}} : i32
// CHECK:         cpu.generate %z, %z shape [300, 2, 2]
// CHECK:           scf.for %[[K:[a-z0-9_]+]] =
// CHECK:             %[[A:.+]] = cpu.load %{{.+}}[%{{.+}}, %{{.+}}, %[[K]]]
// CHECK:             %[[B:.+]] = cpu.load %{{.+}}[%{{.+}}, %{{.+}}, %[[K]]]
// CHECK:             arith.mulf %[[A]], %[[B]]
func.func @products(%x: tensor<2x2xi8>, %z: tensor<300x2x4xf32>) -> (tensor<2x2xi8>, tensor<300x2x2xf32>) {
  %0 = inference.matmul %x, %x : tensor<2x2xi8>
  %1 = inference.matmul %z, %z transpose_b : (tensor<300x2x4xf32>, tensor<300x2x4xf32>) -> tensor<300x2x2xf32>
  return %0, %1 : tensor<2x2xi8>, tensor<300x2x2xf32>
}

// -----
// Dynamic sizes; what may broadcast is decided at run time.
// CHECK-LABEL: @dynamic
// CHECK:         cpu.generate %x, %x shape ["x0_0", 3, 3]
// CHECK:           cpu.size %{{.+}} axis 0
// CHECK:         cpu.generate %a, %w, %b shape [3, "x1_1"]
// CHECK:           cpu.load %{{.+}} : tensor<1xf32>
func.func @dynamic(%x: tensor<?x3x4xf32>, %a: tensor<3x4xf32>, %w: tensor<4x?xf32>, %b: tensor<1xf32>) -> (tensor<?x3x3xf32>, tensor<3x?xf32>) {
  %0 = inference.matmul %x, %x transpose_b : (tensor<?x3x4xf32>, tensor<?x3x4xf32>) -> tensor<?x3x3xf32>
  %1 = inference.matmul %a, %w bias %b : (tensor<3x4xf32>, tensor<4x?xf32>, tensor<1xf32>) -> tensor<3x?xf32>
  return %0, %1 : tensor<?x3x3xf32>, tensor<3x?xf32>
}

// -----
// Letters that the output lacks are loops.
// CHECK-LABEL: @letters
// CHECK:         cpu.generate %x, %y shape [2, 3, 5]
// CHECK:           scf.for %[[J:[a-z0-9_]+]] =
// CHECK:             cpu.load %{{.+}}[%i0, %i1, %[[J]]]
// CHECK:             cpu.load %{{.+}}[%i0, %[[J]], %i2]
// CHECK:         cpu.generate %x shape [2, 4]
// CHECK:           scf.for
func.func @letters(%x: tensor<2x3x4xf64>, %y: tensor<2x4x5xf64>) -> (tensor<2x3x5xf64>, tensor<2x4xf64>) {
  %0 = inference.einsum %x, %y equation "...ij,...jk->...ik" : (tensor<2x3x4xf64>, tensor<2x4x5xf64>) -> tensor<2x3x5xf64>
  %1 = inference.einsum %x equation "bij->bj" : (tensor<2x3x4xf64>) -> tensor<2x4xf64>
  return %0, %1 : tensor<2x3x5xf64>, tensor<2x4xf64>
}
