/* verdict - what one finding makes of the machine that acts, and of its target. */
#ifndef OUTBREAK_VERDICT_H
#define OUTBREAK_VERDICT_H

#include "model/outbreak.h"

enum verdict verdict_of_source(const struct finding *f);
enum verdict verdict_of_target(const struct finding *f); /* where it has one */

/* Independent reasons add up (noisy-or). Each from 0 to 1. */
double confidence_or(double a, double b);

#endif
