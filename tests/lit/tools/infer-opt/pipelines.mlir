// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='builtin.module(func.func(cse,canonicalize),cse)' --dump-pass-pipeline 2>&1 | filecheck %s --check-prefixes=SAME,NESTED
// RUN: infer-opt %S/Inputs/twice.mlir --cse --canonicalize --dump-pass-pipeline 2>&1 | filecheck %s --check-prefixes=SAME,FLAGS
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='any(any(cse))' | filecheck %s --check-prefix=SAME
// RUN: infer-opt --explain-pipeline --pass-pipeline='func.func(cse),canonicalize' | filecheck %s --check-prefix=EXPLAIN
// RUN: not infer-opt %S/Inputs/twice.mlir --pass-pipeline='builtin.module(cse' 2>&1 | filecheck %s --check-prefix=OPEN
// RUN: not infer-opt %S/Inputs/twice.mlir --pass-pipeline='cse{size=3}' 2>&1 | filecheck %s --check-prefix=OPTION
// RUN: not infer-opt %S/Inputs/twice.mlir --pass-pipeline='fold-batchnorm' 2>&1 | filecheck %s --check-prefix=NAME
// RUN: not infer-opt %S/Inputs/twice.mlir --canonicalise 2>&1 | filecheck %s --check-prefix=FLAG
// RUN: infer-opt %S/Inputs/twice.mlir -cse -canonicalize -dump-pass-pipeline 2>&1 | filecheck %s --check-prefixes=SAME,FLAGS
// RUN: not infer-opt %S/Inputs/twice.mlir --canonicalize --pass-pipeline='builtin.module(cse)' 2>&1 | filecheck %s --check-prefix=BOTH
// RUN: not infer-opt %S/Inputs/twice.mlir --pass-pipeline='builtin.module(cse),canonicalize' 2>&1 | filecheck %s --check-prefix=BESIDE
// RUN: not infer-opt %S/Inputs/twice.mlir --pass-pipeline='builtin.module(func.fun(cse))' 2>&1 | filecheck %s --check-prefix=ANCHOR
// RUN: not infer-opt %S/Inputs/twice.mlir --pass-pipeline='fix-dims{sizes=a:1 sizes=b:2}' 2>&1 | filecheck %s --check-prefix=TWICE

// Passes nest by the op they run on; a pass is also a flag.
// NESTED: Pass Manager with 2 passes:
// NESTED: builtin.module(func.func(cse,canonicalize),cse)
// FLAGS:  Pass Manager with 2 passes:
// FLAGS:  builtin.module(cse,canonicalize)
// SAME:     inference.relu
// SAME-NOT: inference.relu

// EXPLAIN:      builtin.module
// EXPLAIN-NEXT:   each func.func
// EXPLAIN-NEXT:     cse {{.*}}Computing a value twice costs time
// EXPLAIN-NEXT:   canonicalize {{.*}}Later passes match one form

// Mistakes are shown in place, with the nearest name.
// OPEN:      error: pass pipeline: expected ')' or ','
// OPEN-NEXT:   builtin.module(cse
// OPEN-NEXT:                     ^
// OPTION: infer-opt: error: pass 'cse' has no option 'size' (it has no options)
// NAME: infer-opt: error: no pass named 'fold-batchnorm'; did you mean 'fold-batch-norm'?
// FLAG: infer-opt: error: no option '--canonicalise'; did you mean '--canonicalize'?

// A pipeline holds all passes: those beside it would run on something else, or in another order, than it seems.
// BOTH:   infer-opt: error: --canonicalize beside a pass pipeline: put the pass into the pipeline
// BESIDE: infer-opt: error: 'builtin.module(...)' stands beside other passes
// ANCHOR: infer-opt: error: pass pipeline: no op is named 'func.fun'; did you mean 'func.func'?
// TWICE:      error: pass pipeline: option 'sizes' is given twice
// TWICE-NEXT:   fix-dims{sizes=a:1 sizes=b:2}
// TWICE-NEXT:                      ^
