// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu,fuse-epilogue,pack-weights,bufferize))' --split-input-file | filecheck %s

// Both regions compute the result where the caller wants it.
// CHECK-LABEL: func.func @branch
// CHECK-SAME:    %[[C:[a-z0-9]+]]: memref<i1>{{.*}}, %[[X:[a-z0-9]+]]: memref<?x4xf32>{{.*}}, %[[Y:[a-z0-9]+]]: memref<?x4xf32>
// CHECK:         cpu.if %[[C]] {
// CHECK:           cpu.map %[[X]] outs %[[Y]]
// CHECK:             math.tanh
// CHECK:         } {
// CHECK:           cpu.map %[[X]] outs %[[Y]]
// CHECK:             arith.negf
// CHECK:         } : (memref<i1>) -> ()
func.func @branch(%c: tensor<i1>, %x: tensor<?x4xf32> {inference.dims = ["N", 4]}) -> tensor<?x4xf32> {
  %0 = inference.if %c {
    %1 = inference.tanh %x : tensor<?x4xf32>
    inference.yield %1 : (tensor<?x4xf32>) -> ()
  } {
    %2 = inference.neg %x : tensor<?x4xf32>
    inference.yield %2 : (tensor<?x4xf32>) -> ()
  } : (tensor<i1>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----
// What is carried lies where the result is wanted; two values that change places go through a copy. A run leaves what is
// collected at its own part of the stack.
// CHECK-LABEL: func.func @loop
// CHECK-SAME:    %[[A:[a-z0-9]+]]: memref<4xf32>{{.*}}, %[[B:[a-z0-9]+]]: memref<4xf32>{{.*}}, %[[X:[a-z0-9]+]]: memref<4xf32>{{.*}}, %[[Y:[a-z0-9]+]]: memref<4xf32>{{.*}}, %[[S:[a-z0-9]+]]: memref<3x4xf32>
// CHECK-DAG:     %[[THREE:.+]] = arith.constant 3 : index
// CHECK-DAG:     %[[ROW:.+]] = arith.constant 16 : index
// CHECK:         cpu.map %[[A]] outs %[[X]]
// CHECK:         cpu.map %[[B]] outs %[[Y]]
// CHECK:         cpu.loop %{{.+}} limit %[[THREE]] {
// CHECK-NEXT:    ^{{.+}}(%[[I:.+]]: index):
// CHECK:           %[[AT:.+]] = arith.muli %[[I]], %[[ROW]]
// CHECK:           %[[PART:.+]] = cpu.view %[[S]] at %[[AT]]
// CHECK:           cpu.map %[[X]] outs %[[PART]]
// CHECK:           cpu.map %[[Y]] outs %[[T:.+]] {
// CHECK:           cpu.map %[[X]] outs %[[U:.+]] {
// CHECK:           cpu.map %[[T]] outs %[[X]]
// CHECK:           cpu.map %[[U]] outs %[[Y]]
func.func @loop(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>) {
  %n = inference.constant dense<3> : tensor<i64>
  %0, %1, %2 = inference.loop %a, %b limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xf32>):
    inference.yield %go, %y, %x, %x : (tensor<i1>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>)
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>
}

// -----
// A kernel outside of a loop does not move in, though its only reader is there.
// CHECK-LABEL: func.func @outside
// CHECK:         cpu.map %{{.+}} outs %[[E:.+]] {
// CHECK:           math.exp
// CHECK:         cpu.loop
// CHECK:           cpu.map %[[E]], %{{.+}} outs %{{.+}} {
func.func @outside(%a: tensor<4xf32>) -> tensor<4xf32> {
  %n = inference.constant dense<3> : tensor<i64>
  %e = inference.exp %a : tensor<4xf32>
  %0 = inference.loop %a limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %x: tensor<4xf32>):
    %1 = inference.add %e, %x : tensor<4xf32>
    inference.yield %go, %1 : (tensor<i1>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
