"""The three generators with a small real model: in this process, in a worker, behind a server on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from answering.generation.llama import LlamaGenerator
from answering.generation.openai import OpenAIGenerator
from answering.generation.worker import WorkerGenerator
from domain.protocols import ChatMessage

CONTEXT = 1024
FILE = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
BRIEF = ChatMessage(role="system", content="You are a news archivist. Answer with one word.")
CAPITAL = (BRIEF, ChatMessage(role="user", content="What is the capital of France?"))
COUNT = (ChatMessage(role="user", content="Count from 1 to 100, with commas."),)
LONG = (ChatMessage(role="user", content="The price of wheat rose on Monday. " * 110),)

Generators = LlamaGenerator | WorkerGenerator | OpenAIGenerator


@contextmanager
def in_this_process(path: Path) -> Iterator[LlamaGenerator]:
    generator = LlamaGenerator(path, context=CONTEXT)
    try:
        yield generator
    finally:
        generator.close()


@contextmanager
def in_a_worker(path: Path) -> Iterator[WorkerGenerator]:
    generator = WorkerGenerator(path, context=CONTEXT)
    try:
        yield generator
    finally:
        generator.close()


@contextmanager
def behind_a_server(path: Path) -> Iterator[OpenAIGenerator]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(path), "--n_ctx", str(CONTEXT)]
    command += ["--interrupt_requests", "false"]  # else a second question ends the first one's answer
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        url = f"http://127.0.0.1:{port}/v1"
        try:
            for _ in range(600):
                try:
                    httpx.get(f"{url}/models", timeout=5).raise_for_status()
                    break
                except httpx.HTTPError:
                    assert process.poll() is None
                    time.sleep(0.1)
            yield OpenAIGenerator(url, context=CONTEXT)
        finally:
            process.kill()
