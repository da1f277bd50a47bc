// RUN: infer-compile %s -o %t.infer --report | filecheck %s

// What reads the same is compiled once; parts of the model that follow on themselves are named by what they are made of.
// CHECK:      9 kernel launches: softmax 5, generate 4
// CHECK-NEXT: 2 kernels compiled, 7 used again
// CHECK-NEXT: 4 times 2 launches: softmax_0, generate_1
func.func @main(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = inference.softmax %x axis 1 : tensor<8x8xf32>
  %1 = inference.trilu %0 : tensor<8x8xf32>
  %2 = inference.softmax %1 axis 1 : tensor<8x8xf32>
  %3 = inference.trilu %2 : tensor<8x8xf32>
  %4 = inference.softmax %3 axis 1 : tensor<8x8xf32>
  %5 = inference.trilu %4 : tensor<8x8xf32>
  %6 = inference.softmax %5 axis 1 : tensor<8x8xf32>
  %7 = inference.trilu %6 : tensor<8x8xf32>
  %8 = inference.softmax %7 axis 1 : tensor<8x8xf32>
  return %8 : tensor<8x8xf32>
}
