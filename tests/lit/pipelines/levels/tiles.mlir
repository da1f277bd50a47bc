// RUN: infer-opt %s --pass-pipeline=inference-layout,propagate-layout,convert-inference-to-cpu,cse,fuse-epilogue,select-conv-algorithm,select-tiles,pack-weights | filecheck %s

// Before memory is planned all that was decided stands in the text: what is fused, how many rows a tile has, how the weights lie.
// CHECK:       cpu.conv2d %{{.+}}, %{{.+}}, %{{.+}} pads [1, 1, 1, 1] channels 4 rows {{[0-9]+}} {
// CHECK-NEXT:  ^{{.+}}(%[[ACC:.+]]: f32, %[[BIAS:.+]]: f32):
// CHECK:         arith.addf %[[ACC]], %[[BIAS]]
// CHECK:         arith.maximumf
// CHECK:         cpu.yield
// CHECK-NEXT:  } : (tensor<?x8x8x2xf32>, tensor<1x3x3x2x16xf32>, tensor<4xf32>) -> tensor<?x8x8x4xf32>
// CHECK:       cpu.gemm %{{.+}}, %{{.+}} columns 5

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
