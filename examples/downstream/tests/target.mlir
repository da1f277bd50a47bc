// RUN: infer-run %s --input random --target script --reference interpreter | filecheck %s

// The script computes what the ops mean.
// CHECK: out0: max error 0 against interpreter
func.func @main(%x: tensor<48xf32>) -> tensor<48xf32> {
  %a = desk.record %x : (tensor<48xf32>) -> !desk.signal<48, 44100>
  %b = desk.mix %a, %a gain 0.25 : !desk.signal<48, 44100>
  %c = desk.flip %b : !desk.signal<48, 44100>
  %y = desk.play %c : (!desk.signal<48, 44100>) -> tensor<48xf32>
  return %y : tensor<48xf32>
}
