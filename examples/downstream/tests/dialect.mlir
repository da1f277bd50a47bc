// RUN: infer-opt %s | infer-opt - | filecheck %s

// Every op reads back as it was written; a gain of 0.5 is the default and is left out.
// CHECK-LABEL: @all
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<48xf32>
// CHECK:         %[[A:.+]] = desk.record %[[X]] : (tensor<48xf32>) -> !desk.signal<48, 44100>
// CHECK:         %[[B:.+]] = desk.record %[[X]] rate 48000 : (tensor<48xf32>) -> !desk.signal<48, 48000>
// CHECK:         %[[C:.+]] = desk.mix %[[A]], %[[A]] gain 0.25 : !desk.signal<48, 44100>
// CHECK:         %[[D:.+]] = desk.mix %[[C]], %[[A]] : !desk.signal<48, 44100>
// CHECK:         %[[E:.+]] = desk.flip %[[D]] : !desk.signal<48, 44100>
// CHECK:         desk.play %[[E]] : (!desk.signal<48, 44100>) -> tensor<48xf32>
func.func @all(%x: tensor<48xf32>) -> (tensor<48xf32>, !desk.signal<48, 48000>) {
  %a = desk.record %x : (tensor<48xf32>) -> !desk.signal<48, 44100>
  %b = desk.record %x rate 48000 : (tensor<48xf32>) -> !desk.signal<48, 48000>
  %c = desk.mix %a, %a gain 0.25 : !desk.signal<48, 44100>
  %d = desk.mix %c, %a gain 0.5 : !desk.signal<48, 44100>
  %e = desk.flip %d : !desk.signal<48, 44100>
  %y = desk.play %e : (!desk.signal<48, 44100>) -> tensor<48xf32>
  return %y, %b : tensor<48xf32>, !desk.signal<48, 48000>
}
