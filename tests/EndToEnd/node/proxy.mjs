import { connect, createServer } from 'node:net';

/** Carries TCP connections to one of several gateways; `cut` drops them as a lost network does. */
export class SwitchableProxy {
  #server;
  #targets;
  #order;
  #open = true;
  #sockets = new Set();

  static async listen(targets, first) {
    const proxy = new SwitchableProxy();
    proxy.#targets = targets;
    proxy.#order = [first];
    proxy.#server = createServer((socket) => proxy.#accept(socket));
    await new Promise((done) => proxy.#server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get endpoint() {
    return `${this.address.replace(/^http/, 'ws')}/connection/websocket`;
  }

  get address() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Drops every connection and refuses new ones until `restore`. */
  cut() {
    this.#open = false;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  /** Carries new connections to these gateways: the first of them that accepts. */
  restore(...gateways) {
    this.#order = gateways;
    this.#open = true;
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #accept(socket) {
    this.#keep(socket);
    if (!this.#open) {
      socket.destroy();
      return;
    }
    this.#dial(socket, 0);
  }

  #dial(socket, index) {
    if (index === this.#order.length) {
      socket.destroy();
      return;
    }

    const target = this.#targets[this.#order[index]];
    const upstream = connect(Number(target.port), target.hostname);
    let connected = false;
    this.#keep(upstream);
    upstream.on('connect', () => {
      connected = true;
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('close', () => (connected ? socket.destroy() : this.#dial(socket, index + 1)));
    socket.on('close', () => upstream.destroy());
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => {}); // 'close' follows and does the work
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
