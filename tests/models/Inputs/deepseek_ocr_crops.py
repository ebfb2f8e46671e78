#!/usr/bin/env python3
"""Compares DeepSeek-OCR's tiles and image tokens with the vendor's crop rule, by running that rule on image sizes.

Usage: deepseek_ocr_crops.py MDLC MODEL [SIZES [SEED]]
The sizes are random ones and odd ones: midway between two grids in aspect ratio, small and large; around a single tile; of
exactly the candidates' tiles. The rule is find_closest_aspect_ratio of deepseek-ai/DeepSeek-OCR process/image_process.py at
e4ac34e, MIN_CROPS 2 and MAX_CROPS 9; `if` and `elif` are the vendor's. Prints what differs, then how much was compared.
"""
import json
import random
import subprocess
import sys
from fractions import Fraction

TILE, DIM, BYTES = 640, 1280, 2
PAGE, EACH = 1139967033344, 388149837824  # FLOPs of the page and of a tile, as measured


def candidates(min_num=2, max_num=9):
    ratios = set((i, j) for n in range(min_num, max_num + 1) for i in range(1, n + 1) for j in range(1, n + 1)
                 if i * j <= max_num and i * j >= min_num)
    return sorted(ratios, key=lambda x: x[0] * x[1])


def closest(width, height):
    """Columns and rows of tiles."""
    if width <= TILE and height <= TILE:
        return 0, 0
    best_difference, best = float("inf"), (1, 1)
    for ratio in candidates():
        difference = abs(width / height - ratio[0] / ratio[1])
        if difference < best_difference:
            best_difference, best = difference, ratio
        elif difference == best_difference:
            if width * height > 0.5 * TILE * TILE * ratio[0] * ratio[1]:
                best = ratio
    return best


def midway():
    """Sizes midway between two neighbouring ratios, with few pixels, about as many as decide, and many."""
    ratios = sorted({Fraction(i, j) for i, j in candidates()})
    for low, high in zip(ratios, ratios[1:]):
        ratio = (low + high) / 2
        for pixels in [1 << 19, 1 << 20, 3 << 19, 1 << 21, 1 << 24]:
            scale = max(1, round((pixels / (ratio.numerator * ratio.denominator)) ** 0.5))
            yield ratio.numerator * scale, ratio.denominator * scale


def sizes(count, seed):
    """Every other size is odd in some way, as long as there are such."""
    source = random.Random(seed)
    odd = [*midway(), (640, 640), (641, 640), (640, 641), (1, 641), (65535, 1), (1, 65535), (65535, 65535)]
    odd += [(columns * TILE, rows * TILE) for columns, rows in candidates()]
    source.shuffle(odd)
    for _ in range(count):
        if odd and source.randrange(2):
            yield odd.pop()
            continue
        side = source.randrange(1, 3000)
        yield side, min(65535, max(1, round(side * 10 ** source.uniform(-1, 1))))


def ours(mdlc, model, width, height):
    """Tiles and image tokens of the model."""
    command = [mdlc, "eval", model, "--convention", "torch", "--format", "json", "--fold",
               "--set", f"image_width={width}", "--set", f"image_height={height}", "--set", "new_tokens=0"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    nodes = {node["id"]: node for node in report["nodes"]}
    tiles, rest = divmod(int(nodes["vision"]["flops_tensor"]) - PAGE, EACH)
    tokens, odd = divmod(nodes["image_tokens"]["bytes_written"], DIM * BYTES)
    assert rest == 0 and odd == 0
    return tiles, tokens


def main():
    mdlc, model, *rest = sys.argv[1:]
    count, seed = int(rest[0]) if rest else 40, int(rest[1]) if rest[1:] else 1
    differ, grids = 0, set()
    for width, height in sizes(count, seed):
        columns, rows = closest(width, height)
        grids.add((columns, rows))
        expected = columns * rows, 273 + 10 * rows * (10 * columns + 1)
        found = ours(mdlc, model, width, height)
        if found != expected:
            differ += 1
            print(f"{width}x{height}: tiles and tokens {found}, by the vendor's rule {expected}")
    print(f"{count} sizes and {len(grids)} grids compared, {differ} differ")


main()
