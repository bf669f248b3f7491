/* means - the settings campaign.* as the simulation wants them. */
#ifndef DESK_MEANS_H
#define DESK_MEANS_H

#include "epidemic/simulate.h"
#include "settings/settings.h"

/* found_share is left at 1: it is no setting. off_share: of machines that are off at any time. */
void means_of(const struct settings *s, struct sim_means *ret_means, double *ret_off_share);

#endif
