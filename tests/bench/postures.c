/*
 * Times postures in the store: N machines that are known, each assessed with 200 observations, one
 * transaction each, as `quell assess` does; again; the latest of each, and of one. Prints lines
 * "NAME SECONDS". usage: bench-postures URL [MACHINES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { OBSERVATIONS = 200 };

/* Files, values of the registry, accounts and services, as long as they are in life. */
static void see(struct posture *p, size_t machine, unsigned i)
{
	char key[POSTURE_KEY], value[POSTURE_VALUE];
	struct observation o = {.key = key,
				.value = value,
				.state = OBSERVED_VALUE,
				.by = BY_FILE,
				.at_ns = start_ns + 3600 * NS_PER_S + i * NS_PER_MS};

	switch (i % 4) {
	case 0:
		snprintf(key, sizeof(key), "file:system32/library%03u.dll", i);
		snprintf(value, sizeof(value), "5.1.2600.%zu", 2180 + (machine * 7 + i) % 4000);
		break;
	case 1:
		o.by = BY_REGISTRY;
		snprintf(key, sizeof(key),
			 "registry:HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
			 "Winlogon\\Value%03u",
			 i);
		snprintf(value, sizeof(value), "%zu", (machine + i) % 3);
		break;
	case 2:
		o.by = BY_SAMR;
		snprintf(key, sizeof(key), "account:user%03u", i);
		snprintf(value, sizeof(value), "rid=%u enabled never-expires", 1000 + i);
		break;
	default:
		o.by = BY_SERVICES;
		snprintf(key, sizeof(key), "service:service%03u", i);
		snprintf(value, sizeof(value), "running automatic");
		break;
	}
	if (posture_add(p, &o) != RC_OK)
		die("posture", "cannot be made");
}

static struct posture **make(size_t machines)
{
	struct posture **all = calloc(machines, sizeof(*all));

	if (all == NULL)
		die("postures", "out of memory");
	for (size_t i = 0; i < machines; i++) {
		if (posture_new(&all[i]) != RC_OK)
			die("postures", "out of memory");
		all[i]->addr = addr_of(i);
		for (unsigned k = 0; k < OBSERVATIONS; k++)
			see(all[i], i, k);
	}
	return all;
}

static void write_all(struct store *s, const char *id, struct posture **all, size_t machines)
{
	const struct store_assessment a = {.id = id,
					   .how = "asked",
					   .who = "bench",
					   .targets = "10.0.0.0/8",
					   .first_ns = start_ns,
					   .last_ns = start_ns,
					   .asked = machines};
	uint64_t rows = 0;
	double t = now_s(), cpu = cpu_s();

	if (store_put_assessment(s, &a) != RC_OK)
		die("assessment", store_error(s));
	for (size_t i = 0; i < machines; i++) {
		if (store_put_posture(s, id, all[i], "", &rows) != RC_OK)
			die("posture", store_error(s));
	}
	printf("write %zu postures of %d observations (%zu rows; %.1f s of CPU) %.3f\n", machines,
	       OBSERVATIONS, (size_t)rows, cpu_s() - cpu, now_s() - t);
}

static bool count(void *ctx, const struct store_posture *p)
{
	size_t *n = ctx;

	n[0]++;
	n[1] += p->posture->n;
	n[2] += p->machine[0] != '\0';
	return true;
}

static void read_all(struct store *s, const char *machine, const char *what)
{
	size_t n[3] = {0};
	double t = now_s(), cpu = cpu_s();

	if (store_postures(s, machine, NULL, count, n) != RC_OK)
		die(what, store_error(s));
	printf("read %s (%zu observations, %zu of %zu machines are known; %.1f s of CPU) %.4f\n",
	       what, n[1], n[2], n[0], cpu_s() - cpu, now_s() - t);
}

int main(int argc, char **argv)
{
	size_t machines = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000;
	struct posture **all = make(machines);
	struct store *s = NULL;
	char err[1024] = "";

	if (argc < 2)
		die("usage", "bench-postures URL [MACHINES]");
	if (store_open(argv[1], STORE_WRITE, &s, err, sizeof(err)) != RC_OK)
		die("open", err);
	know(s, machines);
	write_all(s, "first", all, machines);
	write_all(s, "first", all, machines); /* again: no rows */
	write_all(s, "second", all, machines);
	store_close(s);
	if (store_open(argv[1], STORE_READ, &s, err, sizeof(err)) != RC_OK)
		die("open", err);
	read_all(s, NULL, "latest of each");
	read_all(s, "mac:001a2b000007", "latest of one");
	store_close(s);
	for (size_t i = 0; i < machines; i++)
		posture_free(all[i]);
	free(all);
	return 0;
}
