// RUN: infer-opt %s | infer-opt - | filecheck %s
// RUN: infer-opt %s --mlir-print-op-generic | infer-opt - | filecheck %s

// A sum over a dynamic dimension, on tensors: loads, sizes and loops read back.
// CHECK-LABEL: @on_tensors
// CHECK:         cpu.generate %x, %rows shape ["x1_0"] {
// CHECK-NEXT:    ^{{.+}}(%{{.+}}: index, %[[A:.+]]: tensor<?x8xui8>, %[[B:.+]]: tensor<?xi1>):
// CHECK:           %[[N:.+]] = cpu.size %[[A]] axis 0 : tensor<?x8xui8>
// CHECK:           scf.for %{{.+}} = %{{.+}} to %[[N]] step %{{.+}} iter_args
// CHECK:             cpu.load %[[A]][%{{.+}}, %{{.+}}] when %{{.+}} else %{{.+}} : tensor<?x8xui8>
// CHECK:           cpu.yield %{{.+}} : i8
// CHECK:         } : (tensor<?x8xui8>, tensor<?xi1>) -> tensor<?xui8>
func.func @on_tensors(%x: tensor<?x8xui8>, %rows: tensor<?xi1>) -> tensor<?xui8> {
  %y = cpu.generate %x, %rows shape ["x1_0"] {
  ^bb0(%i: index, %a: tensor<?x8xui8>, %b: tensor<?xi1>):
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant 0 : i8
    %n = cpu.size %a axis 0 : tensor<?x8xui8>
    %wanted = cpu.load %b[%i] : tensor<?xi1>
    %sum = scf.for %k = %c0 to %n step %c1 iter_args(%total = %zero) -> (i8) {
      %v = cpu.load %a[%k, %c1] when %wanted else %zero : tensor<?x8xui8>
      %next = arith.addi %total, %v : i8
      scf.yield %next : i8
    }
    cpu.yield %sum : i8
  } : (tensor<?x8xui8>, tensor<?xi1>) -> tensor<?xui8>
  return %y : tensor<?xui8>
}

// An index that must lie in a range; the words are those of the error.
// CHECK-LABEL: @checked
// CHECK:         cpu.check %{{.+}} from %{{.+}} below %{{.+}} says "row"
func.func @checked(%x: tensor<4xf32>, %rows: tensor<3xi64>) -> tensor<3xf32> {
  %y = cpu.generate %x, %rows shape [3] {
  ^bb0(%i: index, %a: tensor<4xf32>, %b: tensor<3xi64>):
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %0 = cpu.load %b[%i] : tensor<3xi64>
    %1 = arith.index_cast %0 : i64 to index
    %2 = cpu.check %1 from %c0 below %c4 says "row"
    %v = cpu.load %a[%2] : tensor<4xf32>
    cpu.yield %v : f32
  } : (tensor<4xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// On buffers the region names memrefs; in a kernel elements are stored as well.
// CHECK-LABEL: @on_buffers
// CHECK:         cpu.generate %x outs %y shape [4] {
// CHECK:           cpu.load %{{.+}}[%{{.+}}] : memref<4xf64>
// CHECK-LABEL: cpu.kernel @stores
// CHECK:         %[[V:.+]] = cpu.load %x[%task] : memref<4xf64>
// CHECK:         cpu.store %[[V]], %x[%task] : memref<4xf64>
// CHECK:         cpu.uk.generate () to (%x[%task]) with (%task) {
func.func @on_buffers(%x: memref<4xf64>, %y: memref<4xf64>) {
  cpu.generate %x outs %y shape [4] {
  ^bb0(%i: index, %a: memref<4xf64>):
    %v = cpu.load %a[%i] : memref<4xf64>
    cpu.yield %v : f64
  } : (memref<4xf64>, memref<4xf64>) -> ()
  return
}
cpu.kernel @stores(%task: index, %x: memref<4xf64>) {
  %v = cpu.load %x[%task] : memref<4xf64>
  cpu.store %v, %x[%task] : memref<4xf64>
  cpu.uk.generate () to (%x[%task]) with (%task) {
  ^bb0(%i: index):
    %0 = arith.constant 1.0 : f64
    cpu.yield %0 : f64
  } : () to (memref<4xf64>)
  cpu.done
}
