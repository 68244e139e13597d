<?php
// Two connections on two gateways talk the JSON protocol: php client.php <host:port> <host:port of a gateway that pings>.
// Only PHP's stream functions are used: this is all that a WebSocket client needs.
declare(strict_types=1);

final class Client
{
    public int $pings = 0;
    /** @var list<array<string, mixed>> */
    private array $inbox = [];

    /** @param resource $stream */
    private function __construct(private $stream)
    {
    }

    public static function open(string $authority): self
    {
        $stream = stream_socket_client("tcp://$authority", $code, $message, 10);
        check($stream !== false, "connect: $message");
        stream_set_timeout($stream, 20);
        $key = base64_encode(random_bytes(16));
        fwrite($stream, "GET /connection/websocket HTTP/1.1\r\nHost: $authority\r\nUpgrade: websocket\r\n"
            . "Connection: Upgrade\r\nSec-WebSocket-Key: $key\r\nSec-WebSocket-Version: 13\r\n\r\n");
        $head = '';
        while (!str_ends_with($head, "\r\n\r\n")) {
            $line = fgets($stream);
            check($line !== false, "the handshake ended after: $head");
            $head .= $line;
        }
        $accept = base64_encode(sha1($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11', true));
        check(str_starts_with($head, 'HTTP/1.1 101 '), $head);
        check(stripos($head, "sec-websocket-accept: $accept\r\n") !== false, $head);
        return new self($stream);
    }

    /** Sends all commands in one frame. */
    public function send(array ...$commands): void
    {
        $lines = array_map(fn (array $c) => json_encode($c, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES), $commands);
        $this->write(0x1, implode("\n", $lines));
    }

    /** The next reply or push; answers pings. */
    public function receive(): array
    {
        while ($this->inbox === []) {
            $this->readFrame();
        }
        return array_shift($this->inbox);
    }

    /** Waits for one more ping. */
    public function receivePing(): void
    {
        for ($pings = $this->pings; $this->pings === $pings;) {
            $this->readFrame();
        }
    }

    /** Closes as the WebSocket protocol wants it and returns the server's close code. */
    public function close(): int
    {
        $this->write(0x8, pack('n', 1000));
        do {
            [$opcode, $payload] = $this->readRaw();
        } while ($opcode !== 0x8);
        fclose($this->stream);
        return unpack('n', $payload)[1];
    }

    private function readFrame(): void
    {
        [$opcode, $payload] = $this->readRaw();
        if ($opcode === 0x9) {
            $this->write(0xA, $payload);
            return;
        }
        check($opcode === 0x1, "frame of kind $opcode: " . bin2hex($payload));
        foreach (explode("\n", $payload) as $line) {
            if ($line === '{}') {
                $this->pings++;
                $this->write(0x1, '{}');
            } elseif ($line !== '') {
                $this->inbox[] = json_decode($line, true, 64, JSON_THROW_ON_ERROR);
            }
        }
    }

    /** @return array{int, string} */
    private function readRaw(): array
    {
        [, $first, $second] = unpack('C2', $this->readBytes(2));
        check(($first & 0x80) !== 0 && ($first & 0x70) === 0, 'a whole frame without extensions');
        check(($second & 0x80) === 0, 'servers do not mask');
        $length = match ($second) {
            126 => unpack('n', $this->readBytes(2))[1],
            127 => unpack('J', $this->readBytes(8))[1],
            default => $second,
        };
        return [$first & 0x0F, $this->readBytes($length)];
    }

    private function readBytes(int $count): string
    {
        $bytes = '';
        while (strlen($bytes) < $count) {
            $part = fread($this->stream, $count - strlen($bytes));
            check($part !== false && ($part !== '' || !feof($this->stream)), 'the connection ended');
            check(!stream_get_meta_data($this->stream)['timed_out'], 'waited 20 s for bytes');
            $bytes .= $part;
        }
        return $bytes;
    }

    private function write(int $opcode, string $payload): void
    {
        $length = strlen($payload);
        $head = chr(0x80 | $opcode) . ($length < 126 ? chr(0x80 | $length) : chr(0x80 | 126) . pack('n', $length));
        $mask = random_bytes(4);
        $masked = $payload ^ substr(str_repeat($mask, intdiv($length, 4) + 1), 0, $length);
        fwrite($this->stream, $head . $mask . $masked);
    }
}

function check(bool $holds, string $otherwise): void
{
    if (!$holds) {
        throw new RuntimeException($otherwise);
    }
}

function same(mixed $expected, mixed $actual): void
{
    check($expected === $actual, 'expected ' . json_encode($expected) . ', got ' . json_encode($actual));
}

function run(string $firstAuthority, string $secondAuthority): void
{
    $channel = 'chat:php-' . bin2hex(random_bytes(4));
    $first = Client::open($firstAuthority);
    $second = Client::open($secondAuthority);

    // Everything in one frame, the replies in the order of the commands.
    $first->send(
        ['id' => 1, 'connect' => ['name' => 'php']],
        ['id' => 2, 'subscribe' => ['channel' => $channel]],
        ['id' => 3, 'publish' => ['channel' => $channel, 'data' => ['text' => 'früh']]],
        ['id' => 4, 'history' => ['channel' => $channel, 'limit' => 10]],
        ['id' => 5, 'subscribe' => ['channel' => $channel]],
    );
    $replies = [];
    while (count($replies) < 5) {
        $message = $first->receive();
        if (isset($message['id'])) {
            $replies[$message['id']] = $message;
        }
    }
    same([1, 2, 3, 4, 5], array_keys($replies));
    check($replies[1]['connect']['client'] !== '', 'a client id');
    same([['text' => 'früh']], array_column($replies[4]['history']['publications'], 'data'));
    same(['code' => 105, 'message' => 'already subscribed'], $replies[5]['error']);

    $second->send(['id' => 1, 'connect' => ['name' => 'php']], ['id' => 2, 'subscribe' => ['channel' => $channel]]);
    $second->receive();
    same(1, $second->receive()['subscribe']['offset']);
    $second->send(['id' => 3, 'publish' => ['channel' => $channel, 'data' => 42]]);
    foreach ([$first, $second] as $client) {
        do {
            $publication = $client->receive()['push']['pub'] ?? [];
        } while (($publication['offset'] ?? 0) !== 2);
        same(42, $publication['data']);
    }

    for ($i = 0; $i < 3; $i++) {
        $second->receivePing();
    }
    same(1000, $second->close());
    same(1000, $first->close());
}

try {
    run($argv[1], $argv[2]);
    echo json_encode(['outcome' => 'passed']), "\n";
} catch (Throwable $e) {
    echo json_encode(['outcome' => 'failed', 'error' => (string) $e], JSON_INVALID_UTF8_SUBSTITUTE), "\n";
    exit(1);
}
