/** A picture from its number, always the same: shapes on a ground, in a few hues that go together. */
export function paint(canvas, lot) {
  const size = Math.round((canvas.clientWidth || 160) * (devicePixelRatio || 1));
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  const random = seeded(lot);
  const hue = Math.floor(random() * 360);
  const tone = (turn, saturation, lightness, alpha = 1) => `hsl(${(hue + turn) % 360} ${saturation}% ${lightness}% / ${alpha})`;
  context.scale(size / 100, size / 100);

  const ground = context.createLinearGradient(0, 0, 0, 100);
  ground.addColorStop(0, tone(20, 60, 88));
  ground.addColorStop(0.62, tone(-25, 62, 74));
  ground.addColorStop(1, tone(200, 40, 30));
  context.fillStyle = ground;
  context.fillRect(0, 0, 100, 100);

  const sun = { x: 22 + random() * 56, y: 20 + random() * 22, r: 9 + random() * 10 };
  context.fillStyle = tone(150, 80, 62, 0.95);
  circle(context, sun.x, sun.y, sun.r);
  for (let ring = 1; ring <= 3; ring++) {
    context.strokeStyle = tone(150, 80, 62, 0.35 / ring);
    context.lineWidth = 0.7;
    context.beginPath();
    context.arc(sun.x, sun.y, sun.r + ring * 4, 0, 2 * Math.PI);
    context.stroke();
  }

  const layers = 4 + Math.floor(random() * 3);
  for (let i = 0; i < layers; i++) {
    const base = 42 + (i * 50) / layers + random() * 6;
    const [wave, phase, height] = [0.03 + random() * 0.07, random() * 7, 3 + random() * 9];
    context.fillStyle = tone(i * 24 + 190, 48 - i * 3, 66 - (i * 46) / layers);
    context.beginPath();
    context.moveTo(0, 100);
    for (let x = 0; x <= 100; x += 2) {
      context.lineTo(x, base + height * Math.sin(x * wave + phase) * Math.cos(x * wave * 0.4 + i));
    }
    context.lineTo(100, 100);
    context.fill();
  }

  for (let i = 0; i < 5 + random() * 5; i++) {
    const [x, y, r] = [random() * 100, 10 + random() * 80, 1.5 + random() * 7];
    context.fillStyle = tone(150 + random() * 60, 75, 55 + random() * 25, 0.5);
    if (random() < 0.5) {
      circle(context, x, y, r);
    } else {
      context.save();
      context.translate(x, y);
      context.rotate(random() * 3);
      context.fillRect(-r, -r / 3, 2 * r, (2 * r) / 3);
      context.restore();
    }
  }
}

function circle(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fill();
}

/** Numbers that look random and follow from the seed. */
function seeded(seed) {
  let state = (seed * 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
