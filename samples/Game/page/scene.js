import { hueOf } from '/shared/client.js';

const arena = { width: 1600, height: 1000 };
const radius = 28;
const delay = 100; // drawn that far in the past: between two states that have come

export const hueOfPlayer = (id) => hueOf(id);

/** Draws the arena between the states that the server publishes. */
export class Scene {
  states = []; // the newest few, each with when it came
  #canvas;
  #context;
  #me;
  #camera = { x: arena.width / 2, y: arena.height / 2 };
  #trails = new Map();
  #sparks = [];
  #gems = new Map();
  #colours = {};
  #last = 0;

  constructor(canvas, me) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#me = me;
    const theme = matchMedia('(prefers-color-scheme: dark)');
    const read = () => {
      const style = getComputedStyle(document.documentElement);
      for (const name of ['floor', 'floor-2', 'grid', 'edge', 'text', 'page']) {
        this.#colours[name] = style.getPropertyValue(`--${name}`).trim();
      }
    };
    theme.addEventListener('change', read);
    read();
  }

  /** A state has come. */
  take(state) {
    const now = performance.now();
    if (this.states.length > 0 && state.tick <= this.states.at(-1).tick - 40) {
      this.states = []; // the server has started anew
    }
    this.states.push({ ...state, now, byId: new Map(state.players.map((player) => [player.id, player])) });
    this.states.splice(0, this.states.length - 8);

    const gems = new Map(state.gems.map(([id, x, y, value]) => [id, { x, y, value }]));
    for (const [id, gem] of this.#gems) {
      if (!gems.has(id)) {
        this.#burst(gem);
      }
    }
    this.#gems = gems;
  }

  /** Players where they were a moment ago. */
  players(now = performance.now()) {
    const at = now - delay;
    const newest = this.states.at(-1);
    if (!newest) {
      return [];
    }
    const after = this.states.findIndex((state) => state.now > at);
    const [from, to] = after > 0 ? [this.states[after - 1], this.states[after]] : [newest, newest];
    const part = to === from ? 1 : (at - from.now) / (to.now - from.now);
    return to.players.map((player) => {
      const before = from.byId.get(player.id) ?? player;
      const [dx, dy] = [player.x - before.x, player.y - before.y];
      return { ...player, x: before.x + dx * part, y: before.y + dy * part, dx, dy };
    });
  }

  draw(now) {
    const seconds = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [this.#canvas.clientWidth, this.#canvas.clientHeight];
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }

    const context = this.#context;
    const players = this.players(now);
    const [across, down] = [width / (arena.width + 60), height / (arena.height + 60)];
    const whole = Math.min(across, down);
    const scale = whole >= 0.55 ? whole : Math.min(0.8, Math.max(across, down)); // too small to see: fill the window and follow
    this.#follow(players, width / scale, height / scale, seconds);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.#colours.page;
    context.fillRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    context.scale(scale, scale);
    context.translate(-this.#camera.x, -this.#camera.y);

    this.#drawFloor(context);
    for (const gem of this.#gems.values()) {
      this.#drawGem(context, gem, now);
    }
    this.#drawTrails(context, players, seconds);
    for (const player of players) {
      this.#drawPlayer(context, player);
    }
    this.#drawSparks(context, seconds);
  }

  /** The whole arena where it fits; else what is around the player. */
  #follow(players, width, height, seconds) {
    const own = players.find(({ id }) => id === this.#me) ?? this.#camera;
    const middle = (value, view, size) => (view >= size + 60 ? size / 2 : Math.min(Math.max(value, view / 2 - 30), size + 30 - view / 2));
    const speed = 1 - Math.exp(-8 * seconds);
    this.#camera.x += (middle(own.x, width, arena.width) - this.#camera.x) * speed;
    this.#camera.y += (middle(own.y, height, arena.height) - this.#camera.y) * speed;
  }

  #drawFloor(context) {
    const light = context.createRadialGradient(800, 450, 60, 800, 500, 1100);
    light.addColorStop(0, this.#colours['floor-2']);
    light.addColorStop(1, this.#colours.floor);
    context.fillStyle = light;
    context.beginPath();
    context.roundRect(0, 0, arena.width, arena.height, 34);
    context.fill();
    context.fillStyle = this.#colours.grid;
    for (let x = 50; x < arena.width; x += 50) {
      for (let y = 50; y < arena.height; y += 50) {
        context.fillRect(x - 2, y - 2, 4, 4);
      }
    }
    context.strokeStyle = this.#colours.grid;
    context.lineWidth = 6;
    for (const size of [150, 290]) {
      context.beginPath();
      context.arc(arena.width / 2, arena.height / 2, size, 0, 2 * Math.PI);
      context.stroke();
    }
    context.strokeStyle = this.#colours.edge;
    context.lineWidth = 4;
    context.beginPath();
    context.roundRect(0, 0, arena.width, arena.height, 34);
    context.stroke();
  }

  #drawGem(context, { x, y, value }, now) {
    const gold = value > 1;
    const hue = gold ? 42 : 345;
    const size = (gold ? 22 : 16) * (1 + 0.07 * Math.sin(now / 260 + x));
    context.save();
    context.translate(x, y + 3 * Math.sin(now / 420 + y));
    const glow = context.createRadialGradient(0, 0, 2, 0, 0, size * 2.4);
    glow.addColorStop(0, `hsl(${hue} 95% 60% / .45)`);
    glow.addColorStop(1, `hsl(${hue} 95% 60% / 0)`);
    context.fillStyle = glow;
    context.fillRect(-size * 2.4, -size * 2.4, size * 4.8, size * 4.8);
    const facet = (points, lightness) => {
      context.fillStyle = `hsl(${hue} 90% ${lightness}%)`;
      context.beginPath();
      points.forEach(([px, py]) => context.lineTo(px * size, py * size));
      context.fill();
    };
    facet([[0, -1], [0.8, -0.15], [0, 1], [-0.8, -0.15]], 52);
    facet([[0, -1], [0.8, -0.15], [0.25, -0.15]], 66);
    facet([[0, -1], [0.25, -0.15], [-0.25, -0.15]], 80);
    facet([[0.25, -0.15], [0.8, -0.15], [0, 1]], 42);
    context.restore();
  }

  #drawTrails(context, players, seconds) {
    const here = new Set(players.map(({ id }) => id));
    for (const { id, x, y, dx, dy } of players) {
      const trail = this.#trails.get(id) ?? [];
      this.#trails.set(id, trail);
      if (Math.hypot(dx, dy) > 3) {
        trail.push({ x, y, life: 0.45 });
      }
    }
    for (const [id, trail] of this.#trails) {
      trail.forEach((dot) => (dot.life -= seconds));
      this.#trails.set(id, trail.filter(({ life }) => life > 0));
      if (!here.has(id) && trail.length === 0) {
        this.#trails.delete(id);
      }
      for (const { x, y, life } of trail) {
        context.fillStyle = `hsl(${hueOfPlayer(id)} 85% 60% / ${Math.max(0, life * 0.35)})`;
        context.beginPath();
        context.arc(x, y, radius * (0.25 + Math.max(0, life) * 1.4), 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  #drawPlayer(context, { id, name, x, y, dx, dy }) {
    const hue = hueOfPlayer(id);
    context.save();
    context.translate(x, y);
    context.fillStyle = '#0003';
    context.beginPath();
    context.ellipse(0, radius * 0.92, radius * 0.85, radius * 0.28, 0, 0, 2 * Math.PI);
    context.fill();
    if (id === this.#me) {
      context.strokeStyle = `hsl(${hue} 90% 60% / .5)`;
      context.lineWidth = 5;
      context.beginPath();
      context.arc(0, 0, radius + 7, 0, 2 * Math.PI);
      context.stroke();
    }
    const skin = context.createRadialGradient(-radius * 0.35, -radius * 0.4, 2, 0, 0, radius * 1.1);
    skin.addColorStop(0, `hsl(${hue} 95% 78%)`);
    skin.addColorStop(1, `hsl(${hue} 75% 48%)`);
    context.fillStyle = skin;
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.fill();
    const length = Math.hypot(dx, dy) || 1;
    const [lookX, lookY] = [(dx / length) * Math.min(1, length / 4), (dy / length) * Math.min(1, length / 4)];
    for (const side of [-1, 1]) {
      context.fillStyle = '#fff';
      context.beginPath();
      context.arc(side * 9.5 + lookX * 6, -4 + lookY * 6, 7, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = '#1a1433';
      context.beginPath();
      context.arc(side * 9.5 + lookX * 9, -4 + lookY * 9, 3.4, 0, 2 * Math.PI);
      context.fill();
    }
    context.font = '600 19px system-ui, sans-serif';
    context.textAlign = 'center';
    context.fillStyle = this.#colours.text;
    context.fillText(name, 0, radius + 26);
    context.restore();
  }

  #burst({ x, y, value }) {
    for (let i = 0; i < (value > 1 ? 26 : 12); i++) {
      const angle = Math.random() * 2 * Math.PI;
      const speed = 80 + Math.random() * 260;
      this.#sparks.push({ x, y, vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed, life: 0.6, hue: value > 1 ? 42 : 345 });
    }
    this.#sparks.push({ x, y, vx: 0, vy: -70, life: 0.9, hue: value > 1 ? 42 : 345, text: `+${value}` });
  }

  #drawSparks(context, seconds) {
    this.#sparks = this.#sparks.filter((spark) => (spark.life -= seconds) > 0);
    for (const spark of this.#sparks) {
      spark.x += spark.vx * seconds;
      spark.y += spark.vy * seconds;
      context.fillStyle = `hsl(${spark.hue} 90% ${spark.text ? 50 : 60}% / ${Math.min(1, spark.life * 2)})`;
      if (spark.text) {
        context.font = '700 30px system-ui, sans-serif';
        context.textAlign = 'center';
        context.fillText(spark.text, spark.x, spark.y);
      } else {
        context.beginPath();
        context.arc(spark.x, spark.y, 5 * spark.life + 1, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }
}
