// RUN: infer-opt %s | infer-opt - | filecheck %s

// The op reads back as it was written.
// CHECK-LABEL: @requantize
// CHECK:         inference.requantize %{{.*}}, %{{.*}}, %{{.*}} zero_point -3 low 0 to i8 : (tensor<2x4xi32>, tensor<4xi32>, tensor<4xi32>) -> tensor<2x4xi8>
func.func @requantize(%x: tensor<2x4xi32>, %m: tensor<4xi32>, %s: tensor<4xi32>) -> tensor<2x4xi8> {
  %y = inference.requantize %x, %m, %s zero_point -3 low 0 to i8 : (tensor<2x4xi32>, tensor<4xi32>, tensor<4xi32>) -> tensor<2x4xi8>
  return %y : tensor<2x4xi8>
}
