/* Whatever the hive claims: each subkey that is told can be opened by its name, whatever its case,
 * and a value is the same for every case of its name; texts are UTF-8 and bounded. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "disk/hive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEYS = 16, PER_KEY = 8, NAME = 2048 };

static const char *const values[] = {"",     "ProductName", "CSDVersion", "InstallDate",
				     "Many", "Number",      "Big"};

struct walk {
	struct hive h;
	uint32_t keys[KEYS]; /* found, in this order; the root first */
	unsigned n, at;      /* at: whose subkeys are being told */
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_text(const char *text, size_t most)
{
	size_t len = strlen(text);
	char *again = malloc(len + 1);

	must(again != NULL && len <= most);
	must(text_from_utf8((struct bytes){(const uint8_t *)text, len}, again, len + 1) == len);
	must(memcmp(text, again, len) == 0);
	free(again);
}

static void turn_case(const char *name, char *to)
{
	for (; *name != '\0'; name++)
		*to++ = (char)(islower((unsigned char)*name) ? toupper((unsigned char)*name)
							     : tolower((unsigned char)*name));
	*to = '\0';
}

static bool opens(void *ctx, const char *name)
{
	struct walk *w = ctx;
	struct hive from = w->h;
	char other[NAME];
	uint32_t key = 0, again = 0;

	must(name[0] != '\0' && strchr(name, '\\') == NULL && strlen(name) < sizeof(other));
	check_text(name, sizeof(other));
	turn_case(name, other);
	from.root = w->keys[w->at];
	must(hive_key(&from, name, &key) == RC_OK);
	must(hive_key(&from, other, &again) == RC_OK && again == key);
	if (w->n < KEYS)
		w->keys[w->n++] = key;
	return true;
}

static void check_values(const struct hive *h, uint32_t key)
{
	struct arena *a = NULL;

	must(arena_new(0, &a) == RC_OK);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct hive_value v = {.text = NULL}, again = {.text = NULL};
		char other[32];
		enum rc rc = hive_value(h, key, values[i], a, &v);

		turn_case(values[i], other);
		must(hive_value(h, key, other, a, &again) == rc);
		must(rc == RC_OK || rc == RC_END || rc == RC_FORMAT);
		if (rc != RC_OK)
			continue;
		must(v.type == again.type && strcmp(v.text, again.text) == 0);
		check_text(v.text, (size_t)HIVE_VALUE_MAX * 2);
		if (v.type == HIVE_DWORD || v.type == HIVE_QWORD)
			must(v.text[0] != '\0' && strspn(v.text, "0123456789") == strlen(v.text));
	}
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk w = {.n = 1};

	if (hive_open((struct bytes){data, size}, &w.h) != RC_OK)
		return 0;
	check_text(w.h.name, sizeof(w.h.name) - 1);
	w.keys[0] = w.h.root;
	for (; w.at < w.n; w.at++) {
		enum rc rc = hive_subkeys(&w.h, w.keys[w.at], PER_KEY, opens, &w);

		must(rc == RC_OK || rc == RC_FORMAT);
		check_values(&w.h, w.keys[w.at]);
	}
	return 0;
}
