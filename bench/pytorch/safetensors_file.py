"""Reads .safetensors files without a copy: tensors over the mapped file."""

import json
import math
import mmap
import struct

import torch

DTYPES = {"F32": torch.float32, "I64": torch.int64}


def read(path):
    """The tensors of a file by name, none of them empty. Their memory is the map, which no process' writes reach."""
    with open(path, "rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    (length,) = struct.unpack("<Q", memory[:8])
    header = json.loads(memory[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(
            memory, dtype=DTYPES[entry["dtype"]], count=math.prod(entry["shape"]), offset=8 + length + entry["data_offsets"][0]
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }
