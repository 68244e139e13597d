import { Client, endpoint, hueOf, myName, showState, tokenFor } from '/shared/client.js';
import { paint } from '/picture.js';

const channel = 'auction:pictures';
const $ = (id) => document.getElementById(id);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const money = (amount) => `€${amount.toLocaleString('en')}`;

// This tab's user. A real application has accounts; here everybody is who this browser says, with a name of choice.
const me = sessionStorage.getItem('bidder') ?? crypto.getRandomValues(new Uint32Array(2)).join('-');
sessionStorage.setItem('bidder', me);
$('name').value = myName();

const getToken = () => tokenFor(me, $('name').value);

let client;
let state = null; // as the behavior has it: it came with the subscription, and every event moves it on
let ahead = 0; // of the server's clock before this one
let span = 60_000; // that the ring stands for
let members = new Map();

/** The same steps as AuctionState.After takes. */
function follow({ data, info }) {
  ahead = data.at - Date.now();
  if (data.type === 'opened') {
    state = { ...state, lot: data.lot, title: data.title, isOpen: true, price: data.amount, least: data.amount, closesAt: data.closesAt, bids: [] };
    span = data.closesAt - data.at;
  } else if (data.type === 'bid') {
    const bid = { user: info?.user ?? '', name: data.name, amount: data.amount, at: data.at };
    state = { ...state, price: data.amount, least: data.amount + step(data.amount), closesAt: data.closesAt, bids: [bid, ...state.bids].slice(0, 12) };
  } else {
    const sale = { lot: state.lot, title: state.title, buyer: state.bids[0]?.name ?? null, price: state.price };
    state = { ...state, isOpen: false, closesAt: data.at, sales: [sale, ...state.sales].slice(0, 6) };
  }
  show(data.type);
}

const step = (price) => (price < 100 ? 5 : price < 500 ? 10 : price < 2000 ? 50 : 100);
const left = () => (state?.isOpen ? Math.max(0, state.closesAt - Date.now() - ahead) : 0);

let painted = 0;
function show(happened) {
  if (state.lot !== painted && state.lot > 0) {
    painted = state.lot;
    paint($('picture'), state.lot);
    $('picture').setAttribute('aria-label', state.title);
  }
  $('number').textContent = state.lot > 0 ? `Lot ${state.lot}` : '';
  $('title').textContent = state.lot > 0 ? state.title : 'The next picture is on its way…';
  const [best] = state.bids;
  $('price').textContent = state.lot > 0 ? money(state.price) : '–';
  $('price-label').textContent = !state.isOpen && state.lot > 0 ? (best ? 'Sold for' : 'Not sold at') : best ? 'Highest bid' : 'Starts at';
  $('leader').textContent = best ? (best.user === me ? 'yours' : `by ${best.name}`) : state.isOpen ? 'Be the first to bid.' : '';
  $('leader').className = best?.user === me ? 'mine' : '';
  $('stamp').hidden = state.isOpen || state.lot === 0;
  $('stamp').textContent = best ? (best.user === me ? 'Yours!' : 'Sold') : 'Passed';
  $('stamp').className = best?.user === me ? 'mine' : '';

  const leads = best?.user === me;
  const offers = state.least > 0 ? [state.least, state.least + 2 * step(state.least), state.least + 5 * step(state.least)] : [];
  document.querySelector('.quick').replaceChildren(...offers.map((amount, i) => element('button', { type: 'button', disabled: !state.isOpen || leads, className: i === 0 ? 'primary' : '', onclick: () => bid(amount) }, money(amount))));
  $('place').disabled = !state.isOpen || leads;
  $('amount').placeholder = state.isOpen ? `${money(state.least)} or more` : 'closed';
  $('bids').replaceChildren(...state.bids.map((each, i) => {
    const dot = element('i');
    dot.style.background = `hsl(${hueOf(each.user)} 65% 52%)`;
    const time = new Date(each.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return element('li', { className: `${each.user === me ? 'mine' : ''} ${i === 0 && happened === 'bid' ? 'new' : ''}` }, dot, element('span', { textContent: each.user === me ? 'You' : each.name }), element('time', { textContent: time }), element('b', { textContent: money(each.amount) }));
  }));
  $('sales').hidden = state.sales.length === 0;
  if (!happened || happened === 'closed') {
    $('sold').replaceChildren(...state.sales.map(({ lot, title, buyer, price }) => element('li', {}, element('canvas', { className: 'small' }), element('div', {}, element('b', { textContent: title }), element('small', { textContent: buyer ? `${money(price)}, ${buyer}` : 'nobody bid' })))));
    [...$('sold').querySelectorAll('canvas')].forEach((canvas, i) => paint(canvas, state.sales[i].lot));
  }
  tick();
}

function tick() {
  const seconds = Math.ceil(left() / 1000);
  $('left').textContent = state?.isOpen ? seconds : '–';
  $('clock').classList.toggle('late', Boolean(state?.isOpen) && seconds <= 10);
  $('ring').style.strokeDashoffset = 100 - Math.min(100, (100 * left()) / span);
}
setInterval(tick, 100);

let told;
function say(text) {
  clearTimeout(told);
  $('problem').textContent = text;
  told = setTimeout(() => ($('problem').textContent = ''), 5000);
}

async function bid(amount) {
  try {
    await client.rpc(`${channel}/bid`, { amount });
    $('amount').value = '';
    say('');
  } catch (error) {
    // The behavior's own words: too low, closed, yours already. The code tells a program which.
    say(error.code >= 400 ? `${error.message[0].toUpperCase()}${error.message.slice(1)}.` : `Not placed: ${error.message}.`);
  }
}

$('bid').onsubmit = (event) => {
  event.preventDefault();
  bid(Number($('amount').value));
};
$('me').onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem('name', $('name').value);
  $('name').blur();
  start(); // the name is in the token, so it takes a new connection
};
$('name').onchange = () => $('me').requestSubmit();
addEventListener('resize', () => state?.lot > 0 && paint($('picture'), state.lot));

const showHere = () => ($('here').textContent = members.size > 0 ? `${new Set([...members.values()].map(({ user }) => user)).size} here` : '');

async function start() {
  client?.disconnect();
  client = new Client(await endpoint(), { getToken, name: 'auction' });
  const mine = client;
  showState(client, $('state'));
  client.addEventListener('problem', ({ detail }) => say(detail.message));
  client.subscribe(channel, {
    publication: follow,
    async subscribed({ recovered, data }) {
      if (data && !recovered) {
        ({ state } = data);
        ahead = data.at - Date.now();
        span = Math.max(span, left());
        show();
      }
      const present = await mine.presence(channel).catch(() => ({}));
      members = new Map(Object.entries(present));
      showHere();
    },
    join(info) {
      members.set(info.client, info);
      showHere();
    },
    leave(info) {
      members.delete(info.client);
      showHere();
    },
    ended: (error) => say(`The auction is over for this page: ${error.message}.`),
  });
  client.connect();
}
start();
