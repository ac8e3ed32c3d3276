"""The machine as the planner sees it: cores, memory, processor features, graphics memory.

Read once, from the system itself; what cannot be found out is None, never guessed.
"""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

# What llama.cpp and the embedder's kernels ask for, slowest to fastest.
NOTABLE_FLAGS = (
    "sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8",
    "neon", "asimd", "asimddp", "i8mm", "sve",
)  # fmt: skip
QUERY_SECONDS = 5.0  # nvidia-smi on a machine whose driver hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    name: str
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """`memory_bytes` is what this process may use: a container's limit counts before the hardware."""

    system: str  # "Linux", "Darwin", "Windows"
    processor: str | None
    cores: int  # this process may use
    memory_bytes: int
    available_bytes: int
    flags: tuple[str, ...]
    gpus: tuple[Gpu, ...]
    apple_silicon: bool


def inspect_machine() -> Machine:
    memory = psutil.virtual_memory()
    limit = _container_limit()
    total = min(memory.total, limit) if limit else memory.total
    system = platform.system()
    processor, flags = _processor(system)
    return Machine(
        system=system,
        processor=processor,
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_bytes=total,
        available_bytes=min(memory.available, total),
        flags=flags,
        gpus=nvidia_gpus(
            _output("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
        ),
        apple_silicon=system == "Darwin" and platform.machine() == "arm64",
    )


def nvidia_gpus(listing: str) -> tuple[Gpu, ...]:
    """From nvidia-smi's lines "NVIDIA L4, 23034" (MiB)."""
    gpus = []
    for line in listing.splitlines():
        name, _, size = line.rpartition(",")
        if name and size.strip().isdigit():
            gpus.append(Gpu(name=name.strip(), memory_bytes=int(size) << 20))
    return tuple(gpus)


def processor_facts(cpuinfo: str) -> tuple[str | None, tuple[str, ...]]:
    """Name and notable flags from the text of /proc/cpuinfo."""
    name: str | None = None
    flags: frozenset[str] = frozenset()
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        match key.strip():
            case "model name" if name is None:
                name = value.strip() or None
            case "flags" | "Features" if not flags:
                flags = frozenset(value.split())
    return name, tuple(flag for flag in NOTABLE_FLAGS if flag in flags)


def _processor(system: str) -> tuple[str | None, tuple[str, ...]]:
    if system == "Linux":
        return processor_facts(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    if system == "Darwin":
        return _output("sysctl", "-n", "machdep.cpu.brand_string").strip() or None, ()
    return platform.processor() or None, ()


def _container_limit() -> int | None:
    """The memory limit of this control group, where there is one."""
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(text) if text.isdigit() else None  # "max": no limit
    return None


def _output(*command: str) -> str:
    """What a command prints; nothing when it is not there or fails."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=QUERY_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
