// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// A table from integers to floats.
// CHECK-LABEL: @numbers
// CHECK:         inference.lookup %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x4xi64>, tensor<3xi64>, tensor<3xf32>, tensor<f32>) -> tensor<?x4xf32>
func.func @numbers(%x: tensor<?x4xi64>, %k: tensor<3xi64>, %v: tensor<3xf32>, %o: tensor<f32>) -> tensor<?x4xf32> {
  %y = inference.lookup %x, %k, %v, %o : (tensor<?x4xi64>, tensor<3xi64>, tensor<3xf32>, tensor<f32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
