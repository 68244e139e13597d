"""Makes the table of bench/run.sh.
table.py RESULTS VERSIONS prints it; table.py --into PAGE TABLE puts a printed one between the marks of a page."""
import collections
import datetime
import json
import os
import platform
import statistics
import sys

START, END = "<!-- figures -->", "<!-- /figures -->"

# step, figure, what it is called, whether more is better
ROWS = [
    ("fan1", "deliv_per_cpu_s", "1 x 1,000 closed loop: deliveries per CPU second", True),
    ("fan1", "deliv_per_s", "– deliveries/s", True),
    ("fan5", "deliv_per_cpu_s", "1 x 5,000 closed loop: deliveries per CPU second", True),
    ("fan5", "deliv_per_s", "– deliveries/s", True),
    ("lat", "deliv_per_cpu_s", "20/s x 1,000: deliveries per CPU second", True),
    ("lat", "p50_ms", "– p50, ms", False),
    ("lat", "p99_ms", "– p99, ms", False),
    ("fast", "deliv_per_cpu_s", "200/s x 1,000: deliveries per CPU second", True),
    ("fast", "p99_ms", "– p99, ms", False),
    ("chan", "pub_per_cpu_s", "500 channels x 2: publishes per CPU second", True),
    ("chan", "pub_per_s", "– publishes/s", True),
    ("conn", "connects_per_cpu_s", "connect + subscribe, per CPU second", True),
    ("idle", "kb_per_conn", "idle connection with one subscription, kB", False),
    ("kept", "deliv_per_cpu_s", "1 x 1,000 with history: deliveries per CPU second", True),
    ("durable", "pub_per_s", "durable, 64 channels: acknowledged publishes/s on the whole machine", True),
]
OURS = ("embedded", "cluster")


def short(value):
    if value >= 10_000:
        return f"{value / 1000:.0f}k"
    if value >= 1_000:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def table(results, versions):
    figures = collections.defaultdict(list)
    wrong = collections.Counter()
    for line in open(results):
        run = json.loads(line)
        server, step = run["label"].split("/")
        for name, value in run.items():
            if isinstance(value, (int, float)):
                figures[server, step, name].append(value)
        wrong[server] += sum(run.get(name, 0) for name in ("lost", "dups", "misrouted", "errors", "closed"))
    servers = [line.split(":")[0] for line in open(versions)]
    servers = [server for server in servers if any(key[0] == server for key in figures)]
    peers = [server for server in servers if server not in OURS]
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"Made by `bench/run.sh` on {datetime.date.today()}: {os.cpu_count()} cores ({cpu}), Linux {platform.release().split('-')[0]}, everything on loopback. "
          "Medians; in brackets the best peer's figure divided into ours (above 1: ours is better).\n")
    print("| | " + " | ".join(servers) + " |\n|---|" + "--:|" * len(servers))
    for step, name, title, more in ROWS:
        medians = {s: statistics.median(figures[s, step, name]) for s in servers if figures[s, step, name]}
        if not medians:
            continue
        rivals = [medians[s] for s in peers if s in medians and medians[s] > 0]
        best = (max(rivals) if more else min(rivals)) if rivals else None
        cells = []
        for server in servers:
            if server not in medians:
                cells.append("–")
                continue
            text = short(medians[server])
            if server in OURS and best and medians[server] > 0:
                text += f" ({medians[server] / best if more else best / medians[server]:.2f})"
            cells.append(text)
        print(f"| {title} | " + " | ".join(cells) + " |")
    for server in OURS:
        with_history, without = figures[server, "kept", "deliv_per_cpu_s"], figures[server, "fan1", "deliv_per_cpu_s"]
        if with_history and without:
            print(f"\n{server.capitalize()}: with history and recovery {statistics.median(with_history) / statistics.median(without):.2f} of without.")
    print("\nLost, doubled, misrouted, refused or closed in all runs: " + ", ".join(f"{s} {wrong[s]}" for s in servers) + ".\n")
    print("| | version |\n|---|---|")
    for line in open(versions):
        name, version = line.strip().split(": ", 1)
        print(f"| {name} | {version} |")


def into(page, made):
    text = open(page).read()
    before, rest = text.split(START)
    after = rest.split(END)[1]
    open(page, "w").write(before + START + "\n" + open(made).read() + END + after)


if sys.argv[1] == "--into":
    into(sys.argv[2], sys.argv[3])
else:
    table(sys.argv[1], sys.argv[2])
