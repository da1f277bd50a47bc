// RUN: infer-opt %s | infer-opt - | filecheck %s

// A tensor of the weights segment, constants in memory, buffers with static and with symbolic sizes.
// CHECK:       cpu.weight #inference.weight<"w"> at 64 : tensor<10x84xf32>
// CHECK:       cpu.weight dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32> at 3424 : tensor<2xf32>
// CHECK-LABEL: @buffers
// CHECK:         cpu.constant #inference.weight<"w"> : memref<10x84xf32>
// CHECK:         cpu.constant dense<1.000000e+00> : tensor<2xf32> : memref<2xf32>
// CHECK:         cpu.alloc : () -> memref<4xf32>
// CHECK:         cpu.alloc %{{.+}} : (index) -> memref<?x4xf32>
cpu.weight #inference.weight<"w"> at 64 : tensor<10x84xf32>
cpu.weight dense<[1.0, 2.0]> : tensor<2xf32> at 3424 : tensor<2xf32>
func.func @buffers(%n: index) {
  %0 = cpu.constant #inference.weight<"w"> : memref<10x84xf32>
  %1 = cpu.constant dense<1.0> : tensor<2xf32> : memref<2xf32>
  %2 = cpu.alloc : () -> memref<4xf32>
  %3 = cpu.alloc %n : (index) -> memref<?x4xf32>
  return
}
