// RUN: infer-opt %s --lower-desk --check-numerics | filecheck %s
// RUN: infer-opt %s --lower-desk=bypass=true | filecheck %s --check-prefix=BYPASS
// RUN: infer-opt %s --pass-pipeline='builtin.module(desk-to-inference)' | filecheck %s

// Signals become tensors, in signatures and calls too, and no cast is left.
// CHECK-LABEL: func.func private @louder(
// CHECK-SAME:    %[[S:[a-z0-9]+]]: tensor<48xf32>) -> tensor<48xf32>
// CHECK:         %[[GAIN:.+]] = inference.constant dense<2.500000e-01> : tensor<f32>
// CHECK:         %[[WET:.+]] = inference.mul %[[S]], %[[GAIN]]
// CHECK:         inference.add %[[S]], %[[WET]] : tensor<48xf32>
// CHECK-LABEL: func.func @main(
// CHECK:         call @louder(%{{.+}}) : (tensor<48xf32>) -> tensor<48xf32>
// CHECK:         inference.neg
// CHECK-NOT:     unrealized_conversion_cast

// By option the wet signal is left out.
// BYPASS-LABEL: func.func private @louder(
// BYPASS-SAME:    %[[S:[a-z0-9]+]]: tensor<48xf32>) -> tensor<48xf32>
// BYPASS-NEXT:    return %[[S]]
func.func private @louder(%s: !desk.signal<48, 44100>) -> !desk.signal<48, 44100> {
  %0 = desk.mix %s, %s gain 0.25 : !desk.signal<48, 44100>
  return %0 : !desk.signal<48, 44100>
}
func.func @main(%x: tensor<48xf32>) -> tensor<48xf32> {
  %a = desk.record %x : (tensor<48xf32>) -> !desk.signal<48, 44100>
  %b = func.call @louder(%a) : (!desk.signal<48, 44100>) -> !desk.signal<48, 44100>
  %c = desk.flip %b : !desk.signal<48, 44100>
  %y = desk.play %c : (!desk.signal<48, 44100>) -> tensor<48xf32>
  return %y : tensor<48xf32>
}
