// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-head-transposes))' --split-input-file | filecheck %s

// Heads are read and written where projections have them; keys that lie head by head already stay so.
// CHECK-LABEL: @heads
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x5x2x4xf32>, %[[K:[a-z0-9]+]]:
// CHECK-NEXT:    %[[Y:.+]] = cpu.attention %[[X]], %[[K]], %[[X]] interleaved [1, 0, 1, 1] causal {
// CHECK:         return %[[Y]] : tensor<1x5x2x4xf32>
func.func @heads(%x: tensor<1x5x2x4xf32>, %k: tensor<1x2x5x4xf32>) -> tensor<1x5x2x4xf32> {
  %0 = cpu.transpose %x permutation [0, 2, 1, 3] {} : (tensor<1x5x2x4xf32>) -> tensor<1x2x5x4xf32>
  %1 = cpu.attention %0, %k, %0 causal {} : (tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) -> tensor<1x2x5x4xf32>
  %2 = cpu.transpose %1 permutation [0, 2, 1, 3] {} : (tensor<1x2x5x4xf32>) -> tensor<1x5x2x4xf32>
  return %2 : tensor<1x5x2x4xf32>
}

// -----
// Lengths that are not known are no obstacle.
// CHECK-LABEL: @dynamic
// CHECK-NEXT:    %[[Y:.+]] = cpu.attention %x, %x, %x interleaved [1, 1, 1, 1] {
func.func @dynamic(%x: tensor<?x?x2x4xf32>) -> tensor<?x?x2x4xf32> {
  %0 = cpu.transpose %x permutation [0, 2, 1, 3] {} : (tensor<?x?x2x4xf32>) -> tensor<?x2x?x4xf32>
  %1 = cpu.attention %0, %0, %0 {} : (tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>) -> tensor<?x2x?x4xf32>
  %2 = cpu.transpose %1 permutation [0, 2, 1, 3] {} : (tensor<?x2x?x4xf32>) -> tensor<?x?x2x4xf32>
  return %2 : tensor<?x?x2x4xf32>
}

// -----
// Another transpose, one of something else, and a result that is read twice stay.
// CHECK-LABEL: @stay
// CHECK:         cpu.transpose %{{.+}} permutation [0, 1, 3, 2]
// CHECK:         cpu.attention %{{.+}}, %{{.+}}, %{{.+}} {
// CHECK-COUNT-2: cpu.transpose
func.func @stay(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x4x2x4xf32>) {
  %0 = cpu.transpose %x permutation [0, 1, 3, 2] {} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = cpu.attention %0, %x, %x {} : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %2 = cpu.transpose %1 permutation [0, 1, 3, 2] {} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %3 = cpu.transpose %1 permutation [0, 2, 1, 3] {} : (tensor<1x2x4x4xf32>) -> tensor<1x4x2x4xf32>
  return %2, %3 : tensor<1x2x4x4xf32>, tensor<1x4x2x4xf32>
}
