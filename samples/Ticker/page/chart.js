// Lines of prices on a canvas.

/** A context whose unit is a CSS pixel. */
function prepare(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Where prices are on the canvas; a calm market does not fill all of it. */
function scale(points, left, right, top, bottom) {
  const prices = points.map(({ price }) => price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2, middle * 0.0005) * 1.12;
  const [from, to] = [points[0].at, Math.max(points.at(-1).at, points[0].at + 1000)];
  return {
    x: ({ at }) => left + ((at - from) / (to - from)) * (right - left),
    y: (price) => bottom - ((price - (middle - half)) / (2 * half)) * (bottom - top),
    low: middle - half,
    high: middle + half,
    from,
    to,
  };
}

function trace(context, points, { x, y }) {
  context.beginPath();
  points.forEach((point, i) => (i === 0 ? context.moveTo(x(point), y(point.price)) : context.lineTo(x(point), y(point.price))));
}

export function drawSparkline(canvas, points, rises) {
  const { context, width, height } = prepare(canvas);
  if (points.length < 2 || width === 0) {
    return;
  }
  trace(context, points, scale(points, 1, width - 2, 3, height - 3));
  context.strokeStyle = colour(rises ? '--up' : '--down');
  context.lineWidth = 1.6;
  context.lineJoin = 'round';
  context.stroke();
}

export function drawChart(canvas, points, rises, format) {
  const { context, width, height } = prepare(canvas);
  if (points.length < 2 || width === 0) {
    return;
  }
  context.font = '12px system-ui, sans-serif';
  const labels = context.measureText(format(points.at(-1).price)).width + 14;
  const [right, bottom] = [width - labels, height - 24];
  const at = scale(points, 2, right, 8, bottom);
  const line = colour(rises ? '--up' : '--down');

  context.textBaseline = 'middle';
  for (let i = 0; i <= 4; i++) {
    const price = at.low + ((at.high - at.low) * i) / 4;
    const y = at.y(price);
    context.strokeStyle = colour('--line');
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(right, Math.round(y) + 0.5);
    context.stroke();
    context.fillStyle = colour('--soft');
    context.fillText(format(price), right + 10, Math.min(Math.max(y, 8), bottom));
  }
  context.textBaseline = 'alphabetic';
  for (let i = 0; i < 4; i++) {
    const time = new Date(at.from + ((at.to - at.from) * i) / 4);
    context.fillText(time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }), (right * i) / 4, height - 4);
  }

  trace(context, points, at);
  context.strokeStyle = line;
  context.lineWidth = 2.2;
  context.lineJoin = 'round';
  context.stroke();
  const area = context.createLinearGradient(0, 8, 0, bottom);
  area.addColorStop(0, `color-mix(in srgb, ${line} 28%, transparent)`);
  area.addColorStop(1, 'transparent');
  context.lineTo(right, bottom);
  context.lineTo(2, bottom);
  context.fillStyle = area;
  context.fill();

  const last = points.at(-1);
  const [x, y] = [at.x(last), at.y(last.price)];
  context.fillStyle = `color-mix(in srgb, ${line} 25%, transparent)`;
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = line;
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fill();
}
