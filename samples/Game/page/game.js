import { Client, endpoint, myName, showState, tokenFor } from '/shared/client.js';
import { Controls } from '/controls.js';
import { Scene, hueOfPlayer } from '/scene.js';

const movesPerSecond = 20;
const $ = (id) => document.getElementById(id);
const me = sessionStorage.getItem('player') ?? crypto.getRandomValues(new Uint32Array(2)).join('-');
sessionStorage.setItem('player', me);
$('name').value = myName();

const scene = new Scene($('arena'), me);
const getToken = () => tokenFor(me, $('name').value);
const controls = new Controls($('arena'), $('stick'));
const client = new Client(await endpoint(), { getToken, name: 'game' });
showState(client, $('state'));
window.game = { scene, me }; // for the curious, and for tests

let board = '';
function showScores(players) {
  const best = [...players].sort((a, b) => b.score - a.score || a.name.localeCompare(b.name)).slice(0, 8);
  const text = JSON.stringify(best.map(({ id, name, score }) => [id, name, score]));
  if (text === board) {
    return;
  }
  board = text;
  $('board').replaceChildren(...best.map(({ id, name, score }) => {
    const item = document.createElement('li');
    item.className = id === me ? 'mine' : '';
    const dot = document.createElement('i');
    dot.style.background = `hsl(${hueOfPlayer(id)} 75% 55%)`;
    item.append(dot, Object.assign(document.createElement('span'), { textContent: name }), Object.assign(document.createElement('b'), { textContent: score }));
    return item;
  }));
}

client.addEventListener('problem', ({ detail }) => ($('problem').textContent = detail.message));
const take = (state) => {
  scene.take(state);
  showScores(state.players);
};
// Whoever comes late has the arena as it is with the subscription, and draws at once.
client.subscribe('game:arena', { subscribed: ({ data }) => take(data), publication: ({ data }) => take(data) });

let last = '';
let rested = 0;
function sendMove() {
  const { x, y } = controls.wish();
  const move = JSON.stringify({ x: Number(x.toFixed(2)), y: Number(y.toFixed(2)) });
  rested = move === last ? rested + 1 : 0;
  last = move;
  // A steady hand says so twice a second: who says nothing for long is taken out of the arena.
  if (client.state === 'connected' && (rested < 3 || rested % (movesPerSecond / 2) === 0)) {
    client.rpc('game:arena/move', JSON.parse(move)).catch(() => {}); // the next move follows at once
  }
}

$('join').onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem('name', $('name').value);
  $('join').hidden = true;
  $('arena').focus();
  client.connect();
  setInterval(sendMove, 1000 / movesPerSecond);
  setTimeout(() => $('hint').classList.add('gone'), 8000);
};

requestAnimationFrame(function frame(now) {
  scene.draw(now);
  requestAnimationFrame(frame);
});
