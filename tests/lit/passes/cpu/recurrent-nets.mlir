// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// What the gates get from the input is one product for all steps; the region of the steps is the cell.
// CHECK-LABEL: @lstm
// CHECK-DAG:     %[[W:.+]] = cpu.pack_gemm %{{.+}} transposed : (tensor<16x3xf32>) -> tensor<1x3x16xf32>
// CHECK-DAG:     %[[R:.+]] = cpu.pack_gates %{{.+}} gates 4 : (tensor<1x16x4xf32>) -> tensor<1x4x64xf32>
// CHECK:         %[[X:.+]] = cpu.gemm %{{.+}}, %[[W]], %{{.+}} columns 16
// CHECK:         cpu.recurrence %[[X]], %[[R]], %{{.+}}, %{{.+}} bias %{{.+}} gates [4]
// CHECK:           math.exp
// CHECK:           math.tanh
// CHECK:           cpu.yield %[[H:.+]], %[[H]], %{{.+}} : f32, f32, f32
func.func @lstm(%x: tensor<5x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>, %b: tensor<1x32xf32>) -> tensor<1x2x4xf32> {
  %y, %h, %c = inference.lstm %x, %w, %r bias %b : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>, tensor<1x32xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %c : tensor<1x2x4xf32>
}

// -----
// A reset before the product makes a second product; a sample that has ended keeps its state.
// CHECK-LABEL: @gru
// CHECK:         cpu.slice %{{.+}} axis 1 size 8 : (tensor<1x12x4xf32>)
// CHECK:         cpu.slice %{{.+}} axis 1 start 8 size 4 : (tensor<1x12x4xf32>)
// CHECK:         cpu.recurrence {{.+}} second %{{.+}} lengths %{{.+}} direction reverse gates [2, 1]
// CHECK:           cpu.yield %{{.+}}, %{{.+}} : f32, f32
// CHECK:           arith.cmpf olt
// CHECK-COUNT-4:   arith.select
func.func @gru(%x: tensor<5x2x3xf32>, %w: tensor<1x12x3xf32>, %r: tensor<1x12x4xf32>, %n: tensor<2xi32>) -> tensor<1x2x4xf32> {
  %y, %h = inference.gru %x, %w, %r lengths %n direction reverse : (tensor<5x2x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>, tensor<2xi32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return %h : tensor<1x2x4xf32>
}

// -----
// A batch in front is transposed on the way in and out. Both directions are one op.
// CHECK-LABEL: @batch_first
// CHECK:         cpu.transpose %{{.+}} permutation [1, 0, 2]
// CHECK:         cpu.recurrence {{.+}} direction bidirectional {
// CHECK:         cpu.transpose %{{.+}} permutation [2, 0, 1, 3]
func.func @batch_first(%x: tensor<2x5x3xf32>, %w: tensor<2x4x3xf32>, %r: tensor<2x4x4xf32>) -> tensor<2x5x2x4xf32> {
  %y, %h = inference.rnn %x, %w, %r direction bidirectional layout batch : (tensor<2x5x3xf32>, tensor<2x4x3xf32>, tensor<2x4x4xf32>) -> (tensor<2x5x2x4xf32>, tensor<2x2x4xf32>)
  return %y : tensor<2x5x2x4xf32>
}

// -----
// Directions with activations of their own are two nets.
// CHECK-LABEL: @two_nets
// CHECK:         cpu.recurrence
// CHECK:           arith.maximumf
// CHECK:         cpu.recurrence {{.+}} direction reverse
// CHECK:           math.tanh
// CHECK:         cpu.concat %{{.+}}, %{{.+}} axis 1
// CHECK:         cpu.concat %{{.+}}, %{{.+}} :
func.func @two_nets(%x: tensor<5x2x3xf32>, %w: tensor<2x4x3xf32>, %r: tensor<2x4x4xf32>) -> (tensor<5x2x2x4xf32>, tensor<2x2x4xf32>) {
  %y, %h = inference.rnn %x, %w, %r direction bidirectional activations "relu,tanh" : (tensor<5x2x3xf32>, tensor<2x4x3xf32>, tensor<2x4x4xf32>) -> (tensor<5x2x2x4xf32>, tensor<2x2x4xf32>)
  return %y, %h : tensor<5x2x2x4xf32>, tensor<2x2x4xf32>
}

// -----
// A state that is rounded before each step stands as it was behind it: what has ended keeps that, and it is what is given back.
// CHECK-LABEL: @rounded
// CHECK:         %{{.+}}, %{{.+}}, %[[C:.+]], %[[H:.+]] = cpu.recurrence %{{.+}}, %{{.+}}, %[[H0:.+]], %[[C0:.+]], %[[H0]] lengths %{{.+}} gates [4] rounded {
// CHECK-NEXT:    ^bb0({{.*}}, %{{.+}}: f32, %[[OLD_C:.+]]: f32, %[[OLD:.+]]: f32):
// CHECK:           %[[Y:.+]] = arith.select %[[LIVE:.+]], %[[NEW:.+]], %{{.+}} : f32
// CHECK:           %[[SEEN:.+]] = arith.select %[[LIVE]], %[[NEW]], %[[OLD]] : f32
// CHECK:           %[[CELL:.+]] = arith.select %[[LIVE]], %{{.+}}, %[[OLD_C]] : f32
// CHECK:           %[[KEPT:.+]] = arith.select %[[LIVE]], %[[NEW]], %[[OLD]] : f32
// CHECK:           cpu.yield %[[Y]], %[[SEEN]], %[[CELL]], %[[KEPT]] : f32, f32, f32, f32
// CHECK:         return %[[H]], %[[C]]
func.func @rounded(%x: tensor<5x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>, %n: tensor<2xi32>, %h0: tensor<1x2x4xf32>, %c0: tensor<1x2x4xf32>) -> (tensor<1x2x4xf32>, tensor<1x2x4xf32>) {
  %y, %h, %c = inference.lstm %x, %w, %r lengths %n h0 %h0 c0 %c0 quantize_state : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>, tensor<2xi32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %h, %c : tensor<1x2x4xf32>, tensor<1x2x4xf32>
}
