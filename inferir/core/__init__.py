"""The compiler infrastructure: the only place that touches xDSL's unstable corners."""
