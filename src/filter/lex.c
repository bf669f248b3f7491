#include "filter/lex.h"

static const struct {
	const char *word;
	enum token_kind kind;
} words[] = {
	{"eq", TOKEN_EQ},
	{"any_eq", TOKEN_EQ},
	{"ne", TOKEN_NE},
	{"all_ne", TOKEN_NE},
	{"all_eq", TOKEN_ALL_EQ},
	{"any_ne", TOKEN_ANY_NE},
	{"lt", TOKEN_LT},
	{"le", TOKEN_LE},
	{"gt", TOKEN_GT},
	{"ge", TOKEN_GE},
	{"contains", TOKEN_CONTAINS},
	{"matches", TOKEN_MATCHES},
	{"in", TOKEN_IN},
	{"and", TOKEN_AND},
	{"or", TOKEN_OR},
	{"xor", TOKEN_XOR},
	{"not", TOKEN_NOT},
	{"any", TOKEN_ANY},
	{"all", TOKEN_ALL},
	{"bitwise_and", TOKEN_MASK},
};

static const struct {
	const char *sign; /* the longer of two with one beginning comes first */
	enum token_kind kind;
} signs[] = {
	{"===", TOKEN_ALL_EQ}, {"!==", TOKEN_ANY_NE}, {"==", TOKEN_EQ},       {"!=", TOKEN_NE},
	{"~=", TOKEN_ANY_NE},  {"<=", TOKEN_LE},      {">=", TOKEN_GE},       {"&&", TOKEN_AND},
	{"||", TOKEN_OR},      {"^^", TOKEN_XOR},     {"..", TOKEN_RANGE},    {"(", TOKEN_OPEN},
	{")", TOKEN_CLOSE},    {"{", TOKEN_SET_OPEN}, {"}", TOKEN_SET_CLOSE}, {",", TOKEN_COMMA},
	{"<", TOKEN_LT},       {">", TOKEN_GT},       {"!", TOKEN_NOT},       {"~", TOKEN_MATCHES},
	{"&", TOKEN_MASK},
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == ':' || c == '-' || c == '/';
}

static struct token bad(size_t at, size_t len, const char *problem)
{
	return (struct token){.kind = TOKEN_ERROR, .at = at, .len = len, .problem = problem};
}

/* Up to `most` digits of the base; false: none at all. */
static bool digits(const char **p, unsigned base, unsigned most, uint32_t *ret_v)
{
	uint32_t v = 0;
	unsigned n = 0;

	for (; n < most; n++, ++*p) {
		char c = **p;
		unsigned d = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
			     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
			     : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
						    : 99;

		if (d >= base)
			break;
		v = v * base + d;
	}
	*ret_v = v;
	return n > 0;
}

static void put_utf8(struct writer *w, uint32_t c)
{
	if (c < 0x80) {
		wr_be(w, 1, c);
	} else if (c < 0x800) {
		wr_be(w, 2, 0xc080 | (c >> 6) << 8 | (c & 0x3f));
	} else if (c < 0x10000) {
		wr_be(w, 3, 0xe08080 | (c >> 12) << 16 | (c >> 6 & 0x3f) << 8 | (c & 0x3f));
	} else {
		wr_be(w, 4,
		      0xf0808080 | (c >> 18) << 24 | (c >> 12 & 0x3f) << 16 | (c >> 6 & 0x3f) << 8 |
			      (c & 0x3f));
	}
}

/* What follows a backslash, to `w`. False: there is no such escape. */
static bool escape(const char **p, struct writer *w)
{
	static const char from[] = "'\"\\abfnrtv", to[] = "'\"\\\a\b\f\n\r\t\v";
	const char *known = **p != '\0' ? strchr(from, **p) : NULL;
	uint32_t v = 0;

	if (known != NULL) {
		++*p;
		wr_be(w, 1, (uint8_t)to[known - from]);
		return true;
	}
	if (**p >= '0' && **p <= '7') {
		if (!digits(p, 8, 3, &v) || v > 0xff)
			return false;
		wr_be(w, 1, v);
		return true;
	}

	unsigned most = **p == 'x' ? 2 : **p == 'u' ? 4 : **p == 'U' ? 8 : 0;

	if (most == 0)
		return false;
	++*p;
	if (!digits(p, 16, most, &v) || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff && most > 2))
		return false;
	if (most == 2)
		wr_be(w, 1, v);
	else
		put_utf8(w, v);
	return true;
}

/* From the quote at l->at on. A raw string keeps its backslashes, also before a quote. */
static struct token quoted(struct lexer *l, size_t start, bool is_raw)
{
	const char quote = l->text[l->at];
	const char *p = l->text + l->at + 1;
	struct writer w = {arena_alloc(l->arena, strlen(p)), 0, strlen(p), false};

	if (w.at == NULL)
		return bad(start, 1, "out of memory");
	while (*p != quote) {
		const char *esc = p;

		if (*p == '\0')
			return bad(start, strlen(l->text + start), "this string has no end");
		if (*p != '\\') {
			wr_be(&w, 1, (uint8_t)*p++);
		} else if (is_raw) {
			wr_be(&w, 1, (uint8_t)*p++);
			if (*p == quote || *p == '\\')
				wr_be(&w, 1, (uint8_t)*p++);
		} else {
			p++;
			if (!escape(&p, &w))
				return bad((size_t)(esc - l->text), 2,
					   "no such escape; double the \\, or write r\"…\"");
		}
	}
	l->at = (size_t)(p + 1 - l->text);
	if (quote == '\'' && w.len != 1)
		return bad(start, l->at - start,
			   "'…' is one character; strings are in double quotes");
	return (struct token){.kind = quote == '"' ? TOKEN_STRING : TOKEN_CHAR,
			      .at = start,
			      .len = l->at - start,
			      .text = {w.at, w.len}};
}

static struct token word(struct lexer *l)
{
	const char *p = l->text + l->at;
	struct token t = {.kind = TOKEN_WORD, .at = l->at};

	while (is_word(p[t.len]) && strncmp(p + t.len, "..", 2) != 0)
		t.len++;
	t.text = (struct bytes){(const uint8_t *)p, t.len};
	l->at += t.len;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].word) == t.len && memcmp(words[i].word, p, t.len) == 0)
			t.kind = words[i].kind;
	}
	return t;
}

static const char *unknown_sign(const char *p)
{
	switch (*p) {
	case '=':
		return "use == to compare";
	case '|':
		return "use || or the word or";
	case '[':
		return "slices are not supported";
	case '#':
		return "the layer operator is not supported";
	case '+':
	case '*':
	case '%':
		return "arithmetic is not supported";
	case '$':
		return "field references are not supported";
	default:
		return "this character has no meaning here";
	}
}

struct token lex_next(struct lexer *l)
{
	while (l->text[l->at] != '\0' && strchr(" \t\r\n", l->text[l->at]) != NULL)
		l->at++;

	const char *p = l->text + l->at;
	size_t start = l->at;

	if (*p == '\0')
		return (struct token){.kind = TOKEN_END, .at = start, .len = 1};
	if (*p == '"' || *p == '\'')
		return quoted(l, start, false);
	if ((*p == 'r' || *p == 'R') && p[1] == '"') {
		l->at++;
		return quoted(l, start, true);
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t len = strlen(signs[i].sign);

		if (strncmp(p, signs[i].sign, len) == 0) {
			l->at += len;
			return (struct token){.kind = signs[i].kind, .at = start, .len = len};
		}
	}
	if (is_word(*p))
		return word(l);
	return bad(start, 1, unknown_sign(p));
}
