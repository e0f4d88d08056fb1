"""Uses the page of a running `featuremap serve` in headless Chromium as a visitor would.

    check_serve.py ADDRESS PHOTO.jpg [--shots DIR]

Draws garments, drags sliders, opens a photo, sends what is no picture, downloads a report and a grid, at both
widths and themes. Needs the Python package playwright and a Chromium (CHROMIUM, else /usr/bin/chromium). Exit status 1
if something differs from what is expected or the console had an error.
"""
import argparse, os, pathlib, sys, tempfile
from playwright.sync_api import sync_playwright
from browser_checks import expect, failures

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("photo")
parser.add_argument("--shots")
options = parser.parse_args()


def shot(page, name):
    if options.shots:
        page.screenshot(path=str(pathlib.Path(options.shots) / name))


def settled(page):
    page.wait_for_timeout(50)
    page.wait_for_selector("#serve[aria-busy=false]")
    page.wait_for_timeout(100)


def open_page(browser, width, height, scheme):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True)
    page = context.new_page()
    # A browser notes every refused request by itself.
    page.on("console", lambda m: expect(m.type not in ("error", "warning") or "the server responded with a status of 4" in m.text, f"console: {m.text}"))
    page.on("pageerror", lambda e: expect(False, f"error: {e}"))
    page.goto(options.address)
    page.wait_for_selector(".layer >> nth=5", state="attached")
    settled(page)
    return page


def top_class(page):
    return page.locator(".classes .name").first.inner_text()


def draws(page):
    wanted = {"T-shirt": "T-shirt/top", "Trouser": "Trouser", "Dress": "Dress", "Sneaker": "Sneaker", "Boot": "Ankle boot", "Bag": "Bag"}
    for stencil, label in wanted.items():
        page.locator("#stencils").get_by_role("button", name=stencil).click()
        settled(page)
        expect(top_class(page) == label, f"{stencil} is taken for {top_class(page)}")
    before = page.evaluate("featuremap.state().layer")
    page.locator("#clear").click()
    page.wait_for_selector("#state:has-text('Draw something')")
    box = page.locator("#drawing").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 180)
    page.mouse.down()
    for step in range(24):
        page.mouse.move(box["x"] + 50 + 8 * step, box["y"] + 180 + step % 3)
    page.mouse.up()
    settled(page)
    expect(page.evaluate("featuremap.state().layer") == before, "the unit stays while one draws")
    page.locator("#undo").click()
    page.wait_for_selector("#state:has-text('Draw something')")


def filters(page):
    page.set_input_files("#file", options.photo)
    settled(page)
    page.locator("input[name=kind][value=chain]").check()
    settled(page)
    names = lambda: page.locator(".layer h2").all_inner_texts()
    expect(names() == ["input", "gaussian", "sobel"], f"a chain's stages: {names()}")
    before = page.evaluate("featuremap.state().value")
    slider = page.locator("#chain li").first.locator("input[type=range]").first
    slider.evaluate("node => { node.value = 3; node.dispatchEvent(new Event('input')); }")
    settled(page)
    expect("gaussian:sigma=3,sobel" in page.locator("#command").inner_text(), "a slider changes the command")
    expect(page.evaluate("featuremap.state().value") != before, "a slider changes the maps")
    page.locator("#add").select_option("canny")
    settled(page)
    expect(names()[-1] == "canny", "a kernel is added")
    page.locator("#chain li").last.get_by_role("button", name="earlier").click()
    settled(page)
    expect(names()[1:] == ["gaussian", "canny", "sobel"], f"a kernel is moved: {names()}")
    page.locator("#chain li").nth(1).get_by_role("button", name="remove").click()
    settled(page)
    expect(names()[1:] == ["gaussian", "sobel"], f"a kernel is removed: {names()}")
    exact = page.locator("#chain li").first.locator("input[type=number]").first
    exact.fill("-5")
    exact.dispatch_event("change")
    page.wait_for_selector("#problem:visible")
    expect("not accepted" in page.locator("#problem").inner_text(), page.locator("#problem").inner_text())
    expect(page.locator("#report").get_attribute("href") is None, "nothing old can be taken along")
    expect(not page.locator("#command").is_visible(), "no command that fails is offered")
    exact.fill("1")
    exact.dispatch_event("change")
    settled(page)
    expect(not page.locator("#problem").is_visible(), "the problem goes when it is solved")
    stem = pathlib.Path(options.photo).stem
    for button, name in (("#report", f"{stem}-report.html"), ("#grid", f"{stem}-gaussian.png")):
        with page.expect_download() as download:
            page.locator(button).click()
        expect(download.value.suggested_filename == name, f"downloads {download.value.suggested_filename}")
        expect(pathlib.Path(download.value.path()).stat().st_size > 10_000, f"{name} has a content")


def comes_in(page):
    """By Ctrl-V, by the button and dropped, as a hand does it: with the browser's own clipboard and drag events."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=options.address.rstrip("/"))
    page.evaluate("""async () => {
      const canvas = new OffscreenCanvas(28, 28), context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(8, 4, 12, 20);
      await navigator.clipboard.write([new ClipboardItem({ "image/png": await canvas.convertToBlob({ type: "image/png" }) })]);
    }""")
    name = lambda: page.locator("#picture-name").inner_text()
    for paste in (lambda: page.keyboard.press("Control+V"), lambda: page.locator("#paste").click()):
        page.locator("#draw").click() if not page.locator("#easel").is_visible() else None
        settled(page)
        paste()
        page.wait_for_selector("#easel", state="hidden")
        settled(page)
        expect(name().endswith(".png"), f"pasted: {name()}")
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": {
            "items": [], "files": [str(pathlib.Path(options.photo).resolve())], "dragOperationsMask": 1}})
    page.wait_for_function("document.getElementById('picture-name').textContent.endsWith('.jpg')")
    settled(page)
    expect(name() == pathlib.Path(options.photo).name, f"dropped: {name()}")
    # A picture that had to make room on the server is sent again for a download.
    answers = []
    def gone_once(route):
        answers.append(1)
        route.fulfill(status=404, body="gone") if len(answers) == 1 else route.continue_()
    page.route("**/report.html*", gone_once)
    with page.expect_download() as download:
        page.locator("#report").click()
    expect(len(answers) == 2 and download.value.suggested_filename.endswith("-report.html"), "a download of a picture that had gone")


def empty_easel(page):
    page.locator("#draw").click()
    page.wait_for_selector("#easel", state="visible")
    settled(page)
    page.locator("#clear").click()
    page.wait_for_selector("#state:has-text('Draw something')")
    expect(not page.locator("#result").is_visible(), "nothing drawn has no class")
    page.locator("#undo").click()
    settled(page)
    expect(page.locator("#result").is_visible(), "a drawing has a class")


def bad_files(page):
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "words.png"
        text.write_text("no picture")
        page.set_input_files("#file", str(text))
        page.wait_for_selector("#problem:visible")
        expect("not a picture" in page.locator("#problem").inner_text(), page.locator("#problem").inner_text())
    page.locator("#draw").click()
    settled(page)


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
    for scheme in ("light", "dark"):
        for width, height in ((1440, 1000), (375, 800)):
            page = open_page(browser, width, height, scheme)
            shot(page, f"serve-{width}-{scheme}-draw.png")
            expect(page.evaluate("document.documentElement.scrollWidth") <= width, f"{width} px are enough")
            if scheme == "light":
                draws(page)
            filters(page)
            shot(page, f"serve-{width}-{scheme}-chain.png")
            expect(page.evaluate("document.documentElement.scrollWidth") <= width, f"{width} px are enough for a chain")
    page = browser.new_context().new_page()
    page.goto(options.address)
    page.wait_for_selector(".layer >> nth=5", state="attached")
    comes_in(page)
    empty_easel(page)
    bad_files(page)
sys.exit(1 if failures else 0)
