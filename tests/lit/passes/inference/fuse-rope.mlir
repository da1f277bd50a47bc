// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-rope))' --split-input-file | filecheck %s

// Halves by slices, as transformers has them; the second one is open at its end.
// CHECK-LABEL: @slices
// CHECK:         %[[Y:.+]] = inference.rope %x, %c, %s :
// CHECK-NEXT:    return %[[Y]]
func.func @slices(%x: tensor<?x2x8xf32>, %c: tensor<2x8xf32>, %s: tensor<2x8xf32>) -> tensor<?x2x8xf32> {
  %a = inference.slice %x starts [0] ends [4] axes [2] : (tensor<?x2x8xf32>) -> tensor<?x2x4xf32>
  %b = inference.slice %x starts [4] ends [9223372036854775807] axes [2] : (tensor<?x2x8xf32>) -> tensor<?x2x4xf32>
  %n = inference.neg %b : tensor<?x2x4xf32>
  %r = inference.concat %n, %a axis -1 : (tensor<?x2x4xf32>, tensor<?x2x4xf32>) -> tensor<?x2x8xf32>
  %0 = inference.mul %x, %c : (tensor<?x2x8xf32>, tensor<2x8xf32>) -> tensor<?x2x8xf32>
  %1 = inference.mul %r, %s : (tensor<?x2x8xf32>, tensor<2x8xf32>) -> tensor<?x2x8xf32>
  %y = inference.add %0, %1 : tensor<?x2x8xf32>
  return %y : tensor<?x2x8xf32>
}

// -----
// Halves by a split, factors the other way round.
// CHECK-LABEL: @split
// CHECK:         %[[Y:.+]] = inference.rope %x, %c, %s :
// CHECK-NEXT:    return %[[Y]]
func.func @split(%x: tensor<2x8xf32>, %c: tensor<2x8xf32>, %s: tensor<8xf32>) -> tensor<2x8xf32> {
  %a, %b = inference.split %x axis 1 sizes [4, 4] : (tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  %n = inference.neg %b : tensor<2x4xf32>
  %r = inference.concat %n, %a axis 1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  %0 = inference.mul %s, %r : (tensor<8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %1 = inference.mul %c, %x : tensor<2x8xf32>
  %y = inference.add %0, %1 : tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----
// Halves that keep their places, or a sum of other things, are no rotation.
// CHECK-LABEL: @stays
// CHECK-NOT:     inference.rope
func.func @stays(%x: tensor<2x8xf32>, %c: tensor<2x8xf32>, %s: tensor<8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  %a, %b = inference.split %x axis 1 sizes [4, 4] : (tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  %n = inference.neg %a : tensor<2x4xf32>
  %r = inference.concat %n, %b axis 1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  %0 = inference.mul %r, %s : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %1 = inference.mul %x, %c : tensor<2x8xf32>
  %2 = inference.add %0, %1 : tensor<2x8xf32>
  %3 = inference.add %x, %c : tensor<2x8xf32>
  return %2, %3 : tensor<2x8xf32>, tensor<2x8xf32>
}
