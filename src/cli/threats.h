/* threats - what quell threats prints; its options are in cmd_threats.c. */
#ifndef CLI_THREATS_H
#define CLI_THREATS_H

#include "threat/catalogue.h"
#include "threat/knowledge.h"

/* For people, on standard output. */
void threats_show(const struct threat *t, const struct knowledge *k);
void threats_show_baseline(const struct baseline *b);
void threats_list_baseline(const struct baseline *b);

/* For programs: a JSON document. False: no memory, or standard output took it not. */
bool threats_json(const struct threat *only, const struct knowledge *k); /* NULL: all of them */
bool threats_json_baseline(const struct baseline *b);
bool threats_json_baselines(const struct baseline *const *list, size_t n);

#endif
