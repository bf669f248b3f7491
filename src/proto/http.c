/*
 * Heads are read line by line, so nothing is held but a line. Bodies pass by uncounted where they
 * can: a stream is given up at the first answer, unless somebody logs on with NTLM or Negotiate,
 * which takes two or three of them.
 */
#include "proto/http.h"

#include <strings.h>

#include "base/hash.h"
#include "proto/logon.h"

enum {
	LINE_MAX = 32 * 1024,  /* a token of Kerberos with a large PAC, in base64 */
	HEAD_MAX = 64 * 1024,  /* of one message */
	BODY_MAX = 256 * 1024, /* of a request: whoever sends more is not waited for */
	HEADS_MAX = 8,         /* of one side: a logon takes three */
	TOKEN_MAX = LINE_MAX / 4 * 3,
};

enum side_state { START_LINE, FIELDS, BODY, CHUNK_LINE, CHUNK_END, TRAILER };

struct side { /* one direction */
	uint8_t state;
	uint8_t n_heads;
	bool is_response, is_chunked, has_length, has_offer;
	uint32_t head_len;
	uint32_t scanned; /* of the line at hand: no end in so many bytes */
	uint64_t left;    /* of body or chunk */
	uint64_t told;    /* hash of what it calls itself */
};

struct stream {
	struct side side[2];
	struct logon logon;
	uint16_t status;
	bool is_head; /* the last request: its answer has no body */
	bool is_connect;
	bool has_token;   /* a logon is under way */
	bool has_claimed; /* its last message was sent */
};

struct turn { /* one call of feed() */
	struct stream *s;
	struct side *side;
	enum dir dir;
	const struct proto_out *out;
};

static const char *const methods[] = {
	"GET",      "POST",   "HEAD",  "OPTIONS", "PUT",       "DELETE",      "CONNECT",
	"PROPFIND", "REPORT", "PATCH", "TRACE",   "BITS_POST", "RPC_IN_DATA", "RPC_OUT_DATA",
};

enum { METHODS = sizeof(methods) / sizeof(methods[0]) };

static const char version[] = "HTTP/1.";

static bool starts_with(struct bytes b, const char *word)
{
	size_t n = strlen(word);

	return b.len >= n && memcmp(b.at, word, n) == 0;
}

static bool is_word(struct bytes b, const char *word)
{
	return b.len == strlen(word) &&
	       (b.len == 0 || strncasecmp((const char *)b.at, word, b.len) == 0);
}

/* `head` against a word that must be followed by more. */
static enum proto_match match(struct bytes head, const char *word)
{
	size_t n = strlen(word);

	if (memcmp(head.at, word, head.len < n ? head.len : n) != 0)
		return PROTO_NO;
	return head.len > n ? PROTO_YES : PROTO_UNSURE;
}

static enum proto_match probe(enum dir dir, struct bytes head)
{
	(void)dir;
	if (head.len == 0)
		return PROTO_UNSURE;
	/* Nearly all that is no HTTP ends here. */
	if (head.at[0] < 'B' || head.at[0] > 'T')
		return PROTO_NO;
	if (head.at[0] == 'H' && match(head, version) != PROTO_NO)
		return match(head, version);
	for (size_t i = 0; i < METHODS; i++) {
		enum proto_match m = match(head, methods[i]);
		size_t n = strlen(methods[i]);

		if (m == PROTO_UNSURE)
			return m;
		if (m == PROTO_YES && head.at[n] == ' ')
			return head.len == n + 1      ? PROTO_UNSURE
			       : head.at[n + 1] > ' ' ? PROTO_YES
						      : PROTO_NO;
	}
	return PROTO_NO;
}

static struct bytes trimmed(struct bytes b)
{
	while (b.len > 0 && (b.at[0] == ' ' || b.at[0] == '\t'))
		b = bytes_slice(b, 1, SIZE_MAX);
	while (b.len > 0 &&
	       (b.at[b.len - 1] == ' ' || b.at[b.len - 1] == '\t' || b.at[b.len - 1] == '\r'))
		b.len--;
	return b;
}

static int value_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 4; stops at the first byte that is none. */
static struct bytes base64(struct bytes text, uint8_t *to, size_t cap)
{
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.len && n < cap; i++) {
		int v = value_of(text.at[i]);

		if (v < 0)
			break;
		bits = (bits << 6 | (uint32_t)v) & 0xffffff;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			to[n++] = (uint8_t)(bits >> n_bits);
		}
	}
	return (struct bytes){to, n};
}

/* "NTLM TlRMTVNT…", "Negotiate YII…"; without a token it is an offer. */
static void credentials(struct turn *t, struct bytes value)
{
	const uint8_t *space = value.len == 0 ? NULL : memchr(value.at, ' ', value.len);
	size_t n = space == NULL ? value.len : (size_t)(space - value.at);
	struct bytes scheme = bytes_slice(value, 0, n);
	uint8_t token[TOKEN_MAX];

	if (!is_word(scheme, "NTLM") && !is_word(scheme, "Negotiate"))
		return;
	t->side->has_offer = true;
	struct bytes blob = base64(trimmed(bytes_slice(value, n, SIZE_MAX)), token, sizeof(token));

	if (blob.len == 0)
		return;
	t->s->has_token = true;
	if (logon_blob(t->side->is_response ? NULL : &t->s->logon, 0, t->dir, blob, t->out) ==
	    LOGON_CLAIMED)
		t->s->has_claimed = true;
}

/* User-Agent or Server: told when it is new. */
static void product(struct turn *t, struct bytes value)
{
	struct logon_text room;
	const struct ev_ident ident = {
		.from = IDENT_HTTP,
		.roles = t->side->is_response ? IDENT_ROLE_SERVER : 0,
		.os = logon_text(value, false, &room),
	};
	uint64_t hash = hash_bytes(ident.os.at, ident.os.len, 1);

	if (ident.os.len == 0 || hash == t->side->told)
		return;
	t->side->told = hash;
	logon_tell(t->dir, &ident, t->out);
}

/* False: no number, or one that no body has. */
static bool number(struct bytes text, unsigned base, uint64_t *ret_number)
{
	uint64_t n = 0;

	if (text.len == 0 || text.len > 15)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		unsigned digit = c >= '0' && c <= '9'                     ? c - (unsigned)'0'
				 : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20u) - 'a' + 10
									  : 99;

		if (digit >= base)
			return false;
		n = n * base + digit;
	}
	*ret_number = n;
	return true;
}

static void field(struct turn *t, struct bytes line)
{
	const uint8_t *colon = memchr(line.at, ':', line.len);

	if (colon == NULL)
		return;

	struct bytes name = bytes_slice(line, 0, (size_t)(colon - line.at));
	struct bytes value = trimmed(bytes_slice(line, name.len + 1, SIZE_MAX));
	bool is_request = !t->side->is_response;

	if (is_word(name, is_request ? "User-Agent" : "Server"))
		product(t, value);
	else if (is_word(name, is_request ? "Authorization" : "WWW-Authenticate") ||
		 is_word(name, is_request ? "Proxy-Authorization" : "Proxy-Authenticate"))
		credentials(t, value);
	else if (is_word(name, "Content-Length"))
		t->side->has_length = number(value, 10, &t->side->left);
	else if (is_word(name, "Transfer-Encoding"))
		t->side->is_chunked = is_word(value, "chunked");
}

/* False: this starts no message. */
static bool start_line(struct turn *t, struct bytes line)
{
	struct stream *s = t->s;

	/* What it says counts, not the direction: of a flow met in its middle that is a guess. */
	t->side->is_response = starts_with(line, version);
	if (t->side->is_response) {
		uint64_t status = 0;

		if (!number(bytes_slice(line, sizeof("HTTP/1.1"), 3), 10, &status))
			return false;
		s->status = (uint16_t)status;
		return true;
	}
	/* METHOD target HTTP/1.x */
	if (line.len < sizeof("HTTP/1.1") ||
	    !starts_with(bytes_slice(line, line.len - strlen("HTTP/1.1"), SIZE_MAX), version))
		return false;
	s->is_head = starts_with(line, "HEAD ");
	s->is_connect = starts_with(line, "CONNECT ");
	return true;
}

static void body_next(struct side *side)
{
	if (side->is_chunked)
		side->state = CHUNK_LINE;
	else
		side->state = side->has_length && side->left > 0 ? BODY : START_LINE;
}

/* False: the stream has nothing more to tell. */
static bool request_over(const struct turn *t)
{
	const struct side *side = t->side;

	if (side->n_heads >= HEADS_MAX)
		return false;
	/* The answer was heard before: the flow was met in its middle. */
	if (!t->s->has_token && t->s->side[dir_other(t->dir)].n_heads > 0)
		return false;
	/* A large upload: only the answer's Server would come behind it. */
	if (!t->s->has_token && side->has_length && side->left > BODY_MAX)
		return false;
	body_next(t->side);
	return true;
}

static bool response_over(struct turn *t)
{
	enum { CONTINUE = 100, SWITCHING = 101, NO_CONTENT = 204, NOT_MODIFIED = 304 };
	enum { UNAUTHORIZED = 401, PROXY_AUTHENTICATION = 407 };
	struct stream *s = t->s;
	struct side *side = t->side;
	bool is_no = s->status == UNAUTHORIZED || s->status == PROXY_AUTHENTICATION;
	bool has_body = !s->is_head && s->status != NO_CONTENT && s->status != NOT_MODIFIED;

	if (s->status == CONTINUE) {
		side->state = START_LINE;
		return true;
	}
	if (s->side[dir_other(t->dir)].n_heads == 0) {
		/* Met in its middle: the client has yet to speak. What is sent meanwhile passes. */
		side->left = BODY_MAX;
		side->state = BODY;
		side->is_chunked = false;
		return true;
	}
	if (s->has_claimed)
		logon_answered(&s->logon, 0, t->dir, is_no, t->out);
	/* A ticket is taken or not; NTLM goes on behind a 401 that has its challenge. */
	if (s->has_claimed || !is_no || !side->has_offer || side->n_heads >= HEADS_MAX)
		return false;
	if (!has_body) {
		side->state = START_LINE;
		return true;
	}
	if (!side->is_chunked && !side->has_length) /* until the connection ends */
		return false;
	body_next(side);
	return true;
}

static bool head_over(struct turn *t)
{
	t->side->n_heads++;
	return t->side->is_response ? response_over(t) : request_over(t);
}

static void new_head(struct side *side)
{
	side->head_len = 0;
	side->left = 0;
	side->is_chunked = side->has_length = side->has_offer = false;
}

/* One line, without its end. False: the stream is given up. */
static bool line(struct turn *t, struct bytes text)
{
	struct side *side = t->side;

	switch ((enum side_state)side->state) {
	case START_LINE:
		if (text.len == 0) /* RFC 9112 2.2: an empty line before is to be ignored */
			return side->n_heads < HEADS_MAX;
		new_head(side);
		side->state = FIELDS;
		return start_line(t, text);
	case FIELDS:
		if (text.len == 0)
			return head_over(t);
		field(t, text);
		return true;
	case CHUNK_LINE: {
		size_t n = 0;

		while (n < text.len && text.at[n] != ';' && text.at[n] != ' ')
			n++;
		if (!number(bytes_slice(text, 0, n), 16, &side->left))
			return false;
		side->state = side->left > 0 ? BODY : TRAILER;
		return true;
	}
	case CHUNK_END:
		side->state = CHUNK_LINE;
		return text.len == 0;
	case TRAILER:
		if (text.len == 0)
			side->state = START_LINE;
		return true;
	case BODY:
		break;
	}
	return false;
}

static void body(struct side *side, struct reader *r)
{
	size_t most = side->left < r->rest.len ? (size_t)side->left : r->rest.len;

	rd_skip(r, most);
	side->left -= most;
	if (side->left == 0)
		side->state = side->is_chunked ? CHUNK_END : START_LINE;
}

/* The line that starts at `r`. False: its end is not here yet. */
static bool take_line(struct side *side, struct reader *r, struct bytes *ret_line)
{
	size_t from = side->scanned;
	const uint8_t *end =
		r->rest.len <= from ? NULL : memchr(r->rest.at + from, '\n', r->rest.len - from);

	if (end == NULL) {
		side->scanned = (uint32_t)r->rest.len;
		return false;
	}
	*ret_line = rd_take(r, (size_t)(end - r->rest.at));
	rd_skip(r, 1);
	if (ret_line->len > 0 && ret_line->at[ret_line->len - 1] == '\r')
		ret_line->len--;
	side->scanned = 0;
	side->head_len += (uint32_t)ret_line->len + 1;
	return true;
}

static struct step feed(void *state, enum dir dir, struct bytes in, const struct proto_out *out)
{
	struct stream *s = state;
	struct turn t = {s, &s->side[dir], dir, out};
	struct reader r = {.rest = in};
	struct bytes text;

	while (r.rest.len > 0) {
		if (t.side->state == BODY) {
			body(t.side, &r);
			continue;
		}
		bool is_there = take_line(t.side, &r, &text);
		/* What is held may end in half of a line's end. */
		size_t len = is_there ? text.len : r.rest.len - 1;

		if (len > LINE_MAX || t.side->head_len > HEAD_MAX) {
			out->blind(out->ctx, dir, "http-limit");
			return (struct step){STEP_REJECT, in.len - r.rest.len, 0};
		}
		if (!is_there)
			return (struct step){STEP_MORE, in.len - r.rest.len, r.rest.len + 1};
		if (!line(&t, text))
			return (struct step){STEP_REJECT, in.len - r.rest.len, 0};
	}
	return (struct step){STEP_MORE, in.len, 1};
}

/* Bodies may have holes; where a head starts behind one elsewhere, nobody knows. */
static bool gap(void *state, enum dir dir, uint64_t missing, const struct proto_out *out)
{
	struct side *side = &((struct stream *)state)->side[dir];

	(void)out;
	if (side->state != BODY || missing > side->left)
		return false;
	side->left -= missing;
	if (side->left == 0)
		side->state = side->is_chunked ? CHUNK_END : START_LINE;
	return true;
}

const struct proto proto_http = {
	.name = "http",
	.spec = "RFC 9112; RFC 4559",
	.state_size = sizeof(struct stream),
	.probe = probe,
	.feed = feed,
	.gap = gap,
};
