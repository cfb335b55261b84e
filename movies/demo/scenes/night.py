"""What the demo posters show: one function a scene. The lower quarter stays calm, for the title stands there."""

import math

from movies.demo.canvas import HEIGHT, WIDTH, Canvas

MIDDLE = WIDTH / 2


def hill_house(c: Canvas) -> None:
    """A crooked house on a hill before the moon."""
    c.stars(70)
    c.glow(MIDDLE + 130, 620, 330, "accent")
    c.disc(MIDDLE + 130, 620, 330, "accent")
    c.disc(MIDDLE + 30, 540, 60, "bottom", 0.14)
    c.disc(MIDDLE + 230, 720, 90, "bottom", 0.14)
    c.ridge(1220, 90, "far", jagged=0.25)
    c.mist(1080)
    c.oval((-200, 1020, WIDTH + 250, 2100), "mid")
    for x, width, height in ((500, 120, 330), (620, 170, 230), (790, 90, 400)):
        c.box(x, 1060 - height, width, height, "near")
        c.shape([(x - 22, 1060 - height), (x + width + 22, 1060 - height), (x + width / 2, 900 - height)], "near")
    c.box(545, 800, 30, 54, "accent")
    c.box(820, 730, 30, 54, "accent")
    c.box(680, 900, 44, 64, "accent", 0.8)
    c.ridge(1370, 60, "near")


def castle(c: Canvas) -> None:
    """A castle on a crag, a ship's moon behind it and bats in the air."""
    c.disc(430, 560, 300, "light", 0.9)
    c.glow(430, 560, 300, "light", strength=0.05)
    c.ridge(1060, 150, "far", jagged=0.9, waves=2)
    c.shape([(560, 1400), (700, 1000), (760, 900), (1010, 900), (1080, 1010), (1260, 1400)], "mid")
    for x, width, height in ((740, 70, 330), (820, 130, 220), (960, 60, 420)):
        c.box(x, 920 - height, width, height + 20, "near")
        c.shape([(x - 14, 920 - height), (x + width + 14, 920 - height), (x + width / 2, 780 - height)], "near")
    c.box(768, 700, 14, 36, "accent")
    c.box(983, 590, 14, 36, "accent")
    for x, y, s in ((330, 470, 60), (470, 640, 42), (580, 380, 34)):
        c.shape(
            [
                (x - s, y - s * 0.4),
                (x, y),
                (x + s, y - s * 0.4),
                (x + s * 0.4, y + s * 0.3),
                (x, y + s * 0.15),
                (x - s * 0.4, y + s * 0.3),
            ],
            "near",
        )
    c.mist(1150)
    c.ridge(1330, 70, "near", jagged=0.2)


def desert(c: Canvas) -> None:
    """A huge low sun, mesas and a railway running into it."""
    c.disc(MIDDLE, 860, 430, "light", 0.35)
    c.disc(MIDDLE, 860, 340, "accent")
    for index in range(6):
        c.box(0, 940 + index * 44, WIDTH, 8 + index * 4, "bottom", 0.9)
    for x, y, width in ((-60, 900, 330), (880, 820, 420), (250, 1010, 130)):
        c.shape(
            [
                (x - 50, 1200),
                (x, y + 40),
                (x + 16, y),
                (x + width - 16, y),
                (x + width, y + 40),
                (x + width + 60, 1200),
            ],
            "far",
        )
    c.box(0, 1160, WIDTH, HEIGHT, "mid")
    for offset in (-1, 1):
        c.shape([(MIDDLE, 1160), (MIDDLE + offset * 330, 1440), (MIDDLE + offset * 300, 1440)], "near")
    for index in range(9):
        t = (index / 8) ** 2
        c.box(MIDDLE - 12 - 360 * t, 1168 + 262 * t, 24 + 720 * t, 3 + 14 * t, "near")
    for x, top, gap in ((170, 800, 26), (330, 980, 14)):
        c.box(x, top, gap / 2, 1170 - top, "near")
        c.box(x - gap * 2, top + gap, gap * 4.5, gap / 2.6, "near")
    c.ridge(1400, 26, "near")


def dunes(c: Canvas, suns: int = 1) -> None:
    """Waves of sand, one sun or two, and small walkers on a crest."""
    c.disc(760, 560, 210, "accent")
    c.glow(760, 560, 210, "accent", 1.8, 0.12)
    if suns == 2:
        c.disc(430, 700, 120, "near", 0.0)
        c.disc(420, 720, 115, "far", 0.85)
    c.ridge(990, 60, "far")
    crest = c.ridge(1110, 90, "mid")
    for index in range(3):
        x, y = crest[60 + index * 7]
        c.disc(x, y - 50, 9, "near")
        c.shape([(x - 12, y + 6), (x + 12, y + 6), (x + 5, y - 44), (x - 5, y - 44)], "near")
    c.ridge(1310, 80, "near")


def twin_suns(c: Canvas) -> None:
    """The dunes of a world with two suns."""
    c.stars(40, 0.3)
    dunes(c, suns=2)


def skyline(c: Canvas) -> None:
    """A city at night."""
    c.disc(830, 480, 190, "light", 0.92)
    c.disc(900, 440, 170, "top", 0.55)
    for colour, least, most, lit in (("far", 500, 780, 0.0), ("mid", 330, 640, 0.16), ("near", 150, 420, 0.3)):
        x = -30.0
        while x < WIDTH:
            width = c.random.uniform(90, 190)
            c.tower(x, 1420, width, c.random.uniform(least, most), colour, lit)
            x += width + c.random.uniform(0, 14)
    c.box(0, 1410, WIDTH, 400, "near")


def neon_city(c: Canvas) -> None:
    """The city of the future in the rain."""
    c.disc(MIDDLE, 820, 360, "accent", 0.16)
    c.disc(MIDDLE, 820, 250, "accent", 0.3)
    skyline(c)
    for x, y, height in ((210, 900, 260), (905, 820, 330), (560, 1080, 180)):
        c.box(x, y, 42, height, "bottom", 0.9)
        for index in range(int(height // 44)):
            c.box(x + 10, y + 12 + index * 44, 22, 22, "accent")
    c.rain(260, 0.28)


def one_tower(c: Canvas) -> None:
    """A glass tower with one floor on fire."""
    c.stars(50)
    skyline(c)
    c.shape([(400, 1420), (430, 330), (600, 250), (770, 330), (800, 1420)], "near")
    for row in range(21):
        y = 380 + row * 48
        fire = row in (5, 6)
        for column in range(6):
            if fire or c.random.random() < 0.25:
                c.box(462 + column * 48, y, 32, 24, "light" if fire else "accent", 0.95 if fire else 0.5)
    for x, y, r in ((800, 610, 90), (880, 560, 60), (760, 540, 56), (845, 660, 44)):
        c.disc(x, y, r, "accent", 0.9)
    c.disc(805, 605, 44, "light")


def blinds(c: Canvas) -> None:
    """Light falling through a blind over a wall, and a man in a hat."""
    for index in range(15):
        y = 120 + index * 84
        c.shape([(0, y), (WIDTH, y + 190), (WIDTH, y + 232), (0, y + 42)], "accent", 0.5 - index * 0.022)
    c.oval((360, 1010, 840, 1900), "near")
    c.disc(MIDDLE, 880, 150, "near")
    c.oval((330, 740, 870, 860), "near")
    c.shape([(440, 800), (480, 610), (560, 580), (600, 600), (640, 580), (720, 610), (760, 800)], "near")
    c.box(452, 730, 296, 34, "accent", 0.8)
    c.box(0, 1370, WIDTH, 500, "near")


def bird_statue(c: Canvas) -> None:
    """A black bird on a pedestal in a cone of light."""
    c.shape([(MIDDLE - 60, 0), (MIDDLE + 60, 0), (1080, 1300), (120, 1300)], "accent", 0.34)
    c.oval((120, 1220, 1080, 1380), "accent", 0.6)
    c.box(430, 1130, 340, 170, "mid")
    c.box(400, 1110, 400, 34, "near")
    c.shape([(470, 1115), (450, 820), (500, 620), (600, 540), (690, 600), (750, 800), (740, 1115)], "near")
    c.disc(585, 540, 92, "near")
    c.shape([(520, 500), (430, 570), (540, 590)], "near")
    c.disc(560, 520, 13, "accent")
    for index in range(5):
        c.arc((500 + index * 14, 680 + index * 60, 780, 1000 + index * 40), 100, 165, 6, "mid")
    c.box(0, 1370, WIDTH, 500, "near")


def planet(c: Canvas) -> None:
    """A ringed world with a moon, and a small ship."""
    c.stars(240, 0.95)
    x, y, r = 690, 700, 330
    c.glow(x, y, r, "accent", 1.5, 0.06)
    c.arc((x - 600, y - 130, x + 600, y + 130), 180, 360, 26, "light", 0.55)
    c.disc(x, y, r, "far")
    c.disc(x - 36, y - 30, r - 44, "mid")
    c.disc(x - 80, y - 70, r - 130, "accent", 0.3)
    c.arc((x - 600, y - 130, x + 600, y + 130), 0, 180, 26, "light")
    c.arc((x - 520, y - 104, x + 520, y + 104), 0, 180, 10, "accent")
    c.disc(230, 360, 70, "light", 0.9)
    c.disc(255, 345, 62, "top", 0.6)
    c.shape([(300, 1150), (480, 1096), (470, 1150), (500, 1176)], "light")
    c.line([(110, 1196), (290, 1152)], 5, "light", 0.5)
    c.oval((-500, 1330, WIDTH + 500, 2600), "near")


def egg(c: Canvas) -> None:
    """Something waits under a ringed sky, split by a line of light."""
    c.stars(200, 0.8)
    c.glow(MIDDLE, 760, 280, "accent", 2, 0.07)
    c.oval((360, 400, 840, 1110), "near")
    c.oval((392, 440, 808, 1080), "mid")
    c.oval((440, 500, 700, 900), "far", 0.6)
    c.shape([(600, 640), (622, 800), (606, 930), (640, 1110), (580, 1110), (594, 930), (582, 800)], "accent")
    c.glow(604, 1060, 40, "accent", 4, 0.12)
    for row in range(5):
        c.line(
            [(x, 1200 + row * row * 16 + 20 * math.sin(x / 90 + row)) for x in range(0, WIDTH + 20, 20)],
            3 + row,
            "accent",
            0.35,
        )
    c.ridge(1330, 34, "near")


def monolith(c: Canvas) -> None:
    """Worlds in one line above a black slab."""
    c.stars(160, 0.9)
    c.rays(MIDDLE, 520, 26, "light", 0.05)
    c.glow(MIDDLE, 520, 110, "accent", 3.2, 0.1)
    c.disc(MIDDLE, 520, 110, "light")
    c.oval((-150, 560, WIDTH + 150, 1900), "near")
    c.arc((-150, 560, WIDTH + 150, 1900), 200, 340, 8, "light", 0.8)
    c.oval((140, 780, WIDTH - 140, 1900), "mid")
    c.arc((140, 780, WIDTH - 140, 1900), 200, 340, 6, "light", 0.55)
    c.shape([(520, 760), (680, 760), (700, 1290), (500, 1290)], "#000000")
    c.line([(520, 760), (500, 1290)], 5, "light", 0.7)
    c.ridge(1360, 20, "near")


def code_rain(c: Canvas) -> None:
    """Columns of falling signs with a doorway of light."""
    for column in range(30):
        x = 10 + column * 40
        head = c.random.uniform(200, 1500)
        for step in range(26):
            y = head - step * 44
            if 0 < y < 1500 and c.random.random() < 0.9:
                colour, alpha = ("light", 1.0) if step == 0 else ("accent", max(0.06, 0.9 - step * 0.04))
                c.box(x, y, c.random.choice((8, 16, 22)), 6, colour, alpha)
                c.box(x + c.random.choice((0, 14)), y, 6, 28, colour, alpha)
    c.glow(MIDDLE, 820, 200, "accent", 2.6, 0.08)
    c.box(470, 520, 260, 640, "near")
    c.box(486, 536, 228, 624, "light")
    c.disc(MIDDLE, 760, 46, "near")
    c.shape([(530, 1160), (544, 850), (600, 806), (656, 850), (670, 1160)], "near")
    c.shape([(0, 1160), (WIDTH, 1160), (WIDTH, HEIGHT), (0, HEIGHT)], "near", 0.86)


def deco_towers(c: Canvas) -> None:
    """Stepped towers, beams of light and a wheel above them."""
    c.rays(MIDDLE, 1200, 36, "light", 0.1)
    c.ring(MIDDLE, 470, 240, 26, "accent")
    c.ring(MIDDLE, 470, 150, 10, "accent", 0.8)
    for index in range(16):
        angle = math.tau * index / 16
        c.disc(MIDDLE + 262 * math.cos(angle), 470 + 262 * math.sin(angle), 26, "accent")
    c.disc(MIDDLE, 470, 44, "light")
    for colour, heights in (("far", (520, 700, 430, 640, 500)), ("mid", (380, 300, 620, 330, 420))):
        for index, height in enumerate(heights):
            for step in range(4):
                width = 250 - step * 52
                c.box(130 + index * 236 - width / 2, 1400 - height - step * 70, width, height + 400, colour)
    for index in range(5):
        for step in range(9):
            c.box(124 + index * 236, 1010 + step * 40, 12, 22, "accent", 0.8)
    c.box(0, 1370, WIDTH, 500, "near")


def two_moons(c: Canvas) -> None:
    """Two circles that meet, with leaves of paper falling."""
    c.disc(455, 690, 320, "accent", 0.85)
    c.disc(745, 690, 320, "light", 0.7)
    for _ in range(34):
        x, y, s = c.random.uniform(40, 1160), c.random.uniform(80, 1300), c.random.uniform(10, 26)
        heart(c, x, y, s, c.random.choice(("accent", "light", "far")))
    heart(c, MIDDLE, 690, 120, "mid")
    c.ridge(1290, 50, "mid")
    c.ridge(1390, 30, "near")


def heart(c: Canvas, x: float, y: float, size: float, colour: str) -> None:
    """A paper heart."""
    points = []
    for step in range(40):
        t = math.tau * step / 40
        wide = 16 * math.sin(t) ** 3
        high = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x + size * wide / 16, y - size * high / 16))
    c.shape(points, colour)


def park(c: Canvas) -> None:
    """Two figures on a path under round trees in autumn, the city behind them."""
    x = 0.0
    while x < WIDTH:
        width = c.random.uniform(70, 130)
        c.box(x, 1150 - c.random.uniform(220, 560), width, 900, "far", 0.55)
        x += width
    for _ in range(46):
        side = c.random.choice((-1, 1))
        x = MIDDLE + side * c.random.uniform(230, 640)
        c.disc(
            x, c.random.uniform(560, 930), c.random.uniform(60, 130), c.random.choice(("accent", "mid", "far")), 0.92
        )
    for x in (130, 330, 870, 1070):
        c.shape([(x - 20, 1330), (x + 20, 1330), (x + 9, 850), (x - 9, 850)], "near")
    c.ridge(1240, 20, "mid")
    c.shape([(560, 1200), (640, 1200), (960, 1500), (240, 1500)], "light", 0.75)
    for x, height in ((570, 180), (636, 158)):
        c.disc(x, 1300 - height, 22, "near")
        c.shape([(x - 30, 1310), (x + 30, 1310), (x + 16, 1330 - height), (x - 16, 1330 - height)], "near")
    c.ridge(1345, 14, "near")


def lamp_street(c: Canvas) -> None:
    """A lamp post in the rain, and somebody who does not mind."""
    for x, height in ((-40, 620), (180, 480), (860, 560), (1040, 740)):
        c.tower(x, 1330, 190, height, "mid", 0.22)
    c.shape([(690, 470), (760, 470), (1000, 1330), (330, 1330)], "accent", 0.28)
    c.glow(722, 440, 44, "accent", 4, 0.12)
    c.box(710, 440, 22, 900, "near")
    c.disc(722, 430, 44, "accent")
    c.shape([(670, 400), (774, 400), (748, 350), (696, 350)], "near")
    c.line([(716, 900), (610, 1010)], 14, "near")
    c.disc(574, 900, 30, "near")
    c.shape([(590, 925), (550, 935), (566, 1110), (620, 1100)], "near")
    c.line([(590, 1090), (660, 1190), (722, 1180)], 20, "near")
    c.line([(584, 1090), (560, 1220), (500, 1290)], 20, "near")
    c.line([(566, 950), (470, 900)], 14, "near")
    c.shape([(360, 880), (420, 790), (520, 800), (560, 860)], "bottom")
    c.line([(470, 905), (462, 830)], 6, "near")
    c.rain(170, 0.4)
    c.ridge(1350, 8, "near")
    c.oval((380, 1360, 1020, 1400), "accent", 0.35)


def street_lamp_fog(c: Canvas) -> None:
    """A man with a case under a lit window in the fog."""
    c.box(690, 260, 520, 1100, "mid")
    c.shape([(660, 260), (950, 90), (1230, 260)], "mid")
    c.box(800, 430, 190, 260, "light")
    c.box(890, 430, 12, 260, "mid")
    c.box(800, 555, 190, 12, "mid")
    c.shape([(800, 690), (990, 690), (640, 1360), (120, 1360)], "light", 0.3)
    c.shape([(800, 430), (800, 690), (120, 1360), (-100, 1200)], "light", 0.12)
    c.mist(1100, 7)
    c.box(210, 620, 14, 740, "near")
    c.glow(217, 600, 40, "light", 3.4, 0.1)
    c.disc(217, 600, 34, "light")
    c.disc(424, 990, 36, "near")
    c.oval((370, 950, 478, 982), "near")
    c.box(392, 912, 64, 50, "near")
    c.shape([(366, 1360), (384, 1040), (464, 1040), (486, 1360)], "near")
    c.box(484, 1220, 84, 64, "near")
    c.box(0, 1350, WIDTH, 500, "near")
