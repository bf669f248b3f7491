/*
 * settings - what the operator set, from where, and everything else at its default.
 *
 * One YAML file (quell.yaml(5)), `--set key=value` on top of it. Every key has a row in
 * settings/keys.c with type, range, default and help; detectors' knobs join by themselves as
 * detect.<id>.<knob>. An unknown key is an error that names the nearest one. After an error the
 * settings are half read, and only good for settings_free().
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stdio.h>

#include "ask/ask.h"
#include "base/bytes.h"
#include "base/rc.h"
#include "detect/detect.h"
#include "epidemic/simulate.h"
#include "model/policy.h"

struct settings;

/* All at their defaults. */
MUST_CHECK enum rc settings_new(struct settings **ret_settings);
void settings_free(struct settings *s); /* NULL is fine */

/* RC_IO: errno tells; RC_INVAL: `err` holds file, line and what is wrong. */
MUST_CHECK enum rc settings_read(struct settings *s, const char *path, char *err, size_t err_len);

/* The same from memory; `name` stands for the file in messages and origins. */
MUST_CHECK enum rc settings_read_text(struct settings *s, const char *name, struct bytes text,
				      char *err, size_t err_len);

/* "limits.flows=200000"; the value is read as YAML, so lists are [a, b]. RC_INVAL: `err` says why.
 */
MUST_CHECK enum rc settings_set(struct settings *s, const char *assignment, char *err,
				size_t err_len);

/* Every key, its value and where it came from, as YAML with comments. */
MUST_CHECK enum rc settings_dump(const struct settings *s, FILE *to);

const struct policy *settings_policy(const struct settings *s); /* lives as long as s */
long settings_knob(const struct settings *s, const struct detector *d, unsigned index);

struct settings_limits {         /* of the whole run; the flow engine divides by FLOW_SHARDS */
	size_t flows;            /* limits.flows */
	size_t reassembly_bytes; /* limits.reassembly_mib */
	size_t stream_bytes;     /* limits.stream_kib */
	size_t parser_bytes;     /* limits.parsers_mib: what parsers keep of all streams */
	size_t fragments;        /* limits.fragments: datagrams being put together */
	size_t findings;         /* limits.findings */
	size_t targets;          /* limits.targets: per source and threat */
	size_t hosts;            /* limits.hosts: addresses followed, and listed */
	size_t facts;            /* limits.facts: about who machines are */
	unsigned syn_timeout_s, idle_timeout_s;
	size_t ring_bytes; /* capture.ring_mib: kernel ring per worker */
};

const struct settings_limits *settings_limits(const struct settings *s);
unsigned settings_workers(const struct settings *s); /* capture.workers; 0: choose */

enum settings_color { SETTINGS_COLOR_AUTO, SETTINGS_COLOR_ALWAYS, SETTINGS_COLOR_NEVER };

enum settings_color settings_color(const struct settings *s); /* output.color */
const char *settings_format(const struct settings *s);        /* output.format: "human" */

const char *settings_store_url(const struct settings *s);   /* store.url; NULL: not set */
const char *settings_sensor_name(const struct settings *s); /* sensor.name; NULL: not set */

/* Networks that quell may act on, not only listen to: networks.scope. None: nothing. */
const struct net *settings_scope(const struct settings *s, size_t *ret_n);

struct settings_ask {
	const char *credentials; /* ask.credentials: a file; NULL: none */
	unsigned timeout_ms, parallel, rate;
};

struct settings_ask settings_ask(const struct settings *s);

/* Whom SNMP may ask: switches. Their secrets are in files of their own. */
const struct ask_switch *settings_switches(const struct settings *s, size_t *ret_n);

/* What there is to cure machines with: campaign.*; what no setting tells is sim_means_default()'s.
 */
struct sim_means settings_means(const struct settings *s);

/* Names of all keys, for completion and tests; NULL past the last. */
const char *settings_key_at(const struct settings *s, size_t i);

#endif
