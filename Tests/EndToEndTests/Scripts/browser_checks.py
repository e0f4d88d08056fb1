"""What the scripts that use pages in a browser share: expectations, which are told as they fail."""

failures = []


def expect(ok, text):
    if not ok:
        failures.append(text)
        print("FAIL", text)
