"""Scores `featuremap classify` on a folder of photographs of garments with a labels.csv (file, label, class).

    python3 score_photos.py .build/release/featuremap FOLDER [options of classify, such as --model NAME]

Files whose names begin with plain_ or cutout_ are counted by themselves; all others are casual.
"""

import csv
import json
import pathlib
import subprocess
import sys


def main():
    program, folder, *options = sys.argv[1:]
    folder = pathlib.Path(folder)
    rows = list(csv.DictReader(open(folder / "labels.csv")))
    command = [program, "classify", "--format", "json", *options, *(str(folder / row["file"]) for row in rows)]
    answers = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    groups = {"plain or cut-out": [], "casual": []}
    for row, answer in zip(rows, answers, strict=True):
        group = "plain or cut-out" if row["file"].startswith(("plain_", "cutout_")) else "casual"
        best = answer["top"][0]
        is_right = best["index"] == int(row["label"])
        groups[group].append((is_right, answer["unsure"]))
        if not is_right:
            doubt = "unsure" if answer["unsure"] else "SURE"
            print(f"{row['file']}: {best['label']} {best['probability']:.2f} {doubt} ({answer['input']})")
    for name, found in groups.items():
        sure = [is_right for is_right, unsure in found if not unsure]
        print(f"{name}: {sum(r for r, _ in found)} of {len(found)} right; {sum(sure)} of the {len(sure)} sure ones")


if __name__ == "__main__":
    main()
