// RUN: infer-opt %s --cpu-layout | infer-translate - --to=llvm | filecheck %s

// A module that is lowered already is translated as it stands.
// CHECK: define internal void @map
func.func @main(%x: tensor<12x32xf32>) -> tensor<12x32xf32> {
  %0 = inference.relu %x : tensor<12x32xf32>
  return %0 : tensor<12x32xf32>
}
