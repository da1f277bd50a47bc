// RUN: infer-opt %s --canonicalize | filecheck %s

// A block that control never reaches goes, and what only it jumped to is merged.
// CHECK-LABEL: @unreachable
// CHECK-NOT:     cf.br
// CHECK:         return
func.func @unreachable() {
  cf.br ^bb1
^bb0:
  cf.br ^bb1
^bb1:
  return
}
