// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(bind-symbols))' --split-input-file | filecheck %s

// x has as many columns as the weights have rows, wherever else the symbol stands.
// CHECK-LABEL: @columns
// CHECK-SAME:    %x: tensor<?x8xf32> {inference.dims = ["batch", 8 : i64]}
// CHECK-SAME:    %z: tensor<17x?xf32> {inference.dims = [17 : i64, "batch+8"]}
// CHECK-SAME:    tensor<17x?xf32>)
// CHECK:         inference.matmul %x, {{.+}} : (tensor<?x8xf32>, tensor<8x16xf32>) -> tensor<?x16xf32>
// CHECK:         inference.relu %z : tensor<17x?xf32>
func.func @columns(%x: tensor<?x?xf32> {inference.dims = ["batch", "width"]}, %z: tensor<?x?xf32> {inference.dims = ["2*width+1", "batch+width"]}) -> (tensor<?x16xf32>, tensor<?x?xf32>) {
  %w = inference.constant dense<1.0> : tensor<8x16xf32>
  %0 = inference.matmul %x, %w : (tensor<?x?xf32>, tensor<8x16xf32>) -> tensor<?x16xf32>
  %1 = inference.relu %z : tensor<?x?xf32>
  return %0, %1 : tensor<?x16xf32>, tensor<?x?xf32>
}

// -----
// Channels, and what a recurrent net gets at each step.
// CHECK-LABEL: @channels
// CHECK-SAME:    %x: tensor<?x6x?x?xf32> {inference.dims = ["batch", 6 : i64, "h", "w"]}
// CHECK-SAME:    %y: tensor<?x?x?x3xf32> {inference.dims = ["batch", "h", "w", 3 : i64]}
// CHECK-SAME:    %z: tensor<?x2x?x?xf32> {inference.dims = ["batch", 2 : i64, "h", "w"]}
// CHECK-SAME:    %s: tensor<5x1x7xf32> {inference.dims = [5 : i64, 1 : i64, 7 : i64]}
// CHECK-SAME:    %b: tensor<1x4xf32>
func.func @channels(%x: tensor<?x?x?x?xf32> {inference.dims = ["batch", "c", "h", "w"]}, %y: tensor<?x?x?x?xf32> {inference.dims = ["batch", "h", "w", "d"]}, %z: tensor<?x?x?x?xf32> {inference.dims = ["batch", "e", "h", "w"]}, %s: tensor<5x1x?xf32> {inference.dims = [5, 1, "f"]}, %b: tensor<?x?xf32> {inference.dims = ["g", "i"]}) -> (tensor<?x4x?x?xf32>, tensor<?x?x?x4xf32>, tensor<?x4x?x?xf32>, tensor<5x1x1x2xf32>) {
  %w = inference.constant dense<1.0> : tensor<4x3x1x1xf32>
  %v = inference.constant dense<1.0> : tensor<4x1x1x3xf32>
  %u = inference.constant dense<1.0> : tensor<2x4x1x1xf32>
  %r = inference.constant dense<1.0> : tensor<1x2x7xf32>
  %q = inference.constant dense<1.0> : tensor<1x2x2xf32>
  %0 = inference.conv %x, %w groups 2 : (tensor<?x?x?x?xf32>, tensor<4x3x1x1xf32>) -> tensor<?x4x?x?xf32>
  %1 = inference.conv %y, %v layout nhwc : (tensor<?x?x?x?xf32>, tensor<4x1x1x3xf32>) -> tensor<?x?x?x4xf32>
  %2 = inference.conv_transpose %z, %u : (tensor<?x?x?x?xf32>, tensor<2x4x1x1xf32>) -> tensor<?x4x?x?xf32>
  %3, %last = inference.rnn %s, %r, %q bias %b : (tensor<5x1x?xf32>, tensor<1x2x7xf32>, tensor<1x2x2xf32>, tensor<?x?xf32>) -> (tensor<5x1x1x2xf32>, tensor<1x1x2xf32>)
  return %0, %1, %2, %3 : tensor<?x4x?x?xf32>, tensor<?x?x?x4xf32>, tensor<?x4x?x?xf32>, tensor<5x1x1x2xf32>
}

// -----
// Keys and values belong together, and have the batch of the queries.
// CHECK-LABEL: @attention
// CHECK-SAME:    %v: tensor<2x1x5x3xf32>
func.func @attention(%q: tensor<2x2x1x4xf32>, %k: tensor<2x1x5x4xf32>, %v: tensor<?x?x?x3xf32> {inference.dims = ["a", "b", "c", 3]}) -> tensor<2x2x1x3xf32> {
  %0 = inference.attention %q, %k, %v : (tensor<2x2x1x4xf32>, tensor<2x1x5x4xf32>, tensor<?x?x?x3xf32>) -> tensor<2x2x1x3xf32>
  return %0 : tensor<2x2x1x3xf32>
}

// -----
// Where the other size is a symbol too, or a broadcast might be of 1, nothing is bound; nor by what a branch holds.
// CHECK-LABEL: @free
// CHECK-SAME:    inference.dims = ["a", "b"]
// CHECK-SAME:    inference.dims = ["c", "d"]
func.func @free(%x: tensor<?x?xf32> {inference.dims = ["a", "b"]}, %y: tensor<?x?xf32> {inference.dims = ["c", "d"]}, %c: tensor<i1>) -> (tensor<?x?xf32>, tensor<?x8xf32>, tensor<?x2xf32>) {
  %w = inference.constant dense<1.0> : tensor<8xf32>
  %v = inference.constant dense<1.0> : tensor<8x2xf32>
  %0 = inference.matmul %x, %y : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = inference.add %x, %w : (tensor<?x?xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %2 = inference.if %c {
    %3 = inference.matmul %x, %v : (tensor<?x?xf32>, tensor<8x2xf32>) -> tensor<?x2xf32>
    inference.yield %3 : (tensor<?x2xf32>) -> ()
  } {
    %4 = inference.matmul %y, %v : (tensor<?x?xf32>, tensor<8x2xf32>) -> tensor<?x2xf32>
    inference.yield %4 : (tensor<?x2xf32>) -> ()
  } : (tensor<i1>) -> tensor<?x2xf32>
  return %0, %1, %2 : tensor<?x?xf32>, tensor<?x8xf32>, tensor<?x2xf32>
}
