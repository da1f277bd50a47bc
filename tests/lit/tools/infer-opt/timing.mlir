// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse),canonicalize' --mlir-timing -o %t.out 2>&1 | filecheck %s
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse),cse' --mlir-timing --mlir-timing-display=list 2>&1 | filecheck %s --check-prefix=LIST
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse),cse' --mlir-pass-statistics 2>&1 | filecheck %s --check-prefix=STATS
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse),cse' --mlir-pass-statistics --mlir-pass-statistics-display=list 2>&1 | filecheck %s --check-prefix=SUMMED
// RUN: infer-opt %S/Inputs/twice.mlir --cse --mlir-timing --mlir-output-format=json 2>&1 | filecheck %s --check-prefix=JSON

// The tree follows the pipeline; everything goes to stderr.
// CHECK:      ... Execution time report ...
// CHECK:      Total Execution Time: 0.
// CHECK:      %)  Parser
// CHECK-NEXT: %)  'func.func' Pipeline
// CHECK-NEXT: %)    Cse (cse)
// CHECK-NEXT: %)  Canonicalize (canonicalize)
// CHECK-NEXT: %)  Output
// CHECK-NEXT: %)  Rest
// CHECK-NEXT: (100.0%)  Total
// LIST-DAG:   Cse (cse)
// LIST-DAG:   Parser
// LIST:       Total
// STATS:      ... Pass statistics report ...
// STATS:      'func.func' Pipeline
// STATS-NEXT:   Cse (cse)
// STATS-NEXT:     (S) {{ *}}1 eliminated
// STATS-NEXT: Cse (cse)
// STATS-NEXT:   (S) {{ *}}0 eliminated
// SUMMED:     Cse (cse)
// SUMMED-NEXT:  (S) {{ *}}1 eliminated
// JSON:      [
// JSON-NEXT: {"wall": {"duration": {{.*}}, "percentage": {{.*}}}, "name": "Parser", "passes": []},
// JSON:      "name": "Cse (cse)"
// JSON:      "name": "Total"}
