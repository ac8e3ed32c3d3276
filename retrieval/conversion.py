"""An embedder's folder as OpenVINO runs it, in the form that is quickest here; made once, then always the same.

Three forms: `int8` (weights in 8 bits a row, activations in 8 bits as they come), `float` (as trained, run in
bfloat16 where the processor multiplies it natively) and `original` (sentence-transformers itself, when
neither gives its vectors). A form is only taken when its vectors agree with the original's on PROBES, so
that vectors of all forms may be mixed in one index. The choice stands in the record beside the model.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Inputs = dict[str, NDArray[np.int64]]

LEAST_COSINE = 0.999  # between a form's vectors and the original's, on PROBES
WORTH_IT = 1.1  # times as fast as `float` that `int8` must be: below, its fourth decimal is kept instead
GROUP = 128  # activations that share a scale: 26, 30, 32, 33 passages a processor second at 32, 64, 128, 384,
# with least cosines of 0.9998, 0.9997, 0.9996, 0.9991 over 64 passages of Reuters-21578
ROUNDS = 3  # of each form in turn when they are timed; the best of each counts
MODEL_FILE, RECORD_FILE = "model.xml", "record.json"
_SENTENCES = (
    "The Bundestag elected Gerhard Schroeder chancellor by 351 votes on Tuesday.",
    "Le mur de Berlin s'est ouvert jeudi soir, après vingt-huit ans.",
    "El rescate de los 33 mineros terminó el miércoles en Copiapó.",
    "انتهت مباراة نهائي كأس العالم بفوز فرنسا على البرازيل بثلاثة أهداف دون مقابل.",
    "地震发生后，救援人员连夜赶往灾区。",
    "Der Ölpreis fiel um 3,5 Prozent auf 18,20 Dollar je Barrel.",
    "O presidente disse que a inflação chegou a 12,4% em março.",
    "Wheat.",
)
_TIMES_LONG = 4  # a sentence said four times is about as long as a passage
PROBES = (
    *_SENTENCES,
    *(" ".join([sentence] * _TIMES_LONG) for sentence in _SENTENCES[:-1]),
    " ".join(_SENTENCES),
)


class Form(StrEnum):
    INT8 = "int8"
    FLOAT = "float"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was chosen, and why: PROBES a second and least cosine of each form tried."""

    form: Form
    rates: dict[str, float]
    cosines: dict[str, float]


def converted_folder(original: Path, fingerprint: str) -> Path:
    """Where the conversion of `original` is kept: beside it, under the digest of what it was made from."""
    return original.parent / f"{original.name}.openvino-v2-{fingerprint.rpartition(':')[2]}"


def read_record(folder: Path) -> Record | None:
    """None when there is no conversion yet."""
    try:
        values = json.loads((folder / RECORD_FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Record(form=Form(values["form"]), rates=values["rates"], cosines=values["cosines"])


def open_model(folder: Path) -> Any:
    return _compile(folder / MODEL_FILE, tokens=True)


def run(compiled: Any, inputs: Inputs) -> NDArray[np.float32]:
    result: NDArray[np.float32] = compiled.create_infer_request().infer(inputs)[0]
    return result


def run_tokens(compiled: Any, inputs: Inputs) -> NDArray[np.float32] | None:
    """(texts, tokens, dimensions): 0 where a row is padded. None where the model does not show them."""
    if len(compiled.outputs) < 2:
        return None
    result: NDArray[np.float32] = compiled.create_infer_request().infer(inputs)[1]
    return result


def convert(
    original: SentenceTransformer, folder: Path, *, prepare: Callable[[Sequence[str]], Inputs]
) -> Record:
    """Makes `folder` and publishes it by one rename; `prepare` gives texts as the model takes them."""
    part = Path(tempfile.mkdtemp(prefix=folder.name, suffix=".part", dir=folder.parent))
    try:
        record = _make(original, part, prepare(PROBES))
        (part / RECORD_FILE).write_text(
            json.dumps({"form": record.form, "rates": record.rates, "cosines": record.cosines}, indent=1),
            encoding="utf-8",
        )
        try:
            part.rename(folder)
        except OSError:
            if (published := read_record(folder)) is None:
                raise
            return published  # by another process that was quicker
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return record


def _make(original: SentenceTransformer, part: Path, probes: Inputs) -> Record:
    import openvino as ov

    wanted = original.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
    whole, small = part / "float.xml", part / "int8.xml"
    ov.save_model(_traced(original, probes), whole, compress_to_fp16=True)
    ov.save_model(_quantised(whole), small, compress_to_fp16=False)
    compiled = {Form.FLOAT: _compile(whole), Form.INT8: _compile(small)}
    cosines = {
        form: float((_unit(run(model, probes)) * wanted).sum(axis=1).min())
        for form, model in compiled.items()
    }
    rates = _rates(compiled, probes)
    form = _chosen(cosines, rates)
    for path, kept in ((whole, Form.FLOAT), (small, Form.INT8)):
        for file in (path, path.with_suffix(".bin")):
            if form is kept:
                file.rename(part / f"model{file.suffix}")
            else:
                file.unlink()
    return Record(
        form=form,
        rates={one.value: rate for one, rate in rates.items()},
        cosines={one.value: cosine for one, cosine in cosines.items()},
    )


def _chosen(cosines: dict[Form, float], rates: dict[Form, float]) -> Form:
    sound = [form for form in (Form.FLOAT, Form.INT8) if cosines[form] >= LEAST_COSINE]
    if Form.INT8 in sound and rates[Form.INT8] >= WORTH_IT * rates[Form.FLOAT]:
        return Form.INT8
    return sound[0] if sound else Form.ORIGINAL


def _rates(compiled: dict[Form, Any], probes: Inputs) -> dict[Form, float]:
    """PROBES a second; turn about, so that what else the machine does meets all forms."""
    best = dict.fromkeys(compiled, float("inf"))
    for _ in range(ROUNDS):
        for form, model in compiled.items():
            began = time.perf_counter()
            run(model, probes)
            best[form] = min(best[form], time.perf_counter() - began)
    return {form: round(len(PROBES) / seconds, 1) for form, seconds in best.items()}


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _compile(path: Path, *, tokens: bool = False) -> Any:
    import openvino as ov

    core = ov.Core()
    model = core.read_model(path)
    if tokens and (vectors := _token_vectors(model)) is not None:
        model.add_outputs([vectors])
    # bfloat16 halves the work where the processor multiplies it natively; elsewhere it is emulated, slower.
    capabilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    settings = {
        "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in capabilities else "f32",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(GROUP),  # of no effect on weights that are floats
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
    }
    return core.compile_model(model, "CPU", settings)


def _token_vectors(model: Any) -> Any:
    """What the last steps make one vector of: the nearest to the end that has a row for each token."""
    width = model.output(0).get_partial_shape()[1]
    waiting = [model.get_results()[0]]
    while waiting:
        for value in waiting.pop(0).input_values():
            shape = value.get_partial_shape()
            if shape.rank.is_static and len(shape) == 3 and shape[2] == width:
                return value
            waiting.append(value.get_node())
    return None


def _traced(original: SentenceTransformer, inputs: Inputs) -> Any:
    """The folder's modules as one OpenVINO model, from token ids to unit vectors."""
    import openvino as ov
    import torch

    class Traced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.modules_in_order = original

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            vectors: torch.Tensor = self.modules_in_order(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=1)

    example = {name: torch.from_numpy(array) for name, array in inputs.items()}
    with warnings.catch_warnings():  # tracing warns of shape checks that hold for every input
        warnings.simplefilter("ignore")
        return ov.convert_model(Traced().eval(), example_input=example)


def _quantised(path: Path) -> Any:
    """The model with the weights of its matrix products in 8 bits, one scale an output.

    This is what weight compression of OpenVINO's own tools writes; the processor's plugin knows the pattern
    and multiplies 8 bits by 8 bits where it can.
    """
    import openvino as ov
    from openvino import opset13

    model = ov.Core().read_model(path)
    for node in model.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        source = node.input_value(1).get_node()
        while source.get_type_name() == "Convert":
            source = source.input_value(0).get_node()
        if source.get_type_name() != "Constant" or len(source.get_output_shape(0)) != 2:
            continue  # a product of two activations
        weights = source.data.astype(np.float32)
        axis = 1 if node.get_attributes()["transpose_b"] else 0
        scales = np.abs(weights).max(axis=axis, keepdims=True) / 127
        scales[scales == 0] = 1
        rounded = np.round(weights / scales).astype(np.int8)
        restored = opset13.multiply(
            opset13.convert(opset13.constant(rounded, dtype=np.int8), "f32"), opset13.constant(scales)
        )
        node.input(1).replace_source_output(restored.output(0))
    model.validate_nodes_and_infer_types()
    return model
