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

// -----
// Rotary codes that all heads share are as well put on before the transpose.
// CHECK-LABEL: @rope
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x2x4xf32> {{.+}}, %[[C:[a-z0-9]+]]: tensor<1x1x?x4xf32> {{.+}}, %[[S:[a-z0-9]+]]: tensor<?x4xf32>
// CHECK-NEXT:    %[[CR:.+]] = cpu.reshape %[[C]] shape [1, "d2", 1, 4]
// CHECK-NEXT:    %[[SR:.+]] = cpu.reshape %[[S]] shape ["d0", 1, 4]
// CHECK-NEXT:    %[[Y:.+]] = cpu.rope %[[X]], %[[CR]], %[[SR]] {
// CHECK:         cpu.attention %[[Y]], %[[X]], %[[X]] interleaved [1, 1, 1, 0] {
func.func @rope(%x: tensor<?x?x2x4xf32> {inference.dims = ["b", "s", 2, 4]}, %c: tensor<1x1x?x4xf32> {inference.dims = [1, 1, "s", 4]}, %s: tensor<?x4xf32> {inference.dims = ["s", 4]}) -> tensor<?x2x?x4xf32> {
  %0 = cpu.transpose %x permutation [0, 2, 1, 3] {} : (tensor<?x?x2x4xf32>) -> tensor<?x2x?x4xf32>
  %1 = cpu.rope %0, %c, %s {} : (tensor<?x2x?x4xf32>, tensor<1x1x?x4xf32>, tensor<?x4xf32>) -> tensor<?x2x?x4xf32>
  %2 = cpu.attention %1, %0, %0 {} : (tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>) -> tensor<?x2x?x4xf32>
  return %2 : tensor<?x2x?x4xf32>
}

// -----
// Codes of each head, a result that goes elsewhere too, and rows that come head by head stay where they are.
// CHECK-LABEL: @ropes_stay
// CHECK:         %[[T:.+]] = cpu.transpose
// CHECK:         cpu.rope %[[T]], %h, %h
// CHECK:         cpu.rope %[[T]], %c, %c
// CHECK:         cpu.rope %y, %c, %c
func.func @ropes_stay(%x: tensor<1x5x2x4xf32>, %h: tensor<1x2x5x4xf32>, %c: tensor<5x4xf32>, %y: tensor<1x2x5x4xf32>) -> (tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) {
  %0 = cpu.transpose %x permutation [0, 2, 1, 3] {} : (tensor<1x5x2x4xf32>) -> tensor<1x2x5x4xf32>
  %1 = cpu.rope %0, %h, %h {} : (tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) -> tensor<1x2x5x4xf32>
  %2 = cpu.rope %0, %c, %c {} : (tensor<1x2x5x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<1x2x5x4xf32>
  %3 = cpu.rope %y, %c, %c {} : (tensor<1x2x5x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<1x2x5x4xf32>
  %4 = cpu.attention %1, %2, %3 {} : (tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) -> tensor<1x2x5x4xf32>
  return %2, %4 : tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>
}
