// RUN: infer-opt %s --pass-pipeline='builtin.module(framework-to-eval)' --split-input-file | filecheck %s

// Nothing drops out; batch norm uses its running statistics, which a user of the updated ones gets as they are.
// CHECK-LABEL: @main
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>, %[[G:[a-z0-9]+]]: tensor<3xf32>, %[[B:[a-z0-9]+]]: tensor<3xf32>, %[[M:[a-z0-9]+]]: tensor<3xf32>, %[[V:[a-z0-9]+]]: tensor<3xf32>
// CHECK-NEXT:    %[[Y:.+]] = framework.onnx.BatchNormalization(%[[X]], %[[G]], %[[B]], %[[M]], %[[V]]) {version = 15, training_mode = 0} : {{.*}} -> tensor<2x3xf32>
// CHECK-NEXT:    return %[[Y]], %[[M]], %[[V]]
func.func @main(%x: tensor<2x3xf32>, %g: tensor<3xf32>, %b: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %ratio = framework.constant dense<0.5> : tensor<f32>
  %training = framework.constant dense<true> : tensor<i1>
  %0, %mean, %var = framework.onnx.BatchNormalization(%x, %g, %b, %m, %v) {version = 15, training_mode = 1} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>)
  %1, %mask = framework.onnx.Dropout(%0, %ratio, %training) {version = 13} : (tensor<2x3xf32>, tensor<f32>, tensor<i1>) -> (tensor<2x3xf32>, tensor<2x3xi1>)
  return %1, %mean, %var : tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----
// The old forms say it with is_test, or with the number of their results.
// CHECK-LABEL: @old_forms
// CHECK:         framework.onnx.BatchNormalization({{.*}}) {version = 6, is_test = 1} : {{.*}} -> tensor<2x3xf32>
// CHECK:         framework.onnx.BatchNormalization({{.*}}) {version = 9} : {{.*}} -> tensor<2x3xf32>
func.func @old_forms(%x: tensor<2x3xf32>, %s: tensor<3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0, %m0, %v0, %sm0, %sv0 = framework.onnx.BatchNormalization(%x, %s, %s, %s, %s) {version = 6} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  %1, %m1, %v1, %sm1, %sv1 = framework.onnx.BatchNormalization(%x, %s, %s, %s, %s) {version = 9} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----
// A batch norm whose batch statistics are used stays; so does one that is in inference form already.
// CHECK-LABEL: @batch_statistics
// CHECK:         %{{.*}}, %{{.*}}, %{{.*}}, %[[MEAN:.+]], %{{.*}} = framework.onnx.BatchNormalization({{.*}}) {version = 9}
// CHECK:         framework.onnx.BatchNormalization({{.*}}) {version = 15} : {{.*}} -> tensor<2x3xf32>
// CHECK:         return %[[MEAN]]
func.func @batch_statistics(%x: tensor<2x3xf32>, %s: tensor<3xf32>) -> (tensor<3xf32>, tensor<2x3xf32>) {
  %0, %m, %v, %sm, %sv = framework.onnx.BatchNormalization(%x, %s, %s, %s, %s) {version = 9} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  %1 = framework.onnx.BatchNormalization(%x, %s, %s, %s, %s) {version = 15} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %sm, %1 : tensor<3xf32>, tensor<2x3xf32>
}

// -----
// Where the mask is used, the dropout keeps what makes it: one operand, with which it drops nothing. One that has this form stays.
// CHECK-LABEL: @mask
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2xf32>
// CHECK:         framework.onnx.Dropout(%[[X]]) {version = 13} : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xi1>)
// CHECK:         framework.onnx.Dropout(%[[X]]) {version = 6, is_test = 1}
// CHECK:         framework.onnx.Dropout(%[[X]]) {version = 22} : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xi1>)
func.func @mask(%x: tensor<2xf32>, %ratio: tensor<f32>, %training: tensor<i1>) -> (tensor<2xi1>, tensor<2xf32>, tensor<2xi1>) {
  %0, %m0 = framework.onnx.Dropout(%x, %ratio, %training) {version = 13} : (tensor<2xf32>, tensor<f32>, tensor<i1>) -> (tensor<2xf32>, tensor<2xi1>)
  %1, %m1 = framework.onnx.Dropout(%x) {version = 6} : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  %2, %m2 = framework.onnx.Dropout(%x) {version = 22} : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xi1>)
  return %m0, %m1, %m2 : tensor<2xi1>, tensor<2xf32>, tensor<2xi1>
}

// -----
// The type that dropout's result has is kept: on the operator that makes x, or through an identity.
// CHECK-LABEL: @types
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<*xf32>
// CHECK-DAG:     framework.onnx.Relu(%[[X]]) {version = 14} : (tensor<*xf32>) -> tensor<2xf32>
// CHECK-DAG:     framework.onnx.Identity(%[[X]]) {version = 1} : (tensor<*xf32>) -> tensor<2xf32>
func.func @types(%x: tensor<*xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = framework.onnx.Relu(%x) {version = 14} : (tensor<*xf32>) -> tensor<*xf32>
  %1 = framework.onnx.Dropout(%0) {version = 13} : (tensor<*xf32>) -> tensor<2xf32>
  %2 = framework.onnx.Dropout(%x) {version = 13} : (tensor<*xf32>) -> tensor<2xf32>
  return %1, %2 : tensor<2xf32>, tensor<2xf32>
}

// -----
// A loss beside an inference result goes away, and with it the labels.
// CHECK-LABEL: func.func @main
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: tensor<2x3xf32> {inference.name = "x"}) -> (tensor<2x3xf32> {inference.name = "y"}) {
// CHECK-NEXT:    %[[Y:.+]] = framework.onnx.Relu(%[[X]])
// CHECK-NEXT:    return %[[Y]]
func.func @main(%x: tensor<2x3xf32> {inference.name = "x"}, %labels: tensor<2xi64> {inference.name = "labels"}) -> (tensor<f32> {inference.name = "loss"}, tensor<2x3xf32> {inference.name = "y"}) {
  %y = framework.onnx.Relu(%x) {version = 14} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = framework.onnx.SoftmaxCrossEntropyLoss(%y, %labels) {version = 13} : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<f32>
  return %loss, %y : tensor<f32>, tensor<2x3xf32>
}

// -----
// A model that results in nothing but a loss keeps it.
// CHECK-LABEL: @main
// CHECK:         framework.onnx.SoftmaxCrossEntropyLoss
func.func @main(%x: tensor<2x3xf32>, %labels: tensor<2xi64>) -> tensor<f32> {
  %loss = framework.onnx.SoftmaxCrossEntropyLoss(%x, %labels) {version = 13} : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<f32>
  return %loss : tensor<f32>
}
