// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(mem2reg))' --split-input-file | filecheck %s

// A load is what was stored last.
// CHECK-LABEL: @straight
// CHECK-SAME:    (%{{.+}}: i32, %[[Y:.+]]: i32)
// CHECK-NEXT:    return %[[Y]]
func.func @straight(%x: i32, %y: i32) -> i32 {
  %m = memref.alloca() : memref<i32>
  memref.store %x, %m[] : memref<i32>
  memref.store %y, %m[] : memref<i32>
  %0 = memref.load %m[] : memref<i32>
  return %0 : i32
}

// -----
// Before anything is stored memory holds no value.
// CHECK-LABEL: @unset
// CHECK-NEXT:    %[[P:.+]] = ub.poison : i32
// CHECK-NEXT:    return %[[P]]
func.func @unset(%x: i32) -> i32 {
  %m = memref.alloca() : memref<i32>
  %0 = memref.load %m[] : memref<i32>
  memref.store %x, %m[] : memref<i32>
  return %0 : i32
}

// -----
// Where two paths meet, the block takes what each stored.
// CHECK-LABEL: @join
// CHECK-SAME:    (%[[C:.+]]: i1, %[[X:.+]]: i32, %[[Y:.+]]: i32)
// CHECK:         cf.br ^[[END:.+]](%[[X]] : i32)
// CHECK:         cf.br ^[[END]](%[[Y]] : i32)
// CHECK:         ^[[END]](%[[R:.+]]: i32):
// CHECK-NEXT:    return %[[R]]
func.func @join(%c: i1, %x: i32, %y: i32) -> i32 {
  %m = memref.alloca() : memref<i32>
  cf.cond_br %c, ^a, ^b
^a:
  "test.op"() : () -> ()
  memref.store %x, %m[] : memref<i32>
  cf.br ^end
^b:
  memref.store %y, %m[] : memref<i32>
  cf.br ^end
^end:
  %0 = memref.load %m[] : memref<i32>
  return %0 : i32
}

// -----
// A loop carries it; the block that only leaves takes no argument.
// CHECK-LABEL: @loop
// CHECK:         cf.br ^[[LOOP:.+]](%{{.+}} : i32)
// CHECK:         ^[[LOOP]](%[[A:.+]]: i32):
// CHECK-NEXT:    %[[NEXT:.+]] = arith.addi %[[A]], %{{.+}}
// CHECK:         cf.cond_br %{{.+}}, ^[[LOOP]](%[[NEXT]] : i32), ^[[END:[a-z0-9]+]]
// CHECK:         ^[[END]]:
// CHECK-NEXT:    return %[[NEXT]]
func.func @loop(%c: i1, %x: i32) -> i32 {
  %m = memref.alloca() : memref<i32>
  memref.store %x, %m[] : memref<i32>
  cf.br ^loop
^loop:
  %0 = memref.load %m[] : memref<i32>
  %1 = arith.addi %0, %x : i32
  memref.store %1, %m[] : memref<i32>
  cf.cond_br %c, ^loop, ^end
^end:
  %2 = memref.load %m[] : memref<i32>
  return %2 : i32
}

// -----
// Memory whose address is seen elsewhere, that a region of another op uses, or that holds more, stays.
// CHECK-LABEL: @stays
// CHECK-COUNT-3: memref.alloca
func.func @stays(%c: i1, %x: i32, %i: index) -> i32 {
  %seen = memref.alloca() : memref<i32>
  "test.op"(%seen) : (memref<i32>) -> ()
  %inside = memref.alloca() : memref<i32>
  scf.if %c {
    memref.store %x, %inside[] : memref<i32>
  }
  %more = memref.alloca() : memref<2xi32>
  memref.store %x, %more[%i] : memref<2xi32>
  %0 = memref.load %inside[] : memref<i32>
  return %0 : i32
}

// -----
// The address of one slot in another: both go.
// CHECK-LABEL: @address
// CHECK-NOT:     memref.alloca
// CHECK:         return
func.func @address(%x: i32) -> i32 {
  %m = memref.alloca() : memref<i32>
  %p = memref.alloca() : memref<memref<i32>>
  memref.store %m, %p[] : memref<memref<i32>>
  %q = memref.load %p[] : memref<memref<i32>>
  memref.store %x, %q[] : memref<i32>
  %0 = memref.load %m[] : memref<i32>
  return %0 : i32
}
