// A small client of the protocol for the pages of the samples: one connection that keeps itself up, subscriptions that recover.
// Applications use the published SDK (npm install centrifuge), which does more; these pages load nothing from elsewhere.

/** Where the page connects, from its server's settings. */
export async function endpoint() {
  const config = await (await fetch('/config.json')).json();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const where = config.endpoint || `${scheme}://${location.hostname}:8000/connection/websocket`;
  return new URL(where, `${scheme}://${location.host}/`).href;
}

/** A token from the page's server, for who this page says its visitor is. */
export async function tokenFor(user, name) {
  const answer = await fetch('/token', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user, name }) });
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return (await answer.json()).token;
}

const minDelay = 300;
const maxDelay = 10_000;
const pingSlack = 10_000;

/** Events: `state` ("connecting", "connected", "disconnected") and `problem` (an Error). */
export class Client extends EventTarget {
  #url;
  #getToken;
  #name;
  #token = null;
  #socket = null;
  #nextId = 1;
  #waiting = new Map();
  #subscriptions = new Map();
  #attempt = 0;
  #retry;
  #ping;

  state = 'disconnected';
  id = null; // of the connection, while connected

  constructor(url, { getToken = null, name = 'sample' } = {}) {
    super();
    this.#url = url;
    this.#getToken = getToken;
    this.#name = name;
  }

  connect() {
    if (this.state === 'disconnected') {
      this.#become('connecting');
      this.#open();
    }
  }

  disconnect() {
    clearTimeout(this.#retry);
    this.#become('disconnected');
    this.#socket?.close();
    this.#forget();
  }

  /** Subscribes and stays so. Handlers: publication, join, leave, subscribed, ended; all but publication are optional. */
  subscribe(channel, handlers) {
    const subscription = { channel, handlers, live: false, position: null };
    this.#subscriptions.set(channel, subscription);
    if (this.state === 'connected') {
      this.#subscribe(subscription);
    }
    return subscription;
  }

  unsubscribe(channel) {
    if (this.#subscriptions.delete(channel) && this.state === 'connected') {
      this.call({ unsubscribe: { channel } }).catch(() => {});
    }
  }

  publish(channel, data) {
    return this.call({ publish: { channel, data } });
  }

  /** Calls a method: `channel/method` is one of a channel with a behavior. */
  async rpc(method, data) {
    return (await this.call({ rpc: { method, data } })).rpc.data;
  }

  async presence(channel) {
    return (await this.call({ presence: { channel } })).presence.presence;
  }

  async history(channel, limit, reverse = true) {
    return (await this.call({ history: { channel, limit, reverse } })).history.publications;
  }

  /** Sends a command; resolves with its reply, rejects with an error that has the server's `code`. */
  call(command) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(Object.assign(new Error('not connected'), { code: 0 }));
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, ...command }));
    });
  }

  async #open() {
    try {
      if (this.#getToken && !this.#token) {
        this.#token = await this.#getToken();
      }
    } catch (error) {
      this.#problem(error);
      this.#again();
      return;
    }
    if (this.state !== 'connecting') {
      return;
    }

    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#greet(socket);
    socket.onmessage = (event) => {
      if (socket === this.#socket) {
        this.#watch();
        event.data.split('\n').filter(Boolean).forEach((line) => this.#take(JSON.parse(line)));
      }
    };
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code, event.reason);
  }

  async #greet(socket) {
    try {
      const { connect } = await this.call({ connect: { name: this.#name, ...(this.#token && { token: this.#token }) } });
      this.#attempt = 0;
      this.id = connect.client;
      this.pingMs = (connect.ping ?? 0) * 1000;
      this.answersPings = connect.pong ?? false;
      this.#watch();
      this.#become('connected');
      this.#subscriptions.forEach((subscription) => this.#subscribe(subscription));
    } catch (error) {
      if (socket !== this.#socket) {
        return;
      }
      this.#problem(error);
      if (error.code === 109 && this.#getToken) {
        this.#token = null; // expired: the next attempt gets another
      } else if (!error.temporary && error.code >= 100 && error.code < 3000) {
        this.disconnect();
        return;
      }
      socket.close();
    }
  }

  async #subscribe(subscription) {
    const { channel, handlers, position } = subscription;
    subscription.held = []; // what comes in one frame with the reply, before that is looked at
    try {
      const { subscribe } = await this.call({ subscribe: { channel, ...(position && { recover: true, ...position }) } });
      subscription.live = true;
      const recovered = subscribe.recovered ?? false;
      subscription.position = subscribe.recoverable ? { epoch: subscribe.epoch, offset: subscribe.offset ?? 0 } : null;
      handlers.subscribed?.({ recovered, wasRecovering: subscribe.was_recovering ?? false, data: subscribe.data });
      (subscribe.publications ?? []).forEach((publication) => this.#deliver(subscription, publication));
      const held = subscription.held ?? [];
      subscription.held = null;
      held.forEach((push) => this.#push(push));
    } catch (error) {
      subscription.held = null;
      if (this.#subscriptions.get(channel) !== subscription || this.state !== 'connected') {
        return;
      }
      this.#problem(error);
      if (error.temporary) {
        setTimeout(() => this.state === 'connected' && this.#subscriptions.get(channel) === subscription && this.#subscribe(subscription), 1000 * Math.random());
      } else {
        handlers.ended?.(error);
      }
    }
  }

  #deliver(subscription, publication) {
    if (publication.offset && subscription.position) {
      subscription.position.offset = publication.offset;
    }
    subscription.handlers.publication(publication);
  }

  #take(message) {
    if (message.id) {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) {
        waiting?.reject(Object.assign(new Error(message.error.message), message.error));
      } else {
        waiting?.resolve(message);
      }
    } else if (message.push) {
      this.#push(message.push);
    } else if (this.answersPings) {
      this.#socket.send('{}');
    }
  }

  #push(push) {
    const subscription = this.#subscriptions.get(push.channel);
    if (!subscription?.live) {
      subscription?.held?.push(push);
      return;
    }
    if (push.pub) {
      this.#deliver(subscription, push.pub);
    } else if (push.join) {
      subscription.handlers.join?.(push.join.info);
    } else if (push.leave) {
      subscription.handlers.leave?.(push.leave.info);
    } else if (push.unsubscribe) {
      subscription.live = false;
      if (push.unsubscribe.code >= 2500) {
        this.#subscribe(subscription);
      } else {
        subscription.handlers.ended?.(Object.assign(new Error(push.unsubscribe.reason), push.unsubscribe));
      }
    }
  }

  /** The server pings; when it does not, the connection is dead whatever the socket says. */
  #watch() {
    clearTimeout(this.#ping);
    if (this.pingMs) {
      this.#ping = setTimeout(() => {
        const socket = this.#socket;
        this.#lost(1006, 'no ping');
        socket?.close();
      }, this.pingMs + pingSlack);
    }
  }

  #lost(code, reason) {
    this.#forget();
    if (this.state === 'disconnected') {
      return;
    }
    if (code === 1009 || (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000)) {
      this.#problem(Object.assign(new Error(reason), { code }));
      this.#become('disconnected');
      return;
    }
    this.#become('connecting');
    this.#again();
  }

  #forget() {
    clearTimeout(this.#ping);
    this.#socket = null;
    this.id = null;
    this.#subscriptions.forEach((subscription) => (subscription.live = false));
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    waiting.forEach(({ reject }) => reject(Object.assign(new Error('connection lost'), { code: 0, temporary: true })));
  }

  /** After a random time below a ceiling that doubles, so that many pages do not come back at once. */
  #again() {
    clearTimeout(this.#retry);
    const ceiling = Math.min(maxDelay, minDelay * 2 ** Math.min(this.#attempt++, 10));
    this.#retry = setTimeout(() => this.state === 'connecting' && this.#open(), Math.random() * ceiling);
  }

  #problem(error) {
    this.dispatchEvent(new CustomEvent('problem', { detail: error }));
  }

  #become(state) {
    if (this.state !== state) {
      this.state = state;
      this.dispatchEvent(new CustomEvent('state', { detail: state }));
    }
  }
}

/** Shows the client's state in an element, with the words of the pages. */
export function showState(client, element) {
  const words = { connecting: 'connecting…', connected: 'live', disconnected: 'offline' };
  const show = () => {
    element.dataset.state = client.state;
    element.textContent = words[client.state];
  };
  client.addEventListener('state', show);
  show();
}

/** A name to start with, kept in this browser. */
export function myName() {
  const words = ['Amber', 'Coral', 'Indigo', 'Jade', 'Ochre', 'Scarlet', 'Silver', 'Teal'];
  const animals = ['Badger', 'Falcon', 'Fox', 'Heron', 'Lynx', 'Otter', 'Owl', 'Seal'];
  const pick = (list) => list[Math.floor(Math.random() * list.length)];
  const name = sessionStorage.getItem('name') ?? `${pick(words)} ${pick(animals)}`;
  sessionStorage.setItem('name', name);
  return name;
}

/** A colour that belongs to a text. */
export function hueOf(text) {
  let hash = 7;
  for (const character of text) {
    hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  }
  return hash % 360;
}
