// The page: who is looking, which view, and the connection that brings the cluster's figures.
import { call, session, statusOf } from './api.js';
import { h } from './dom.js';
import { Figures } from './figures.js';
import * as keys from './keys.js';
import { Wire } from './wire.js';
import { channel } from './views/channel.js';
import { channels } from './views/channels.js';
import { cluster } from './views/cluster.js';
import { overview } from './views/overview.js';
import { signIn } from './views/sign-in.js';
import { tryIt } from './views/try.js';
import { user } from './views/user.js';
import { users } from './views/users.js';
import { why } from './views/why.js';

const views = { try: tryIt, overview, channels, channel, users, user, cluster, why };
const tabs = [
  ['try', 'Try it', 'M5 5h14v10H10l-4 4v-4H5z'],
  ['overview', 'Overview', 'M4 19h16M6 15l4-5 4 3 4-7'],
  ['channels', 'Channels', 'M9 4 7 20M17 4l-2 16M4 9h16M4 15h16'],
  ['users', 'Users', 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20c1-4 4-6 8-6s7 2 8 6'],
  ['cluster', 'Cluster', 'M5 5h14v5H5zM5 14h14v5H5zM8 7.5h.01M8 16.5h.01'],
  ['why', 'Why?', 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18h.01'],
];

const $ = (id) => document.getElementById(id);
const figures = new Figures();
let me; // how this page stands to the console
let wire = null;
let leave = () => {};
let starting = null; // the question how the page stands, while it is under way

const isIn = () => me.state === 'open' || me.state === 'signed_in';
const allowed = (view) => (view === 'try' ? me.embedded : isIn());

/** What views work with. */
const context = {
  call,
  figures,
  get me() {
    return me;
  },
  get wire() {
    return wire;
  },
  go: (hash) => { location.hash = hash; },
  title: (text) => { document.title = `${text} · WsCluster`; },
  signedIn: start,
};

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, ...rest] = path.split('/');
  const first = me.embedded ? 'try' : 'overview';
  const name = views[view] && (view !== 'try' || me.embedded) ? view : first; // in a cluster there is nothing to try without a token
  return { name, argument: decodeURIComponent(rest.join('/')), query: new URLSearchParams(query) };
}

function show() {
  leave();
  leave = () => {};
  const { name, argument, query } = route();
  const main = $('main');
  main.replaceChildren();
  const tab = { channel: 'channels', user: 'users' }[name] ?? name;
  for (const link of $('nav').children) {
    link.toggleAttribute('aria-current', link.dataset.view === tab);
    if (link.dataset.view === tab) {
      link.setAttribute('aria-current', 'page');
    }
  }
  context.title(tabs.find(([view]) => view === tab)?.[1] ?? '');
  if (name !== 'try' && me.state === 'off') {
    main.append(h('div', { class: 'card empty' }, h('h1', {}, 'The console is off'),
      h('p', {}, 'Set ', h('code', {}, 'WsCluster:Console:Password'), ' to sign in here, or open the page on the gateway’s own machine as ', h('code', {}, 'localhost'), '.')));
  } else if (allowed(name)) {
    leave = views[name](main, context, argument, query) ?? leave;
  } else {
    leave = signIn(main, context) ?? leave;
  }
  window.scrollTo(0, 0);
}

function state(name, text) {
  $('state').dataset.state = name;
  $('state').textContent = text;
}

/** The connection of the console itself. The page for trying has one of its own, as any client would. */
function connect() {
  if (wire || !isIn()) {
    return;
  }
  wire = new Wire('console', async () => {
    const { state, token } = await session();
    if (!token) {
      signedOut();
      throw new Error(state);
    }
    return token;
  });
  wire.addEventListener('open', async () => {
    state('open', 'live');
    try {
      figures.fill((await call('figures', {})).publications.map((publication) => publication.data));
    } catch {
      // what comes next is drawn all the same
    }
  });
  wire.addEventListener('closed', ({ detail }) => {
    state('closed', detail.final ? `closed: ${detail.reason || detail.code}` : 'reconnecting…');
    if (detail.final) {
      signedOut();
    }
  });
  wire.addEventListener('push', ({ detail }) => {
    if (detail.pub && detail.channel.startsWith('!console:')) {
      figures.add(detail.pub.data);
    }
  });
  wire.open();
}

/** Several learn of it: a request, the connection, the button. The first asks again; a form that is being filled in stays. */
function signedOut() {
  wire?.close();
  wire = null;
  if (isIn()) {
    start();
  }
}

/** Finds out how the page stands, and shows it. */
function start() {
  starting ??= standing().finally(() => { starting = null; });
  return starting;
}

async function standing() {
  try {
    me = await session();
  } catch {
    state('closed', 'out of reach');
    setTimeout(start, 2000);
    return;
  }
  $('nav').replaceChildren(...tabs.filter(([view]) => view !== 'try' || me.embedded).map(([view, name, icon]) =>
    h('a', { href: `#/${view}`, 'data-view': view }, h('svg:svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('svg:path', { d: icon })), name)));
  $('sign-out').hidden = me.state !== 'signed_in';
  $('state').hidden = !isIn();
  $('notice').hidden = me.state !== 'open';
  $('notice').textContent = 'Embedded mode: open to everybody on this machine, without a password.';
  connect();
  show();
}

window.addEventListener('hashchange', show);
document.addEventListener('signed-out', signedOut);
$('help').addEventListener('click', keys.showKeys);
$('sign-out').addEventListener('click', async () => {
  await statusOf('sign-out');
  signedOut();
});
keys.listen(allowed);
start();
