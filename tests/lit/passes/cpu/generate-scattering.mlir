// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Each element goes through the updates along its axis, in order, and takes those whose index is its own.
// The indices are checked before, once.
// CHECK-LABEL: @elements
// CHECK:         %[[I:.+]] = cpu.generate %i shape [2, 3]
// CHECK:           cpu.check %{{.+}} from %{{.+}} below %{{.+}} says "inference.scatter_elements: index along axis 0"
// CHECK:         cpu.generate %x, %[[I]], %u shape [4, 5]
// CHECK-NOT:       cpu.check
// CHECK:           %[[OLD:.+]] = cpu.load %{{.+}}[%[[R:.+]], %[[C:.+]]] : tensor<4x5xf32>
// CHECK:           scf.for %[[K:[a-z0-9_]+]] = {{.*}} iter_args(%[[V:[0-9]+]] = %[[OLD]])
// CHECK:             cpu.load %{{.+}}[%[[K]], %[[C]]] when %{{.+}} else
// CHECK:             %[[HIT:[0-9]+]] = arith.andi
// CHECK:             %[[U:.+]] = cpu.load %{{.+}}[%[[K]], %[[C]]] when %[[HIT]]
// CHECK:             %[[S:.+]] = arith.addf %[[V]], %[[U]]
// CHECK:             arith.select %[[HIT]], %[[S]], %[[V]]
func.func @elements(%x: tensor<4x5xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) -> tensor<4x5xf32> {
  %y = inference.scatter_elements %x, %i, %u reduction add : (tensor<4x5xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----
// Slices: the tuple of an update is compared with the first indices.
// CHECK-LABEL: @slices
// CHECK:         %[[I:.+]] = cpu.generate %i shape [3, 1]
// CHECK:           cpu.check
// CHECK:         cpu.generate %x, %[[I]], %u shape [4, 5]
// CHECK:           scf.for %[[K:[a-z0-9_]+]] =
// CHECK:             arith.cmpi eq, %{{.+}}, %i0
// CHECK:             cpu.load %{{.+}}[%[[K]], %i1{{.*}}] when %{{.+}} else
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
// CHECK:         %[[W:.+]] = cpu.map %[[P]]
// CHECK:         return %[[V]], %[[W]]
func.func @largest(%x: tensor<3x9xf32>) -> (tensor<3x4xf32>, tensor<3x4xi64>) {
  %k = inference.constant dense<4> : tensor<1xi64>
  %v, %i = inference.topk %x, %k axis 1 : (tensor<3x9xf32>, tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>)
  return %v, %i : tensor<3x4xf32>, tensor<3x4xi64>
}

// -----
// Of many elements, each block is put in order by ranks; a merge takes the first four of two blocks, by bisection.
// CHECK-LABEL: @largest_of_many
// CHECK:         %[[R:.+]] = cpu.generate %x shape [3, 50]
// CHECK:         %[[P:.+]] = cpu.generate %[[R]] shape [3, 8]
// CHECK:         %[[M:.+]] = cpu.generate %x, %[[P]] shape [3, 4]
// CHECK:           scf.for
// CHECK:         %[[V:.+]] = cpu.generate %x, %[[M]] shape [3, 4]
func.func @largest_of_many(%x: tensor<3x50xf32>) -> (tensor<3x4xf32>, tensor<3x4xi64>) {
  %k = inference.constant dense<4> : tensor<1xi64>
  %v, %i = inference.topk %x, %k axis 1 : (tensor<3x50xf32>, tensor<1xi64>) -> (tensor<3x4xf32>, tensor<3x4xi64>)
  return %v, %i : tensor<3x4xf32>, tensor<3x4xi64>
}

// -----
// Many updates are put in order of their indices; an element finds its own among them, and takes the last.
// CHECK-LABEL: @many_elements
// CHECK:         %[[KEYS:.+]] = cpu.generate %i shape [40, 3]
// CHECK:         cpu.generate %[[KEYS]], %{{.+}} shape [40, 3]
// CHECK:         cpu.generate %x, %{{.+}}, %{{.+}}, %u shape [64, 5]
// CHECK:           scf.for
// CHECK:             arith.cmpi slt
// CHECK:           scf.for
// CHECK:             arith.cmpi sle
// CHECK-NOT:       scf.for
func.func @many_elements(%x: tensor<64x5xf32>, %i: tensor<40x3xi64>, %u: tensor<40x3xf32>) -> tensor<64x5xf32> {
  %y = inference.scatter_elements %x, %i, %u : (tensor<64x5xf32>, tensor<40x3xi64>, tensor<40x3xf32>) -> tensor<64x5xf32>
  return %y : tensor<64x5xf32>
}

// -----
// A tuple of indices is one number; all updates of a slice are added, in order.
// CHECK-LABEL: @many_slices
// CHECK:         cpu.generate %{{.+}}, %x shape [40]
// CHECK:         cpu.generate %x, %{{.+}} shape [4, 5, 6]
// CHECK:           scf.for
// CHECK:           scf.for
// CHECK:           scf.for
// CHECK:             arith.addf
func.func @many_slices(%x: tensor<4x5x6xf32>, %i: tensor<8x5x2xi64>, %u: tensor<8x5x6xf32>) -> tensor<4x5x6xf32> {
  %y = inference.scatter_nd %x, %i, %u reduction add : (tensor<4x5x6xf32>, tensor<8x5x2xi64>, tensor<8x5x6xf32>) -> tensor<4x5x6xf32>
  return %y : tensor<4x5x6xf32>
}
