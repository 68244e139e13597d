import { Centrifuge as JsonCentrifuge } from 'centrifuge';
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';
import { SwitchableProxy } from './proxy.mjs';
import { sign } from './tokens.mjs';

const patience = 20_000;

/**
 * What a scenario works with: SDK clients on the gateways it was given, the HTTP API, and waiting that names what is
 * missing. Settings: protocol ("json" or "protobuf"), gateways (their http addresses), apiKey, secret.
 */
export class Trial {
  journal = []; // what happened, for the report of a failure
  #settings;
  #clients = [];
  #proxies = [];
  #id = randomBytes(4).toString('hex');
  #lines = [];

  constructor(settings) {
    this.#settings = settings;
    createInterface({ input: process.stdin }).on('line', (line) => this.#lines.push(line));
  }

  get settings() {
    return this.#settings;
  }

  /** A name that no other trial uses. */
  unique(name) {
    return `${name}-${this.#id}`;
  }

  channel(namespace, name = 'room') {
    return `${namespace}:${this.unique(name)}`;
  }

  endpoint(gateway) {
    return `${this.#settings.gateways[gateway].replace(/^http/, 'ws')}/connection/websocket`;
  }

  /** A token signed with the gateways' secret. */
  token(claims) {
    return sign(claims, this.#settings.secret);
  }

  /**
   * An SDK client, not connected yet. `at`: index of a gateway, or a proxy. `user`: connects with a token of that user.
   * `transport`: "http_stream" or "sse" instead of a WebSocket; its requests then go to `requestsAt`.
   */
  client({ at = 0, requestsAt = at, transport, user, claims, ...options } = {}) {
    const address = (place) => (typeof place === 'number' ? this.#settings.gateways[place] : place.address);
    let endpoint = typeof at === 'number' ? this.endpoint(at) : at.endpoint;
    if (transport) {
      endpoint = [{ transport, endpoint: `${address(at)}/connection/${transport}` }];
      options = { emulationEndpoint: `${address(requestsAt)}/emulation`, eventsource: EventSource, ...options };
    }
    const Centrifuge = this.#settings.protocol === 'protobuf' ? ProtobufCentrifuge : JsonCentrifuge;
    if (user !== undefined || claims !== undefined) {
      options.token = this.token({ sub: user, ...claims });
    }

    const client = new Centrifuge(endpoint, { websocket: WebSocket, minReconnectDelay: 50, maxReconnectDelay: 500, ...options });
    const number = this.#clients.push(client);
    for (const event of ['connecting', 'connected', 'disconnected', 'error']) {
      client.on(event, (ctx) => this.note(`client ${number} ${event}`, ctx));
    }
    return client;
  }

  /** The same, connected. */
  async connected(options) {
    const client = this.client(options);
    client.connect();
    await client.ready(patience);
    return client;
  }

  /** A subscription that keeps what it receives: `publications`, `data`, `events`. Wait with `await subscription.live()`. */
  subscribe(client, channel, options = {}) {
    const subscription = client.newSubscription(channel, { minResubscribeDelay: 50, maxResubscribeDelay: 500, ...options });
    const kept = { subscription, channel, publications: [], data: [], events: [] };
    subscription.on('publication', (ctx) => {
      kept.publications.push(ctx);
      kept.data.push(this.decode(ctx.data));
    });
    for (const event of ['subscribing', 'subscribed', 'unsubscribed', 'join', 'leave', 'error']) {
      subscription.on(event, (ctx) => {
        kept.events.push({ event, ...ctx });
        this.note(`${channel} ${event}`, ctx);
      });
    }

    kept.all = (event) => kept.events.filter((e) => e.event === event);
    kept.live = async () => {
      await this.until(`subscription to ${channel}`, () => subscription.state === 'subscribed');
      return kept;
    };
    subscription.subscribe();
    return kept;
  }

  /** Payloads: the SDK wants bytes in Protobuf mode and values in JSON mode. */
  encode(value) {
    return this.#settings.protocol === 'protobuf' ? new TextEncoder().encode(JSON.stringify(value)) : value;
  }

  decode(data) {
    return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
  }

  /** Calls the HTTP API and returns the result, or throws with the error. */
  async api(method, body, gateway = 0) {
    const response = await fetch(`${this.#settings.gateways[gateway]}/api/${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-API-Key': this.#settings.apiKey },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200) {
      throw new Error(`API ${method}: HTTP ${response.status} ${text}`);
    }

    const answer = JSON.parse(text);
    if (answer.error) {
      throw Object.assign(new Error(`API ${method}: ${text}`), answer.error);
    }
    return answer.result;
  }

  /** A local address whose connections go to a gateway of choice, and can be cut. */
  async proxy(gateway) {
    const proxy = await SwitchableProxy.listen(this.#settings.gateways.map((g) => new URL(g)), gateway);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** Waits until the condition holds; the condition may be async. */
  async until(what, condition, milliseconds = patience) {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const value = await condition();
      if (value) {
        return value;
      }
      if (Date.now() > deadline) {
        throw new Error(`waited ${milliseconds / 1000} s for: ${what}`);
      }
      await new Promise((done) => setTimeout(done, 15));
    }
  }

  /** Waits for the next event of that name and returns its context. Ask before causing the event. */
  next(emitter, event) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited ${patience / 1000} s for the event: ${event}`)), patience);
      emitter.once(event, (ctx) => {
        clearTimeout(timer);
        resolve(ctx);
      });
    });
  }

  /** The error that a promise must be rejected with. */
  async error(promise) {
    try {
      await promise;
    } catch (error) {
      return error;
    }
    throw new Error('expected an error, got a result');
  }

  /** Tells the C# test something. */
  say(message) {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  }

  /** Waits for a line from the C# test, or one that matches an expression; returns the match. */
  told(line, milliseconds = patience) {
    const matches = (l) => (line instanceof RegExp ? l.match(line) : l === line && [l]);
    return this.until(`the test to say ${line}`, () => this.#lines.map(matches).find(Boolean), milliseconds);
  }

  note(what, ctx) {
    this.journal.push(`${new Date().toISOString().slice(11, 23)} ${what} ${JSON.stringify(ctx, (_, v) => (v instanceof Error ? v.message : v))}`);
  }

  async end() {
    for (const client of this.#clients) {
      client.disconnect();
    }
    for (const proxy of this.#proxies) {
      proxy.close();
    }
  }
}
