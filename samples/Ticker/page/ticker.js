import { Client, endpoint, showState } from '/shared/client.js';
import { drawChart, drawSparkline } from '/chart.js';

const kept = 240; // points of a chart, as many as the channel's history has
const $ = (id) => document.getElementById(id);
const element = (tag, className = '', text = '') => Object.assign(document.createElement(tag), { className, textContent: text });

const client = new Client(await endpoint(), { name: 'ticker' });
showState(client, $('state'));

/** Per symbol: its points, its newest price that nobody has drawn yet, its row. */
const symbols = new Map();
let selected = null;
let received = 0;
let drawn = 0;
let replaced = 0;

const digits = (price) => (price >= 1000 ? 2 : price >= 10 ? 3 : price >= 0.1 ? 4 : 6);
const format = (price) => price.toLocaleString([], { minimumFractionDigits: digits(price), maximumFractionDigits: digits(price) });
const percent = (symbol) => (symbol.points.length > 1 ? (symbol.points.at(-1).price / symbol.points[0].price - 1) * 100 : 0);
const signed = (value) => `${value >= 0 ? '▲' : '▼'} ${Math.abs(value).toFixed(2)} %`;
const trend = (value) => (value >= 0 ? 'rise' : 'fall');

function addSymbol({ symbol: id, label }) {
  const button = element('button');
  const name = element('span');
  name.append(element('b', '', id.toUpperCase()), element('small', '', label));
  const spark = element('canvas');
  spark.setAttribute('aria-hidden', 'true');
  const value = element('span', 'value number');
  const price = element('b', '', '–');
  const change = element('small');
  value.append(price, change);
  button.append(name, spark, value);
  const item = element('li');
  item.append(button);
  $('symbols').append(item);
  const symbol = { id, label, points: [], waiting: null, button, spark, price, change };
  button.onclick = () => select(symbol);
  symbols.set(id, symbol);
  client.subscribe(`prices:${id}`, {
    publication: ({ data }) => take(symbol, data),
    subscribed: () => load(symbol),
  });
  if (!selected) {
    select(symbol);
  }
}

/** The chart so far, from the channel's history; where that is not allowed, it fills as prices come. */
async function load(symbol) {
  const publications = await client.history(`prices:${symbol.id}`, kept).catch(() => []);
  if (publications.length > symbol.points.length) {
    symbol.points = publications.reverse().map(({ data }) => point(data));
    if (symbol.waiting && symbol.waiting.at <= symbol.points.at(-1).at) {
      symbol.waiting = null; // it is in the history, too
    }
    show(symbol);
  }
}

const point = ({ price, at }) => ({ price, at: Date.parse(at) });

/** A place for one: what was there and not drawn yet is replaced. */
function take(symbol, data) {
  received++;
  const next = point(data);
  if (symbol.waiting) {
    replaced++;
  }
  symbol.waiting = next;
}

function select(symbol) {
  selected = symbol;
  $('symbol').textContent = symbol.id.toUpperCase();
  $('label').textContent = symbol.label;
  symbols.forEach((each) => each.button.setAttribute('aria-pressed', each === symbol));
  show(symbol);
}

function show(symbol) {
  const last = symbol.points.at(-1);
  if (!last) {
    return;
  }
  const change = percent(symbol);
  symbol.price.textContent = format(last.price);
  symbol.change.textContent = signed(change);
  symbol.change.className = trend(change);
  drawSparkline(symbol.spark, symbol.points, change >= 0);
  if (symbol === selected) {
    const prices = symbol.points.map(({ price }) => price);
    $('price').textContent = format(last.price);
    $('change').textContent = signed(change);
    $('change').className = trend(change);
    $('low').textContent = format(Math.min(...prices));
    $('high').textContent = format(Math.max(...prices));
    $('points').textContent = symbol.points.length;
    drawChart($('chart'), symbol.points, change >= 0, format);
  }
}

let lastFrame = 0;
function frame(now) {
  if (!$('slow').checked || now - lastFrame >= 1000) {
    lastFrame = now;
    for (const symbol of symbols.values()) {
      if (symbol.waiting) {
        symbol.points.push(symbol.waiting);
        symbol.points.splice(0, symbol.points.length - kept);
        symbol.waiting = null;
        drawn++;
        show(symbol);
      }
    }
  }
  requestAnimationFrame(frame);
}

setInterval(() => {
  $('received').textContent = received;
  $('drawn').textContent = drawn;
  $('replaced').textContent = replaced;
  received = drawn = 0;
}, 1000);
const redraw = () => symbols.forEach((symbol) => show(symbol));
addEventListener('resize', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

client.connect();
for (const symbol of await (await fetch('/symbols.json')).json()) {
  addSymbol(symbol);
}
requestAnimationFrame(frame);
