/* A folder of one or two files: the input, cut at its first 0xff 0x00 0xff. Every line ends as
 * used, bad or skipped, machines are told as often as counted, observations and facts are well
 * formed, and the other order of the two files says the same of each. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/monotime.h"
#include "base/text.h"
#include "gather/gather.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATH = 128, VALUE = 2048 };

static const uint64_t now_ns = UINT64_C(1590969600) * NS_PER_S;
static const char *const registry[] = {"HKLM\\SYSTEM\\Select\\Current", "HKLM\\SOFTWARE\\A\\"},
			 *const services[] = {"wuauserv"};
static const struct gather_script asks = {NULL, registry, services, 0, 2, 1};

struct heard {
	uint64_t machines, sum;
};

static uint64_t check_text(const char *text, size_t most)
{
	char again[VALUE];
	size_t len = strlen(text);

	if (len >= most ||
	    text_from_utf8((struct bytes){(const uint8_t *)text, len}, again, sizeof(again)) !=
		    len ||
	    memcmp(text, again, len) != 0)
		abort();
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			abort();
	}
	return hash_bytes(text, len, 0);
}

static void check_fact(const struct posture *p, const struct fact *f)
{
	if (f->kind < FACT_LINK || f->kind >= FACT_KINDS || !fact_is_listed(f->source) ||
	    f->confidence < 1 || f->confidence > 100 || f->first_ns != f->last_ns ||
	    f->last_ns != p->at_ns)
		abort();
	if (!f->has_mac && f->host[0] == '\0')
		abort();
	if ((f->kind == FACT_LINK) != (f->value[0] == '\0'))
		abort();
	(void)check_text(f->host, 64);
	(void)check_text(f->value, 512);
}

static void on_machine(void *ctx, const char *file, const struct posture *p,
		       const struct fact *facts, size_t n_facts)
{
	struct heard *h = ctx;
	uint64_t sum = check_text(p->name, POSTURE_VALUE);

	(void)file;
	h->machines++;
	if (p->name[0] == '\0' || p->at_ns == 0 || p->at_ns > now_ns || p->n > POSTURE_MAX)
		abort();
	for (size_t i = 0; i < p->n; i++) {
		const struct observation *o = &p->list[i];

		if (o->state < OBSERVED_VALUE || o->state > OBSERVED_UNREADABLE ||
		    o->by < BY_SCRIPT || o->by > BY_LIST || o->key[0] == '\0' ||
		    (i > 0 && posture_cmp(&p->list[i - 1], o) >= 0))
			abort();
		sum = sum * 31 + check_text(o->key, POSTURE_KEY) + o->state;
		sum = sum * 31 + check_text(o->value, POSTURE_VALUE);
	}
	for (size_t i = 0; i < n_facts; i++) {
		check_fact(p, &facts[i]);
		sum = sum * 31 + check_text(facts[i].value, POSTURE_VALUE) + facts[i].kind;
	}
	h->sum += sum; /* whatever the order */
}

static void on_bad(void *ctx, const char *file, uint64_t line, const char *why)
{
	(void)ctx;
	(void)file;
	(void)line;
	if (why[0] == '\0')
		abort();
	(void)check_text(why, 256);
}

static void put(const char *path, struct bytes b)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(b.at, 1, b.len, f) != b.len || fclose(f) != 0)
		abort();
}

static struct heard read_both(const char *dir, struct bytes one, struct bytes two,
			      struct gather_counts *ret_counts)
{
	struct heard h = {0, 0};
	const struct gather_out out = {on_machine, on_bad, &h};
	char a[PATH], b[PATH], err[256] = "";

	(void)snprintf(a, sizeof(a), "%s/a", dir);
	(void)snprintf(b, sizeof(b), "%s/b", dir);
	put(a, one);
	if (two.len > 0)
		put(b, two);
	if (gather_read(dir, now_ns, &asks, &out, ret_counts, err, sizeof(err)) != RC_OK)
		abort();
	(void)unlink(a);
	(void)unlink(b);
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t cut[] = {0xff, 0x00, 0xff};
	const uint8_t *at = size > 0 ? memmem(data, size, cut, sizeof(cut)) : NULL;
	struct bytes all = {data, size}, one = all, two = {data, 0};
	char dir[PATH];
	struct gather_counts c, d;
	struct heard h, g;

	if (at != NULL) {
		one.len = (size_t)(at - data);
		two = bytes_slice(all, one.len + sizeof(cut), size);
		if (two.at == NULL)
			two = (struct bytes){data, 0};
	}
	/* In memory, where there is such a folder. */
	(void)snprintf(dir, sizeof(dir), "%s/quell-fuzz-%ld",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
	if (mkdir(dir, 0700) != 0 && access(dir, W_OK) != 0)
		abort();
	h = g = read_both(dir, one, two, &c);
	d = c;
	if (one.len > 0 && two.len > 0)
		g = read_both(dir, two, one, &d);
	if (rmdir(dir) != 0)
		abort();
	if (c.lines != c.lines_used + c.lines_bad + c.lines_skipped || c.machines != h.machines ||
	    c.files != (two.len > 0 ? 2 : 1) || c.files_bad > c.files)
		abort();
	if (h.machines != g.machines || h.sum != g.sum || memcmp(&c, &d, sizeof(c)) != 0)
		abort();
	return 0;
}
