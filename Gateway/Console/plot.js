// Small plots of the last two minutes: one line over its area, perhaps a second line, and what the pointer is at.
import { h } from './dom.js';
import { time } from './format.js';

const width = 300;
const height = 72;
const longestMs = 120_000;
const shortestMs = 20_000;

/** The time that is shown: what there is, up to two minutes. */
const spanOf = (points) => (points.length ? Math.min(longestMs, Math.max(shortestMs, points.at(-1)[0] - points[0][0])) : shortestMs);

/** A plot; draw(points, second) shows points [time, value], oldest first. `show` writes a value for people. */
export function plot(label, show) {
  const area = h('svg:path', { class: 'area' });
  const line = h('svg:path', { class: 'line' });
  const second = h('svg:path', { class: 'second' });
  const cursor = h('svg:line', { class: 'cursor', y1: 0, y2: height, visibility: 'hidden' });
  const svg = h('svg:svg', { class: 'plot', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    h('svg:line', { class: 'grid', x1: 0, x2: width, y1: height - .5, y2: height - .5 }), area, second, line, cursor);
  const readout = h('span', { class: 'soft small number' });
  let points = [];
  let at = null;

  const range = () => {
    const end = points.at(-1)?.[0] ?? 0;
    return [end - spanOf(points), end];
  };
  const x = (t) => ((t - range()[0]) / spanOf(points)) * width;

  function point() {
    if (at === null || !points.length) {
      cursor.setAttribute('visibility', 'hidden');
      readout.textContent = '';
      return;
    }
    const wanted = range()[0] + at * spanOf(points);
    const nearest = points.reduce((best, p) => (Math.abs(p[0] - wanted) < Math.abs(best[0] - wanted) ? p : best));
    cursor.setAttribute('x1', x(nearest[0]));
    cursor.setAttribute('x2', x(nearest[0]));
    cursor.setAttribute('visibility', 'visible');
    readout.textContent = `${show(nearest[1])} at ${time(nearest[0]).slice(0, 8)}`;
  }

  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    at = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    point();
  });
  svg.addEventListener('pointerleave', () => {
    at = null;
    point();
  });

  return {
    svg,
    readout,
    draw(values, others = []) {
      points = values;
      const top = Math.max(1e-9, ...values.map((p) => p[1]), ...others.map((p) => p[1])) * 1.12;
      const y = (value) => height - 1 - (value / top) * (height - 4);
      line.setAttribute('d', path(values, x, y));
      second.setAttribute('d', path(others, x, y));
      area.setAttribute('d', pieces(values).map((piece) => `${path(piece, x, y)}L${x(piece.at(-1)[0])} ${height}L${x(piece[0][0])} ${height}Z`).join(''));
      point();
    },
  };
}

/** A line without anything, for a row of a table. */
export function spark(points, label) {
  const svg = h('svg:svg', { class: 'spark', viewBox: '0 0 100 24', preserveAspectRatio: 'none', role: 'img', 'aria-label': label });
  const end = points.at(-1)?.[0] ?? 0;
  const span = spanOf(points);
  const top = Math.max(1e-9, ...points.map((p) => p[1]));
  svg.append(h('svg:path', { d: path(points, (t) => 100 - ((end - t) / span) * 100, (v) => 22 - (v / top) * 20) }));
  return svg;
}

/** The stretches in which something was measured: between them nobody looked. */
function pieces(points) {
  const all = [];
  for (const point of points) {
    if (all.length && point[0] - all.at(-1).at(-1)[0] <= 5000) {
      all.at(-1).push(point);
    } else {
      all.push([point]);
    }
  }
  return all;
}

const path = (points, x, y) =>
  pieces(points).map((piece) => piece.map(([t, value], i) => `${i ? 'L' : 'M'}${x(t).toFixed(1)} ${y(value).toFixed(1)}`).join('')).join('');
