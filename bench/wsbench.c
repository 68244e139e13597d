// Load for bench/run.sh: one thread, one epoll, any number of WebSocket subscribers and publishers, several protocols.
// A publication's text carries a number between two tildes; receivers look for that and never parse a protocol, so the generator
// takes as little of the machine as it can. Build: cc -O2 -o wsbench wsbench.c.   Options: see usage().
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum proto { CENTRIFUGE, NATS, MQTT, RAW, SIGNALR, SOCKETIO };
static const char *proto_names[] = {"centrifuge", "nats", "mqtt", "raw", "signalr", "socketio"};
enum stage { CONNECTING, UPGRADING, GREETING, SUBSCRIBING, READY, CLOSED };
#define RING (1u << 20)      // publications that may be remembered at a time
#define HISTORY 64           // how far a subscriber looks back for duplicates
#define MAX_URLS 8
#define MAX_PIDS 16

struct url { char host[64], path[200]; int port; };
struct publication { int64_t due; int channel, missing; uint64_t number; bool measured; };
struct channel { uint64_t sent; int subscribers; };
struct conn {
    int fd, channel, node; enum stage stage; bool publisher, http, armed;
    unsigned char *in; size_t in_len, in_cap;
    char *out; size_t out_len, out_cap;
    uint64_t next, seen;     // the next number expected, and which of those before it came
    int acks_due;
};

static enum proto proto = CENTRIFUGE;
static struct url urls[MAX_URLS], pub_url;
static int url_count, pid_count, pids[MAX_PIDS];
static bool has_pub_url, by_ack;
static int conns = 1000, channels = 1, publishers = 1, window = 8, payload = 128, conc = 256;
static double rate, warmup = 1, duration = 4, hold = 2;
static const char *mode = "fanout", *label = "", *prefix = "";
static struct conn *all; static int all_count, epfd, ready_count, failed, opening;
static struct channel *chans; static struct publication *ring;
static uint64_t next_id = 1, lost_at_close, dups, misrouted, errors, received, win_received, win_published, completed;
static int in_flight; static bool measuring, publishing;
static uint32_t *histogram; static uint64_t samples;   // microseconds, up to 4 s
#define BUCKETS 4000000
static char *filler;

static int64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000LL + t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr); exit(2); }
static void arm(struct conn *c, bool write) {
    if (c->armed == write || c->fd < 0) return;
    struct epoll_event e = {.events = EPOLLIN | (write ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(epfd, EPOLL_CTL_MOD, c->fd, &e); c->armed = write;
}
static void close_conn(struct conn *c) {
    if (c->fd < 0) return;
    if (c->stage != READY) { failed++; opening--; }
    close(c->fd); c->fd = -1; c->stage = CLOSED;
}
static void flush_out(struct conn *c) {
    while (c->out_len) {
        ssize_t n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
        if (n < 0) { if (errno == EAGAIN) break; close_conn(c); return; }
        memmove(c->out, c->out + n, c->out_len - n); c->out_len -= n;
    }
    arm(c, c->out_len > 0);
}
static void put(struct conn *c, const void *data, size_t n) {
    if (c->out_len + n > c->out_cap) { c->out_cap = (c->out_len + n) * 2; c->out = realloc(c->out, c->out_cap); }
    memcpy(c->out + c->out_len, data, n); c->out_len += n;
}
// One masked frame; the mask is zero, which the protocol allows and which costs nothing.
static void put_frame(struct conn *c, int opcode, const char *data, size_t n) {
    unsigned char h[14] = {0x80 | opcode}; int k = 2;
    if (n < 126) h[1] = 0x80 | n; else if (n < 65536) { h[1] = 0x80 | 126; h[2] = n >> 8; h[3] = n; k = 4; }
    else { h[1] = 0x80 | 127; for (int i = 0; i < 8; i++) h[2 + i] = n >> (56 - 8 * i); k = 10; }
    memset(h + k, 0, 4); put(c, h, k + 4); put(c, data, n);
}
static int data_opcode(void) { return proto == NATS || proto == MQTT ? 2 : 1; }
static void say(struct conn *c, const char *f, ...) {
    char text[8192]; va_list a; va_start(a, f); int n = vsnprintf(text, sizeof text, f, a); va_end(a);
    put_frame(c, data_opcode(), text, n);
}
static int mqtt_length(unsigned char *to, size_t n) { int k = 0; do { to[k] = n % 128 | (n > 127 ? 128 : 0); n /= 128; k++; } while (n); return k; }
static void name_of(int channel, char *to) { sprintf(to, "%s%d", prefix, channel); }
static void became_ready(struct conn *c) { c->stage = READY; ready_count++; opening--; }

static void greet(struct conn *c) {   // the WebSocket is open
    char ch[256]; name_of(c->channel, ch);
    bool subscribe = !c->publisher && c->channel >= 0;
    c->stage = GREETING;
    switch (proto) {
    case RAW: became_ready(c); return;
    case CENTRIFUGE:
        if (subscribe) say(c, "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"%s\"}}", ch);
        else say(c, "{\"id\":1,\"connect\":{}}");
        break;
    case NATS: say(c, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n"); if (subscribe) say(c, "SUB %s 1\r\n", ch); say(c, "PING\r\n"); break;
    case MQTT: { unsigned char m[64] = {0x10}; char id[24]; int n = sprintf(id, "b%d", (int)(c - all)), k = 1;
        k += mqtt_length(m + k, 12 + n); memcpy(m + k, "\0\4MQTT\4\2\0\0", 10); k += 10; m[k++] = 0; m[k++] = n; memcpy(m + k, id, n);
        put_frame(c, 2, (char *)m, k + n); break; }
    case SIGNALR: say(c, "{\"protocol\":\"json\",\"version\":1}\x1e"); break;
    case SOCKETIO: break;   // the server speaks first
    }
    flush_out(c);
}
static void sub_now(struct conn *c) {   // protocols that subscribe in a step of its own
    char ch[256]; name_of(c->channel, ch);
    if (c->publisher || c->channel < 0) { became_ready(c); return; }
    c->stage = SUBSCRIBING;
    if (proto == MQTT) { unsigned char m[300] = {0x82}; int n = strlen(ch), k = 1; k += mqtt_length(m + k, 5 + n);
        m[k++] = 0; m[k++] = 1; m[k++] = n >> 8; m[k++] = n; memcpy(m + k, ch, n); k += n; m[k++] = 0; put_frame(c, 2, (char *)m, k); }
    else if (proto == SIGNALR) say(c, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Subscribe\",\"arguments\":[\"%s\"]}\x1e", ch);
    else say(c, "420[\"subscribe\",\"%s\"]", ch);
    flush_out(c);
}
static void send_publication(struct conn *c, int channel, uint64_t id) {
    static char *text; if (!text) text = malloc(payload + 1024);
    char ch[256], body[64]; name_of(channel, ch);
    int head = sprintf(body, "~%014lx~", id);
    int fill = payload - head > 0 ? payload - head : 0, n;
    if (c->http) {
        n = sprintf(text, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", pub_url.path, head + fill);
        char *at = strstr(text, "{ch}");
        if (at) { char tail[1024]; strcpy(tail, at + 4); n = (at - text) + sprintf(at, "%s%s", ch, tail); }
        put(c, text, n); put(c, body, head); put(c, filler, fill); return;
    }
    switch (proto) {
    case CENTRIFUGE: n = sprintf(text, "{\"id\":%lu,\"publish\":{\"channel\":\"%s\",\"data\":\"%s%.*s\"}}", id + 10, ch, body, fill - 2 > 0 ? fill - 2 : 0, filler); break;
    case NATS: n = sprintf(text, "PUB %s %d\r\n%s%.*s\r\n", ch, head + fill, body, fill, filler); break;
    case MQTT: { unsigned char *m = (unsigned char *)text; int l = strlen(ch), k = 1; m[0] = 0x30; k += mqtt_length(m + k, 2 + l + head + fill);
        m[k++] = l >> 8; m[k++] = l; memcpy(m + k, ch, l); k += l; memcpy(m + k, body, head); k += head; memcpy(m + k, filler, fill); n = k + fill; break; }
    case SIGNALR: n = sprintf(text, "{\"type\":1,\"target\":\"Publish\",\"arguments\":[\"%s\",\"%s%.*s\"]}\x1e", ch, body, fill, filler); break;
    case SOCKETIO: n = sprintf(text, "42[\"publish\",\"%s\",\"%s%.*s\"]", ch, body, fill, filler); break;
    default: n = sprintf(text, "%s %s%.*s", ch, body, fill, filler); break;   // the plain server of bench/peers
    }
    put_frame(c, data_opcode(), text, n);
}
static struct conn *publisher_of(int channel) {
    struct conn *c = &all[conns + channel % publishers];
    if (c->http) for (int i = 0; i < publishers; i++) { c = &all[conns + i]; if (c->acks_due == 0) break; }
    return c;
}
static void publish(int64_t due) {
    int channel = channels == 1 ? 0 : rand() % channels;
    struct conn *c = publisher_of(channel);
    if (c->fd < 0) die("a publisher lost its connection");
    uint64_t id = next_id++; struct publication *p = &ring[id & (RING - 1)];
    *p = (struct publication){due, channel, by_ack ? 1 : chans[channel].subscribers, ++chans[channel].sent, measuring};
    in_flight++; c->acks_due++; if (measuring) win_published++;
    send_publication(c, channel, id); arm(c, true);
}
static void sample(struct publication *p) {
    if (!p->measured) return;
    int64_t us = (now_ns() - p->due) / 1000; if (us >= BUCKETS) us = BUCKETS - 1;
    histogram[us < 0 ? 0 : us]++; samples++;
}
static void complete(void) { in_flight--; completed++; }
static void delivered(struct conn *c, uint64_t id) {
    if (id == 0 || id >= next_id || id + RING <= next_id) return;
    struct publication *p = &ring[id & (RING - 1)];
    if (c->channel != p->channel) { misrouted++; return; }
    if (p->number >= c->next) { uint64_t step = p->number - c->next + 1; c->seen = step >= HISTORY ? 1 : c->seen << step | 1; c->next = p->number + 1; }
    else { uint64_t back = c->next - 1 - p->number; if (back >= HISTORY || c->seen >> back & 1) { dups++; return; } c->seen |= 1ull << back; }
    received++; if (measuring) win_received++;
    sample(p);
    if (!by_ack && --p->missing == 0) complete();
}
static void scan(struct conn *c, const char *data, size_t n) {   // every publication in these bytes
    const char *end = data + n;
    while ((data = memchr(data, '~', end - data)) && end - data >= 16) {
        if (data[15] == '~') { uint64_t id = 0; for (int i = 1; i < 15; i++) { char d = data[i]; id = id << 4 | (d <= '9' ? d - '0' : d - 'a' + 10); } delivered(c, id); data += 16; }
        else data++;
    }
}
static int count(const char *data, size_t n, const char *what) {
    int found = 0; size_t l = strlen(what); const char *end = data + n;
    while ((data = memmem(data, end - data, what, l))) { found++; data += l; }
    return found;
}
static void acknowledged(struct conn *c, const char *data, size_t n) {   // replies to a publisher
    int bad = count(data, n, "\"error\""), good = count(data, n, "\"publish\":{}");
    errors += bad; c->acks_due -= good + bad;
    if (!by_ack) return;
    for (const char *at = data; (at = memmem(at, data + n - at, "\"id\":", 5)); at += 5) {
        uint64_t id = strtoull(at + 5, NULL, 10) - 10;
        if (id && id < next_id) { struct publication *p = &ring[id & (RING - 1)]; if (p->missing) { p->missing = 0; sample(p); complete(); received++; if (measuring) win_received++; } }
    }
}
static void on_text(struct conn *c, const char *data, size_t n) {
    if (c->stage == READY && n > 16) { if (c->publisher && proto == CENTRIFUGE) acknowledged(c, data, n); else scan(c, data, n); if (n > 200) return; }
    switch (proto) {
    case CENTRIFUGE:
        if (n == 2 && data[0] == '{') { say(c, "{}"); flush_out(c); return; }
        if (c->stage == GREETING) {
            if (memmem(data, n, "\"error\"", 7)) { errors++; close_conn(c); return; }
            if (c->publisher || c->channel < 0 ? !!memmem(data, n, "\"id\":1", 6) : !!memmem(data, n, "\"id\":2", 6)) became_ready(c);
        }
        break;
    case NATS: if (memmem(data, n, "PING", 4)) { say(c, "PONG\r\n"); flush_out(c); } if (c->stage == GREETING && memmem(data, n, "PONG", 4)) became_ready(c); break;
    case MQTT: if (c->stage == GREETING && (unsigned char)data[0] == 0x20) sub_now(c); else if (c->stage == SUBSCRIBING && (unsigned char)data[0] == 0x90) became_ready(c); break;
    case SIGNALR: if (c->stage == GREETING) sub_now(c); else if (c->stage == SUBSCRIBING && memmem(data, n, "\"type\":3", 8)) became_ready(c); break;
    case SOCKETIO:
        if (n == 1 && data[0] == '2') { say(c, "3"); flush_out(c); }
        else if (c->stage == GREETING && data[0] == '0') { say(c, "40"); flush_out(c); }
        else if (c->stage == GREETING && data[0] == '4' && data[1] == '0') sub_now(c);
        else if (c->stage == SUBSCRIBING && data[0] == '4' && data[1] == '3') became_ready(c);
        break;
    default: break;
    }
}
static size_t take_frame(struct conn *c, unsigned char *at, size_t n) {   // 0: not complete yet
    if (n < 2) return 0;
    size_t length = at[1] & 127, head = 2;
    if (length == 126) { if (n < 4) return 0; length = at[2] << 8 | at[3]; head = 4; }
    else if (length == 127) { if (n < 10) return 0; length = 0; for (int i = 2; i < 10; i++) length = length << 8 | at[i]; head = 10; }
    if (n < head + length) return 0;
    int opcode = at[0] & 15;
    if (opcode == 9) { put_frame(c, 10, (char *)at + head, length); flush_out(c); }
    else if (opcode == 8) { close_conn(c); }
    else if (opcode <= 2) on_text(c, (char *)at + head, length);
    return head + length;
}
static void on_bytes(struct conn *c) {
    size_t at = 0;
    if (c->http) { int done = count((char *)c->in, c->in_len, "HTTP/1.1 2"); c->acks_due -= done; c->in_len = 0; return; }
    if (c->stage == UPGRADING) {
        unsigned char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
        if (!end) return;
        if (!memmem(c->in, end - c->in, " 101 ", 5)) { close_conn(c); return; }
        at = end + 4 - c->in; greet(c);
    }
    for (size_t n; c->fd >= 0 && (n = take_frame(c, c->in + at, c->in_len - at)); at += n) { }
    memmove(c->in, c->in + at, c->in_len - at); c->in_len -= at;
    if (c->in_len == 0 && c->in_cap > 4096) { free(c->in); c->in = NULL; c->in_cap = 0; }
}
static void on_readable(struct conn *c) {
    static unsigned char shared[1 << 16];
    for (;;) {
        ssize_t n = recv(c->fd, shared, sizeof shared, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) { close_conn(c); return; }
        if (c->in_len + n > c->in_cap) { c->in_cap = c->in_len + n; c->in = realloc(c->in, c->in_cap); }
        memcpy(c->in + c->in_len, shared, n); c->in_len += n;
        on_bytes(c);
        if (c->fd < 0 || n < (ssize_t)sizeof shared) return;
    }
}
static void open_conn(struct conn *c) {
    struct url *u = c->http ? &pub_url : &urls[c->node];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(u->port)};
    inet_pton(AF_INET, u->host, &to.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) die("no more sockets: ulimit -n");
    int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connect(c->fd, (struct sockaddr *)&to, sizeof to);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c}; c->armed = true;
    epoll_ctl(epfd, EPOLL_CTL_ADD, c->fd, &e); opening++;
    if (c->http) { c->stage = READY; ready_count++; opening--; return; }
    char path[512], ch[256]; strcpy(path, u->path); char *at = strstr(path, "{ch}");
    if (at) { if (c->channel < 0) strcpy(ch, "-"); else name_of(c->channel, ch); char tail[256]; strcpy(tail, at + 4); sprintf(at, "%s%s", ch, tail); }
    char head[1024]; int n = sprintf(head, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, u->host, u->port, proto == MQTT ? "Sec-WebSocket-Protocol: mqtt\r\n" : "");
    put(c, head, n); c->stage = UPGRADING;
}
static void turn(int wait_ms) {
    static struct epoll_event events[1024];
    int n = epoll_wait(epfd, events, 1024, wait_ms);
    for (int i = 0; i < n; i++) {
        struct conn *c = events[i].data.ptr;
        if (c->fd >= 0 && events[i].events & EPOLLOUT) flush_out(c);
        if (c->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
    }
    if (publishing && rate == 0) {
        int free_http = publishers;
        if (has_pub_url) { free_http = 0; for (int i = 0; i < publishers; i++) free_http += all[conns + i].acks_due == 0; }
        while (in_flight < window && free_http-- > 0) { publish(now_ns()); if (!has_pub_url) free_http = 1; }
    }
}
static double cpu_of(int pid) {
    char path[64], text[1024]; sprintf(path, "/proc/%d/stat", pid); FILE *f = fopen(path, "r"); if (!f) return 0;
    size_t n = fread(text, 1, sizeof text - 1, f); fclose(f); text[n] = 0;
    char *at = strrchr(text, ')'); unsigned long user = 0, sys = 0; if (at) sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys);
    return (user + sys) / (double)sysconf(_SC_CLK_TCK);
}
static double servers_cpu(void) { double s = 0; for (int i = 0; i < pid_count; i++) s += cpu_of(pids[i]); return s; }
static long servers_rss(void) {
    long sum = 0; for (int i = 0; i < pid_count; i++) { char path[64], line[256]; sprintf(path, "/proc/%d/status", pids[i]); FILE *f = fopen(path, "r"); if (!f) continue;
        while (fgets(line, sizeof line, f)) { if (!strncmp(line, "VmRSS:", 6)) sum += atol(line + 6); }
        fclose(f); }
    return sum;
}
static double machine_cpu(void) {
    FILE *f = fopen("/proc/stat", "r"); double u = 0, ni = 0, s = 0, idle = 0, io = 0, irq = 0, soft = 0;
    if (fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf", &u, &ni, &s, &idle, &io, &irq, &soft) < 1) u = 0;
    fclose(f); return (u + ni + s + irq + soft) / sysconf(_SC_CLK_TCK);
}
static double own_cpu(void) { struct rusage r; getrusage(RUSAGE_SELF, &r); return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6; }
static uint32_t percentile(double part) {
    uint64_t want = samples * part, sum = 0; for (uint32_t i = 0; i < BUCKETS; i++) if ((sum += histogram[i]) > want) return i; return 0;
}
static void open_all(void) {
    int next = 0; int64_t end = now_ns() + 60000000000LL;
    while (ready_count + failed < all_count) {
        while (next < all_count && opening < conc) open_conn(&all[next++]);
        turn(100);
        if (now_ns() > end) die("%s: %d of %d connections are ready after a minute", label, ready_count, all_count);
    }
    if (failed) die("%s: %d connections failed", label, failed);
}
static void run_for(double seconds) {
    int64_t start = now_ns(), end = start + seconds * 1e9, step = rate > 0 ? 1e9 / rate : 0, due = start;
    while (now_ns() < end) {
        if (publishing && rate > 0) { while (due <= now_ns()) { publish(due); due += step; } int64_t left = (due - now_ns()) / 1000000; turn(left < 0 ? 0 : left > 50 ? 50 : left); }
        else turn(50);
    }
}
static void parse_url(const char *text, struct url *u) {
    const char *at = strstr(text, "://"); at = at ? at + 3 : text;
    u->port = 80; strcpy(u->path, "/");
    if (sscanf(at, "%63[^:/]:%d%199s", u->host, &u->port, u->path) < 2) sscanf(at, "%63[^:/]%199s", u->host, u->path);
}
static void usage(void) {
    puts("wsbench --proto centrifuge|nats|mqtt|raw|signalr|socketio --url ws://a/,ws://b/ [--pub-url http://…] [--server-pid 1,2]\n"
         "        [--mode fanout|connect|idle] [--conns n] [--channels n] [--publishers n] [--window n | --rate per-second] [--ack]\n"
         "        [--payload bytes] [--warmup s] [--duration s] [--conc n] [--prefix text] [--label text]\n"
         "--ack: a publication is over with its acknowledgement (no subscribers needed). {ch} in a URL is the channel.");
    exit(0);
}
int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *k = argv[i], *v = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(k, "--help")) usage(); else if (!strcmp(k, "--ack")) { by_ack = true; continue; }
        i++;
        if (!strcmp(k, "--proto")) { bool known = false; for (int p = 0; p <= SOCKETIO; p++) if (!strcmp(v, proto_names[p])) { proto = p; known = true; } if (!known) die("unknown protocol %s", v); }
        else if (!strcmp(k, "--url")) { char *copy = strdup(v); for (char *t = strtok(copy, ","); t && url_count < MAX_URLS; t = strtok(NULL, ",")) parse_url(t, &urls[url_count++]); }
        else if (!strcmp(k, "--pub-url")) { parse_url(v, &pub_url); has_pub_url = true; }
        else if (!strcmp(k, "--server-pid")) { char *copy = strdup(v); for (char *t = strtok(copy, ","); t && pid_count < MAX_PIDS; t = strtok(NULL, ",")) pids[pid_count++] = atoi(t); }
        else if (!strcmp(k, "--mode")) mode = v; else if (!strcmp(k, "--label")) label = v; else if (!strcmp(k, "--prefix")) prefix = v;
        else if (!strcmp(k, "--conns")) conns = atoi(v); else if (!strcmp(k, "--channels")) channels = atoi(v); else if (!strcmp(k, "--publishers")) publishers = atoi(v);
        else if (!strcmp(k, "--window")) window = atoi(v); else if (!strcmp(k, "--rate")) rate = atof(v); else if (!strcmp(k, "--payload")) payload = atoi(v);
        else if (!strcmp(k, "--warmup")) warmup = atof(v); else if (!strcmp(k, "--duration")) duration = atof(v); else if (!strcmp(k, "--hold")) hold = atof(v); else if (!strcmp(k, "--conc")) conc = atoi(v);
        else die("unknown option %s", k);
    }
    if (!url_count) usage();
    struct rlimit files; getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files);
    bool fanout = !strcmp(mode, "fanout"); if (!fanout) publishers = 0;
    epfd = epoll_create1(0); all_count = conns + publishers; all = calloc(all_count, sizeof *all); chans = calloc(channels, sizeof *chans);
    ring = calloc(RING, sizeof *ring); histogram = calloc(BUCKETS, sizeof *histogram); filler = malloc(payload + 1); memset(filler, 'x', payload); filler[payload] = 0;
    for (int i = 0; i < all_count; i++) {
        struct conn *c = &all[i]; c->publisher = i >= conns; c->http = c->publisher && has_pub_url; c->next = 1;
        c->channel = c->publisher ? -1 : i % channels; c->node = c->publisher ? 0 : i / channels % url_count; if (!c->publisher) chans[c->channel].subscribers++;
        if (channels == 1 && !c->publisher) c->node = i % url_count;
    }
    long rss = servers_rss(); double cpu = servers_cpu(); int64_t start = now_ns();
    open_all();
    double took = (now_ns() - start) / 1e9, connect_cpu = servers_cpu() - cpu;
    if (!fanout) {
        if (!strcmp(mode, "idle")) run_for(hold);
        printf("{\"label\":\"%s\",\"conns\":%d,\"seconds\":%.3f,\"connects_per_s\":%.0f,\"server_cpu_s\":%.2f,\"connects_per_cpu_s\":%.0f,\"kb_per_conn\":%.2f}\n",
            label, conns, took, conns / took, connect_cpu, connect_cpu > 0 ? conns / connect_cpu : 0, (servers_rss() - rss) / (double)conns);
        return 0;
    }
    publishing = true; run_for(warmup);
    measuring = true; cpu = servers_cpu(); double own = own_cpu(), machine = machine_cpu(); start = now_ns();
    run_for(duration);
    measuring = false; took = (now_ns() - start) / 1e9; cpu = servers_cpu() - cpu; own = own_cpu() - own; machine = machine_cpu() - machine;
    publishing = false;
    for (int64_t end = now_ns() + 3000000000LL; in_flight > 0 && now_ns() < end;) turn(20);
    uint64_t lost = 0;
    if (!by_ack) for (int i = 0; i < conns; i++) lost_at_close += all[i].fd < 0;
    if (!by_ack) { for (int c = 0; c < channels; c++) lost += chans[c].sent * chans[c].subscribers; lost -= received; } else lost = in_flight;
    printf("{\"label\":\"%s\",\"seconds\":%.3f,\"pub_per_s\":%.0f,\"deliv_per_s\":%.0f,\"server_cpu_s\":%.2f,\"pub_per_cpu_s\":%.0f,\"deliv_per_cpu_s\":%.0f,"
        "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"generator_cpu_s\":%.2f,\"other_cpu_s\":%.2f,\"lost\":%lu,\"dups\":%lu,\"misrouted\":%lu,\"errors\":%lu,\"closed\":%lu}\n",
        label, took, win_published / took, win_received / took, cpu, cpu > 0 ? win_published / cpu : 0, cpu > 0 ? win_received / cpu : 0,
        percentile(.5) / 1000.0, percentile(.99) / 1000.0, own, machine - cpu - own, lost, dups, misrouted, errors, lost_at_close);
    return lost || dups || misrouted || errors || lost_at_close ? 1 : 0;
}
