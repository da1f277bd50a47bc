// RUN: infer-opt %s | infer-opt - | filecheck %s
// RUN: infer-opt %s --mlir-print-op-generic | infer-opt - | filecheck %s

// On tensors a branch and a loop have results; on buffers they have none.
// CHECK-LABEL: @on_tensors
// CHECK:         cpu.if %{{.+}} {
// CHECK:           cpu.yield %{{.+}} : tensor<4xf32>
// CHECK:         } : (tensor<i1>) -> tensor<4xf32>
// CHECK:         cpu.loop %{{.+}} limit %{{.+}} {
// CHECK:         } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
func.func @on_tensors(%c: tensor<i1>, %n: tensor<i64>, %x: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = cpu.if %c {
    %1 = cpu.map %x {} : (tensor<4xf32>) -> tensor<4xf32>
    cpu.yield %1 : tensor<4xf32>
  } {
    cpu.yield %x : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  %2, %3 = cpu.loop %0 limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    cpu.yield %go, %a, %a : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %3 : tensor<?x4xf32>
}

// CHECK-LABEL: @on_buffers
// CHECK:         cpu.if %{{.+}} {
// CHECK:         } : (memref<i1>) -> ()
// CHECK:         cpu.loop %{{.+}} limit %{{.+}} {
// CHECK-NEXT:    ^{{.+}}(%{{.+}}: index):
// CHECK:           cpu.yield %{{.+}} : memref<i1>
// CHECK:         } : (memref<i64>, memref<i64>) -> ()
func.func @on_buffers(%c: memref<i1>, %n: memref<i64>, %i: memref<i64>, %x: memref<4xf32>, %y: memref<4xf32>) {
  cpu.if %c {
    cpu.map %x outs %y {} : (memref<4xf32>, memref<4xf32>) -> ()
    cpu.yield
  } {
    cpu.yield
  } : (memref<i1>) -> ()
  cpu.loop %i limit %n {
  ^bb0(%k: index):
    cpu.map %x outs %y {} : (memref<4xf32>, memref<4xf32>) -> ()
    cpu.yield %c : memref<i1>
  } : (memref<i64>, memref<i64>) -> ()
  return
}
