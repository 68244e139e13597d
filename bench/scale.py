#!/usr/bin/env python3
"""What large installations need, from measured costs: prints the tables of docs/scaling.md.

Every cost is CPU time or memory of this repository's benches on one core of the machine that docs/performance.md names; change COSTS to
those of your machine. Nothing here is a promise: it says which part gives way first, and by how much.
"""
import math

# Each with where it comes from: "measured" is a figure of a bench, "share" a part of one that a profile assigns, "assumed" neither.
COSTS = {
    # µs of a gateway's CPU
    "delivery, several joined in a send": 0.7,     # measured: fan1, cluster: all servers, divided by deliveries
    "delivery, a send of its own": 6.6,            # measured: lat, cluster: all servers, divided by deliveries
    "publication taken from a silo": 1.7,          # share: chan: entry decoded, push encoded, queued (without the sends)
    "publish of a client": 9.0,                    # share: chan, two gateways: read, checked, sent to the silo, answered
    "batch from a silo": 90.0,                     # measured: one publication a batch, 1,000/s: the gateway without publisher, less its delivery
    "connect and subscribe": 40.0,                 # measured: conn
    # µs of a silo's CPU
    "publish at its channel": 8.0,                 # share: chan: message in, place, history, answer
    "publication to one more gateway": 0.075,      # measured: bench/Micro, ChannelBenchmarks: the slope over gateways
    "publication to one more relay": 0.05,         # measured: the same, over relays
    "batch to a gateway": 33.0,                    # measured: 1,000 publications/s to two gateways, less the same to one
    # bytes
    "idle connection at a gateway": 6_000,         # measured: idle: one subscription, channels of ten
    "active channel at a silo": 6_000,             # measured: bench/Memory: the activation with one gateway and an empty history
}
HOT = 32                 # gateways from which on a channel sends by relays
GATEWAY = {"cores": 8, "memory": 32e9, "network": 1.2e9}   # one gateway: bytes per second out
SILO = {"cores": 8, "memory": 32e9, "network": 1.2e9}
MOST_CONNECTIONS = 500_000  # assumed, of a gateway: whoever loses one brings them all back to the others
USABLE = 0.6             # assumed, of a core: what is above it is for bursts, reconnects and garbage collection
BATCHES_PER_SECOND = 1_700  # measured, of a busy lane on loopback (chan): a batch follows when the one before is acknowledged
MESSAGE = 128 + 120      # payload, push and TCP
LANES = 2


def plan(name, connections, channels, subscribers, publishes, gateways=None, joined=False, per_second_churn=0.0005):
    """Figures for publishes per second spread evenly over channels with the given number of subscribers each."""
    deliveries = publishes * subscribers
    cost = COSTS["delivery, several joined in a send"] if joined else COSTS["delivery, a send of its own"]
    # How many gateways one channel has subscribers on, when connections are spread evenly over n of them.
    def spread(n):
        return n * (1 - (1 - 1 / n) ** subscribers) if n > 1 else 1

    def gateway_load(n):
        batches = min(publishes * spread(n), n * LANES * BATCHES_PER_SECOND)  # from one silo: more silos share the publications
        cpu = (deliveries * cost + publishes * spread(n) * COSTS["publication taken from a silo"] + publishes * COSTS["publish of a client"]
               + batches * COSTS["batch from a silo"] + connections * per_second_churn * COSTS["connect and subscribe"]) / n / 1e6
        return {
            "CPU": cpu / (GATEWAY["cores"] * USABLE),
            "memory": connections / n * COSTS["idle connection at a gateway"] / (GATEWAY["memory"] * USABLE),
            "network": deliveries / n * MESSAGE / (GATEWAY["network"] * USABLE),
            "connections": connections / n / MOST_CONNECTIONS,
        }

    needed = next(n for n in range(1, 1_000_000) if max(gateway_load(n).values()) <= 1)
    count = gateways or needed
    load = gateway_load(count)

    def silo_load(n):
        per_silo = publishes / n
        batches = min(per_silo * spread(count), count * LANES * BATCHES_PER_SECOND)
        cpu = (per_silo * (COSTS["publish at its channel"] + spread(count) * COSTS["publication to one more gateway"])
               + batches * COSTS["batch to a gateway"]) / 1e6
        return {
            "CPU": cpu / (SILO["cores"] * USABLE),
            "memory": channels / n * COSTS["active channel at a silo"] / (SILO["memory"] * USABLE),
            "network": per_silo * spread(count) * MESSAGE / (SILO["network"] * USABLE),
        }

    silos = next((n for n in range(1, 10_000) if max(silo_load(n).values()) <= 1), None)
    one_channel = publishes / channels * one_publication(spread(count), silos or 1) / 1e6
    parts = {f"a gateway's {k}": v for k, v in load.items()}
    if silos:
        parts |= {f"a silo's {k}": v for k, v in silo_load(silos).items()}
    parts["the one thread of a channel"] = one_channel
    first = max(parts, key=parts.get)
    print(f"| {name} | {deliveries:,.0f} | {count}{'' if gateways is None else f' (needs {needed})'} | {percent(load['CPU'])} | {percent(load['memory'])} | "
          f"{percent(load['network'])} | {percent(load['connections'])} | {silos if silos else 'no number is enough'} | {percent(one_channel)} | {first} ({percent(parts[first])}) |")


def one_publication(gateways, silos):
    """µs that a publication costs in its channel's one order: what is sent from there is queued once for each gateway or relay."""
    sends = silos * COSTS["publication to one more relay"] if gateways >= HOT else gateways * COSTS["publication to one more gateway"]
    return COSTS["publish at its channel"] + sends


def percent(part):
    return f"{100 * part:.0f} %" if part >= 0.005 else f"{100 * part:.2f} %"


def main():
    print("| | deliveries/s | gateways | their CPU | memory | network | connections | silos | one channel | gives way first |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    plan("1 million connections on 20 gateways, 100,000 channels of 10, 10,000 publishes/s", 1_000_000, 100_000, 10, 10_000, gateways=20)
    plan("10 million connections, 1 million channels of 10, 100,000 publishes/s", 10_000_000, 1_000_000, 10, 100_000)
    plan("one channel with a million subscribers, 1 publish/s", 1_000_000, 1, 1_000_000, 1, gateways=20)
    plan("the same, 20 publishes/s", 1_000_000, 1, 1_000_000, 20)
    plan("the same, 200 publishes/s, joined", 1_000_000, 1, 1_000_000, 200, joined=True)
    plan("1 million publishes/s to 500,000 channels of 2", 1_000_000, 500_000, 2, 1_000_000)
    print("\n| connections of a gateway that is lost | its gateways before | the others take them back in |\n|--:|--:|--:|")
    for connections, gateways in ((50_000, 20), (500_000, 20), (500_000, 3)):
        seconds = connections * COSTS["connect and subscribe"] / 1e6 / (GATEWAY["cores"] * USABLE * (gateways - 1))
        print(f"| {connections:,} | {gateways} | {seconds:.1f} s |")
    print("\n| gateways that one channel is on | publishes/s that its one thread bears, without relays | with relays on 3 silos | on 20 |")
    print("|--:|--:|--:|--:|")
    for gateways in (1, 4, 16, 64, 256, 1024):
        straight = COSTS["publish at its channel"] + gateways * COSTS["publication to one more gateway"]
        relayed = (f"{USABLE * 1e6 / one_publication(gateways, silos):,.0f}" if gateways >= HOT else "–" for silos in (3, 20))
        print(f"| {gateways:,} | {USABLE * 1e6 / straight:,.0f} | {' | '.join(relayed)} |")


if __name__ == "__main__":
    main()
