"""Signs and things: clocks, lanterns, an atom, a list, circles, a moth."""

import math

from movies.demo.canvas import HEIGHT, WIDTH, Canvas

MIDDLE = WIDTH / 2


def clock(c: Canvas, hands: tuple[float, float] = (6.0, 0.0)) -> None:
    """A clock's face with rays; the hands are in hours and minutes."""
    c.rays(MIDDLE, 690, 24, "light", 0.12)
    c.disc(MIDDLE, 690, 420, "near")
    c.disc(MIDDLE, 690, 384, "light")
    for index in range(60):
        angle = math.tau * index / 60
        inner = 310 if index % 5 == 0 else 344
        points = [(MIDDLE + r * math.sin(angle), 690 - r * math.cos(angle)) for r in (inner, 366)]
        c.line(points, 14 if index % 5 == 0 else 5, "near")
    for angle, length, width in ((math.tau * hands[0] / 12, 200, 28), (math.tau * hands[1] / 60, 300, 18)):
        tip = (MIDDLE + length * math.sin(angle), 690 - length * math.cos(angle))
        c.line([(MIDDLE, 690), tip], width, "near")
    c.disc(MIDDLE, 690, 30, "accent")


def stopwatch(c: Canvas) -> None:
    """A stopwatch."""
    c.box(560, 180, 80, 110, "near")
    c.box(520, 150, 160, 56, "accent")
    clock(c, (0, 52))
    c.arc((MIDDLE - 250, 440, MIDDLE + 250, 940), 222, 270, 40, "accent")
    c.box(0, 1330, WIDTH, 500, "near")


def morning_clock(c: Canvas) -> None:
    """Six in the morning over snowy hills, again."""
    clock(c, (6, 0))
    for _ in range(110):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(0, 1300), c.random.uniform(4, 11), "light", 0.9)
    c.ridge(1180, 40, "light")
    c.ridge(1330, 30, "near")


def lightning(c: Canvas) -> None:
    """Lightning strikes a clock tower; two burning tracks lead away."""
    c.disc(MIDDLE, 640, 420, "accent", 0.12)
    c.shape([(460, 1260), (460, 600), (600, 450), (740, 600), (740, 1260)], "near")
    c.disc(600, 720, 104, "light")
    c.line([(600, 720), (600, 640)], 12, "near")
    c.line([(600, 720), (640, 750)], 14, "near")
    for x in (500, 580, 660):
        c.box(x, 900, 40, 120, "accent", 0.8)
    c.shape([(690, 0), (560, 250), (640, 250), (560, 470), (760, 190), (670, 190), (800, 0)], "light")
    c.ridge(1200, 18, "mid")
    for side in (-1, 1):
        for width, colour in ((60, "accent"), (28, "light")):
            c.line([(MIDDLE + side * 40, 1200), (MIDDLE + side * 330, 1480)], width, colour)
    c.shape([(0, 1370), (WIDTH, 1370), (WIDTH, HEIGHT), (0, HEIGHT)], "near", 0.9)


def lanterns(c: Canvas) -> None:
    """Lanterns over the water before a great bath house."""
    c.stars(50, 0.3)
    for tier, (half, y) in enumerate(((330, 1000), (260, 820), (180, 650), (100, 500))):
        c.box(MIDDLE - half * 0.8, y - 110, half * 1.6, 130, "mid")
        c.shape(
            [
                (MIDDLE - half - 50, y - 100),
                (MIDDLE - half * 0.7, y - 180),
                (MIDDLE + half * 0.7, y - 180),
                (MIDDLE + half + 50, y - 100),
            ],
            "near",
        )
        for index in range(7 - tier):
            c.box(MIDDLE - half * 0.7 + index * half * 1.4 / (7 - tier), y - 76, half * 0.11 + 8, 62, "accent")
    c.box(0, 1010, WIDTH, 600, "far")
    for index in range(14):
        c.box(c.random.uniform(100, 1000), 1030 + index * 20, c.random.uniform(60, 220), 6, "accent", 0.5)
    for x, y, s in ((130, 430, 58), (1050, 520, 66), (250, 760, 42), (960, 850, 46), (90, 960, 74), (1100, 1080, 80)):
        c.glow(x, y, s, "accent", 2, 0.1)
        c.oval((x - s * 0.8, y - s, x + s * 0.8, y + s), "bottom")
        c.oval((x - s * 0.5, y - s, x + s * 0.5, y + s), "accent", 0.8)
        c.box(x - s * 0.4, y - s - 8, s * 0.8, 14, "near")
        c.box(x - s * 0.4, y + s - 6, s * 0.8, 14, "near")
    c.ridge(1330, 14, "near")


def atom(c: Canvas) -> None:
    """A sun of fire in the orbits of an atom, a man before it."""
    c.rays(MIDDLE, 680, 30, "accent", 0.14)
    c.glow(MIDDLE, 680, 230, "accent", 2, 0.12)
    c.disc(MIDDLE, 680, 230, "accent")
    c.disc(MIDDLE, 680, 150, "light")
    for turn in range(3):
        points = []
        for step in range(81):
            t, tilt = math.tau * step / 80, turn * math.pi / 3
            x, y = 520 * math.cos(t), 150 * math.sin(t)
            points.append(
                (MIDDLE + x * math.cos(tilt) - y * math.sin(tilt), 680 + x * math.sin(tilt) + y * math.cos(tilt))
            )
        c.line(points, 7, "light", 0.85)
        c.disc(*points[6 + turn * 22], 22, "light")
    c.ridge(1230, 26, "mid")
    c.disc(600, 1040, 36, "near")
    c.oval((530, 1000, 670, 1032), "near")
    c.box(566, 958, 68, 56, "near")
    c.shape([(540, 1330), (556, 1090), (644, 1090), (660, 1330)], "near")
    c.ridge(1330, 18, "near")


def name_list(c: Canvas) -> None:
    """A long list, one line of it red."""
    for row in range(27):
        y = 150 + row * 44
        red = row == 15
        x = 150.0
        while x < 1010:
            width = c.random.uniform(50, 190)
            c.box(x, y, min(width, 1050 - x), 16, "accent" if red else "light", 1 if red else 0.2 + 0.012 * row)
            x += width + 22
    c.disc(230, 1000, 0, "accent")
    c.box(0, 1350, WIDTH, 500, "near")


def tent(c: Canvas) -> None:
    """A striped marquee with bunting, and a cake."""
    c.cloud(260, 300, 120)
    c.cloud(960, 420, 140)
    for index in range(10):
        t0, t1 = index / 10, (index + 1) / 10
        c.shape([(MIDDLE, 420), (120 + 960 * t0, 840), (120 + 960 * t1, 840)], ("light", "accent")[index % 2])
        c.box(120 + 96 * index, 840, 96, 420, ("light", "bottom")[index % 2], 0.95)
        c.disc(168 + 96 * index, 840, 48, ("light", "accent")[index % 2])
    c.line([(MIDDLE, 420), (MIDDLE, 330)], 10, "near")
    c.shape([(MIDDLE, 330), (MIDDLE + 100, 360), (MIDDLE, 392)], "accent")
    for index in range(13):
        x, y = index * 100, 560 + 90 * math.sin(math.pi * index / 12)
        c.shape([(x - 36, y - 380), (x + 36, y - 380), (x, y - 300)], ("accent", "mid", "light")[index % 3])
    for half, y, colour in ((200, 1200, "accent"), (150, 1100, "light"), (100, 1010, "accent")):
        c.box(MIDDLE - half, y, 2 * half, 100, colour)
        for index in range(int(half / 25)):
            c.disc(MIDDLE - half + 25 + index * 50, y, 26, "light" if colour == "accent" else "far")
    c.disc(MIDDLE, 980, 26, "near")
    c.box(340, 1296, 520, 26, "near")
    c.ridge(1340, 14, "near")


def quiz_board(c: Canvas) -> None:
    """A board of six columns with one screen alight."""
    for column in range(6):
        for row in range(6):
            x, y = 84 + column * 176, 210 + row * 176
            lit = (column, row) == (3, 3)
            c.box(x, y, 160, 160 if row else 120, "accent" if lit else "mid")
            c.box(x + 10, y + 10, 140, 140 if row else 100, "light" if lit else "far", 1 if lit else 0.9)
            if not lit and row:
                for digit in range(3):
                    c.box(x + 40 + digit * 30, y + 56, 20, 48, "accent", 0.95)
    c.arc((652, 776, 732, 850), 180, 420, 16, "near")
    c.box(684, 838, 16, 30, "near")
    c.disc(692, 888, 11, "near")
    c.box(0, 1320, WIDTH, 500, "near")


def circles(c: Canvas) -> None:
    """Everything at once: rings in rings around an empty middle."""
    for index in range(15, 0, -1):
        colour = ("accent", "bottom", "light", "far", "mid")[index % 5]
        c.disc(MIDDLE, 680, index * 62, colour, 0.92)
    for index in range(12):
        angle = math.tau * index / 12
        x, y = MIDDLE + 460 * math.cos(angle), 680 + 460 * math.sin(angle)
        c.disc(x, y, 62, "light")
        c.disc(x, y, 34, "near")
        c.disc(x + 10, y - 10, 10, "light")
    c.disc(MIDDLE, 680, 190, "near")
    c.disc(MIDDLE, 680, 84, "light")
    c.disc(MIDDLE, 680, 60, "near")
    c.box(0, 1340, WIDTH, 500, "near")


def toy_blocks(c: Canvas) -> None:
    """Clouds like a nursery's wallpaper, building blocks and a rocket."""
    for index in range(13):
        x, y = (index % 3) * 440 + (210 if (index // 3) % 2 else 20), 160 + (index // 3) * 230
        c.cloud(x, y, 90)
    c.line([(200, 1080), (420, 860), (610, 620)], 22, "light", 0.6)
    c.shape([(560, 640), (640, 560), (780, 480), (740, 640), (650, 720)], "accent")
    c.shape([(780, 480), (850, 400), (740, 500)], "light")
    c.disc(690, 590, 34, "light")
    c.disc(690, 590, 22, "mid")
    for x, y, colour, letter in (
        (250, 1160, "accent", "A"),
        (430, 1160, "far", "B"),
        (340, 990, "citrus", "C"),
        (800, 1160, "mid", "D"),
    ):
        fill = "#f4a259" if colour == "citrus" else colour
        c.box(x, y, 166, 166, fill)
        c.box(x + 16, y + 16, 134, 134, "light", 0.85)
        c.disc(x + 83, y + 83, 40, fill) if letter in "AC" else c.shape(
            [(x + 83, y + 34), (x + 130, y + 124), (x + 36, y + 124)], fill
        )
    c.box(0, 1326, WIDTH, 500, "near")


def snow_globe(c: Canvas) -> None:
    """A glass ball with a hut in the snow."""
    c.shape([(400, 1290), (440, 1080), (760, 1080), (800, 1290)], "near")
    c.box(420, 1170, 360, 16, "accent")
    c.glow(MIDDLE, 720, 390, "accent", 1.4, 0.06)
    c.disc(MIDDLE, 720, 400, "far")
    c.oval((230, 780, 970, 1120), "light")
    for x, height in ((400, 260), (820, 300), (480, 180), (900, 160)):
        c.pine(x, 880, height, "mid")
    c.box(540, 740, 170, 120, "near")
    c.shape([(510, 745), (625, 640), (740, 745)], "light")
    c.box(600, 780, 40, 50, "accent")
    for _ in range(90):
        angle, radius = c.random.uniform(0, math.tau), 380 * math.sqrt(c.random.random())
        c.disc(MIDDLE + radius * math.cos(angle), 720 + radius * math.sin(angle), c.random.uniform(3, 9), "light")
    c.arc((250, 370, 950, 1070), 195, 250, 22, "light", 0.8)
    c.ring(MIDDLE, 720, 400, 10, "light", 0.7)
    c.box(0, 1285, WIDTH, 600, "near")


def moth(c: Canvas) -> None:
    """A moth with eyes on its wings, in a ring of light."""
    c.disc(MIDDLE, 700, 470, "bottom", 0.75)
    c.ring(MIDDLE, 700, 470, 6, "light", 0.5)
    for side in (-1, 1):
        upper = [(0, 600), (130, 470), (330, 380), (470, 440), (430, 610), (250, 740), (40, 740)]
        lower = [(20, 730), (220, 740), (330, 850), (260, 1000), (120, 980), (30, 860)]
        for points, colour in ((lower, "mid"), (upper, "near")):
            c.shape([(MIDDLE + side * x, y) for x, y in points], colour)
        for x, y, r in ((300, 540, 66), (180, 860, 46)):
            c.disc(MIDDLE + side * x, y, r, "accent")
            c.disc(MIDDLE + side * x, y, r * 0.6, "light")
            c.disc(MIDDLE + side * x, y, r * 0.34, "near")
        c.line([(MIDDLE + side * 10, 560), (MIDDLE + side * 70, 440), (MIDDLE + side * 150, 400)], 8, "near")
    c.oval((550, 560, 650, 960), "near")
    c.disc(MIDDLE, 560, 52, "near")
    for x, y, r in ((575, 630, 20), (625, 630, 20), (600, 668, 11)):
        c.disc(x, y, r, "light")
    c.box(0, 1340, WIDTH, 500, "near")
