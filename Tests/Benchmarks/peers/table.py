"""Results as text or markdown."""
import os


def time_text(seconds):
    for size, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= size:
            break
    value = seconds / size
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2}f} {unit}"


def figure(row, contender):
    text = f"{1 / contender.seconds:,.0f} {row.unit}" if row.unit else time_text(contender.seconds)
    if contender.memory:
        text += f", {contender.memory / 1e6:,.0f} MB"
    output = getattr(contender, "output", None)
    if output and os.path.exists(output):
        text += f", file {os.path.getsize(output) / 1e6:.1f} MB"
    return text


def ranked(row):
    """featuremap, and the others that were measured, the fastest first."""
    own, others = row.contenders[0], row.contenders[1:]
    measured = sorted((other for other in others if other.seconds), key=lambda other: other.seconds)
    return own, measured, [other for other in others if not other.seconds]


def ratio(own, other):
    return f"{other.seconds / own.seconds:.2f}x" if own.seconds else "-"


def as_text(rows):
    lines = []
    for row in rows:
        own, measured, missing = ranked(row)
        lines.append(row.title)
        for contender in [own] + measured + missing:
            if not contender.seconds:
                lines.append(f"  {contender.name}: {contender.problem or 'not measured'}")
                continue
            times = "" if contender is own else ratio(own, contender)
            spread = f"+-{50 * contender.spread:.0f} %"
            lines.append(f"  {contender.label:<42}{figure(row, contender):<38}{spread:>7}{times:>8}")
        lines.append("")
    return "\n".join(lines)


def as_markdown(rows):
    lines = ["| | featuremap | best peer | featuremap is faster by | others |", "| --- | --- | --- | ---: | --- |"]
    for row in rows:
        own, measured, missing = ranked(row)
        peers = [other for other in measured if other.name != "memcpy"]
        copies = [f"memcpy {time_text(other.seconds)}" for other in measured if other.name == "memcpy"]
        others = [f"{other.label}: {figure(row, other)} ({ratio(own, other)})" for other in peers[1:]]
        others += copies + [f"{other.name}: {other.problem or 'not measured'}" for other in missing]
        best = f"{peers[0].label}: {figure(row, peers[0])}" if peers else "-"
        mine = figure(row, own) if own.seconds else own.problem or "not measured"
        faster = ratio(own, peers[0]) if peers else "-"
        lines.append(f"| {row.title} | {mine} | {best} | **{faster}** | {'; '.join(others)} |")
    return "\n".join(lines)
