// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Each element goes through the updates along its axis, in order, and takes those whose index is its own.
// CHECK-LABEL: @elements
// CHECK:         cpu.generate %x, %i, %u shape [4, 5]
// CHECK:           %[[OLD:.+]] = cpu.load %{{.+}}[%i0, %i1] : tensor<4x5xf32>
// CHECK:           scf.for %[[K:[a-z0-9_]+]] = {{.*}} iter_args(%[[V:[0-9]+]] = %[[OLD]])
// CHECK:             cpu.load %{{.+}}[%[[K]], %i1] when %{{.+}} else
// CHECK:             %[[HIT:[0-9]+]] = arith.andi
// CHECK:             %[[U:.+]] = cpu.load %{{.+}}[%[[K]], %i1] when %[[HIT]]
// CHECK:             %[[S:.+]] = arith.addf %[[V]], %[[U]]
// CHECK:             arith.select %[[HIT]], %[[S]], %[[V]]
func.func @elements(%x: tensor<4x5xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) -> tensor<4x5xf32> {
  %y = inference.scatter_elements %x, %i, %u reduction add : (tensor<4x5xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----
// Slices: the tuple of an update is compared with the first indices.
// CHECK-LABEL: @slices
// CHECK:         cpu.generate %x, %i, %u shape [4, 5]
// CHECK:           scf.for %[[K:[a-z0-9_]+]] =
// CHECK:             arith.cmpi eq, %{{.+}}, %i0
// CHECK:             cpu.load %{{.+}}[%[[K]], %i1] when %{{.+}} else
func.func @slices(%x: tensor<4x5xi32>, %i: tensor<3x1xi64>, %u: tensor<3x5xi32>) -> tensor<4x5xi32> {
  %y = inference.scatter_nd %x, %i, %u : (tensor<4x5xi32>, tensor<3x1xi64>, tensor<3x5xi32>) -> tensor<4x5xi32>
  return %y : tensor<4x5xi32>
}

// -----
// Ranks first, then the place of each rank, then the values at these places.
// CHECK-LABEL: @largest
// CHECK:         %[[R:.+]] = cpu.generate %x shape [3, 9]
// CHECK:           arith.cmpf ogt
// CHECK:         %[[P:.+]] = cpu.generate %[[R]] shape [3, 4]
// CHECK:         %[[V:.+]] = cpu.generate %x, %[[P]] shape [3, 4]
// CHECK:         return %[[V]], %[[P]]
func.func @largest(%x: tensor<3x9xf32>) -> (tensor<3x4xf32>, tensor<3x4xi64>) {
  %k = inference.constant dense<4> : tensor<1xi64>
  %v, %i = inference.topk %x, %k axis 1 : (tensor<3x9xf32>, tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>)
  return %v, %i : tensor<3x4xf32>, tensor<3x4xi64>
}
