"""ONNX Runtime session: one network on the processor, thread count and memory under control."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from predictor.ml.errors import ArtifactError
from predictor.ml.labels import Float32Array


def return_freed_memory() -> None:
    """Hands memory that is free again back to the operating system, where the C library knows how (glibc does).

    Loading unpacks a network's weights several times; without this a process keeps the largest of it, 65 MB for the
    shipped versions together (`benchmarks/memory.py`).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


class OnnxNetwork:
    """A network loaded from an ONNX file; ``run`` may be called from several threads at once.

    Attributes:
        inputs: the names of its inputs.
        output: the name of its first output, the logits.
        outputs: the names of all its outputs; a poster network's second one may be its heat map.
    """

    def __init__(self, path: Path, *, threads: int = 1, arena: bool = False) -> None:
        """Loads the network.

        Args:
            path: the ONNX file.
            threads: processor threads for one call; 1 is fastest for a single small input.
            arena: keep freed memory for the next call; costs memory, pays only for large batches.

        Raises:
            ArtifactError: the file is no network that this ONNX Runtime can run, or threads is below 1.
        """
        if threads < 1:
            raise ArtifactError(f"A network needs at least 1 thread, not {threads}.")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = arena
        options.enable_mem_pattern = arena
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as exc:
            raise ArtifactError(f"{path.name} cannot be loaded as an ONNX network: {exc}") from exc
        return_freed_memory()
        self.inputs: tuple[str, ...] = tuple(entry.name for entry in self._session.get_inputs())
        self.outputs: tuple[str, ...] = tuple(entry.name for entry in self._session.get_outputs())
        self.output: str = self.outputs[0]

    def run(self, inputs: Mapping[str, npt.NDArray[np.generic]]) -> Float32Array:
        """Runs the network on one batch.

        Args:
            inputs: an array for each input name.

        Returns:
            The first output, float32, usually logits of shape (N, G).
        """
        return np.asarray(self._session.run([self.output], dict(inputs))[0], dtype=np.float32)

    def run_all(self, inputs: Mapping[str, npt.NDArray[np.generic]]) -> list[Float32Array]:
        """Runs the network on one batch and returns every output, float32, in the order of ``outputs``."""
        answers = self._session.run(list(self.outputs), dict(inputs))
        return [np.asarray(answer, dtype=np.float32) for answer in answers]
