"""Runs a command several times: prints seconds and the most memory as JSON. Imports little, because the memory of
a child is never told as less than its parent's.

    measure_process.py SECONDS LEAST COMMAND...
"""
import json
import os
import sys
import time


def run(command):
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    os.close(null)
    if status:
        sys.exit(f"{command[0]} ended with status {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    limit, least, command = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    run(command)
    results, end = [], time.perf_counter() + limit
    while len(results) < least or time.perf_counter() < end:
        results.append(run(command))
    times = sorted(seconds for seconds, _ in results)
    print(json.dumps({"seconds": times[len(times) // 2], "memory": max(memory for _, memory in results)}))


main()
