"""The `.infer` package: a compiled program in one memory-mappable file. Reading it is `inferir.backends.runtime.package`."""
