// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(sroa))' --split-input-file | filecheck %s
// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(sroa,mem2reg))' --split-input-file | filecheck %s --check-prefix=VALUES

// Each element gets memory of its own, which can then become a value; what is never used gets none.
// CHECK-LABEL: @two
// CHECK-SAME:    (%[[X:.+]]: i32, %[[Y:.+]]: i32)
// CHECK:         %[[A:.+]] = memref.alloca() : memref<i32>
// CHECK-NEXT:    %[[B:.+]] = memref.alloca() : memref<i32>
// CHECK-NOT:     memref.alloca
// CHECK:         memref.store %[[X]], %[[A]][] : memref<i32>
// CHECK-NEXT:    memref.store %[[Y]], %[[B]][] : memref<i32>
// CHECK-NEXT:    memref.load %[[A]][] : memref<i32>
// VALUES-LABEL: @two
// VALUES-SAME:    (%[[X:.+]]: i32,
// VALUES:         return %[[X]]
func.func @two(%x: i32, %y: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = memref.alloca() : memref<2x2xi32>
  memref.store %x, %m[%c0, %c1] : memref<2x2xi32>
  memref.store %y, %m[%c1, %c0] : memref<2x2xi32>
  %0 = memref.load %m[%c0, %c1] : memref<2x2xi32>
  return %0 : i32
}

// -----
// An index that is not constant or out of bounds, another user, an unknown size: the memory stays whole.
// CHECK-LABEL: @stays
// CHECK-COUNT-3: memref.alloca() : memref<2xi32>
// CHECK:         memref.alloca(%{{.+}}) : memref<?xi32>
// VALUES-LABEL: @stays
func.func @stays(%x: i32, %i: index) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %a = memref.alloca() : memref<2xi32>
  memref.store %x, %a[%i] : memref<2xi32>
  %b = memref.alloca() : memref<2xi32>
  memref.store %x, %b[%c2] : memref<2xi32>
  %c = memref.alloca() : memref<2xi32>
  memref.store %x, %c[%c0] : memref<2xi32>
  "test.op"(%c) : (memref<2xi32>) -> ()
  %d = memref.alloca(%i) : memref<?xi32>
  memref.store %x, %d[%c0] : memref<?xi32>
  return
}
