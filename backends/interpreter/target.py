"""The `interpreter` target."""

from inferir.backends.interpreter.model import Interpreted
from inferir.backends.target import LEVELS, Target

TARGET = Target(
    name="interpreter",
    pipelines={level: f"inference-{level}" for level in LEVELS},
    build=Interpreted,
    load=lambda artefact, num_threads: artefact,
)
