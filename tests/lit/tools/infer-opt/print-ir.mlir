// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse,cse)' --mlir-print-ir-before=cse --mlir-print-ir-after-change 2>&1 | filecheck %s --check-prefix=CHANGE
// RUN: infer-opt %S/Inputs/twice.mlir --cse --canonicalize --mlir-print-ir-before-all 2>&1 | filecheck %s --check-prefix=BEFORE
// RUN: infer-opt %S/Inputs/twice.mlir --cse --canonicalize --mlir-print-ir-after=canonicalize 2>&1 | filecheck %s --check-prefix=AFTER
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse)' --mlir-print-ir-after-all --mlir-print-ir-module-scope 2>&1 | filecheck %s --check-prefix=SCOPE
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --cse --break --mlir-print-ir-after-failure 2>&1 | filecheck %s --check-prefix=FAILURE
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='cse,func.func(canonicalize)' --mlir-print-ir-after-all --mlir-print-ir-tree-dir=%t -o %t.out && filecheck %s --check-prefix=TREE < %t/builtin_module_no-symbol-name/func_func_twice/1_0_canonicalize.mlir
// RUN: not infer-opt %S/Inputs/twice.mlir --cse --mlir-print-ir-after=csee 2>&1 | filecheck %s --check-prefix=NAME

// The second cse changes nothing, so only its input is printed.
// CHANGE:     // -----// IR Dump Before Cse (cse) ('func.func' operation: @twice) //----- //
// CHANGE:     // -----// IR Dump After Cse (cse) ('func.func' operation: @twice) //----- //
// CHANGE:     // -----// IR Dump Before Cse (cse)
// CHANGE-NOT: IR Dump After
// BEFORE:     IR Dump Before Cse (cse) //----- //
// BEFORE:     IR Dump Before Canonicalize (canonicalize) //----- //
// AFTER-NOT:  (cse)
// AFTER:      IR Dump After Canonicalize (canonicalize)
// SCOPE:      IR Dump After Cse (cse) ('func.func' operation: @twice)
// SCOPE-NEXT: builtin.module {
// FAILURE-NOT: (cse)
// FAILURE:    // -----// IR Dump After Break Failed (break) //----- //
// FAILURE:    error: pass 'break' crashed: ZeroDivisionError: division by zero
// TREE:       IR Dump After Canonicalize
// TREE:       func.func @twice
// NAME:       no pass named 'csee'; did you mean 'cse'?
