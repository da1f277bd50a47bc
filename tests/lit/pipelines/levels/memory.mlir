// RUN: infer-opt %s --pass-pipeline=inference-layout,propagate-layout,convert-inference-to-cpu,cse,fuse-epilogue,select-conv-algorithm,select-tiles,pack-weights,cse,bufferize,plan-arena | filecheck %s

// Weights have places, 64 bytes apart at least; what lies between the ops is in the arena, at offsets that grow with the batch.
// CHECK:       cpu.weight {{.*}} at 0 :
// CHECK:       cpu.weight {{.*}} at {{[1-9][0-9]*}} :
// CHECK-LABEL: func.func @main
// CHECK-SAME:    (%[[ARENA:.+]]: memref<?xi8>, %[[WEIGHTS:.+]]: memref<?xi8>, %{{.+}}: memref<?xi8> {inference.name = "x"{{.*}}, %{{.+}}: memref<?xi8> {inference.name = "y"{{.*}}, %[[N:.+]]: index {inference.symbol = "batch"})
// CHECK:         arith.muli %{{.+}}, %[[N]]
// CHECK:         cpu.view %[[ARENA]] at %{{.+}} sizes(%[[N]]) : memref<?xi8> to memref<?x8x8x4xf32>
// CHECK:         cpu.view %[[WEIGHTS]] at

// How much there must be of it is a function of the batch too.
// CHECK-LABEL: func.func @arena_size
// CHECK-SAME:    (%[[B:.+]]: index) -> index
// CHECK:         %[[SIZE:.+]] = arith.muli %{{.+}}, %[[B]]
// CHECK:         return %[[SIZE]]

func.func @main(%x: tensor<?x2x8x8xf32> {inference.name = "x", inference.dims = ["batch", 2, 8, 8]}) -> (tensor<?x5xf32> {inference.name = "y", inference.dims = ["batch", 5]}) {
  %w = inference.constant dense<0.5> : tensor<4x2x3x3xf32>
  %s = inference.constant dense<2.0> : tensor<4xf32>
  %f = inference.constant dense<0.25> : tensor<5x4xf32>
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] : (tensor<?x2x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<?x4x8x8xf32> loc("conv")
  %1 = inference.batch_norm %0, %s, %s, %s, %s : (tensor<?x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x8x8xf32> loc("norm")
  %2 = inference.relu %1 : tensor<?x4x8x8xf32> loc("relu")
  %3 = inference.reduce %2 kind mean axes [2, 3] : (tensor<?x4x8x8xf32>) -> tensor<?x4xf32> loc("mean")
  %4 = inference.matmul %3, %f transpose_b : (tensor<?x4xf32>, tensor<5x4xf32>) -> tensor<?x5xf32> loc("linear")
  return %4 : tensor<?x5xf32>
}
