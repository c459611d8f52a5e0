"""PyTorch's side of `muse bench amused`: runs aMUSEd's transformer on what the other side runs it on, and times it.

    echo 'forward 5' | python3 amused.py FOLDER CASE [THREADS]

FOLDER is a network in diffusers' form. CASE is a .safetensors file: input_ids [B, H, W], encoder_hidden_states [B, L, width],
pooled_text_emb [B, width], micro_conds [B, 5], and the logits that the other side computed of them. After one line about
itself, the program answers each line of stdin with a line of JSON:

    check            one forward, compared with the case's logits
    forward N        the seconds of N forwards, each passed and spent on processors
    decode N G       the same of a decoding in N steps with guidance G, whose rows are two copies of the case's
"""

import json
import sys
import time

import torch

import decode
import safetensors_file
import uvit2d

# |difference| <= tolerance + tolerance |reference|, as in the golden tests.
TOLERANCE = 2e-5


def main():
    folder, case, threads = sys.argv[1], safetensors_file.read(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2
    torch.set_num_threads(threads)
    network = uvit2d.load(folder)
    inputs = [case[name] for name in ("input_ids", "encoder_hidden_states", "pooled_text_emb", "micro_conds")]
    answer({"version": torch.__version__, "threads": torch.get_num_threads(), "libraries": libraries()})
    with torch.inference_mode():
        for line in sys.stdin:
            command, *numbers = line.split()
            answer(COMMANDS[command](network, inputs, case, *numbers))


def check(network, inputs, case):
    ours, theirs = case["logits"], network(*inputs)
    difference = (ours - theirs).abs()
    return {
        "greatestDifference": difference.max().item(),
        "greatestLogit": theirs.abs().max().item(),
        "isClose": bool((difference <= TOLERANCE + TOLERANCE * theirs.abs()).all()),
    }


def forward(network, inputs, case, count):
    return {"seconds": [timed(lambda: network(*inputs)) for _ in range(int(count))]}


def guided(network, inputs, case, steps, guidance):
    ids, *conditions = inputs
    conditions = [torch.cat([c] * 2) for c in conditions]
    return {"seconds": [timed(lambda: decode.decode(network, *conditions, ids.shape[1], int(steps), float(guidance), seed=0))]}


def timed(work):
    """Seconds that pass, and those that this process' threads spend on processors meanwhile."""
    started, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - busy


def libraries():
    """The files of the libraries that do the arithmetic."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        files = {line.split(maxsplit=5)[5].strip() for line in maps if line.count("/")}
    return sorted(f for f in files if any(part in f for part in ("libtorch_cpu", "blas", "libgomp")))


def answer(content):
    print(json.dumps(content), flush=True)


COMMANDS = {"check": check, "forward": forward, "decode": guided}

if __name__ == "__main__":
    main()
