"""Turn the drawn posters of the samples (SVG) into the WebP pictures that pages show and models read.

Run it after a drawing in static/img/samples/ was changed; needs Chromium.
"""

import io
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "static" / "img" / "samples"
WIDTH, HEIGHT = 400, 600


def main() -> int:
    """Draw each SVG on a page of its size and keep the picture."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import LAUNCH_ARGUMENTS, find_chromium

    path = find_chromium()
    if path is None:
        print("Chromium is missing: install the package chromium, or set CHROMIUM_PATH.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH_ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for drawing in sorted(FOLDER.glob("*.svg")):
            page.goto(drawing.as_uri())
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.save(drawing.with_suffix(".webp"), "WEBP", quality=86, method=6)
            print(drawing.with_suffix(".webp").relative_to(ROOT))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
