// The client protocol over a WebSocket, as much of it as this page needs. Applications use an SDK, which also recovers.
export class Wire extends EventTarget {
  #token;
  #name;
  #socket;
  #waiting = new Map();
  #nextId = 1;
  #retryMs = 300;
  #timer;
  #stopped = false;

  /** `token`: gives what the connection proves itself with, or null for an anonymous one; asked before each attempt. */
  constructor(name, token = async () => null) {
    super();
    this.#name = name;
    this.#token = token;
  }

  client = null;

  async open() {
    this.#stopped = false;
    let token;
    try {
      token = await this.#token();
    } catch {
      return this.#again();
    }
    if (this.#stopped) {
      return undefined;
    }
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/connection/websocket`);
    this.#socket = socket;
    socket.onopen = async () => {
      if (this.#stopped) {
        return socket.close(); // one that is closed while it opens is a warning in the browser's log
      }
      const reply = await this.call({ connect: { name: this.#name, ...(token && { token }) } });
      if (reply.error) {
        this.#emit('refused', reply.error);
        return socket.close();
      }
      this.#retryMs = 300;
      this.client = reply.connect.client;
      return this.#emit('open', reply.connect);
    };
    socket.onmessage = (event) => {
      for (const line of event.data.split('\n')) {
        if (line) {
          this.#take(JSON.parse(line));
        }
      }
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) {
        this.#lost(event);
      }
    };
    return undefined;
  }

  /** One command; resolves with its reply, which may be an error. */
  call(command) {
    return new Promise((resolve) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        resolve({ error: { code: 0, message: 'not connected' } });
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, ...command }));
    });
  }

  close() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.close();
    }
  }

  #take(message) {
    if (message.id) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if (!message.push) {
      this.#socket.send('{}'); // a ping wants an answer
    } else {
      this.#emit('push', message.push);
    }
  }

  #lost(event) {
    this.client = null;
    for (const resolve of this.#waiting.values()) {
      resolve({ error: { code: event.code, message: event.reason || 'the connection was closed' } });
    }
    this.#waiting.clear();
    const final = (event.code >= 3500 && event.code < 4000) || (event.code >= 4500 && event.code < 5000);
    this.#emit('closed', { code: event.code, reason: event.reason, final });
    if (!final) {
      this.#again();
    }
  }

  #again() {
    if (this.#stopped) {
      return;
    }
    this.#timer = setTimeout(() => this.open(), this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(this.#retryMs * 2, 8000);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
