/*
 * kit - a folder that an administrator can review and use as it is, for one channel.
 *
 * Templates are data: data/kits/CHANNEL/ has a channel.yaml (what it is, which files, how each is
 * escaped) and the templates; those of quell's own are built in, an operator's own channel is one
 * more folder (a path). doc/kits.md tells how to write one. Nothing here executes anything or reads
 * the network.
 *
 * Whatever comes from outside - names of machines, users, paths - reaches a file only through the
 * escape of that file's language; what cannot be said in it safely is refused for that machine,
 * counted and named. The same input gives the same bytes.
 */
#ifndef KIT_KIT_H
#define KIT_KIT_H

#include "base/rc.h"
#include "model/campaign.h"

struct kit_machine { /* texts are "" where unknown */
	const char *id, *name, *fqdn, *domain, *os, *arch, *user, *phone, *owner, *place;
	const char *switch_port; /* "switch-2, Gi1/0/17" */
	const char *next;        /* campaign_next() */
	const char *why;         /* why it is on the list */
	struct addr addr;
	struct mac mac;
	bool has_mac, is_infected;
	enum stage stage;
	uint32_t wave;
	unsigned importance;
};

struct kit_options {
	const char *channel; /* built in: kit_channels(); or a folder of the operator's */
	const char *out; /* made; must be empty or not be there, but for an earlier kit of the same
			    campaign and channel, which is replaced */
	const struct campaign *campaign; /* its files: read, their SHA-256 compared, and copied */
	const char *fixed_file;          /* what to look at, below the Windows folder:
					    "system32\netapi32.dll"; or "" */
	/* Which version of it is fixed, for each build, and where a build has several service
	 * packs, for each of them: "5.1.2600.3462/sp2 5.1.2600.5694/sp3 6.0.6001.18157
	 * 6.0.6001.22288"; or "". A build of Windows 6.0 and later may have two, below and from
	 * 20000: GDR and LDR. */
	const char *fixed_versions;
	const char *results; /* where machines leave their result: UNC path, or "" (beside the
				script) */
	const char *site;    /* shown */
	uint64_t at_ns;
};

struct kit;

/* Opens the channel and checks every file before anything is written. RC_INVAL: no such channel, a
 * template is wrong, a file's SHA-256 is another, the folder is not empty; `err` names it. RC_IO.
 */
MUST_CHECK enum rc kit_new(const struct kit_options *opt, struct kit **ret_k, char *err,
			   size_t err_len);
MUST_CHECK enum rc kit_add(struct kit *k, const struct kit_machine *m); /* borrowed for the call */
struct kit_summary {
	size_t machines, refused, files;
	char first_refused[MACHINE_ID], why_refused[160];
};
/* Writes the rest, a manifest with the SHA-256 of every file, and puts the folder in its place as a
 * whole. */
MUST_CHECK enum rc kit_end(struct kit *k, struct kit_summary *ret_s, char *err, size_t err_len);
void kit_free(struct kit *k); /* NULL is fine; what was not ended leaves nothing behind */

struct kit_channel {
	const char *name, *summary;
	const char *needs; /* "group policy", "paper" */
};
const struct kit_channel *kit_channels(size_t *ret_n);

#endif
