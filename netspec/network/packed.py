"""The file of a trained network: safetensors, with a digest of all that is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

import torch
from safetensors.torch import save
from torch import Tensor

TENSORS, DIGEST = "tensors", "digest"
"""Names in the metadata: the SHA-256 of the tensors, and that of all other metadata."""


def packed(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file, which are the same for the same content."""
    told = {**metadata, TENSORS: of_tensors(tensors)}
    told[DIGEST] = of_metadata(told)
    data = save(dict(tensors), metadata=told)
    # safetensors writes metadata in an order of chance.
    end = 8 + int.from_bytes(data[:8], "little")
    header = {**json.loads(data[8:end]), "__metadata__": told}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[end:]


def of_metadata(metadata: Mapping[str, str]) -> str:
    """The SHA-256 of all metadata but that digest itself."""
    told = {name: value for name, value in metadata.items() if name != DIGEST}
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def of_tensors(tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of the names, kinds, shapes and values of tensors on the CPU."""
    found = sha256()
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()
