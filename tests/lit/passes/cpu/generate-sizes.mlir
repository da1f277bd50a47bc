// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// The size is computed by a kernel, and becomes a dimension of the tensor that the next kernel is given for it.
// CHECK-LABEL: @tile
// CHECK:         %[[N:.+]] = cpu.generate %x, %k shape [1]
// CHECK:           cpu.check {{.+}} says "inference.tile: a repeat"
// CHECK:         %[[E:.+]] = cpu.extent %[[N]] : (tensor<1xi64>) -> tensor<?xi1>
// CHECK:         cpu.generate %x, %k, %[[E]] shape ["x2_0"]
func.func @tile(%x: tensor<4xf32>, %k: tensor<1xi64>) -> tensor<?xf32> {
  %0 = inference.tile %x times %k : (tensor<4xf32>, tensor<1xi64>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// A reshape is a view, whatever computes its shape. What its type states besides is checked.
// CHECK-LABEL: @reshape
// CHECK:         %[[E:.+]] = cpu.extent %{{.+}} : (tensor<2xi64>) -> tensor<?x?xi1>
// CHECK:         %[[Y:.+]] = cpu.reshape %x other %[[E]] shape ["x1_0", "x1_1"]
// CHECK:         cpu.ensure_shape %[[Y]] shape [6, -1]
func.func @reshape(%x: tensor<3x4xf32>, %s: tensor<2xi64>) -> tensor<6x?xf32> {
  %0 = inference.reshape %x to %s : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<6x?xf32>
  return %0 : tensor<6x?xf32>
}

// -----
// All are sorted, as many as are asked for are kept.
// CHECK-LABEL: @topk
// CHECK:         %[[E:.+]] = cpu.extent
// CHECK:         %[[P:.+]] = cpu.generate %{{.+}}, %[[E]] shape ["x1_0"]
// CHECK:         cpu.generate %x, %[[P]] shape ["x1_0"]
func.func @topk(%x: tensor<9xf32>, %k: tensor<1xi64>) -> (tensor<?xf32>, tensor<?xi64>) {
  %v, %i = inference.topk %x, %k axis 0 : (tensor<9xf32>, tensor<1xi64>) -> (tensor<?xf32>, tensor<?xi64>)
  return %v, %i : tensor<?xf32>, tensor<?xi64>
}

// -----
// What holds is counted in blocks of 32; every element of the result looks for its place in the sums.
// CHECK-LABEL: @non_zero
// CHECK:         %[[F:.+]] = cpu.generate %{{.+}} shape [100]
// CHECK:         %[[A:.+]] = cpu.generate %[[F]] shape [100]
// CHECK:         %[[B:.+]] = cpu.generate %[[A]] shape [4]
// CHECK:         %[[S:.+]] = cpu.generate %[[A]], %[[B]] shape [100]
// CHECK:         %[[E:.+]] = cpu.extent
// CHECK:         %[[P:.+]] = cpu.generate %[[S]], %[[E]] shape ["x1_0"]
// CHECK:         cpu.generate %[[P]], %x shape [2, "x0_0"]
func.func @non_zero(%x: tensor<10x10xf32>) -> tensor<2x?xi64> {
  %0 = inference.non_zero %x : (tensor<10x10xf32>) -> tensor<2x?xi64>
  return %0 : tensor<2x?xi64>
}

// -----
// CHECK-LABEL: @compress
// CHECK:         %[[P:.+]] = cpu.generate %{{.+}}, %{{.+}} shape ["x1_0"]
// CHECK:         cpu.generate %x, %[[P]] shape [3, "x1_0"]
// CHECK:           cpu.check
func.func @compress(%x: tensor<3x4xf32>, %c: tensor<4xi1>) -> tensor<3x?xf32> {
  %0 = inference.compress %x, %c axis 1 : (tensor<3x4xf32>, tensor<4xi1>) -> tensor<3x?xf32>
  return %0 : tensor<3x?xf32>
}

// -----
// The lengths of the parts of a split are the dimensions of one tensor.
// CHECK-LABEL: @split
// CHECK:         %[[E:.+]] = cpu.extent %{{.+}} : (tensor<2xi64>) -> tensor<?x?xi1>
// CHECK:         cpu.generate %x, %[[E]] shape ["x1_0", 4]
// CHECK:         cpu.generate %x, %[[E]] shape ["x1_1", 4]
func.func @split(%x: tensor<3x4xf32>, %s: tensor<2xi64>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0, %1 = inference.host_call %x, %s callee "split" config {axis = 0 : i64} : (tensor<3x4xf32>, tensor<2xi64>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----
// How often a loop runs that stacks results is a size; where its condition does not hold, none.
// CHECK-LABEL: @stack
// CHECK:         %[[N:.+]] = cpu.generate %n, %c shape [1]
// CHECK:         %[[E:.+]] = cpu.extent %[[N]]
// CHECK:         %[[S:.+]] = cpu.generate %[[E]] shape [1]
// CHECK:           cpu.size
// CHECK:         %[[L:.+]] = cpu.reshape %[[S]] shape []
// CHECK:         cpu.loop %x limit %[[L]] {
func.func @stack(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) -> tensor<?x4xf32> {
  %0, %1 = inference.loop %x limit %n condition %c {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    inference.yield %go, %a, %a : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %1 : tensor<?x4xf32>
}
