// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu{fallback=true}))' --split-input-file | filecheck %s

// Weights of bytes are packed four rows in an i32; the sums of gates are made floats in the cell, by the scales and the sums of the weights.
// CHECK-LABEL: @bytes
// CHECK:         %[[S:.+]] = inference.constant dense<{{.+}}> : tensor<1x32xf32>
// CHECK:         cpu.recurrence {{.*}} scales %[[S]] {{.*}}rounded {
// CHECK:           arith.subf
// CHECK:           arith.mulf
// CHECK:         tensor<1x1x64xi32>
func.func @bytes(%x: tensor<3x2x4xf32>, %w: tensor<1x16x4xf32>) -> tensor<3x1x2x4xf32> {
  %r = inference.constant dense<3> : tensor<1x16x4xi8>
  %s = inference.constant dense<0.5> : tensor<1x16xf32>
  %y, %h, %c = inference.lstm %x, %w, %r scales %s quantize_state : (tensor<3x2x4xf32>, tensor<1x16x4xf32>, tensor<1x16x4xi8>, tensor<1x16xf32>) -> (tensor<3x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %y : tensor<3x1x2x4xf32>
}

// -----
// Bytes that are computed cannot be packed before the model runs.
// CHECK-LABEL: @computed
// CHECK:         inference.lstm {{.+}} {cpu.fallback = "its weights are bytes that are computed
func.func @computed(%x: tensor<3x2x4xf32>, %w: tensor<1x16x4xf32>, %r: tensor<1x16x4xi8>) -> tensor<3x1x2x4xf32> {
  %s = inference.constant dense<0.5> : tensor<1x16xf32>
  %y, %h, %c = inference.lstm %x, %w, %r scales %s quantize_state : (tensor<3x2x4xf32>, tensor<1x16x4xf32>, tensor<1x16x4xi8>, tensor<1x16xf32>) -> (tensor<3x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %y : tensor<3x1x2x4xf32>
}
