// RUN: infer-opt %s --allow-unregistered-dialect | infer-opt - --allow-unregistered-dialect | filecheck %s

// Syntax of MLIR's that xDSL's dialects do not have; ops that have no custom form here print in generic form.
// CHECK-LABEL: @casts
// CHECK:         "memref.cast"(%m) : (memref<4xf32>) -> memref<?xf32>
// CHECK:         "memref.copy"(%m, %m)
func.func @casts(%m: memref<4xf32>, %v: vector<4xf32>) {
  %0 = memref.cast %m : memref<4xf32> to memref<?xf32>
  memref.copy %m, %m : memref<4xf32> to memref<4xf32>
  vector.print %v : vector<4xf32>
  return
}

// One type behind an arrow needs no parentheses.
// CHECK-LABEL: @arrow
// CHECK:         scf.for {{.*}} -> (f32)
func.func @arrow(%n: index, %x: f32) -> f32 {
  %r = scf.for %i = %n to %n step %n iter_args(%a = %x) -> f32 {
    scf.yield %a : f32
  }
  return %r : f32
}

// CHECK-LABEL: @affine_if
// CHECK:         "affine.if"(%i, %n) <{condition = affine_set<
#set = affine_set<(d0)[s0] : (d0 - s0 >= 0)>
func.func @affine_if(%i: index, %n: index, %x: f32) -> f32 {
  %r = affine.if #set(%i)[%n] -> f32 {
    affine.yield %x : f32
  } else {
    affine.yield %x : f32
  }
  affine.if #set(%i)[%n] {
  }
  return %r : f32
}

// CHECK-LABEL: @scope
// CHECK:         "memref.alloca_scope"()
func.func @scope() {
  memref.alloca_scope {
    %m = memref.alloca() : memref<4xf32>
  }
  return
}

// The branches between the blocks of an scf.execute_region are printed.
// CHECK-LABEL: @execute
// CHECK:         scf.execute_region {
// CHECK:           cf.cond_br %c, ^[[A:.+]], ^[[B:.+]]
// CHECK:         ^[[A]]:
// CHECK-NEXT:      scf.yield
func.func @execute(%c: i1) {
  scf.execute_region {
    cf.cond_br %c, ^a, ^b
  ^a:
    scf.yield
  ^b:
    "no_dialect"() : () -> ()
    scf.yield
  }
  return
}
