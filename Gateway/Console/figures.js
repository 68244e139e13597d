// The cluster's figures of the last minutes: what comes each second, and rates made of it.
const kept = 120;

export class Figures extends EventTarget {
  #frames = []; // oldest first

  get latest() {
    return this.#frames.at(-1);
  }

  get frames() {
    return this.#frames;
  }

  add(frame) {
    if (this.latest && frame.at <= this.latest.at) {
      return;
    }
    this.#frames.push(frame);
    if (this.#frames.length > kept) {
      this.#frames.shift();
    }
    this.dispatchEvent(new Event('change'));
  }

  fill(frames) {
    this.#frames = [...frames, ...this.#frames.filter((f) => !frames.length || f.at > frames.at(-1).at)].slice(-kept);
    this.dispatchEvent(new Event('change'));
  }

  /** Points [time, value] of what `pick` gives for each frame; frames without it are left out. */
  series(pick) {
    return this.#frames.map((frame) => [frame.at, pick(frame)]).filter(([, value]) => value !== undefined && value !== null);
  }

  /** Points of how fast counts grow, each the sum over the members of `kind` that two frames have in common. */
  rates(kind, field, id) {
    const points = [];
    for (let i = 1; i < this.#frames.length; i++) {
      const [before, after] = [this.#frames[i - 1], this.#frames[i]];
      const seconds = (after.at - before.at) / 1000;
      if (seconds > 5) {
        continue; // nobody looked meanwhile: there is no rate
      }
      let grown = 0;
      for (const member of after[kind]) {
        const known = before[kind].find((m) => m.id === member.id);
        if ((!id || member.id === id) && known && member[field] >= known[field]) {
          grown += member[field] - known[field];
        }
      }
      points.push([after.at, grown / seconds]);
    }
    return points;
  }
}

/** The sum over members of a frame; undefined when none has the field. */
export function sum(members, field, id) {
  const values = members.filter((m) => !id || m.id === id).map((m) => m[field]).filter((v) => v !== undefined);
  return values.length ? values.reduce((a, b) => a + b, 0) : undefined;
}

/** The greatest over members of a frame. */
export function most(members, field, id) {
  const values = members.filter((m) => !id || m.id === id).map((m) => m[field]).filter((v) => v !== undefined);
  return values.length ? Math.max(...values) : undefined;
}
