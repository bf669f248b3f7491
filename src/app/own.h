/*
 * own - what the machine is on the interface it listens on: addresses to which it hears attempts
 * even if nobody makes any, and cards whose words are its own.
 *
 * Asked of the kernel before the sensor is forked, which could not ask any more.
 */
#ifndef APP_OWN_H
#define APP_OWN_H

#include <stddef.h>

#include "model/outbreak.h"

enum { OWN_MAX = 64 };

struct own {
	struct own_address list[OWN_MAX];
	size_t n;
	struct mac macs[OWN_MAX];
	size_t n_macs;
};

/* Of the interface, without those of loopback and of the link alone; "any": of all. None if the
 * kernel does not say. */
void own_look(const char *interface, struct own *ret_own);

bool own_has(const struct own *own, const struct addr *a);
bool own_has_mac(const struct own *own, const struct mac *m);

bool own_exists(const char *interface);

/* The names of all interfaces, ", " between them, as many as fit. */
void own_interfaces(char *to, size_t cap);

#endif
