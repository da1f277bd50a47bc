// RUN: infer-opt %s --mlir-print-op-generic | filecheck %s --check-prefix=GENERIC
// RUN: infer-opt %s --mlir-print-debuginfo | infer-opt - --mlir-print-debuginfo | filecheck %s --check-prefix=LOC
// RUN: infer-opt %s --mlir-print-debuginfo --mlir-print-local-scope | filecheck %s --check-prefix=LOCAL
// RUN: infer-opt %s --mlir-pretty-debuginfo | filecheck %s --check-prefix=PRETTY
// RUN: infer-opt %s --mlir-elide-elementsattrs-if-larger=4 | filecheck %s --check-prefix=ELIDE
// RUN: infer-opt %s --mlir-elide-elementsattrs-if-larger=5 | filecheck %s --check-prefix=WHOLE
// RUN: infer-opt %s --mlir-print-skip-regions | filecheck %s --check-prefix=SKIP
// RUN: infer-opt %s --mlir-print-value-users | filecheck %s --check-prefix=USERS
// RUN: infer-opt %s --mlir-print-unique-ssa-ids | filecheck %s --check-prefix=UNIQUE
// RUN: infer-opt %s --mlir-use-nameloc-as-prefix | filecheck %s --check-prefix=PREFIX
// RUN: infer-opt %s --verify-roundtrip | filecheck %s --check-prefix=WHOLE

// GENERIC:     "func.func"() <{sym_name = "f"
// GENERIC:       "arith.addf"(%{{.*}}, %{{.*}}) <{fastmath

// Each location once, at the end, whether it was written or filled in.
// LOC:         %0 = arith.addf %x, %x : f32 loc(#[[ADD:loc[0-9]+]])
// LOC:         arith.constant dense<{{.*}} loc(#[[CONST:loc[0-9]+]])
// LOC-DAG:     #[[ADD]] = loc("conv1"("model.py":7:3))
// LOC-DAG:     #[[CONST]] = loc("{{.*}}printing.mlir":[[# @LINE + 21]]:3)
// LOCAL:       arith.addf {{.*}} loc("conv1"("model.py":7:3))
// PRETTY:      arith.addf {{.*}} : f32 "conv1"("model.py":7:3)

// ELIDE:       arith.constant dense_resource<__elided__> : tensor<5xf32>
// ELIDE:       arith.constant dense<1.000000e+00> : tensor<64xf32>
// WHOLE:       arith.constant dense<[1.000000e+00, 2.0

// SKIP:        builtin.module {...}
// USERS:       arith.addf {{.*}} // users: %1, (func.return)
// USERS:       arith.addf {{.*}} // unused

// A name that one function uses is not used again in the next.
// UNIQUE:      %0 = arith.addf
// UNIQUE:      @g
// UNIQUE-NOT:  %0 =
// PREFIX:      %conv1 = arith.addf

func.func @f(%x: f32) -> f32 {
  %0 = arith.addf %x, %x : f32 loc("conv1"("model.py":7:3))
  %1 = arith.addf %0, %x : f32
  %2 = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<5xf32>
  %3 = arith.constant dense<1.0> : tensor<64xf32>
  return %0 : f32
}
func.func @g(%y: f32) -> f32 {
  %0 = arith.mulf %y, %y : f32
  return %0 : f32
}
