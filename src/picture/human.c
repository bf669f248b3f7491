/*
 * human - the picture for the administrator who was woken up for it.
 *
 * The first line answers the question: are the machines patched? Then, per weakness, how many are;
 * what to do; what shows tampering; the worst machines; policy; protection; and how much was seen.
 * A machine of which nothing is known is never counted as patched.
 */
#include "picture/human.h"

#include "picture/site.h"
#include "picture/words.h"

static enum rc begin(struct picture *p)
{
	(void)p;
	return RC_OK;
}

static void answer(const struct lines *l, const struct picture *p)
{
	struct sentence s = {.len = 0}, loud = {.len = 0};
	enum tone tone = words_answer(&p->opt, p->tally, &s);

	lines_text(l, tone, s.at);
	words_tampered(p->tally, &loud);
	if (loud.len > 0)
		lines_text(l, TONE_ALARM, loud.at);
}

static enum rc next(const struct lines *l, const struct tally *t)
{
	struct words_list steps = {.n = 0};
	enum rc rc = words_steps(t, &steps);

	if (rc != RC_OK)
		return rc;
	lines_head(l, "WHAT TO DO NEXT");
	for (unsigned i = 0; i < steps.n; i++)
		lines_step(l, i + 1, steps.list[i].s.at);
	return RC_OK;
}

static void seen(const struct lines *l, const struct picture *p)
{
	struct words_list seen = {.n = 0};

	words_seen(&p->opt, p->tally, &seen);
	lines_head(l, "HOW MUCH WAS SEEN");
	for (unsigned i = 0; i < seen.n; i++)
		lines_item(l, seen.list[i].label, seen.list[i].s.at);
}

static enum rc end(struct picture *p)
{
	const struct tally *t = p->tally;
	struct lines l = lines_on(p->opt.to, &p->opt.style);
	enum rc rc = RC_OK;

	answer(&l, p);
	if (t->machines == 0)
		return stream_done(p->opt.to);
	rc = human_patches(&l, t);
	if (rc == RC_OK)
		rc = next(&l, t);
	if (rc != RC_OK)
		return rc;
	human_signs(&l, t);
	human_worst(&l, t);
	rc = human_policy(&l, t);
	if (rc == RC_OK)
		rc = human_protection(&l, t);
	if (rc != RC_OK)
		return rc;
	seen(&l, p);
	return stream_done(p->opt.to);
}

const struct picture_writer picture_human = {begin, NULL, end, NULL};
