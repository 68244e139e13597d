const keys = {
  ArrowUp: [0, -1], KeyW: [0, -1], ArrowDown: [0, 1], KeyS: [0, 1], ArrowLeft: [-1, 0], KeyA: [-1, 0], ArrowRight: [1, 0], KeyD: [1, 0],
};
const reach = 56; // pixels from where a finger came down to full speed

/** What the player wants: keys, or a stick that appears where a mouse or finger comes down. */
export class Controls {
  #down = new Set();
  #origin = null;
  #drag = { x: 0, y: 0 };

  constructor(area, stick) {
    addEventListener('keydown', (event) => {
      if (keys[event.code] && event.target.tagName !== 'INPUT') {
        event.preventDefault();
        this.#down.add(event.code);
      }
    });
    addEventListener('keyup', (event) => this.#down.delete(event.code));
    addEventListener('blur', () => this.#down.clear());
    area.addEventListener('pointerdown', (event) => {
      area.setPointerCapture(event.pointerId);
      this.#origin = { x: event.clientX, y: event.clientY };
      this.#drag = { x: 0, y: 0 };
      Object.assign(stick.style, { left: `${event.clientX}px`, top: `${event.clientY}px` });
      stick.firstElementChild.style.transform = '';
      stick.hidden = false;
    });
    area.addEventListener('pointermove', (event) => {
      if (this.#origin) {
        const [x, y] = [event.clientX - this.#origin.x, event.clientY - this.#origin.y];
        const scale = 1 / Math.max(reach, Math.hypot(x, y));
        this.#drag = { x: x * scale, y: y * scale };
        stick.firstElementChild.style.transform = `translate(${this.#drag.x * reach}px, ${this.#drag.y * reach}px)`;
      }
    });
    const release = () => {
      this.#origin = null;
      stick.hidden = true;
    };
    area.addEventListener('pointerup', release);
    area.addEventListener('pointercancel', release);
  }

  wish() {
    if (this.#origin) {
      return this.#drag;
    }
    let [x, y] = [0, 0];
    for (const code of this.#down) {
      x += keys[code][0];
      y += keys[code][1];
    }
    const length = Math.max(1, Math.hypot(x, y));
    return { x: x / length, y: y / length };
  }
}
