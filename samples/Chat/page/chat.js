import { Client, endpoint, hueOf, myName, showState, tokenFor } from '/shared/client.js';

const rooms = [
  { id: 'lobby', title: 'Lobby', topic: 'Say hello. Open a second window to answer yourself.' },
  { id: 'coffee', title: 'Coffee', topic: 'Nothing about work.' },
  { id: 'ideas', title: 'Ideas', topic: 'What should we build next?' },
  { id: 'help', title: 'Help', topic: 'Ask anything.' },
];
const $ = (id) => document.getElementById(id);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// This tab's user. A real application has accounts; here everybody is who this browser says, with a name of choice.
const me = sessionStorage.getItem('user') ?? crypto.getRandomValues(new Uint32Array(2)).join('-');
sessionStorage.setItem('user', me);
$('name').value = myName();

const getToken = () => tokenFor(me, $('name').value);

let client;
let room;
let members = new Map(); // of this room, by connection
let typing = new Map(); // who types, and until when
let lastUser = null;

function avatar(user, name) {
  const initials = name.split(/\s+/).map((word) => word[0]).join('').slice(0, 2).toUpperCase();
  const made = element('span', { className: 'avatar', textContent: initials });
  const hue = hueOf(user);
  made.style.background = `linear-gradient(135deg, hsl(${hue} 62% 48%), hsl(${(hue + 50) % 360} 62% 38%))`;
  made.setAttribute('aria-hidden', 'true');
  return made;
}

const nameOf = (info) => info?.conn_info?.name ?? 'somebody';
const clock = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** Adds a message; what was there at the bottom stays in view. */
function show({ user, name, text, at, state = '' }) {
  const list = $('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.querySelector('.empty')?.remove();
  const item = element('li', { className: `message ${user === me ? 'mine' : ''} ${user === lastUser ? 'follows' : ''} ${state}` });
  item.append(element('span', { className: 'who' }, element('b', { textContent: user === me ? 'You' : name }), ` ${clock(at)}`));
  item.append(avatar(user, name), element('span', { className: 'bubble', textContent: text }));
  lastUser = user;
  list.append(item);
  if (atEnd || user === me) {
    list.scrollTop = list.scrollHeight;
  }
  return item;
}

function note(text) {
  lastUser = null;
  $('messages').append(element('li', { className: 'note', textContent: text }));
}

function showPeople() {
  const people = new Map([...members.values()].map((info) => [info.user, info]));
  $('count').textContent = `${people.size} here`;
  const own = (info) => (info.user === me ? 0 : 1);
  $('people').replaceChildren(...[...people.values()]
    .sort((a, b) => own(a) - own(b) || nameOf(a).localeCompare(nameOf(b)))
    .map((info) => element('li', {}, avatar(info.user, nameOf(info)), nameOf(info), ...(info.user === me ? [element('small', { textContent: '(you)' })] : []))));
}

function showTyping() {
  const now = Date.now();
  typing.forEach(({ until }, user) => until < now && typing.delete(user));
  const names = [...typing.values()].map(({ name }) => name);
  const who = names.length > 2 ? `${names.length} people are typing` : names.length === 2 ? `${names.join(' and ')} are typing` : `${names[0]} is typing`;
  const dots = element('span', { className: 'dots' }, element('i'), element('i'), element('i'));
  $('typing').replaceChildren(...(names.length > 0 ? [dots, who] : []));
}

function received(publication) {
  const { user } = publication.info ?? { user: '' };
  const { id, text, at } = publication.data;
  typing.delete(user);
  showTyping();
  const waiting = id && document.querySelector(`[data-id="${CSS.escape(id)}"]`); // sent from here and not confirmed until now
  if (waiting) {
    waiting.classList.remove('waiting');
    delete waiting.dataset.id;
  } else {
    show({ user, name: nameOf(publication.info), text, at });
  }
}

async function loadPeople(channel) {
  const present = await client.presence(channel).catch(() => ({}));
  if (room && channel === `room:${room.id}`) {
    members = new Map(Object.entries(present));
    showPeople();
  }
}

function enter(next) {
  if (room) {
    client.unsubscribe(`room:${room.id}`);
    client.unsubscribe(`typing:${room.id}`);
  }
  room = next;
  document.body.classList.remove('people');
  members = new Map();
  typing = new Map();
  lastUser = null;
  const channel = `room:${room.id}`;
  $('room').textContent = room.title;
  $('topic').textContent = room.topic;
  document.title = `${room.title} – Chat`;
  location.hash = room.id;
  $('messages').replaceChildren();
  showTyping();
  showPeople();
  document.querySelectorAll('#rooms button').forEach((button) => button.setAttribute('aria-current', button.dataset.id === room.id));

  let first = true;
  const subscription = client.subscribe(channel, {
    publication: received,
    async subscribed({ recovered, wasRecovering }) {
      loadPeople(channel);
      if (!first && !(wasRecovering && !recovered)) {
        return; // what was missed follows by itself
      }
      first = false;
      const old = await client.history(channel, 60).catch(() => []);
      if (room !== next) {
        return;
      }
      // What came while the history was on its way is in it, too: start over from the page as it is.
      lastUser = null;
      $('messages').replaceChildren();
      old.reverse().forEach(received);
      if (old.length === 0) {
        $('messages').append(element('li', { className: 'empty', textContent: `Nobody has said anything in ${room.title} yet. You could be the first.` }));
      }
      $('messages').scrollTop = $('messages').scrollHeight;
    },
    join(info) {
      members.set(info.client, info);
      showPeople();
    },
    leave(info) {
      members.delete(info.client);
      typing.delete(info.user);
      showPeople();
      showTyping();
    },
    ended: (error) => note(`This room is closed: ${error.message}.`),
  });
  client.subscribe(`typing:${room.id}`, {
    publication({ info }) {
      if (info.user !== me) {
        typing.set(info.user, { name: nameOf(info), until: Date.now() + 3000 });
        showTyping();
      }
    },
  });
  return subscription;
}

$('rooms').append(...rooms.map((each) => {
  const icon = element('span', { className: 'icon', textContent: '#' });
  icon.style.setProperty('--hue', hueOf(each.id));
  const button = element('button', { type: 'button', onclick: () => enter(each) }, icon, each.title);
  button.dataset.id = each.id;
  return element('li', {}, button);
}));

let toldAt = 0;
$('text').oninput = () => {
  if (Date.now() - toldAt > 1500 && $('text').value) {
    toldAt = Date.now();
    client.publish(`typing:${room.id}`, {}).catch(() => {}); // the next key tells again
  }
};
$('composer').onsubmit = async (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text) {
    return;
  }
  $('text').value = '';
  toldAt = 0;
  const id = crypto.getRandomValues(new Uint32Array(2)).join('-');
  const item = show({ user: me, name: $('name').value, text, at: Date.now(), state: 'waiting' });
  item.dataset.id = id;
  try {
    await client.publish(`room:${room.id}`, { id, text, at: Date.now() });
  } catch (error) {
    item.classList.replace('waiting', 'failed');
    item.title = `Not sent: ${error.message}`;
  }
};
$('me').onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem('name', $('name').value);
  start(); // the name is in the token, so it takes a new connection
};
// On a phone the list of people, and one's own name, are behind the number of those here.
$('count').onclick = () => document.body.classList.add('people');
$('close').onclick = () => document.body.classList.remove('people');
setInterval(showTyping, 500);

async function start() {
  client?.disconnect();
  const here = room ?? rooms.find((each) => each.id === location.hash.slice(1)) ?? rooms[0];
  room = null;
  client = new Client(await endpoint(), { getToken, name: 'chat' });
  showState(client, $('state'));
  enter(here);
  client.connect();
}
start();
