// RUN: infer-opt %s --canonicalize --cse | filecheck %s

// The laws that the ops bring: play of record, mix of silence, flip of flip.
// CHECK-LABEL: @nothing_left
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<48xf32>
// CHECK-NOT:     desk
// CHECK:         return %[[X]]
func.func @nothing_left(%x: tensor<48xf32>) -> tensor<48xf32> {
  %a = desk.record %x : (tensor<48xf32>) -> !desk.signal<48, 44100>
  %b = desk.mix %a, %a gain 0.0 : !desk.signal<48, 44100>
  %c = desk.flip %b : !desk.signal<48, 44100>
  %d = desk.flip %c : !desk.signal<48, 44100>
  %y = desk.play %d : (!desk.signal<48, 44100>) -> tensor<48xf32>
  return %y : tensor<48xf32>
}

// The ops are pure: of two equal ones one is left, and one without uses goes.
// CHECK-LABEL: @pure
// CHECK-COUNT-2: desk.mix
// CHECK-NOT:     desk.mix
// CHECK:         return
func.func @pure(%a: !desk.signal<48, 44100>) -> !desk.signal<48, 44100> {
  %0 = desk.mix %a, %a : !desk.signal<48, 44100>
  %1 = desk.mix %a, %a : !desk.signal<48, 44100>
  %unused = desk.mix %a, %a gain 0.125 : !desk.signal<48, 44100>
  %2 = desk.mix %0, %1 : !desk.signal<48, 44100>
  return %2 : !desk.signal<48, 44100>
}
