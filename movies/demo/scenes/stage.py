"""More of what the demo posters show: sea and mountain, stage and sport, signs and machines."""

import math

from movies.demo.canvas import HEIGHT, WIDTH, Canvas

MIDDLE = WIDTH / 2


def liner(c: Canvas) -> None:
    """A ship with four funnels under the stars, ice ahead."""
    c.stars(190, 0.55)
    c.shape([(880, 1000), (960, 700), (1010, 760), (1080, 590), (1160, 800), (1260, 1000)], "light", 0.92)
    c.shape([(1080, 590), (1160, 800), (1260, 1000), (1060, 1000)], "bottom", 0.6)
    c.shape([(60, 840), (820, 840), (760, 1010), (130, 1010)], "near")
    c.box(170, 770, 540, 72, "light")
    c.box(230, 710, 400, 62, "light")
    for index in range(4):
        x = 252 + index * 100
        c.shape([(x, 712), (x + 14, 540), (x + 64, 540), (x + 50, 712)], "accent")
        c.shape([(x + 10, 590), (x + 14, 540), (x + 64, 540), (x + 60, 590)], "near")
    for index in range(20):
        c.disc(160 + index * 32, 880, 7, "accent")
        c.disc(190 + index * 26, 806, 5, "near")
    for index, colour in enumerate(("far", "mid", "near")):
        waves(c, 990 + index * 130, colour, index)
    c.box(0, 1400, WIDTH, 500, "near")


def waves(c: Canvas, y: float, colour: str, turn: float) -> None:
    """A row of round waves filled to the lower edge."""
    points = [(x, y - 26 * abs(math.sin(x / 76 + turn))) for x in range(0, WIDTH + 8, 8)]
    c.shape([*points, (WIDTH, HEIGHT), (0, HEIGHT)], colour)


def mountains(c: Canvas) -> None:
    """Ranges one behind another, and a small company on the way."""
    c.disc(MIDDLE, 560, 190, "light", 0.9)
    c.glow(MIDDLE, 560, 190, "light", 2.4, 0.06)
    for x, y, half in ((300, 560, 430), (900, 470, 480)):
        c.shape([(x - half, 1300), (x, y), (x + half, 1300)], "far")
        c.shape(
            [(x, y), (x - half * 0.2, y + 160), (x - 30, y + 130), (x + 20, y + 190), (x + half * 0.22, y + 170)],
            "light",
        )
    c.ridge(1060, 90, "mid", jagged=0.7, waves=2)
    crest = c.ridge(1210, 70, "near")
    for index in range(9):
        px, py = crest[32 + index * 6]
        tall = 44 if index % 3 else 66
        c.shape([(px - 12, py + 8), (px + 12, py + 8), (px + 4, py - tall), (px - 4, py - tall)], "accent")
    c.ridge(1370, 30, "near")


def arctic(c: Canvas) -> None:
    """An igloo and a hunter on the ice under a low sun."""
    c.disc(820, 700, 150, "accent")
    c.glow(820, 700, 150, "accent", 2, 0.08)
    c.ridge(980, 60, "far", jagged=0.8, waves=2)
    c.ridge(1110, 34, "light")
    c.oval((190, 870, 690, 1370), "light")
    for row in range(4):
        c.arc((190 + row * 8, 940 + row * 70, 690 - row * 8, 1200 + row * 70), 190, 350, 5, "mid", 0.8)
    c.oval((370, 1030, 510, 1250), "near")
    c.ridge(1180, 20, "light")
    c.disc(880, 1000, 34, "near")
    c.shape([(826, 1200), (850, 1030), (910, 1030), (934, 1200)], "near")
    c.line([(960, 900), (960, 1210)], 9, "near")
    c.ridge(1330, 40, "near")


def globe(c: Canvas) -> None:
    """The Earth with its lines of length and breadth."""
    c.stars(150, 0.9)
    x, y, r = MIDDLE, 720, 420
    c.glow(x, y, r, "accent", 1.35, 0.07)
    c.disc(x, y, r, "bottom")
    for dx, dy, width, height in (
        (-250, -190, 270, 200),
        (-40, -60, 210, 320),
        (110, -240, 240, 210),
        (-260, 110, 150, 180),
        (150, 110, 160, 120),
    ):
        c.oval((x + dx, y + dy, x + dx + width, y + dy + height), "accent", 0.9)
    for share in (0.3, 0.68):
        c.arc((x - r * share, y - r, x + r * share, y + r), 0, 360, 5, "light", 0.55)
    for share in (-0.5, 0, 0.5):
        half = r * math.sqrt(1 - share * share)
        c.arc((x - half, y + share * r - half * 0.16, x + half, y + share * r + half * 0.16), 0, 180, 5, "light", 0.55)
    c.ring(x, y, r, 8, "light", 0.9)
    c.ridge(1330, 40, "near")


def record(c: Canvas) -> None:
    """A record with its grooves and an arm on it."""
    c.disc(MIDDLE, 720, 470, "near")
    for index in range(16):
        c.ring(MIDDLE, 720, 455 - index * 17, 3, "light", 0.16)
    c.shape([(MIDDLE, 720), (1010, 420), (1080, 560)], "light", 0.1)
    c.shape([(MIDDLE, 720), (190, 1020), (120, 880)], "light", 0.1)
    c.disc(MIDDLE, 720, 165, "accent")
    c.ring(MIDDLE, 720, 120, 4, "near", 0.6)
    c.disc(MIDDLE, 720, 20, "near")
    c.disc(1060, 270, 58, "light")
    c.line([(1060, 270), (1010, 800), (880, 960)], 20, "light")
    c.shape([(850, 940), (900, 980), (850, 1030), (804, 990)], "light")
    c.box(0, 1330, WIDTH, 500, "near")


def drums(c: Canvas) -> None:
    """Drums and cymbals from above, crossed sticks on them."""
    for x, y, r in ((330, 480, 200), (840, 420, 230), (300, 990, 210), (900, 1010, 190), (600, 740, 290)):
        c.disc(x + 14, y + 20, r, "near", 0.5)
        c.disc(x, y, r, "accent")
        c.disc(x, y, r - 26, "light")
        c.ring(x, y, r * 0.5, 4, "mid", 0.35)
        c.disc(x, y, r * 0.12, "mid", 0.5)
    for points in ([(300, 1180), (760, 560)], [(900, 1180), (440, 560)]):
        c.line(points, 26, "near")
        c.disc(*points[1], 24, "near")
    c.box(0, 1310, WIDTH, 500, "near")


def score(c: Canvas) -> None:
    """Lines of music that swell like a wind, a candle before them."""
    for band in range(3):
        for index in range(5):
            line = 330 + band * 290 + index * 34
            c.line([(x, line + 60 * math.sin(x / 210 + band * 1.7)) for x in range(0, WIDTH + 10, 10)], 4, "light", 0.7)
        for _ in range(9):
            x = c.random.uniform(60, 1140)
            y = 330 + band * 290 + 34 * c.random.randrange(5) + 60 * math.sin(x / 210 + band * 1.7)
            c.oval((x - 26, y - 18, x + 26, y + 18), "accent")
            c.line([(x + 23, y), (x + 23, y - 120)], 6, "accent")
    c.glow(MIDDLE, 850, 70, "accent", 4, 0.1)
    c.box(560, 930, 80, 420, "light")
    c.shape([(600, 760), (644, 870), (600, 920), (556, 870)], "accent")
    c.oval((440, 1310, 760, 1380), "mid")
    c.box(0, 1345, WIDTH, 500, "near")


def palms(c: Canvas) -> None:
    """Palms by the sea and a striped sun."""
    c.disc(MIDDLE, 640, 360, "accent")
    for index in range(7):
        c.box(0, 640 + index * 54, WIDTH, 10 + index * 5, "bottom", 0.95)
    for y, colour in ((1060, "far"), (1160, "mid")):
        waves(c, y, colour, y)
    for x, top, lean in ((220, 420, 90), (980, 520, -80), (360, 640, 50)):
        trunk = [(x + lean * t * t, 1330 - (1330 - top) * t) for t in (0, 0.25, 0.5, 0.75, 1)]
        c.line(trunk, 24, "near")
        hx, hy = trunk[-1]
        for index in range(7):
            angle = math.pi * (0.95 + index * 0.185)
            tip = (hx + 220 * math.cos(angle), hy + 130 * math.sin(angle) + 60)
            c.shape(
                [
                    (hx, hy),
                    ((hx + tip[0]) / 2, (hy + tip[1]) / 2 - 70),
                    tip,
                    ((hx + tip[0]) / 2, (hy + tip[1]) / 2 - 30),
                ],
                "near",
            )
    c.ridge(1340, 24, "near")


def curtain(c: Canvas) -> None:
    """A curtain of many colours, a desk and a microphone."""
    colours = ("accent", "bottom", "far", "light", "mid", "bottom", "far", "accent", "mid", "light")
    for index in range(20):
        c.box(index * 60, 0, 60, 1240, colours[index % 10], 0.92)
        c.box(index * 60, 0, 16, 1240, "near", 0.18)
    c.shape([(MIDDLE - 40, 0), (MIDDLE + 40, 0), (1020, 1260), (180, 1260)], "light", 0.3)
    c.oval((150, 1180, 1050, 1330), "light", 0.85)
    c.box(576, 700, 48, 540, "near")
    c.disc(MIDDLE, 560, 118, "near")
    c.box(482, 560, 236, 150, "near")
    c.oval((482, 640, 718, 790), "near")
    for index in range(5):
        c.box(505, 500 + index * 44, 190, 12, "light", 0.55)
    c.box(482, 610, 236, 20, "accent")
    c.oval((460, 1200, 740, 1270), "near")
    c.box(0, 1300, WIDTH, 600, "near")


def red_balloon(c: Canvas) -> None:
    """One balloon over the roofs, a boy below."""
    for x, y, s in ((240, 330, 120), (980, 520, 150)):
        c.cloud(x, y, s)
    for index in range(8):
        x, height = index * 165 - 60, c.random.uniform(240, 520)
        c.box(x, 1330 - height, 150, height, ("far", "mid")[index % 2])
        c.shape([(x - 10, 1330 - height), (x + 75, 1230 - height), (x + 160, 1330 - height)], "mid")
        c.box(x + 92, 1250 - height, 22, 70, "mid")
        for row in range(int(height // 90)):
            c.box(x + 30, 1370 - height + row * 90, 28, 44, "light", 0.7)
            c.box(x + 90, 1370 - height + row * 90, 28, 44, "light", 0.7)
    c.line([(660, 690), (640, 830), (665, 960), (652, 1170)], 4, "near")
    c.disc(655, 460, 205, "accent")
    c.shape([(500, 590), (810, 590), (655, 700)], "accent")
    c.oval((720, 330, 780, 430), "light", 0.7)
    c.disc(636, 1186, 26, "near")
    c.shape([(606, 1330), (616, 1212), (656, 1212), (668, 1330)], "near")
    c.ridge(1350, 12, "near")


def wire(c: Canvas) -> None:
    """Two towers, a line between them and a man with a pole."""
    c.disc(MIDDLE, 720, 260, "light", 0.8)
    for x in (-60, 960):
        c.box(x, 430, 300, 1200, "near")
        for index in range(9):
            c.box(x + 14 + index * 33, 450, 8, 1000, "mid")
    c.line([(240, 700), (420, 722), (MIDDLE, 730), (780, 722), (960, 700)], 6, "near")
    c.disc(600, 580, 24, "near")
    c.line([(600, 600), (600, 668)], 26, "near")
    c.line([(600, 660), (584, 728)], 13, "near")
    c.line([(600, 660), (622, 728)], 13, "near")
    c.line([(350, 662), (600, 628), (850, 662)], 7, "accent")
    for index in range(12):
        c.box(250 + index * 60, 1220 - c.random.uniform(20, 160), 52, 500, "mid")
    for x, y, s in ((380, 1040, 90), (800, 990, 110)):
        c.cloud(x, y, s, "light")
    c.box(0, 1330, WIDTH, 500, "near")


def ring_ropes(c: Canvas) -> None:
    """A boxing ring under the lamps, and one man with raised arms."""
    c.shape([(520, 0), (680, 0), (1130, 1230), (70, 1230)], "accent", 0.3)
    c.shape([(570, 0), (630, 0), (880, 1230), (320, 1230)], "light", 0.25)
    c.disc(MIDDLE, 560, 60, "near")
    c.shape([(480, 650), (720, 650), (670, 960), (530, 960)], "near")
    for side in (-1, 1):
        c.line([(MIDDLE + side * 105, 672), (MIDDLE + side * 210, 560), (MIDDLE + side * 160, 380)], 54, "near")
        c.disc(MIDDLE + side * 155, 350, 58, "bottom")
        c.line([(MIDDLE + side * 40, 950), (MIDDLE + side * 80, 1250)], 66, "near")
    c.box(526, 900, 148, 120, "bottom")
    c.shape([(0, 1230), (WIDTH, 1230), (WIDTH, 1500), (0, 1500)], "mid")
    for index, colour in enumerate(("bottom", "light", "accent")):
        c.box(0, 1010 + index * 92, WIDTH, 14, colour)
    for x in (40, 1120):
        c.box(x, 950, 40, 400, "near")
    c.box(0, 1330, WIDTH, 500, "near")


def hoop(c: Canvas) -> None:
    """A ball on its way to the basket, at dusk."""
    c.box(380, 300, 620, 420, "light")
    c.box(400, 320, 580, 380, "far")
    c.box(570, 470, 240, 190, "light")
    c.box(584, 484, 212, 162, "far")
    c.box(664, 720, 54, 700, "near")
    c.oval((560, 690, 820, 740), "accent")
    for index in range(7):
        c.line([(570 + index * 40, 720), (612 + index * 26, 930)], 5, "light")
        c.line([(810 - index * 40, 720), (768 - index * 26, 930)], 5, "light")
    for index in range(9):
        c.disc(120 + index * 34, 1100 - index * 78 + index * index * 2.6, 12, "light", 0.16 + index * 0.05)
    c.disc(440, 560, 122, "accent")
    c.line([(318, 560), (562, 560)], 6, "near")
    c.line([(440, 438), (440, 682)], 6, "near")
    c.arc((250, 450, 400, 670), 290, 70, 6, "near")
    c.arc((480, 450, 630, 670), 110, 250, 6, "near")
    c.ridge(1330, 16, "near")


def spiral(c: Canvas) -> None:
    """A spiral that pulls a small figure in."""
    for turn in range(2):
        inner, outer = [], []
        for step in range(220):
            angle = step / 220 * math.tau * 3.4 + turn * math.pi
            radius = 8 + 900 * (step / 219) ** 1.5
            width = 0.26 + 0.1 * step / 220
            inner.append((MIDDLE + radius * math.cos(angle), 720 + radius * math.sin(angle)))
            outer.append((MIDDLE + radius * math.cos(angle + width * 3), 720 + radius * math.sin(angle + width * 3)))
        c.shape([*inner, *reversed(outer)], "light" if turn else "near", 0.92)
    c.disc(628, 650, 28, "accent")
    c.line([(628, 680), (610, 790)], 40, "accent")
    c.line([(622, 700), (700, 640)], 15, "accent")
    c.line([(622, 700), (540, 660)], 15, "accent")
    c.line([(612, 780), (560, 880)], 18, "accent")
    c.line([(612, 780), (670, 870)], 18, "accent")
    c.box(0, 1340, WIDTH, 500, "near")


def apple_wood(c: Canvas) -> None:
    """An apple hanging like a moon over a wood with a cottage."""
    c.stars(60, 0.4)
    c.glow(MIDDLE, 560, 240, "accent", 1.9, 0.08)
    c.disc(520, 560, 210, "accent")
    c.disc(680, 560, 210, "accent")
    c.oval((420, 560, 780, 830), "accent")
    c.oval((410, 440, 470, 560), "light", 0.6)
    c.line([(600, 400), (610, 300), (640, 250)], 16, "near")
    c.oval((640, 270, 800, 350), "mid")
    for index in range(14):
        c.pine(index * 95 - 20, 1160, c.random.uniform(240, 420), "far")
    c.box(520, 1090, 190, 170, "light")
    c.shape([(480, 1100), (615, 960), (750, 1100)], "mid")
    c.box(590, 1170, 52, 90, "near")
    c.box(545, 1130, 36, 40, "accent")
    for x in (-20, 120, 250, 900, 1020, 1160):
        c.pine(x, 1330, c.random.uniform(380, 560), "near")
    c.ridge(1310, 26, "near")


def night_wood(c: Canvas) -> None:
    """A round craft over firs, a child on a hill with a lamp."""
    c.stars(160)
    c.disc(690, 500, 290, "accent")
    c.glow(690, 500, 290, "accent", 1.6, 0.08)
    c.disc(600, 420, 46, "bottom", 0.25)
    c.disc(780, 600, 70, "bottom", 0.25)
    for x in range(-40, 1240, 80):
        c.pine(x, 1200, c.random.uniform(260, 470), "mid")
    c.oval((-300, 1090, 900, 1900), "near")
    c.disc(420, 985, 26, "near")
    c.shape([(392, 1120), (402, 1012), (440, 1012), (450, 1120)], "near")
    c.disc(510, 1075, 17, "near")
    c.oval((488, 1086, 534, 1130), "near")
    c.line([(440, 1040), (492, 1000)], 9, "near")
    c.line([(512, 1080), (496, 1004)], 7, "near")
    c.glow(494, 996, 8, "accent", 8, 0.14)
    c.disc(494, 996, 9, "light")
    c.ridge(1350, 30, "near")
