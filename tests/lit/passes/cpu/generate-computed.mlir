// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Every axis is looked for in the list of axes; an axis that is in it is a whole loop, another one a loop of one turn.
// CHECK-LABEL: @reduce
// CHECK:         cpu.generate %x, %axes, %{{.+}} shape [3, 1]
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
// What a call declares of sizes that come with it is checked by a kernel, on which those that rely on it wait.
// CHECK-LABEL: @declared
// CHECK:         %[[C:.+]] = cpu.generate %x, %axes shape [2]
// CHECK:           cpu.check {{.+}} says "inference.host_call: the size of axis 0 of its result"
// CHECK:         cpu.generate %x, %axes, %[[C]] shape [3, 1]
// CHECK:         %[[C:.+]] = cpu.generate %x, %shape shape [1]
// CHECK:           cpu.check {{.+}} says "inference.host_call: the size of axis 0 of its result"
// CHECK:         %[[X:.+]] = cpu.generate %x, %[[C]] shape [3, 4]
// CHECK:         cpu.reshape %[[X]] shape [12]
func.func @declared(%x: tensor<3x4xf32>, %axes: tensor<1xi64>, %shape: tensor<1xi64>) -> (tensor<3x1xf32>, tensor<12xf32>) {
  %0 = inference.host_call %x, %axes callee "reduce" config {kind = "sum", keepdims = 1 : i64, noop = 0 : i64}
     : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<3x1xf32>
  %1 = inference.host_call %x, %shape callee "reshape" config {allowzero = 0 : i64} : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<12xf32>
  return %0, %1 : tensor<3x1xf32>, tensor<12xf32>
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
