"""Journeys and places: roads, fields of war, stairs, a rock, a pier."""

import math

from movies.demo.canvas import WIDTH, Canvas

MIDDLE = WIDTH / 2


def emerald_road(c: Canvas) -> None:
    """A winding yellow road to green towers under a rainbow."""
    for index, colour in enumerate(("#e4572e", "#f4a259", "#ffd447", "#7cc576", "#4aa3df", "#8661c1")):
        radius = 640 - index * 38
        top = 300 + index * 38
        c.arc((MIDDLE - radius, top, MIDDLE + radius, top + 2 * radius), 180, 360, 38, colour, 0.85)
    for x, height in ((480, 330), (545, 470), (610, 560), (680, 430), (740, 300)):
        c.box(x - 30, 1010 - height, 60, height, "mid")
        c.shape([(x - 34, 1010 - height), (x + 34, 1010 - height), (x, 900 - height)], "mid")
        c.box(x - 5, 1050 - height, 10, 40, "accent")
    c.ridge(1040, 40, "far")
    left, right = [], []
    for step in range(60):
        t = step / 59
        middle = MIDDLE + 230 * math.sin(t * 6.2) * t
        half = 12 + 200 * t * t
        left.append((middle - half, 1000 + 420 * t))
        right.append((middle + half, 1000 + 420 * t))
    c.shape([*left, *reversed(right)], "accent")
    for x in range(0, WIDTH, 34):
        y = c.random.uniform(1240, 1330)
        c.disc(x, y, c.random.uniform(8, 15), c.random.choice(("#e4342e", "light")), 0.95)
    c.ridge(1350, 14, "near")


def searchlights(c: Canvas) -> None:
    """Beams over barbed wire and broken hills."""
    for x, angle in ((140, -0.5), (620, 0.28), (1080, -0.22)):
        tip = [(x + 1500 * math.sin(angle + s), 1250 - 1500 * math.cos(angle + s)) for s in (-0.09, 0.09)]
        c.shape([(x, 1250), *tip], "accent", 0.3)
    c.ridge(1080, 60, "far", jagged=0.5)
    c.ridge(1190, 50, "mid", jagged=0.6, waves=2)
    for x in range(60, WIDTH, 210):
        c.line([(x - 50, 1330), (x + 30, 1080)], 15, "near")
        c.line([(x + 50, 1330), (x - 30, 1080)], 15, "near")
    for row in range(3):
        y = 1120 + row * 64
        c.line([(x, y + 20 * math.sin(x / 55 + row * 2)) for x in range(0, WIDTH + 10, 10)], 5, "near")
        for x in range(20, WIDTH, 66):
            top = y + 20 * math.sin(x / 55 + row * 2)
            c.line([(x - 12, top - 16), (x + 12, top + 16)], 4, "near")
            c.line([(x + 12, top - 16), (x - 12, top + 16)], 4, "near")
    c.ridge(1340, 20, "near")


def last_plane(c: Canvas) -> None:
    """An aeroplane in the fog, two people who part, an arch."""
    c.disc(MIDDLE, 560, 300, "accent", 0.85)
    c.mist(520, 4)
    c.oval((230, 600, 970, 690), "near")
    c.oval((520, 540, 680, 760), "near")
    for x in (350, 850):
        c.disc(x, 650, 62, "near")
        c.ring(x, 650, 118, 4, "light", 0.5)
    c.box(588, 440, 24, 130, "near")
    c.box(540, 740, 14, 90, "near")
    c.box(646, 740, 14, 90, "near")
    c.mist(900, 8)
    for x, height, hat in ((520, 330, True), (668, 296, False)):
        top = 1330 - height
        c.disc(x, top, 36, "near")
        c.shape([(x - 56, 1340), (x - 42, top + 48), (x + 42, top + 48), (x + 60, 1340)], "near")
        c.oval((x - 60, top - 34, x + 60, top - 8), "near")
        if hat:
            c.box(x - 32, top - 66, 64, 50, "near")
        else:
            c.oval((x - 40, top - 58, x + 40, top - 12), "near")
    c.ridge(1350, 8, "near")


def noon(c: Canvas) -> None:
    """The sun at its height and a long empty street with one man."""
    c.disc(MIDDLE, 330, 200, "light")
    c.glow(MIDDLE, 330, 200, "light", 2.4, 0.1)
    for side in (-1, 1):
        for index, (near, far, top) in enumerate(((620, 430, 560), (430, 290, 690), (290, 200, 790))):
            colour = ("near", "mid", "far")[index]
            c.shape(
                [
                    (MIDDLE + side * near, top),
                    (MIDDLE + side * far, top + 70),
                    (MIDDLE + side * far, 1100),
                    (MIDDLE + side * near, 1330),
                ],
                colour,
            )
    c.shape([(400, 1060), (800, 1060), (1300, 1500), (-100, 1500)], "bottom")
    c.shape([(590, 1240), (610, 1240), (690, 1400), (510, 1400)], "near", 0.35)
    c.disc(600, 905, 40, "near")
    c.oval((528, 862, 672, 896), "near")
    c.box(562, 816, 76, 60, "near")
    c.shape([(540, 1090), (552, 950), (648, 950), (662, 1090)], "near")
    c.line([(574, 1080), (556, 1250)], 36, "near")
    c.line([(626, 1080), (646, 1250)], 36, "near")
    c.line([(556, 970), (510, 1100)], 22, "near")
    c.line([(646, 970), (690, 1100)], 22, "near")
    c.ridge(1390, 8, "near")


def stairs(c: Canvas) -> None:
    """Stairs from a bright house down to a door in the dark."""
    c.box(0, 0, WIDTH, 560, "light")
    c.disc(930, 240, 110, "accent")
    c.box(120, 250, 520, 310, "mid")
    c.box(170, 310, 420, 180, "accent", 0.7)
    c.box(90, 220, 580, 34, "near")
    for index in range(11):
        x = 120 + index * 74
        c.box(0, 560 + index * 74, x + 74, 80, "mid" if index < 5 else "far")
        c.box(x, 560 + index * 74, 74, 12, "light", 0.8)
        c.box(x + 74, 560 + index * 74, WIDTH, 74, "top" if index < 6 else "near", 0.9)
    c.disc(486, 800, 30, "near")
    c.shape([(456, 930), (466, 832), (508, 832), (518, 930)], "near")
    c.box(960, 1130, 150, 220, "accent")
    c.box(0, 1345, WIDTH, 500, "near")


def pride_rock(c: Canvas) -> None:
    """A great sun, a rock with a lion, an acacia."""
    c.disc(MIDDLE, 800, 450, "bottom")
    c.disc(MIDDLE, 800, 370, "light", 0.75)
    c.ridge(1170, 16, "far")
    c.shape(
        [(1260, 1330), (1260, 860), (1010, 800), (520, 770), (470, 800), (560, 850), (800, 930), (780, 1330)], "near"
    )
    c.oval((620, 660, 800, 760), "near")
    c.disc(610, 660, 66, "mid")
    c.disc(602, 664, 42, "near")
    for x in (640, 670, 760, 782):
        c.box(x, 720, 18, 66, "near")
    c.arc((760, 600, 900, 760), 20, 130, 10, "near")
    c.line([(250, 1240), (236, 1060), (170, 960)], 18, "near")
    c.line([(238, 1070), (310, 960)], 14, "near")
    for x, y, w in ((170, 950, 190), (310, 940, 170), (240, 890, 150)):
        c.oval((x - w / 2, y - 34, x + w / 2, y + 30), "near")
    for x, y in ((330, 520), (390, 480), (450, 540)):
        c.line([(x - 30, y - 12), (x, y), (x + 30, y - 12)], 7, "near")
    c.ridge(1320, 20, "near")


def banners(c: Canvas) -> None:
    """Seven flags on a hill in the rain."""
    c.disc(MIDDLE, 620, 300, "accent")
    c.ridge(1060, 40, "far")
    c.oval((-200, 1010, WIDTH + 200, 2200), "mid")
    for index in range(7):
        x = 190 + index * 136
        foot = 1110 - 90 * math.sin(math.pi * (index + 0.5) / 7)
        c.line([(x, foot + 30), (x, foot - 480)], 9, "near")
        c.shape(
            [(x, foot - 470), (x + 92, foot - 456), (x + 78, foot - 340), (x + 96, foot - 230), (x, foot - 220)], "near"
        )
        c.disc(x + 46, foot - 350, 24, "light")
        c.disc(x - 20, foot - 90, 20, "near")
        c.shape([(x - 46, foot + 34), (x - 38, foot - 66), (x - 2, foot - 66), (x + 6, foot + 34)], "near")
    c.rain(230, 0.4, 18)
    c.ridge(1340, 20, "near")


def locomotive(c: Canvas) -> None:
    """An engine head-on under its own smoke."""
    for x, y, r in ((600, 330, 110), (700, 260, 140), (830, 190, 180), (980, 120, 220), (560, 400, 70)):
        c.disc(x, y, r, "light", 0.85)
    c.ridge(1120, 40, "far")
    c.shape([(566, 520), (560, 400), (640, 400), (634, 520)], "near")
    c.box(530, 376, 140, 40, "near")
    c.disc(MIDDLE, 760, 280, "near")
    c.disc(MIDDLE, 760, 236, "mid")
    c.ring(MIDDLE, 760, 150, 8, "accent")
    c.disc(MIDDLE, 590, 74, "accent")
    c.glow(MIDDLE, 590, 74, "accent", 2.6, 0.1)
    c.disc(MIDDLE, 590, 48, "light")
    c.box(290, 1000, 620, 60, "accent")
    c.shape([(310, 1060), (890, 1060), (1010, 1290), (190, 1290)], "near")
    for index in range(9):
        c.line([(350 + index * 62, 1070), (250 + index * 87, 1286)], 10, "accent", 0.75)
    for x in (330, 870):
        c.disc(x, 1030, 26, "light")
    c.box(0, 1290, WIDTH, 600, "near")


def pier(c: Canvas) -> None:
    """A pier running to a point, a falling figure and a great eye of a sun."""
    c.disc(MIDDLE, 560, 330, "light", 0.9)
    c.disc(MIDDLE, 560, 150, "mid")
    c.disc(MIDDLE, 560, 70, "near")
    for index in range(17):
        x = index * 75 + (0 if index % 2 else 8)
        c.line([(MIDDLE, 860), (MIDDLE + (x - MIDDLE) * 2.6, 1420)], 5, "light", 0.5)
    for index in range(8):
        c.box(0, 880 + index * index * 9, WIDTH, 3 + index, "light", 0.45)
    c.box(0, 850, WIDTH, 14, "near")
    c.disc(640, 1000, 26, "near")
    c.line([(632, 1024), (590, 1130)], 38, "near")
    c.line([(626, 1040), (720, 1010), (770, 940)], 15, "near")
    c.line([(622, 1046), (540, 1010), (500, 1050)], 15, "near")
    c.line([(592, 1124), (640, 1210), (600, 1290)], 18, "near")
    c.line([(592, 1124), (540, 1220), (480, 1240)], 18, "near")
    c.box(0, 1350, WIDTH, 500, "near")


def water_sun(c: Canvas) -> None:
    """A low sun over still water, a dam's wall and one small boat."""
    c.disc(MIDDLE, 720, 300, "accent")
    c.box(0, 760, WIDTH, 1100, "far")
    for index in range(16):
        half = 300 - index * 11 + c.random.uniform(-40, 40)
        c.box(MIDDLE - half, 776 + index * 32, 2 * half, 12, "accent", 0.85 - index * 0.035)
    for side in (-1, 1):
        c.shape(
            [
                (MIDDLE + side * 600, 470),
                (MIDDLE + side * 360, 640),
                (MIDDLE + side * 330, 780),
                (MIDDLE + side * 600, 860),
            ],
            "near",
        )
        for index in range(5):
            c.line(
                [(MIDDLE + side * (590 - index * 50), 520 + index * 34), (MIDDLE + side * (590 - index * 52), 840)],
                5,
                "mid",
            )
    c.shape([(520, 1060), (700, 1060), (664, 1110), (552, 1110)], "near")
    c.disc(600, 980, 22, "near")
    c.oval((560, 952, 640, 976), "near")
    c.shape([(574, 1064), (584, 1004), (616, 1004), (628, 1064)], "near")
    c.box(0, 1340, WIDTH, 500, "near")


def temple(c: Canvas) -> None:
    """A beam of sun falls through a temple's door on to a chest; one man with a hat."""
    for index in range(6):
        inset = index * 76
        c.shape(
            [(inset, 200 + inset * 0.8), (WIDTH - inset, 200 + inset * 0.8), (WIDTH - inset, 1330), (inset, 1330)],
            ("far", "mid")[index % 2],
        )
    c.shape([(470, 580), (730, 580), (760, 1330), (440, 1330)], "accent")
    c.shape([(560, 0), (640, 0), (900, 1330), (300, 1330)], "light", 0.28)
    c.box(520, 1160, 160, 100, "near")
    c.box(506, 1140, 188, 30, "near")
    c.line([(480, 1235), (720, 1235)], 10, "near")
    c.shape([(560, 1140), (600, 1060), (640, 1140)], "near")
    c.disc(300, 1010, 36, "near")
    c.oval((232, 972, 368, 1004), "near")
    c.box(264, 930, 72, 56, "near")
    c.shape([(246, 1330), (258, 1060), (344, 1060), (362, 1330)], "near")
    c.line([(345, 1080), (420, 1150), (470, 1060), (500, 960)], 9, "near")
    c.ridge(1330, 10, "near")


def hexagons(c: Canvas) -> None:
    """A camper van in the desert under a sky of hexagons."""
    for row in range(6):
        for column in range(6):
            x, y = column * 232 + (116 if row % 2 else 0) - 20, 130 + row * 202
            alpha = max(0.08, 0.85 - row * 0.14)
            if c.random.random() < 0.62:
                points = [
                    (x + 122 * math.cos(a), y + 122 * math.sin(a))
                    for a in (math.pi / 6 + math.tau * i / 6 for i in range(6))
                ]
                c.shape(points, c.random.choice(("accent", "bottom", "light")), alpha * 0.7)
    c.ridge(1080, 60, "far", jagged=0.4)
    c.ridge(1180, 24, "mid")
    c.box(400, 1000, 420, 190, "light")
    c.shape([(820, 1000), (900, 1090), (910, 1190), (820, 1190)], "light")
    c.box(400, 1090, 505, 22, "accent")
    c.box(450, 1030, 110, 46, "near")
    c.box(620, 1030, 110, 46, "near")
    for x in (490, 800):
        c.disc(x, 1196, 46, "near")
        c.disc(x, 1196, 18, "light")
    c.ridge(1300, 22, "near")


def road(c: Canvas) -> None:
    """Wheels and fire: a road of dust under a storm."""
    c.disc(MIDDLE, 690, 330, "accent")
    c.disc(MIDDLE, 690, 250, "light", 0.6)
    for index in range(40):
        x = c.random.uniform(-100, WIDTH)
        c.box(x, 300 + index * 16, c.random.uniform(120, 500), 8, "mid", 0.35)
    c.ridge(1020, 50, "far", jagged=0.5)
    for x, s in ((240, 0.8), (930, 0.7), (600, 1.35)):
        y = 1210
        for side in (-1, 1):
            c.box(x + side * 88 * s - 26 * s, y - 110 * s, 52 * s, 120 * s, "near")
        c.box(x - 80 * s, y - 190 * s, 160 * s, 130 * s, "near")
        c.shape(
            [
                (x - 64 * s, y - 190 * s),
                (x - 44 * s, y - 270 * s),
                (x + 44 * s, y - 270 * s),
                (x + 64 * s, y - 190 * s),
            ],
            "near",
        )
        for side in (-1, 1):
            c.disc(x + side * 50 * s, y - 128 * s, 20 * s, "light")
            c.line([(x + side * 104 * s, y - 150 * s), (x + side * 120 * s, y - 300 * s)], round(12 * s), "near")
            c.disc(x + side * 122 * s, y - 320 * s, 26 * s, "accent")
        for index in range(5):
            c.box(x - 40 * s + index * 18 * s, y - 110 * s, 8 * s, 44 * s, "accent")
    c.ridge(1260, 22, "mid")
    c.ridge(1340, 20, "near")


def dusk_dance(c: Canvas) -> None:
    """Two dancers on a hill over the lights of a city."""
    c.stars(170, 0.5)
    for _ in range(170):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(1010, 1180), c.random.choice((3, 4, 6)), "accent", 0.8)
    c.ridge(1040, 26, "far")
    for _ in range(150):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(1040, 1190), c.random.choice((3, 4, 6)), "accent", 0.9)
    c.oval((-100, 1130, WIDTH + 100, 2100), "near")
    c.box(930, 690, 14, 480, "near")
    c.disc(937, 680, 36, "accent")
    c.glow(937, 680, 36, "accent", 4.5, 0.08)
    c.disc(430, 850, 30, "near")
    c.line([(430, 880), (444, 1000)], 50, "near")
    c.line([(444, 990), (390, 1080), (420, 1180)], 24, "near")
    c.line([(450, 990), (520, 1090), (480, 1160)], 24, "near")
    c.line([(436, 900), (350, 820), (300, 750)], 16, "near")
    c.line([(436, 900), (540, 850), (618, 890)], 16, "near")
    c.disc(660, 840, 28, "accent")
    c.line([(660, 868), (650, 960)], 40, "accent")
    c.shape([(626, 950), (676, 950), (780, 1090), (560, 1110)], "accent")
    c.line([(640, 1080), (610, 1170)], 14, "accent")
    c.line([(690, 1080), (770, 1140)], 14, "accent")
    c.line([(656, 890), (740, 830), (790, 760)], 13, "accent")
    c.ridge(1360, 16, "near")
