// A plain fan-out with the ws package: /?channel subscribes, "channel text" publishes.
const { WebSocketServer } = require('ws');
const channels = new Map();
new WebSocketServer({ host: '127.0.0.1', port: +process.argv[2], perMessageDeflate: false, backlog: 4096 }).on('connection', (socket, request) => {
  const channel = request.url.slice(2);
  if (!channels.has(channel)) channels.set(channel, new Set());
  const members = channels.get(channel);
  members.add(socket);
  socket.on('close', () => members.delete(socket));
  socket.on('message', data => {
    const text = data.toString(), space = text.indexOf(' ');
    for (const member of channels.get(text.slice(0, space)) ?? []) member.send(text.slice(space + 1));
  });
});
