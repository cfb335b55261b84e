"""Colours of the demo posters: sky from top to bottom, three grounds from far to near, an accent and a light."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Palette:
    """Seven colours as "#rrggbb"."""

    top: str
    bottom: str
    far: str
    mid: str
    near: str
    accent: str
    light: str


PALETTES: Final[dict[str, Palette]] = {
    "midnight": Palette("#0b1026", "#31476b", "#22335a", "#16213f", "#0a0f22", "#f2d492", "#f7f3e3"),
    "blood": Palette("#1a0508", "#7d1420", "#4b0d16", "#2c070d", "#120305", "#e8443a", "#f6e7d8"),
    "moss": Palette("#0d1b1e", "#3c6e5d", "#28544a", "#173833", "#0a1917", "#e9d985", "#f2f1e2"),
    "moss_red": Palette("#101f2b", "#3f7f70", "#2a5c52", "#1c443f", "#0b1f1c", "#e23d3d", "#fdf6e3"),
    "violet_fog": Palette("#14101f", "#4b4a6b", "#34334f", "#221f38", "#0b0914", "#c9b6ff", "#f3e9c9"),
    "paris": Palette("#9aa7b1", "#e3e2da", "#b3b4b1", "#8d9092", "#2d3136", "#d7263d", "#faf8f2"),
    "list": Palette("#131417", "#2a2c31", "#212226", "#18191c", "#0b0b0d", "#d11f2f", "#e9e7e1"),
    "teal_night": Palette("#0a1a3c", "#3a6f94", "#123a5a", "#4a1f2e", "#0a1226", "#ffc96b", "#fff3d9"),
    "ember": Palette("#2b0f22", "#e4572e", "#a83232", "#6b1f33", "#2a0c1c", "#ffc857", "#fff1d6"),
    "desert": Palette("#f3a950", "#f7d9a0", "#d9793d", "#a8482e", "#4a1d1f", "#c8102e", "#fff4dc"),
    "dune": Palette("#f6c28b", "#fbe3c0", "#e39a5b", "#c26a3d", "#5c2a23", "#fff8ea", "#fff3df"),
    "noir": Palette("#0c0d10", "#3b3f48", "#2a2d34", "#1b1d22", "#0a0b0d", "#e6c229", "#f0eee8"),
    "sepia": Palette("#2b2118", "#a98458", "#7a5b3c", "#4d3826", "#1d150e", "#f0d9a8", "#f8eedb"),
    "neon": Palette("#10052b", "#8a1e7c", "#4c1470", "#2a0c4c", "#0d0420", "#19e3ff", "#ffe9fb"),
    "cobalt": Palette("#06143a", "#2463b0", "#1a4488", "#112b60", "#071230", "#ffb703", "#eef6ff"),
    "deep": Palette("#03111f", "#0e4d64", "#0b3a50", "#07273a", "#031320", "#7fe7dc", "#e6fbf8"),
    "phosphor": Palette("#010a05", "#06331b", "#05260f", "#031a0b", "#010803", "#4dff88", "#d9ffe5"),
    "rose": Palette("#3d1436", "#f08a8a", "#c65b7c", "#8a3466", "#33102f", "#ffd9c7", "#fff0e9"),
    "violet": Palette("#1c1147", "#c86bd4", "#7d46b2", "#4a2b86", "#160c38", "#ffd166", "#fdf3ff"),
    "meadow": Palette("#6ec5e9", "#e7f6d5", "#8fcf7a", "#4f9d5b", "#1d4a35", "#ff5d5d", "#fffdf0"),
    "citrus": Palette("#ff9a3d", "#ffe08a", "#ff7a45", "#e0483e", "#5b1a2b", "#fff6d9", "#fff6d9"),
    "teal": Palette("#0f3d4c", "#77c6b6", "#3f9c98", "#1f6a73", "#0b2c38", "#ffd76e", "#f3fff9"),
    "ice": Palette("#7fb4cf", "#eef7fa", "#c5dfea", "#8fb8cc", "#274e66", "#ff7b54", "#fbfeff"),
    "steel": Palette("#28313b", "#8b9aa6", "#66757f", "#46525c", "#1a2027", "#d7263d", "#f2f5f7"),
    "carnival": Palette("#17204d", "#e63973", "#a02c77", "#5b2370", "#14153b", "#ffd23f", "#fff4e0"),
    "emerald": Palette("#0d3b2e", "#9be08a", "#3fa66b", "#1f7350", "#0b2a21", "#ffd447", "#fbfff0"),
    "savannah": Palette("#e8442a", "#ffc145", "#c2362b", "#7d1f26", "#2b0d14", "#fff0b3", "#fff3d1"),
}
