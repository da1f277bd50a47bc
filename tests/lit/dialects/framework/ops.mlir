// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// An operator of the source stands under its own name; version is the since-version, attributes are short.
// CHECK-LABEL: @convolution
// CHECK:         %[[NONE:.+]] = framework.none
// CHECK:         framework.onnx.Conv(%x, %w, %[[NONE]]) {version = 11, pads = [2, 2, 2, 2], auto_pad = "NOTSET"} : (tensor<?x1x8x8xf32>, tensor<6x1x5x5xf32>, none) -> tensor<?x6x8x8xf32>
// CHECK:         framework.onnx.LeakyRelu(%{{.*}}) {version = 16, alpha = 0.01}
func.func @convolution(%x: tensor<?x1x8x8xf32>, %w: tensor<6x1x5x5xf32>) -> tensor<?x6x8x8xf32> {
  %none = framework.none
  %0 = framework.onnx.Conv(%x, %w, %none) {version = 11, pads = [2, 2, 2, 2], auto_pad = "NOTSET"} : (tensor<?x1x8x8xf32>, tensor<6x1x5x5xf32>, none) -> tensor<?x6x8x8xf32>
  %1 = framework.onnx.LeakyRelu(%0) {version = 16, alpha = 0.01} : (tensor<?x6x8x8xf32>) -> tensor<?x6x8x8xf32>
  return %1 : tensor<?x6x8x8xf32>
}

// -----
// What the model file holds: numbers written out, a weight by name, strings, a sparse tensor.
// CHECK-LABEL: @constants
// CHECK:         framework.constant dense<[1, -1]> : tensor<2xi64>
// CHECK:         framework.constant #inference.weight<"w"> : tensor<64x32xf32>
// CHECK:         framework.constant #framework.strings<["cat", "dog"]> : tensor<2x!framework.string>
// CHECK:         framework.constant #framework.sparse_tensor<dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>, dense<[1, 7]> : tensor<2xi64> : tensor<4x3xf32>> : tensor<4x3xf32>
func.func @constants() {
  %0 = framework.constant dense<[1, -1]> : tensor<2xi64>
  %1 = framework.constant #inference.weight<"w"> : tensor<64x32xf32>
  %2 = framework.constant #framework.strings<["cat", "dog"]> : tensor<2x!framework.string>
  %3 = framework.constant #framework.sparse_tensor<dense<[1.0, 2.0]> : tensor<2xf32>, dense<[1, 7]> : tensor<2xi64> : tensor<4x3xf32>> : tensor<4x3xf32>
  return
}

// -----
// Subgraphs are regions under their names; they see the values around them.
// CHECK-LABEL: @branches
// CHECK:         framework.onnx.If(%c) {version = 21} then_branch {
// CHECK-NEXT:      framework.yield %x : tensor<4xf32>
// CHECK-NEXT:    } else_branch {
// CHECK-NEXT:      framework.yield %y : tensor<4xf32>
// CHECK-NEXT:    } : (tensor<i1>) -> tensor<4xf32>
func.func @branches(%c: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    framework.yield %x : tensor<4xf32>
  } else_branch {
    framework.yield %y : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// The arguments of a subgraph stand behind its name.
// CHECK-LABEL: @loop
// CHECK:         framework.onnx.Loop(%n, %c, %x) {version = 21} body(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<4xf32>) {
// CHECK:           framework.yield %go, %v : tensor<i1>, tensor<4xf32>
func.func @loop(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = framework.onnx.Loop(%n, %c, %x) {version = 21} body(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<4xf32>) {
    framework.yield %go, %v : tensor<i1>, tensor<4xf32>
  } : (tensor<i64>, tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// An operator no table knows keeps its name, domain, version and attributes of every kind.
// CHECK-LABEL: @custom
// CHECK:         framework.custom "FusedThing" from "com.acme" version 1 (%x) {k = -3, f = 1.0, mode = "fast", ints = [1, 2], floats = [1.0, 0.5], words = ["a", "b"], none = array<i64>, t = dense<1> : tensor<2xi8>} : (!framework.any) -> !framework.any
func.func @custom(%x: !framework.any) -> !framework.any {
  %0 = framework.custom "FusedThing" from "com.acme" version 1 (%x) {k = -3, f = 1.0, mode = "fast", ints = [1, 2], floats = [1.0, 0.5], words = ["a", "b"], none = array<i64>, t = dense<1> : tensor<2xi8>} : (!framework.any) -> !framework.any
  return %0 : !framework.any
}

// -----
// Types the sources have and MLIR lacks; operators of the other domains.
// CHECK-LABEL: @types
// CHECK-SAME:    %s: !framework.seq<tensor<?xf32>>, %o: !framework.optional<tensor<*xi64>>, %m: !framework.map<i64, tensor<f32>>
// CHECK:         framework.onnx.SequenceAt(%s, %i) {version = 11} : (!framework.seq<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32>
// CHECK:         framework.onnx_ml.Normalizer(%{{.*}}) {version = 1, norm = "L2"}
func.func @types(%s: !framework.seq<tensor<?xf32>>, %o: !framework.optional<tensor<*xi64>>, %m: !framework.map<i64, tensor<f32>>, %i: tensor<i64>) -> tensor<?xf32> {
  %0 = framework.onnx.SequenceAt(%s, %i) {version = 11} : (!framework.seq<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32>
  %1 = framework.onnx_ml.Normalizer(%0) {version = 1, norm = "L2"} : (tensor<?xf32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

// -----
// An unused result has type none.
// CHECK-LABEL: @unwanted_result
// CHECK:         framework.onnx.LSTM(%x, %w, %r) {version = 14, hidden_size = 4} : (tensor<5x1x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>) -> (none, tensor<1x1x4xf32>)
func.func @unwanted_result(%x: tensor<5x1x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>) -> tensor<1x1x4xf32> {
  %0, %1 = framework.onnx.LSTM(%x, %w, %r) {version = 14, hidden_size = 4} : (tensor<5x1x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>) -> (none, tensor<1x1x4xf32>)
  return %1 : tensor<1x1x4xf32>
}
