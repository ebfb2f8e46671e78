"""hostile.py MDLC FOLDER - files that lie, against `mdlc inspect`: each is refused in a second with one line that says where
and what, exit code 1, nothing on stdout, and little memory.
"""
import resource
import struct
import subprocess
import sys
import time
from pathlib import Path

import files

FLAT = [("a", [4], "F32")]
TENSOR = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}


def cut_off(path, size):
    whole = path.read_bytes()
    path.write_bytes(whole[:size])


def raw(header, data=16):
    return lambda path: files.write_raw_safetensors(path, header, data)


def pickle(body, tensors=FLAT):
    return lambda path: files.write_torch(path, tensors, body)


def truncated_safetensors(path):
    files.write_safetensors(path, FLAT)
    cut_off(path, path.stat().st_size - 1)


def truncated_gguf(path):
    files.write_gguf(path, FLAT)
    cut_off(path, path.stat().st_size - 20)


def truncated_zip(path):
    files.write_torch(path, FLAT)
    cut_off(path, path.stat().st_size // 2)


def sparse_of_zeros(path):
    """A header of 90 MB that is a hole."""
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", 90_000_000) + b"{")
        file.truncate(90_000_008)


def gguf_list_in_a_hole(path):
    """A list of 2^33 texts of no bytes, in a hole of 100 GB."""
    key = files.gguf_text("k") + struct.pack("<IIQ", 9, 8, 2**33)
    with open(path, "wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + key)
        file.truncate(100 * 10**9)


def deflated(path):
    """42 kB that would become 4.5 PB: never decompressed."""
    files.zip_file([("archive/data.pkl", b"x" * 100, 8), ("archive/version", b"3\n")], path)


def index(weight_map):
    return lambda path: path.write_text('{"metadata": {}, "weight_map": %s}' % weight_map)


def billion_laughs(depth):
    body = b"]q\0"
    for i in range(depth):
        body += b"](h" + bytes([i]) + b"h" + bytes([i]) + b"eq" + bytes([i + 1])
    return body


CASES = {
    "length-2-60.safetensors": (lambda path: path.write_bytes(struct.pack("<Q", 2**60) + b"{}"), "bytes 0 to 7: a header of 1152921504606846976 bytes"),
    "cut-off.safetensors": (truncated_safetensors, "tensor `a`: its 16 bytes at byte 0 end after the file"),
    "hole.safetensors": (sparse_of_zeros, "JSON at byte 9: this is no JSON"),
    "deep.safetensors": (raw(b'{"a":' + b"[" * 200_000), "`a`: a list is not expected here"),
    "deep-metadata.index.json": (lambda path: path.write_text('{"metadata": ' + "[" * 200_000), "brackets are nested deeper than 8"),
    "overlap.safetensors": (raw({"a": TENSOR, "b": {**TENSOR, "data_offsets": [8, 24]}}, 24), "tensor `b`: its bytes, from byte 8, overlap those of `a`"),
    "shape-2-60.safetensors": (raw({"a": {**TENSOR, "shape": [2**60, 2**60]}}), "takes more than 2^63 bytes"),
    "twice.safetensors": (raw(b'{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'), "`a`: the key stands twice"),
    "not-utf8.safetensors": (raw(b'{"\xff\xfe":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'), "a text that is no UTF-8"),
    "escape.safetensors": (raw({"\x1b[31m": {**TENSOR, "shape": [5]}}), "tensor `?[31m`"),
    "elsewhere.index.json": (index('{"a": "../../etc/passwd"}'), "`../../etc/passwd` is no file beside the index"),
    "absent.index.json": (index('{"a": "absent.safetensors"}'), "shard `absent.safetensors`: cannot be read: No such file or directory"),
    "itself.index.json": (index('{"a": "itself.index.json"}'), "bytes 0 to 7: a header of 7017841271895827067 bytes"),
    "count-2-60.gguf": (lambda path: path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0)), "1152921504606846976 tensors do not fit"),
    "cut-off.gguf": (truncated_gguf, "tensor `a`: its 16 bytes at byte 64 end after the file"),
    "hole.gguf": (gguf_list_in_a_hole, "metadata `k`: a list of 8589934592 elements in the"),
    "text-2-60.gguf": (lambda path: path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**60) + b"x" * 99), "a key of 1152921504606846976 bytes"),
    "not-utf8.gguf": (lambda path: files.write_gguf(path, [(b"\xff", [4], "F32")]), "the name is no UTF-8"),
    "cut-off.pth": (truncated_zip, "zip directory: the archive has no end record: it is cut off"),
    "bomb.pth": (deflated, "member `archive/data.pkl`: it is compressed (method 8)"),
    "system.pth": (pickle(files.global_op("posix", "system") + files.tuple_op(files.text_op("touch pwned")) + b"R"), "archive/data.pkl, byte 2: global `posix.system`"),
    "eval.pth": (pickle(files.text_op("builtins") + files.text_op("eval") + b"\x93"), "global `builtins.eval`"),
    "inst.pth": (pickle(b"(ios\nsystem\n"), "opcode 0x69"),
    "late.pth": (pickle(files.state_dict(FLAT) + b"0" + files.global_op("subprocess", "Popen") + b")R"), "global `subprocess.Popen`"),
    "laughs.pth": (pickle(billion_laughs(30)), "values used again and again: their names take more than 16 times"),
    "itself.pth": (pickle(b"]q\0h\0a"), "nested deeper than 32"),
    "long.pth": (pickle(b"X\xff\xff\xff\xff"), "the pickle is cut off within this opcode"),
    "lists.pth": (pickle(b"]" * 5_000_000), "more than 4194304 values"),
    "not-utf8.pth": (pickle(files.dict_op([(b"\xff\xfe", files.tensor_op(0, [4], "F32"))])), "a text that is no UTF-8"),
    "stride.pth": (pickle(files.dict_op([("a", files.tensor_op(0, [4], "F32", strides=[2**40]))])), "reaches beyond its storage of 16 bytes"),
    "negative.pth": (pickle(files.dict_op([("a", files.tensor_op(0, [-4], "F32", numbers=4))])), "no tuple of numbers from 0"),
    "text.txt": (lambda path: path.write_text("weights"), "it begins neither as safetensors"),
    "empty.bin": (lambda path: path.write_bytes(b""), "it begins neither as safetensors"),
}


def main():
    mdlc, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, expected) in CASES.items():
        make(folder / name)
        start = time.monotonic()
        run = subprocess.run([mdlc, "inspect", name], cwd=folder, capture_output=True, text=True, timeout=60)
        seconds = time.monotonic() - start
        lines = run.stderr.splitlines()
        assert run.returncode == 1 and not run.stdout, f"{name}: exit code {run.returncode}, {run.stdout!r}, {run.stderr!r}"
        assert len(lines) == 1 and lines[0].endswith("[bad-weights]") and lines[0].startswith(name), f"{name}: {run.stderr!r}"
        assert expected in lines[0].replace(": error: ", ": "), f"{name}: {lines[0]}"
        assert "\x1b" not in run.stderr, name
        assert seconds < 20, f"{name}: {seconds} s"
        print(lines[0])
    assert not (folder / "pwned").exists()
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"{len(CASES)} files refused, {'at most 400 MB' if megabytes < 400 else f'{megabytes} MB'} each")


if __name__ == "__main__":
    main()
