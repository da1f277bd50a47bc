// RUN: infer-opt %s | infer-opt - | filecheck %s
// RUN: infer-opt %s --mlir-print-op-generic | infer-opt - | filecheck %s

// A kernel takes the task, memrefs and indices; a microkernel names where each of its memrefs starts.
// CHECK-LABEL: cpu.kernel @gemm(%task: index, %x: memref<?x84xf32>, %w: memref<1x84x16xf32>, %b: memref<10xf32>, %y: memref<?x10xf32>) {
// CHECK:         scf.for %[[I:.+]] =
// CHECK:           cpu.uk.fma_tile (%x[%[[I]], %[[Z:.+]]], %w[%[[Z]], %[[Z]], %[[Z]]], %b[%[[Z]]]) to (%y[%[[I]], %[[Z]]]) with (%[[Z]], %{{.*}}) columns 10 depth 84 {
// CHECK-NEXT:      ^{{.*}}(%acc: f32, %bias: f32):
// CHECK:           } : (memref<?x84xf32>, memref<1x84x16xf32>, memref<10xf32>) to (memref<?x10xf32>)
cpu.kernel @gemm(%task: index, %x: memref<?x84xf32>, %w: memref<1x84x16xf32>, %b: memref<10xf32>, %y: memref<?x10xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %n = memref.dim %x, %c0 : memref<?x84xf32>
  scf.for %i = %c0 to %n step %c6 {
    cpu.uk.fma_tile (%x[%i, %c0], %w[%c0, %c0, %c0], %b[%c0]) to (%y[%i, %c0]) with (%c0, %c1) columns 10 depth 84 {
    ^bb0(%acc: f32, %bias: f32):
      %0 = arith.addf %acc, %bias : f32
      cpu.yield %0 : f32
    } : (memref<?x84xf32>, memref<1x84x16xf32>, memref<10xf32>) to (memref<?x10xf32>)
  }
  cpu.done
}

// Main cuts typed memory out of bytes and launches kernels on it.
// CHECK-LABEL: func.func @main
// CHECK:         %[[V:.+]] = cpu.view %arena at %{{.*}} sizes(%n) : memref<?xi8> to memref<?x84xf32>
// CHECK:         cpu.launch @gemm tasks %{{.*}}(%[[V]], %{{.*}}, %{{.*}}, %{{.*}}) : (memref<?x84xf32>, memref<1x84x16xf32>, memref<10xf32>, memref<?x10xf32>)
func.func @main(%arena: memref<?xi8>, %weights: memref<?xi8>, %y: memref<?xi8>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5376 = arith.constant 5376 : index
  %0 = cpu.view %arena at %c0 sizes(%n) : memref<?xi8> to memref<?x84xf32>
  %1 = cpu.view %weights at %c0 sizes() : memref<?xi8> to memref<1x84x16xf32>
  %2 = cpu.view %weights at %c5376 sizes() : memref<?xi8> to memref<10xf32>
  %3 = cpu.view %y at %c0 sizes(%n) : memref<?xi8> to memref<?x10xf32>
  cpu.launch @gemm tasks %c1(%0, %1, %2, %3) : (memref<?x84xf32>, memref<1x84x16xf32>, memref<10xf32>, memref<?x10xf32>)
  func.return
}
