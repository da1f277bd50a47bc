// RUN: infer-opt %s --allow-unregistered-dialect | filecheck %s
// RUN: not infer-opt %s 2>&1 | filecheck %s --check-prefix=UNKNOWN
// RUN: not infer-opt %s --allow-unregistered-dialect --no-implicit-module 2>&1 | filecheck %s --check-prefix=MODULE

// CHECK:   %0 = "a.b"() {c = 1 : i32} : () -> f32
// UNKNOWN: unregistered.mlir:[[# @LINE + 2]]:7: error: {{.*}}a.b
// MODULE:  error: builtin.module operation expected
%0 = "a.b"() {c = 1 : i32} : () -> f32
