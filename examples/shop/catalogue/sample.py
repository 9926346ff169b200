"""What the seed command puts on the shelves: words for names and texts, and pictures drawn from a number."""

from __future__ import annotations

import colorsys
import io
import random
from typing import Any

SHELVES: dict[str, dict[str, list[str]]] = {
    "Kitchen": {
        "Coffee and tea": ["Teapot", "Coffee grinder", "Mug", "Moka pot", "Tea tin", "Pour-over dripper"],
        "Baking": ["Rolling pin", "Cake tin", "Mixing bowl", "Bread basket", "Kitchen scale"],
        "Knives and boards": ["Bread knife", "Chopping board", "Paring knife", "Knife block"],
    },
    "Desk": {
        "Paper": ["Notebook", "Wall calendar", "Letter set", "Sketchbook", "Index cards"],
        "Writing": ["Fountain pen", "Pencil set", "Ink bottle", "Brush pen", "Eraser"],
        "Lamps": ["Desk lamp", "Clip lamp", "Reading light"],
    },
    "Home": {
        "Textiles": ["Wool blanket", "Linen towel", "Cushion", "Table runner", "Rug"],
        "Storage": ["Wicker basket", "Wooden crate", "Wall hook", "Shelf", "Glass jar"],
        "Candles": ["Candle holder", "Beeswax candle", "Lantern"],
    },
    "Outdoors": {
        "Garden": ["Watering can", "Hand trowel", "Flower pot", "Seed box", "Pruning shears"],
        "Trips": ["Rucksack", "Water bottle", "Picnic rug", "Camping stove", "Pocket torch"],
    },
}
STYLES = [
    "Alder",
    "Birch",
    "Cove",
    "Dune",
    "Elm",
    "Fjord",
    "Grove",
    "Harbour",
    "Iris",
    "Juniper",
    "Kelp",
    "Linden",
    "Moss",
]
MATERIALS = ["oak", "steel", "stoneware", "brass", "recycled glass", "beech", "cork", "enamel", "bamboo"]
COLOURS = ["sand", "forest green", "charcoal", "sky blue", "rust", "off-white", "mustard", "slate"]
TAGS = [
    "handmade",
    "gift",
    "small batch",
    "recycled",
    "dishwasher safe",
    "new",
    "vegan",
    "repairable",
    "bestseller",
    "kids",
]
PRAISE = [
    "Exactly what I was looking for.", "Well made, and it arrived quickly.", "Smaller than I thought, but lovely.",
    "I bought a second one for a friend.", "The colour is warmer than in the picture.", "Does what it should. No more, no less.",
    "It broke after a week, but they sent a new one.", "My favourite thing this year.",
]  # fmt: skip
CUSTOMERS = [
    ("ada", "Ada", "Okafor"), ("bruno", "Bruno", "Keller"), ("chiara", "Chiara", "Rossi"), ("dmitri", "Dmitri", "Volkov"),
    ("elif", "Elif", "Demir"), ("farid", "Farid", "Haddad"), ("greta", "Greta", "Lind"), ("hiro", "Hiro", "Tanaka"),
]  # fmt: skip


def describe(dice: random.Random, thing: str, material: str) -> str:
    """Return a short text about a product."""
    openings = [
        f"A {thing.lower()} of {material} for every day.",
        f"Our {thing.lower()}, made of {material}, lasts for years.",
    ]
    middles = ["It is made in a small workshop.", "Every piece looks a little different.", "It feels good in the hand."]
    ends = ["Wipe it with a damp cloth.", "It comes in a plain cardboard box.", "Spare parts are available."]
    return f"{dice.choice(openings)} {dice.choice(middles)}\n\n{dice.choice(ends)}"


def picture(number: int, size: int = 400) -> bytes | None:
    """Return a drawing as WebP: soft shapes on a plain ground, always the same for a number; None without Pillow."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        return None
    dice = random.Random(number)
    hue = dice.random()
    image = Image.new("RGB", (size * 2, size * 2), _colour(hue, 0.90, 0.30))
    draw = ImageDraw.Draw(image)
    _shapes(dice, draw, hue, size * 2)
    stored = io.BytesIO()
    image.resize((size, size)).save(stored, "WEBP", quality=80, method=1)
    return stored.getvalue()


def _shapes(dice: random.Random, draw: Any, hue: float, size: int) -> None:
    ground = int(size * dice.uniform(0.68, 0.78))
    draw.rectangle([0, ground, size, size], fill=_colour(hue, 0.80, 0.32))
    kind = dice.randrange(4)
    middle, width = size // 2, int(size * dice.uniform(0.30, 0.42))
    height = int(size * dice.uniform(0.36, 0.48))
    foot = ground + int(size * 0.07)
    draw.ellipse(
        [middle - width * 0.7, foot - size * 0.035, middle + width * 0.7, foot + size * 0.035],
        fill=_colour(hue, 0.70, 0.32),
    )
    box = [middle - width // 2, foot - height, middle + width // 2, foot]
    body, light = _colour(hue + dice.uniform(0.35, 0.65), 0.52, 0.45), _colour(hue + 0.5, 0.66, 0.38)
    if kind == 0:
        draw.ellipse([middle - height // 2, foot - height, middle + height // 2, foot], fill=body)
        draw.ellipse([middle - height // 3, foot - height * 0.9, middle - height // 8, foot - height * 0.6], fill=light)
    elif kind == 1:
        draw.rounded_rectangle(box, radius=width // 4, fill=body)
        draw.rounded_rectangle([box[0], box[1] + height // 4, box[2], box[1] + height // 2], radius=8, fill=light)
    elif kind == 2:
        draw.polygon([(middle, foot - height), (box[2] + width // 4, foot), (box[0] - width // 4, foot)], fill=body)
        draw.polygon([(middle, foot - height), (middle, foot), (box[0] - width // 4, foot)], fill=light)
    else:
        draw.rounded_rectangle([box[0], foot - height * 2 // 3, box[2], foot], radius=width // 6, fill=body)
        draw.pieslice([box[0], foot - height, box[2], foot], 180, 360, fill=light)


def _colour(hue: float, light: float, strength: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, light, strength)
    return round(red * 255), round(green * 255), round(blue * 255)
