/* source_lane.h - reading one lane of the ring; used by source.c only. */
#ifndef SOCKSPY_SOURCE_LANE_H
#define SOCKSPY_SOURCE_LANE_H

#include "source.h"

/* Notes how far the lane has been written. Returns whether there is anything
 * to read in it. */
bool lane_look(struct source *source, uint32_t number);

/* Reads the lane's part of `chunk`, which must not lie before lane->chunk.
 * Where a record is missing and `patient`, stops there: lane->waiting. */
void lane_read(struct source *source, uint32_t number, uint64_t chunk, bool patient);

/* The earliest moment of a record in the lane's part of `chunk`; UINT64_MAX:
 * there is none. Accounts for what is lost before the lane's first record. */
uint64_t lane_survey(struct source *source, uint32_t number, uint64_t chunk);

/* All the lane's chunks have been read: accounts for what is missing behind the
 * last record, or, where `patient`, waits for it. */
void lane_end(struct source *source, uint32_t number, bool patient);

#endif
