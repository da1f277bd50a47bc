// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// With one weight for each leaf an element is a tree, walked from its root; the weights of a row are then summed.
// CHECK-LABEL: @one
// CHECK:         %[[W:.+]] = cpu.generate
// CHECK:           scf.for
// CHECK:             arith.cmpf ole
// CHECK:           cpu.yield %{{.+}} : f32
// CHECK:         tensor<?x1x2xf32>
// CHECK:         cpu.reduce %[[W]] axes [2]
func.func @one(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %f = inference.constant dense<[0, 1, 0, 0, 0]> : tensor<5xi32>
  %h = inference.constant dense<[0.5, -0.5, 0.0, 0.0, 0.0]> : tensor<5xf32>
  %c = inference.constant dense<[[2, 1], [3, 4], [2, 2], [3, 3], [4, 4]]> : tensor<5x2xi32>
  %r = inference.constant dense<[0, 1]> : tensor<2xi32>
  %d = inference.constant dense<[2, 1]> : tensor<2xi32>
  %w = inference.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32>
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w features 2 : (tensor<?x2xf32>, tensor<5xi32>, tensor<5xf32>, tensor<5x2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<3x1xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----
// With several the trees give leaves; NaN has a way of its own, and a limit from below is compared with too.
// CHECK-LABEL: @several
// CHECK:         %[[L:.+]] = cpu.generate
// CHECK:             arith.cmpf ole
// CHECK:             arith.cmpf oge
// CHECK:             arith.cmpf une
// CHECK:           cpu.yield %{{.+}} : i32
// CHECK:         cpu.generate %[[L]], %{{.+}}
// CHECK:             arith.addf
func.func @several(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %f = inference.constant dense<[0, 0, 0]> : tensor<3xi32>
  %h = inference.constant dense<[0.5, 0.0, 0.0]> : tensor<3xf32>
  %c = inference.constant dense<[[1, 2, 2], [1, 1, 1], [2, 2, 2]]> : tensor<3x3xi32>
  %r = inference.constant dense<0> : tensor<1xi32>
  %d = inference.constant dense<1> : tensor<1xi32>
  %w = inference.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w low %h targets 2 : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x3xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x2xf32>, tensor<3xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}
