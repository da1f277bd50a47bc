// RUN: infer-opt %s | infer-opt - | filecheck %s

// The dimensions are the elements of the list: numbers where it is a constant, unknown ones elsewhere.
// CHECK-LABEL: @sizes
// CHECK:         cpu.extent %{{.+}} : (tensor<2xi64>) -> tensor<3x4xi1>
// CHECK:         cpu.extent %n : (tensor<2xi64>) -> tensor<?x?xi1>
func.func @sizes(%n: tensor<2xi64>) -> tensor<?x?xi1> {
  %c = inference.constant dense<[3, 4]> : tensor<2xi64>
  %0 = cpu.extent %c : (tensor<2xi64>) -> tensor<3x4xi1>
  %1 = cpu.extent %n : (tensor<2xi64>) -> tensor<?x?xi1>
  return %1 : tensor<?x?xi1>
}
