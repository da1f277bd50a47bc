// RUN: infer-opt %s --pass-pipeline=inference-none | filecheck %s
// RUN: infer-opt %s --pass-pipeline=cpu-none | filecheck %s --check-prefix=CPU

// Nothing is optimised: every op of the model is still there, in the model's layout.
// CHECK:       inference.conv
// CHECK:       inference.batch_norm
// CHECK:       inference.relu
// CHECK:       inference.reduce %{{.+}} kind mean axes [2, 3]
// CHECK:       inference.matmul

// On the processor too: each is a kernel of its own, none has an epilogue of another, and images are transposed around every convolution.
// CPU-LABEL:   func.func @main
// CPU:           cpu.launch @transpose
// CPU:           cpu.launch @conv2d
// CPU:           cpu.launch @transpose
// CPU:           cpu.launch @map
// CPU:           cpu.launch @map
// CPU:           cpu.launch @reduce
// CPU:           cpu.launch @gemm

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
