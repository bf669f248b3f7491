#include "outbreak/verdict.h"

#include <string.h>

enum {
	SURE = 60,  /* from here on a deed is taken for what it looks like */
	DOUBT = 30, /* below, it is listed, and judges nobody */
};

/* The one table: doc/verdicts.md says it in words. */
static const struct rule {
	enum verdict sure, doubtful, target;
} rules[CLASSES] = {
	[CLASS_EXPLOIT] = {VERDICT_INFECTED, VERDICT_SUSPECTED, VERDICT_TARGETED},
	[CLASS_CHECK] = {VERDICT_SCANNER, VERDICT_SCANNER, VERDICT_NO_EVIDENCE},
	[CLASS_IMPLANT] = {VERDICT_INFECTED, VERDICT_SUSPECTED, VERDICT_NO_EVIDENCE},
	[CLASS_RENDEZVOUS] = {VERDICT_INFECTED, VERDICT_SUSPECTED, VERDICT_NO_EVIDENCE},
	[CLASS_TRANSFER] = {VERDICT_INFECTED, VERDICT_SUSPECTED, VERDICT_TARGETED},
	[CLASS_CREDENTIAL] = {VERDICT_SUSPECTED, VERDICT_SUSPECTED, VERDICT_TARGETED},
	[CLASS_LATERAL] = {VERDICT_SUSPECTED, VERDICT_SUSPECTED, VERDICT_TARGETED},
	[CLASS_SCAN] = {VERDICT_SUSPECTED, VERDICT_SUSPECTED, VERDICT_NO_EVIDENCE},
};

/* Many ports of one machine: somebody looks around, which is not how a worm spreads. */
static bool is_reconnaissance(const struct finding *f)
{
	struct detail d;

	return finding_detail_get(f, "kind", &d) && strcmp(d.text, "ports-of-one") == 0;
}

enum verdict verdict_of_source(const struct finding *f)
{
	if ((unsigned)f->class >= CLASSES || f->confidence < DOUBT)
		return VERDICT_NO_EVIDENCE;
	if (f->class == CLASS_SCAN && is_reconnaissance(f))
		return VERDICT_SCANNER;
	return f->confidence >= SURE ? rules[f->class].sure : rules[f->class].doubtful;
}

enum verdict verdict_of_target(const struct finding *f)
{
	if ((unsigned)f->class >= CLASSES || f->confidence < DOUBT || !f->has_target)
		return VERDICT_NO_EVIDENCE;
	return rules[f->class].target;
}

double confidence_or(double a, double b)
{
	return 1 - (1 - a) * (1 - b);
}
