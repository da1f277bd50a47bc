// RUN: infer-opt %s --pass-pipeline=inference-extended,convert-inference-to-cpu,cse,fuse-epilogue | filecheck %s
// RUN: infer-opt %s --pass-pipeline=cpu-extended | filecheck %s --check-prefix=CPU

// The bias is added on the accumulators of the convolution. The activation is not: between the two the image is transposed into the model's layout.
// CHECK:       cpu.transpose %{{.+}} permutation [0, 2, 3, 1]
// CHECK:       cpu.conv2d
// CHECK:         arith.addf
// CHECK:       cpu.transpose %{{.+}} permutation [0, 3, 1, 2]
// CHECK:       cpu.reduce
// CPU-LABEL:   func.func @main
// CPU:           cpu.launch @transpose
// CPU:           cpu.launch @conv2d

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
