// Rooms as channels.
const { Server } = require('socket.io');
const http = require('http').createServer();
new Server(http, { transports: ['websocket'], perMessageDeflate: false }).on('connection', socket => {
  socket.on('subscribe', (channel, done) => { socket.join(channel); done(); });
  socket.on('publish', (channel, text) => socket.nsp.to(channel).emit('m', text));
});
http.listen(+process.argv[2], '127.0.0.1', 4096);
