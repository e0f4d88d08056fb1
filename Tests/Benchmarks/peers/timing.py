"""Timing as featuremap bench does it: warm-ups that do not count, then the median of many runs."""
import json
import time


def runs(body, seconds, warm_ups=3, least=3):
    """The times of calls of `body` during about so many seconds."""
    for _ in range(warm_ups):
        body()
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return times


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def report(seconds_each, note=""):
    """What a measuring process prints last: seconds for one thing, and what was chosen."""
    print(json.dumps({"seconds": seconds_each, "note": note}))
