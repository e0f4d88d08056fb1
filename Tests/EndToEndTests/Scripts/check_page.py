"""Opens a report in headless Chromium, points at units, and compares what it shows with the values of `explain`.

    check_page.py REPORT.html [EXPLAIN.json ...] [--shots DIR]

Each EXPLAIN.json is what `featuremap explain PICTURE --layer L --unit c,y,x --format json` printed for the picture and
the model of the report. Needs the Python package playwright and a Chromium (CHROMIUM, else /usr/bin/chromium).
Exit status 1 if a value differs, the console had an error, or something was asked of a network.
"""
import argparse, json, math, os, pathlib, sys, time
from playwright.sync_api import sync_playwright
from browser_checks import expect, failures

parser = argparse.ArgumentParser()
parser.add_argument("report")
parser.add_argument("explain", nargs="*")
parser.add_argument("--shots")
options = parser.parse_args()


def near(a, b, scale=1.0):
    return a is not None and b is not None and math.isclose(a, b, rel_tol=2e-5, abs_tol=2e-6 * max(1.0, abs(scale)))


def unit_of(said):
    unit = said.get("unit") or [0]
    return (unit + [0, 0])[:3] if len(unit) == 1 else unit


def open_page(browser, width=1440, height=900, scheme="light", hash="", touch=False):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch,
                                  is_mobile=touch, offline=True)
    page = context.new_page()
    page.on("console", lambda m: expect(m.type not in ("error", "warning"), f"console: {m.text}"))
    page.on("pageerror", lambda e: expect(False, f"error: {e}"))
    page.on("request", lambda r: expect(r.url.startswith(("file:", "data:")), f"asked for {r.url}"))
    begin = time.monotonic()
    page.goto(pathlib.Path(options.report).resolve().as_uri() + hash)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page, time.monotonic() - begin


def check_explain(page, path):
    said = json.loads(pathlib.Path(path).read_text())
    if isinstance(said, list):
        said = said[0]
    layer, (c, y, x) = said["layer"], unit_of(said)
    value = said.get("value", said.get("total"))
    page.evaluate("([l, c, y, x]) => featuremap.select(l, c, y, x, true)", [layer, c, y, x])
    state = page.evaluate("featuremap.state()")
    where = f"{layer} {c},{y},{x}"
    expect([state["layer"], state["c"], state["y"], state["x"]] == [layer, c, y, x], f"{where}: the page is at {state}")
    expect(near(state["value"], value, value), f"{where}: value {state['value']}, explain says {value}")
    shown = page.inner_text("#unit-value")
    expect(near(float(shown), float(f"{value:.5g}"), value), f"{where}: shown {shown}, explain says {value}")
    if len(said.get("sums", [])) == 1:
        bias = said["sums"][0].get("bias", 0)
        terms = said["sums"][0]["terms"]
        expect(near(state["bias"], bias), f"{where}: bias {state['bias']}, explain says {bias}")
        largest = max(abs(t["sum"]) for t in terms)
        expect(near(state["sum"], sum(t["sum"] for t in terms), largest * 5), f"{where}: sum {state['sum']}")
        expect([state["window"]["top"], state["window"]["left"]] == terms[0]["first"],
               f"{where}: window {state['window']}, explain says {terms[0]['first']}")
    elif "window" in said:
        expect([state["window"]["top"], state["window"]["left"]] == said["window"]["first"], f"{where}: window {state['window']}")
        expect(near(state["sum"], said["total"]), f"{where}: pooled {state['sum']}, explain says {said['total']}")
    elif "features" in said:
        expect(near(state["bias"], said.get("bias", 0)), f"{where}: bias {state['bias']}")
        expect(near(state["sum"] + state["bias"], value, 5 * abs(value)), f"{where}: sum {state['sum']}")
        strongest = max(said["features"], key=lambda f: abs(f["product"]))
        first = page.inner_text("#content .list tbody tr:first-child td:last-child")
        expect(near(float(first), float(f"{strongest['product']:.4g}")), f"{where}: strongest {first}")
    elif "total" in said and state.get("sum") is not None:
        expect(near(state["sum"], said["total"]), f"{where}: total {state['sum']}, explain says {said['total']}")
    check_pointer(page, layer, c, y, x, value)
    print(f"{where}: {shown}")


def check_pointer(page, layer, c, y, x, value):
    """Goes to the unit with a real mouse, without the page's own functions."""
    page.keyboard.press("Escape")
    page.mouse.move(3, 3)
    at = page.evaluate("""([name, c, y, x]) => {
      const section = [...document.querySelectorAll('.layer')].find(s => s.querySelector('h2').textContent === name);
      const canvases = section.querySelectorAll('.tiles canvas');
      if (!canvases.length) return null;
      canvases[c].scrollIntoView({block: 'center'});
      const r = canvases[c].getBoundingClientRect();
      return [r.left + (x + .5) * r.width / canvases[c].width, r.top + (y + .5) * r.height / canvases[c].height];
    }""", [layer, c, y, x])
    if not at:
        return
    page.evaluate("featuremap.select(featuremap.state().layer, 0, 0, 0)")
    page.mouse.move(at[0] + 1, at[1])
    page.mouse.move(at[0], at[1])
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    state = page.evaluate("featuremap.state()")
    expect([state["layer"], state["c"], state["y"], state["x"]] == [layer, c, y, x], f"{layer} {c},{y},{x}: the mouse pointed at {state}")
    expect(near(float(page.inner_text("#unit-value")), float(f"{value:.5g}"), value), f"{layer}: shown under the mouse {page.inner_text('#unit-value')}")


def check_keys(page):
    """Pins with a click, walks with keys, comes back with the address."""
    page.evaluate("scrollTo(0, 0)")
    canvas = page.locator(".layer").nth(1).locator(".tiles canvas, .strip canvas, .bars .row").first
    canvas.scroll_into_view_if_needed()
    canvas.click()
    state = page.evaluate("featuremap.state()")
    expect(state["pinned"], "a click did not pin")
    page.keyboard.press("ArrowRight")
    moved = page.evaluate("featuremap.state()")
    expect(moved["x"] == state["x"] + 1 and moved["pinned"], f"the right arrow went from {state} to {moved}")
    page.keyboard.press("n")
    page.keyboard.press("p")
    back = page.evaluate("featuremap.state()")
    expect(back["layer"] == moved["layer"], f"n and p went from {moved} to {back}")
    address = page.evaluate("location.hash")
    expect(len(address.split("/")) == 4, f"address {address}")
    page.keyboard.press("Escape")
    expect(not page.evaluate("featuremap.state().pinned"), "Escape did not unpin")
    return address, back


def check_tab_key(browser):
    """Reaches a map by Tab alone and pins a unit, with no mouse."""
    page, _ = open_page(browser)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.layer:nth-child(2) [role=application]')"):
            break
    else:
        expect(False, "Tab never came to the first layer's maps")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("]")
    page.keyboard.press("Enter")
    state = page.evaluate("featuremap.state()")
    expect(state["pinned"], f"Enter did not pin: {state}")
    page.emulate_media(media="print")
    expect(not page.is_visible(".tools"), "controls are printed")
    for colours in ("RdBu", "viridis", "grey", "auto"):
        for scale in ("each", "all", "layer"):
            page.evaluate("([c, s]) => { for (const [i, v] of [['colours', c], ['scale', s]]) { const n = document.getElementById(i); n.value = v; n.dispatchEvent(new Event('change')); } }", [colours, scale])
    page.context.close()


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"])
    page, seconds = open_page(browser)
    expect(not page.evaluate("!!document.querySelector('b script, h1 b, h2 b, h1 img, h2 img')"), "markup from the data")
    print(f"opened in {seconds:.2f} s, {pathlib.Path(options.report).stat().st_size / 1e6:.2f} MB")
    for path in options.explain:
        check_explain(page, path)
    address, state = check_keys(page)
    page.context.close()
    page, _ = open_page(browser, 375, 812, "dark", hash=address, touch=True)
    again = page.evaluate("featuremap.state()")
    expect([again[k] for k in ("layer", "c", "y", "x", "pinned")] == [state[k] for k in ("layer", "c", "y", "x")] + [True], f"{address} gave {again}")
    overflow = page.evaluate("document.documentElement.scrollWidth")
    expect(overflow <= 375, f"the page is {overflow} wide on a phone")
    page.context.close()
    page, _ = open_page(browser, 375, 812, "light", touch=True)
    target = page.locator(".layer").nth(1).locator(".tiles canvas").nth(1)
    target.scroll_into_view_if_needed()
    target.tap()
    tapped = page.evaluate("featuremap.state()")
    expect(tapped["pinned"] and tapped["c"] == 1, f"a tap gave {tapped}")
    expect(page.is_visible("#content"), "a tap did not open the sheet")
    page.tap("[aria-label='next channel']")
    expect(page.evaluate("featuremap.state().c") == 2, "the button for the next channel")
    page.context.close()
    check_tab_key(browser)
    if options.shots:
        folder, name = pathlib.Path(options.shots), pathlib.Path(options.report).stem
        folder.mkdir(parents=True, exist_ok=True)
        for scheme in ("light", "dark"):
            for width, height in ((375, 812), (1440, 900)):
                for what, hash in (("top", ""), ("pinned", address)):
                    page, _ = open_page(browser, width, height, scheme, hash, touch=width < 500)
                    page.wait_for_timeout(300)
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}-{what}.png")
                    page.context.close()
    browser.close()
print(f"{len(failures)} failures" if failures else "all as explained")
sys.exit(1 if failures else 0)
