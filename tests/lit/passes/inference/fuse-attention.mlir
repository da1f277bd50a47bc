// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-attention))' --split-input-file | filecheck %s

// Scale, mask and all.
// CHECK-LABEL: @masked
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<?x2x3x4xf32>{{.*}}, %[[K:[a-z0-9]+]]: tensor<?x2x5x4xf32>{{.*}}, %[[V:[a-z0-9]+]]: tensor<?x2x5x6xf32>{{.*}}, %[[M:[a-z0-9]+]]: tensor<3x5xf32>
// CHECK-NOT:     inference.softmax
// CHECK:         %[[Y:.+]] = inference.attention %[[Q]], %[[K]], %[[V]] mask %[[M]] scale 0.25
// CHECK-NEXT:    return %[[Y]]
func.func @masked(%q: tensor<?x2x3x4xf32> {inference.dims = ["n", 2, 3, 4]}, %k: tensor<?x2x5x4xf32> {inference.dims = ["n", 2, 5, 4]}, %v: tensor<?x2x5x6xf32> {inference.dims = ["n", 2, 5, 6]}, %m: tensor<3x5xf32>) -> tensor<?x2x3x6xf32> {
  %c = inference.constant dense<0.25> : tensor<f32>
  %0 = inference.matmul %q, %k transpose_b : (tensor<?x2x3x4xf32>, tensor<?x2x5x4xf32>) -> tensor<?x2x3x5xf32>
  %1 = inference.mul %0, %c : (tensor<?x2x3x5xf32>, tensor<f32>) -> tensor<?x2x3x5xf32>
  %2 = inference.add %1, %m : (tensor<?x2x3x5xf32>, tensor<3x5xf32>) -> tensor<?x2x3x5xf32>
  %3 = inference.softmax %2 axis -1 : tensor<?x2x3x5xf32>
  %4 = inference.matmul %3, %v : (tensor<?x2x3x5xf32>, tensor<?x2x5x6xf32>) -> tensor<?x2x3x6xf32>
  return %4 : tensor<?x2x3x6xf32>
}

// -----
// The scale stands at the queries and is the usual one; the keys come the other way round.
// CHECK-LABEL: @scaled_queries
// CHECK:         %[[K:.+]] = inference.transpose %k permutation [0, 1, 3, 2]
// CHECK:         inference.attention %q, %[[K]], %v :
// CHECK-NOT:     inference.softmax
func.func @scaled_queries(%q: tensor<1x2x3x4xf32>, %k: tensor<1x2x4x5xf32>, %v: tensor<1x2x5x6xf32>) -> tensor<1x2x3x6xf32> {
  %c = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.mul %q, %c : (tensor<1x2x3x4xf32>, tensor<f32>) -> tensor<1x2x3x4xf32>
  %1 = inference.matmul %0, %k : (tensor<1x2x3x4xf32>, tensor<1x2x4x5xf32>) -> tensor<1x2x3x5xf32>
  %2 = inference.softmax %1 axis 3 : tensor<1x2x3x5xf32>
  %3 = inference.matmul %2, %v : (tensor<1x2x3x5xf32>, tensor<1x2x5x6xf32>) -> tensor<1x2x3x6xf32>
  return %3 : tensor<1x2x3x6xf32>
}

// -----
// One key head for all query heads is another kind of attention; two unknown batches may differ.
// CHECK-LABEL: @heads_differ
// CHECK-COUNT-2: inference.softmax
func.func @heads_differ(%q: tensor<1x2x3x4xf32>, %k: tensor<1x1x5x4xf32>, %v: tensor<1x2x5x6xf32>, %p: tensor<?x2x3x4xf32>, %j: tensor<1x2x5x4xf32>) -> (tensor<1x2x3x6xf32>, tensor<?x2x3x6xf32>) {
  %0 = inference.matmul %q, %k transpose_b : (tensor<1x2x3x4xf32>, tensor<1x1x5x4xf32>) -> tensor<1x2x3x5xf32>
  %1 = inference.softmax %0 axis -1 : tensor<1x2x3x5xf32>
  %2 = inference.matmul %1, %v : (tensor<1x2x3x5xf32>, tensor<1x2x5x6xf32>) -> tensor<1x2x3x6xf32>
  %3 = inference.matmul %p, %j transpose_b : (tensor<?x2x3x4xf32>, tensor<1x2x5x4xf32>) -> tensor<?x2x3x5xf32>
  %4 = inference.softmax %3 axis -1 : tensor<?x2x3x5xf32>
  %5 = inference.matmul %4, %v : (tensor<?x2x3x5xf32>, tensor<1x2x5x6xf32>) -> tensor<?x2x3x6xf32>
  return %2, %5 : tensor<1x2x3x6xf32>, tensor<?x2x3x6xf32>
}

// -----
// Without heads, without keys, or with the probabilities as a result it stays as it is.
// CHECK-LABEL: @stays
// CHECK-COUNT-3: inference.softmax
func.func @stays(%x: tensor<3x4xf32>, %s: tensor<1x2x3x5xf32>, %v: tensor<1x2x5x6xf32>) -> (tensor<3x4xf32>, tensor<1x2x3x6xf32>, tensor<1x2x3x6xf32>, tensor<1x2x3x5xf32>) {
  %0 = inference.matmul %x, %x transpose_b : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x3xf32>
  %1 = inference.softmax %0 axis -1 : tensor<3x3xf32>
  %2 = inference.matmul %1, %x : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %3 = inference.softmax %s axis -1 : tensor<1x2x3x5xf32>
  %4 = inference.matmul %3, %v : (tensor<1x2x3x5xf32>, tensor<1x2x5x6xf32>) -> tensor<1x2x3x6xf32>
  %5 = inference.exp %s : tensor<1x2x3x5xf32>
  %6 = inference.softmax %5 axis -1 : tensor<1x2x3x5xf32>
  %7 = inference.matmul %6, %v : (tensor<1x2x3x5xf32>, tensor<1x2x5x6xf32>) -> tensor<1x2x3x6xf32>
  return %2, %4, %7, %6 : tensor<3x4xf32>, tensor<1x2x3x6xf32>, tensor<1x2x3x6xf32>, tensor<1x2x3x5xf32>
}

// -----
// CHECK-LABEL: @declared
func.func private @declared(tensor<?xf32>) -> tensor<?xf32>
