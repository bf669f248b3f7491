/*
 * The file's version is compared with the row of its own branch. Which that is follows from three
 * things: the build, which Windows 6.0 and later raises with each service pack; the service pack,
 * where XP and 2003 have one build for all; and GDR or LDR, where the fourth part tells. Where the
 * machine and its file disagree about the build or the service pack, the stricter row counts, and a
 * file of an older build than the machine's is never as good as fixed: it came from a copy or from
 * before the service pack, and what else did is not known.
 */
#include "judge/fixed.h"

enum { LDR_FROM = 20000 };

/* The fourth part of the files that a service pack came with; a later file is the service pack's,
 * too, or of a later one. Microsoft's version strings: 5.1.2600.5512
 * (xpsp.080413-2111), 5.2.3790.3959 (srv03_sp2_rtm.070216-1710). */
static const struct pack {
	uint16_t major, minor, build, from;
	int service_pack;
} packs[] = {
	{5, 1, 2600, 1106, 1}, {5, 1, 2600, 2180, 2}, {5, 1, 2600, 5512, 3},
	{5, 2, 3790, 1830, 1}, {5, 2, 3790, 3959, 2},
};

/* -1: it does not say. */
static int pack_of_file(const struct version *file)
{
	int best = -1;

	for (size_t i = 0; i < sizeof(packs) / sizeof(packs[0]); i++) {
		const struct pack *p = &packs[i];

		if (p->major != file->part[0] || p->minor != file->part[1] ||
		    p->build != file->part[2])
			continue;
		best = best < 0 ? 0 : best;
		if (p->from <= file->part[3])
			best = p->service_pack;
	}
	return best;
}

static bool is_for_build(const struct fixed *row, const struct version *v)
{
	return windows_same_release(&row->os, v) &&
	       (row->os.part[2] == 0 || v->part[2] == 0 || windows_same_files(&row->os, v));
}

/* Of two builds the higher one is newer, whatever the branch. */
static bool is_for_branch(const struct fixed *row, const struct version *file)
{
	return row->branch == BRANCH_ANY || row->version.part[2] != file->part[2] ||
	       (row->branch == BRANCH_LDR) == (file->part[3] >= LDR_FROM);
}

/* The service pack whose rows count: this one's, or the next one's that has a row, or the last
 * one's. -1: rows of every one. */
static int pack_to_use(const struct weakness *w, const struct version *v, int pack)
{
	int above = -1, below = -1;

	for (size_t i = 0; pack >= 0 && i < w->n_fixed; i++) {
		const struct fixed *row = &w->fixed[i];
		int of = row->service_pack;

		if (row->by != FIXED_BY_FILE || of < 0 || !is_for_build(row, v))
			continue;
		if (of >= pack && (above < 0 || of < above))
			above = of;
		if (of < pack && of > below)
			below = of;
	}
	return above >= 0 ? above : below;
}

/* False: there is no row for this build. All rows that may be meant must agree. */
static bool compare(const struct weakness *w, const struct version *v, int pack,
		    const struct version *file, struct fix_found *ret)
{
	int use = pack_to_use(w, v, pack);
	const struct fixed *newer = NULL, *older = NULL;
	bool is_there = false;

	for (size_t i = 0; i < w->n_fixed; i++) {
		const struct fixed *row = &w->fixed[i];

		if (!is_for_build(row, v))
			continue;
		is_there = true;
		if (row->by != FIXED_BY_FILE || !is_for_branch(row, file) ||
		    (use >= 0 && row->service_pack >= 0 && row->service_pack != use))
			continue;
		if (version_cmp(file, &row->version) >= 0)
			newer = newer == NULL ? row : newer;
		else
			older = older == NULL ? row : older;
	}
	*ret = (struct fix_found){.odd = "", .is_unclear = newer != NULL && older != NULL};
	if ((newer == NULL) != (older == NULL)) {
		ret->is = newer != NULL ? FIX_NEW : FIX_OLD;
		ret->row = newer != NULL ? newer : older;
	}
	return is_there;
}

/* No row is for this build. A service pack later than all that were fixed was made from fixed
 * sources, and one earlier than all never got the fix. Not so from Windows 10 on, where many builds
 * are kept up side by side: there a build without a row is a gap in the catalogue. */
static void compare_with_all(const struct weakness *w, const struct version *file,
			     struct fix_found *ret)
{
	const struct fixed *least = NULL, *most = NULL;

	for (size_t i = 0; file->part[0] < 10 && i < w->n_fixed; i++) {
		const struct fixed *row = &w->fixed[i];

		if (row->by != FIXED_BY_FILE || !windows_same_release(&row->os, file))
			continue;
		if (least == NULL || version_cmp(&row->version, &least->version) < 0)
			least = row;
		if (most == NULL || version_cmp(&row->version, &most->version) > 0)
			most = row;
	}
	if (least == NULL || most == NULL)
		return;
	if (file->part[2] > most->version.part[2])
		*ret = (struct fix_found){.is = FIX_NEW, .row = most, .odd = ""};
	else if (file->part[2] < least->version.part[2])
		*ret = (struct fix_found){.is = FIX_OLD, .row = least, .odd = ""};
}

/* A service pack's file on a machine that says another one. */
static void look_at_pack(struct judging *j, const struct weakness *weakness,
			 const struct version *of, int says, const struct version *file,
			 struct fix_found *ret)
{
	int pack = pack_of_file(file);
	struct fix_found own = {.odd = ""};

	if (pack < 0 || says < 0 || pack == says)
		return;
	(void)compare(weakness, of, pack, file, &own);
	if (pack > says || (own.is == FIX_NEW && ret->is != FIX_NEW))
		ret->odd = judging_say(
			j, "%s %s is of Service Pack %d, the machine says Service Pack %d",
			weakness->file, say_version(j, file), pack, says);
}

void fixed_by_file(struct judging *j, const struct weakness *weakness, const struct windows *w,
		   const struct version *file, struct fix_found *ret)
{
	const struct version of = {{file->part[0], file->part[1], file->part[2], 0}};
	const struct version *is = w->is_known ? &w->version : &of;
	bool fits =
		windows_same_files(is, &of) || (windows_same_release(is, &of) && is->part[2] == 0);
	bool is_later = version_cmp(&of, is) > 0;
	int pack = pack_of_file(file);

	if (w->is_known && w->service_pack > pack)
		pack = w->service_pack;
	*ret = (struct fix_found){.odd = ""};
	if (fits) {
		if (!compare(weakness, &of, pack, file, ret))
			compare_with_all(weakness, file, ret);
		look_at_pack(j, weakness, &of, w->service_pack, file, ret);
		return;
	}
	/* Another build than the machine's. An older file must be as new as the machine's own
	 * would be; a newer one as its own. */
	if (is_later || !windows_same_release(is, &of) ||
	    !compare(weakness, is, w->service_pack, file, ret))
		(void)compare(weakness, &of, pack, file, ret);
	if (ret->is == FIX_NEW && (!is_later || !windows_same_release(is, &of)))
		ret->is = FIX_ODD;
	ret->odd = judging_say(j, "%s is of %s, the machine says %s", weakness->file,
			       say_version(j, &of), say_version(j, is));
}

void fixed_by_build(const struct weakness *weakness, const struct windows *w, struct fix_found *ret)
{
	const struct fixed *best = NULL;

	*ret = (struct fix_found){.odd = ""};
	if (!w->is_known || !w->has_ubr || w->version.part[0] < 10)
		return;
	for (size_t i = 0; i < weakness->n_fixed; i++) {
		const struct fixed *row = &weakness->fixed[i];

		if (row->os.part[2] == 0 || !windows_same_files(&row->os, &w->version) ||
		    (row->by != FIXED_BY_BUILD && row->by != FIXED_BY_FILE))
			continue;
		if (best == NULL || row->os.part[2] == w->version.part[2])
			best = row;
	}
	if (best == NULL)
		return;
	/* A file of Windows 10 has the UBR of the update that made it as its fourth part. */
	ret->is = w->ubr >= (best->by == FIXED_BY_BUILD ? best->ubr : best->version.part[3])
			  ? FIX_NEW
			  : FIX_OLD;
	ret->row = best;
}

const struct fixed *fixed_at_release(const struct weakness *weakness, const struct windows *w)
{
	for (size_t i = 0; w->is_known && i < weakness->n_fixed; i++) {
		const struct fixed *row = &weakness->fixed[i];

		if (row->by != FIXED_AT_RELEASE || !windows_same_release(&row->os, &w->version))
			continue;
		if (row->os.part[2] != 0 && row->os.part[2] < w->version.part[2])
			return row;
		if ((row->os.part[2] == 0 || row->os.part[2] == w->version.part[2]) &&
		    (row->service_pack < 0 || w->service_pack >= row->service_pack))
			return row;
	}
	return NULL;
}

bool fixed_is_for(const struct fixed *row, const struct windows *w)
{
	return !w->is_known ||
	       (is_for_build(row, &w->version) && (row->service_pack < 0 || w->service_pack < 0 ||
						   row->service_pack == w->service_pack));
}
