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

// -----
// As torch exports it: scale at both sides, keys transposed in three dimensions, NaN replaced, the keys after the query hidden by a mask
// over positions; two key heads for four query heads, any batch and length.
// CHECK-LABEL: @grouped
// CHECK:         inference.attention %q, %k, %v causal : (tensor<?x4x?x8xf32>, tensor<?x2x?x8xf32>, tensor<?x2x?x8xf32>) -> tensor<?x4x?x8xf32>
// CHECK-NEXT:    return
func.func @grouped(%q: tensor<?x4x?x8xf32> {inference.dims = ["b", 4, "s", 8]}, %k: tensor<?x2x?x8xf32> {inference.dims = ["b", 2, "s", 8]}, %v: tensor<?x2x?x8xf32> {inference.dims = ["b", 2, "s", 8]}) -> tensor<?x4x?x8xf32> {
  %c = inference.constant dense<0.594603539> : tensor<f32>
  %zero = inference.constant dense<0.0> : tensor<f32>
  %low = inference.constant dense<-3.40282347e+38> : tensor<f32>
  %n0 = inference.constant dense<0> : tensor<i64>
  %n1 = inference.constant dense<1> : tensor<i64>
  %two = inference.constant dense<2> : tensor<1xi64>
  %eight = inference.constant dense<8> : tensor<1xi64>
  %b = inference.shape_of %q end 1 : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %s = inference.shape_of %q start 2 end 3 : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %n = inference.reshape %s shape [] : (tensor<1xi64>) -> tensor<i64>
  %i = inference.range %n0, %n, %n1 : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %rows = inference.reshape %i shape [1, 1, -1, 1] : (tensor<?xi64>) -> tensor<1x1x?x1xi64>
  %columns = inference.reshape %i shape [1, 1, 1, -1] : (tensor<?xi64>) -> tensor<1x1x1x?xi64>
  %sees = inference.compare %columns, %rows pred le : (tensor<1x1x1x?xi64>, tensor<1x1x?x1xi64>) -> tensor<1x1x?x?xi1>
  %mask = inference.select %sees, %zero, %low : (tensor<1x1x?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<1x1x?x?xf32>
  %k5 = inference.reshape %k shape ["d0", 2, 1, "d2", 8] : (tensor<?x2x?x8xf32>) -> tensor<?x2x1x?x8xf32>
  %wide = inference.concat %b, %two, %two, %s, %eight : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<5xi64>
  %kx = inference.broadcast %k5 to %wide : (tensor<?x2x1x?x8xf32>, tensor<5xi64>) -> tensor<?x2x2x?x8xf32>
  %k3 = inference.reshape %kx shape [-1, "d3", 8] : (tensor<?x2x2x?x8xf32>) -> tensor<?x?x8xf32>
  %kt = inference.transpose %k3 permutation [0, 2, 1] : (tensor<?x?x8xf32>) -> tensor<?x8x?xf32>
  %k4 = inference.reshape %kt shape [-1, 4, 8, "d2"] : (tensor<?x8x?xf32>) -> tensor<?x4x8x?xf32>
  %v5 = inference.reshape %v shape ["d0", 2, 1, "d2", 8] : (tensor<?x2x?x8xf32>) -> tensor<?x2x1x?x8xf32>
  %vx = inference.broadcast %v5 to %wide : (tensor<?x2x1x?x8xf32>, tensor<5xi64>) -> tensor<?x2x2x?x8xf32>
  %v4 = inference.reshape %vx shape ["d0", 4, "d3", 8] : (tensor<?x2x2x?x8xf32>) -> tensor<?x4x?x8xf32>
  %0 = inference.mul %q, %c : (tensor<?x4x?x8xf32>, tensor<f32>) -> tensor<?x4x?x8xf32>
  %1 = inference.mul %k4, %c : (tensor<?x4x8x?xf32>, tensor<f32>) -> tensor<?x4x8x?xf32>
  %2 = inference.matmul %0, %1 : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %3 = inference.add %2, %mask : (tensor<?x4x?x?xf32>, tensor<1x1x?x?xf32>) -> tensor<?x4x?x?xf32>
  %4 = inference.softmax %3 axis 3 : tensor<?x4x?x?xf32>
  %5 = inference.is_nan %4 : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xi1>
  %6 = inference.select %5, %zero, %4 : (tensor<?x4x?x?xi1>, tensor<f32>, tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %7 = inference.matmul %6, %v4 : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %7 : tensor<?x4x?x8xf32>
}

// -----
// A mask that is a constant triangle is causal too; the other way round it is a mask like any other.
// CHECK-LABEL: @triangles
// CHECK:         inference.attention %q, %q, %q scale 1.0 causal
// CHECK:         inference.attention %q, %q, %q mask %{{.+}} scale 1.0
func.func @triangles(%q: tensor<1x1x2x3xf32>) -> (tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>) {
  %lower = inference.constant dense<[[0.0, -3.40282347e+38], [0.0, 0.0]]> : tensor<2x2xf32>
  %upper = inference.constant dense<[[0.0, 0.0], [-3.40282347e+38, 0.0]]> : tensor<2x2xf32>
  %0 = inference.matmul %q, %q transpose_b : (tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>) -> tensor<1x1x2x2xf32>
  %1 = inference.add %0, %lower : (tensor<1x1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = inference.softmax %1 axis 3 : tensor<1x1x2x2xf32>
  %3 = inference.matmul %2, %q : (tensor<1x1x2x2xf32>, tensor<1x1x2x3xf32>) -> tensor<1x1x2x3xf32>
  %4 = inference.matmul %q, %q transpose_b : (tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>) -> tensor<1x1x2x2xf32>
  %5 = inference.add %4, %upper : (tensor<1x1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x1x2x2xf32>
  %6 = inference.softmax %5 axis 3 : tensor<1x1x2x2xf32>
  %7 = inference.matmul %6, %q : (tensor<1x1x2x2xf32>, tensor<1x1x2x3xf32>) -> tensor<1x1x2x3xf32>
  return %3, %7 : tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>
}

// -----
// One number added to all scores is no mask.
// CHECK-LABEL: @number
// CHECK-NOT:     inference.attention
func.func @number(%q: tensor<1x1x2x3xf32>, %c: tensor<f32>) -> tensor<1x1x2x3xf32> {
  %0 = inference.matmul %q, %q transpose_b : (tensor<1x1x2x3xf32>, tensor<1x1x2x3xf32>) -> tensor<1x1x2x2xf32>
  %1 = inference.add %0, %c : (tensor<1x1x2x2xf32>, tensor<f32>) -> tensor<1x1x2x2xf32>
  %2 = inference.softmax %1 axis 3 : tensor<1x1x2x2xf32>
  %3 = inference.matmul %2, %q : (tensor<1x1x2x2xf32>, tensor<1x1x2x3xf32>) -> tensor<1x1x2x3xf32>
  return %3 : tensor<1x1x2x3xf32>
}
