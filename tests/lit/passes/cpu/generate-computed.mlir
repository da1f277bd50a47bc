// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Every axis is looked for in the list of axes; an axis that is in it is a whole loop, another one a loop of one turn.
// CHECK-LABEL: @reduce
// CHECK:         cpu.generate %x, %axes shape [3, 1]
// CHECK:           cpu.load %{{.+}} : tensor<1xi64>
// CHECK:           arith.cmpi eq
// CHECK:           scf.for
// CHECK:             scf.for
// CHECK:               arith.addf
func.func @reduce(%x: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %axes = inference.constant dense<1> : tensor<1xi64>
  %0 = inference.host_call %x, %axes callee "reduce" config {kind = "sum", keepdims = 1 : i64, noop = 0 : i64}
     : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----
// Where the sizes of the parts are declared, a split is slices, and another shape is the same memory.
// CHECK-LABEL: @parts
// CHECK:         cpu.slice %x axis 0 size 1
// CHECK:         cpu.slice %x axis 0 start 1 size 2
// CHECK:         cpu.reshape %x shape [12]
func.func @parts(%x: tensor<3x4xf32>) -> (tensor<1x4xf32>, tensor<2x4xf32>, tensor<12xf32>) {
  %n = inference.constant dense<[1, 2]> : tensor<2xi64>
  %s = inference.constant dense<12> : tensor<1xi64>
  %0, %1 = inference.host_call %x, %n callee "split" config {axis = 0 : i64} : (tensor<3x4xf32>, tensor<2xi64>) -> (tensor<1x4xf32>, tensor<2x4xf32>)
  %2 = inference.host_call %x, %s callee "reshape" config {allowzero = 0 : i64} : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<12xf32>
  return %0, %1, %2 : tensor<1x4xf32>, tensor<2x4xf32>, tensor<12xf32>
}

// -----
// A loop for each dimension, of one turn where it is not the axis.
// CHECK-LABEL: @running_sum
// CHECK:         cpu.generate %x, %a shape [3, 4]
// CHECK-COUNT-2:   arith.cmpi eq
// CHECK-COUNT-2:   scf.for
// CHECK:             arith.addf
// CHECK:         cpu.generate %y, %{{.+}} shape [2, "x0_1"]
func.func @running_sum(%x: tensor<3x4xf32>, %y: tensor<2x?xf32>, %a: tensor<i32>) -> (tensor<3x4xf32>, tensor<2x?xf32>) {
  %one = inference.constant dense<1> : tensor<i32>
  %0 = inference.cumulate %x, %a : (tensor<3x4xf32>, tensor<i32>) -> tensor<3x4xf32>
  %1 = inference.cumulate %y, %one : (tensor<2x?xf32>, tensor<i32>) -> tensor<2x?xf32>
  return %0, %1 : tensor<3x4xf32>, tensor<2x?xf32>
}
