"""Files of weights as their own writers make them, byte by byte: safetensors, GGUF, archives of torch.save.

Tensors are (name, shape, dtype) with safetensors' names of dtypes. Data are zeros; `sparse` leaves them to the file
system, so that a file of 200 GB takes no room.
"""
import json
import math
import os
import struct
import zlib
from pathlib import Path

BITS = {"BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F16": 16, "BF16": 16, "I32": 32, "F32": 32, "I64": 64, "F64": 64}
TORCH = {"F32": "FloatStorage", "F16": "HalfStorage", "BF16": "BFloat16Storage", "I64": "LongStorage", "F64": "DoubleStorage"}
GGML = {"F32": (0, 1, 4), "F16": (1, 1, 2), "BF16": (30, 1, 2), "Q4_0": (2, 32, 18), "Q8_0": (8, 32, 34), "Q4_K": (12, 256, 144),
        "MXFP4": (39, 32, 17)}


def size_of(shape, dtype):
    return math.prod(shape) * BITS[dtype] // 8


# --- safetensors ---

def safetensors_header(tensors, metadata=None):
    header, at = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, shape, dtype in tensors:
        end = at + size_of(shape, dtype)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    return text + b" " * (-len(text) % 8), at


def write_safetensors(path, tensors, metadata=None):
    header, data = safetensors_header(tensors, metadata)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
    os.truncate(path, 8 + len(header) + data)


def write_raw_safetensors(path, header, data=0):
    """Any text or object as a header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * data)


def write_shards(folder, tensors, most, stem="model", metadata=None):
    """Shards of at most `most` bytes and their index, as save_pretrained makes them."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    shards, filled = [[]], 0
    for tensor in tensors:
        size = size_of(tensor[1], tensor[2])
        if shards[-1] and filled + size > most:
            shards.append([])
            filled = 0
        shards[-1].append(tensor)
        filled += size
    names = [f"{stem}-{i + 1:05}-of-{len(shards):05}.safetensors" for i in range(len(shards))]
    weight_map = {}
    for name, shard in zip(names, shards):
        write_safetensors(Path(folder) / name, shard, {"format": "pt"})
        weight_map.update({each[0]: name for each in shard})
    total = sum(size_of(shape, dtype) for _, shape, dtype in tensors)
    index = {"metadata": {"total_size": total, **(metadata or {})}, "weight_map": weight_map}
    path = Path(folder) / f"{stem}.safetensors.index.json"
    path.write_text(json.dumps(index, indent=2, sort_keys=True))
    return path


# --- GGUF ---

def gguf_text(text):
    text = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(text)) + text


def gguf_value(value):
    """Type and bytes of a metadata value: bool, int (u32), float (f32), text, list of one of these."""
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return (4, struct.pack("<I", value)) if value < 2**32 else (10, struct.pack("<Q", value))
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, (str, bytes)):
        return 8, gguf_text(value)
    kind = gguf_value(value[0])[0]
    return 9, struct.pack("<IQ", kind, len(value)) + b"".join(gguf_value(each)[1] for each in value)


def gguf_size(shape, dtype):
    _, numbers, size = GGML[dtype]
    return math.prod(shape) // numbers * size


def gguf(tensors, metadata=None, version=3, alignment=32):
    """The bytes of a header, and how many of data follow."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata or {}))
    for key, value in (metadata or {}).items():
        kind, packed = gguf_value(value)
        head += gguf_text(key) + struct.pack("<I", kind) + packed
    at = 0
    for name, shape, dtype in tensors:
        head += gguf_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), GGML[dtype][0], at)
        at += gguf_size(shape, dtype)
        at += -at % alignment
    return head + b"\0" * (-len(head) % alignment), at


def write_gguf(path, tensors, metadata=None, **how):
    head, data = gguf(tensors, metadata, **how)
    Path(path).write_bytes(head)
    os.truncate(path, len(head) + data)


# --- torch.save ---

def text_op(text):
    text = text.encode() if isinstance(text, str) else text
    return b"X" + struct.pack("<I", len(text)) + text


def int_op(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if 0 <= value < 65536:
        return b"M" + struct.pack("<H", value)
    if -2**31 <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    size = (value.bit_length() + 8) // 8
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def global_op(module, name):
    return b"c" + f"{module}\n{name}\n".encode()


def tuple_op(*parts):
    return b"(" + b"".join(parts) + b"t"


def contiguous(shape):
    return [math.prod(shape[i + 1:]) for i in range(len(shape))]


def tensor_op(key, shape, dtype, numbers=None, strides=None, offset=0):
    numbers = math.prod(shape) if numbers is None else numbers
    strides = contiguous(shape) if strides is None else strides
    storage = tuple_op(text_op("storage"), global_op("torch", TORCH[dtype]), text_op(str(key)), text_op("cpu"), int_op(numbers)) + b"Q"
    hooks = global_op("collections", "OrderedDict") + b")R"
    return (global_op("torch._utils", "_rebuild_tensor_v2")
            + tuple_op(storage, int_op(offset), tuple_op(*map(int_op, shape)), tuple_op(*map(int_op, strides)), b"\x89", hooks) + b"R")


def dict_op(items, ordered=True):
    """An OrderedDict of names and values that are opcodes already."""
    made = global_op("collections", "OrderedDict") + b")R" if ordered else b"}"
    return made + b"(" + b"".join(text_op(name) + value for name, value in items) + b"u"


def state_dict(tensors):
    return dict_op([(name, tensor_op(i, shape, dtype)) for i, (name, shape, dtype) in enumerate(tensors)])


def zip_file(members, path, comment=b""):
    """A stored archive of (name, bytes or a size, method); sizes are holes. The extra field aligns data to 64 bytes, as torch does."""
    directory = b""
    with open(path, "wb") as file:
        for name, data, *method in members:
            size, method = (data if isinstance(data, int) else len(data)), (method[0] if method else 0)
            checksum = 0 if isinstance(data, int) else zlib.crc32(data)
            begin = file.tell()
            wide = size >= 2**32 - 1 or begin >= 2**32 - 1
            pad = -(begin + 30 + len(name.encode()) + 4) % 64
            extra = b"FB" + struct.pack("<H", pad) + b"Z" * pad
            short = min(size, 2**32 - 1)
            file.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 0, 0, method, 0, 0, checksum, short, short, len(name.encode()), len(extra))
                       + name.encode() + extra)
            if isinstance(data, int):
                file.seek(data, os.SEEK_CUR)
            else:
                file.write(data)
            field = b""
            if wide:
                wide_values = b"".join(struct.pack("<Q", each) for each in ([size, size] if size >= 2**32 - 1 else []) + ([begin] if begin >= 2**32 - 1 else []))
                field = struct.pack("<HH", 1, len(wide_values)) + wide_values
            directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0, 0, 0, method, 0, 0, checksum, short, short, len(name.encode()),
                                     len(field), 0, 0, 0, 0, min(begin, 2**32 - 1)) + name.encode() + field
        at = file.tell()
        file.write(directory)
        if at >= 2**32 - 1 or len(members) >= 65535:
            end64 = file.tell()
            file.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, len(members), len(members), len(directory), at)
                       + struct.pack("<IIQI", 0x07064B50, 0, end64, 1))
        count = min(len(members), 65535)
        file.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), min(at, 2**32 - 1), len(comment)) + comment)


def write_torch(path, tensors, pickle=None, name="archive", extra=()):
    body = b"\x80\x02" + (state_dict(tensors) if pickle is None else pickle) + b"."
    members = [(f"{name}/data.pkl", body), (f"{name}/byteorder", b"little")]
    members += [(f"{name}/data/{i}", size_of(shape, dtype)) for i, (_, shape, dtype) in enumerate(tensors)]
    zip_file([*members, *extra, (f"{name}/version", b"3\n")], path)
