/*
 * hash - one place for the hash that tables and shards use (XXH3).
 *
 * A capture file is read with seed 0, so that even what a full table sheds is the same every
 * time; live sensors draw a random seed, so that nobody can aim at one bucket.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *at, size_t len, uint64_t seed);

#endif
