/* ring.pml - the protocol of preload/ring.h on a small scale, for spin (run.sh).
 *
 * Two writers, a reader, CHUNKS x SLOTS slots, one record a slot. Each load,
 * store and compare-and-swap of ring.c is one step; the words of a record are
 * stored, and loaded, in every order. The names are those of ring.c.
 *
 * A crash needs no step of its own. The search lets each process stop at every
 * step, for a while or for ever, and one that never runs again is dead. In every
 * state that can be reached the reader may end the world: all others are dead
 * then, and `afterwards` checks that the sums are exact, that a new writer is
 * not held up, and that all slots come back into use. (Hence pan -E: the dead do
 * not reach their end.)
 *
 * ACCEPT_BY_ID and LOWER_WRITTEN each leave out a care that ring.c takes; spin
 * has to find what that breaks.
 */
#ifndef CHUNKS
#define CHUNKS 2
#endif
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef LANES
#define LANES 1
#endif
#ifndef RECORDS
#define RECORDS 2 /* that each writer writes */
#endif
#ifndef MORE
#define MORE 0 /* that the first writes besides */
#endif

#define COUNT_RANGE 4 /* 1 << CURSOR_SHIFT; more than the records of a chunk */
#define CURSOR(position, count) ((position) * COUNT_RANGE + (count) % COUNT_RANGE)
#define POSITION(cursor) ((cursor) / COUNT_RANGE)
#define EXTEND(known, low) ((known) + ((low) + COUNT_RANGE - (known) % COUNT_RANGE) % COUNT_RANGE)
#define OWNER(chunk, lane) ((chunk) * LANES + (lane))
#define OWNER_CHUNK(owner) ((owner) / LANES)
#define OWNER_LANE(owner) ((owner) % LANES)
#define SEAL(id, content) ((id) * 128 + (content))
#define ENOUGH (2 * LANES + 2) /* tries for a chunk */

/* A record is two words here. The seal stands for its id and its check; the
 * content is the id once more, so that a mixed record differs from itself. */
typedef record {
    byte content;
    short seal
}

#ifdef ACCEPT_BY_ID
#define WHOLE(copy, id) (copy.seal / 128 == id)
#else
#define WHOLE(copy, id) (copy.seal == SEAL(id, copy.content))
#endif

/* What lies in the ring. */
byte next_chunk = 1;
byte owners[CHUNKS];
short cursor[LANES];
byte written[LANES];
record slots[CHUNKS * SLOTS];

/* What nobody can see: the truth, to be compared. */
hidden byte truth;
byte reserved[LANES];
bool over;

#define is_open(owner) \
    (POSITION(cursor[OWNER_LANE(owner)]) % SLOTS != 0 && \
     POSITION(cursor[OWNER_LANE(owner)]) / SLOTS == OWNER_CHUNK(owner))

/* Reserves a slot: id is its number, 0 for none. */
inline reserve(lane)
{
    seen_cursor = cursor[lane];
    do
    :: atomic { count = EXTEND(written[lane], seen_cursor % COUNT_RANGE); id = POSITION(seen_cursor) }
       if
       :: id % SLOTS == 0 -> next_chunk_for(lane)
       :: else
       fi;
       if
       :: id == 0 -> /* the cursor moved, or there is no chunk */
          if
          :: cursor[lane] == seen_cursor -> break
          :: else -> seen_cursor = cursor[lane]
          fi
       :: else ->
          if
          :: atomic {
                 cursor[lane] == seen_cursor ->
                 cursor[lane] = CURSOR(id + 1, count + 1);
                 assert(count == reserved[lane]); /* its sequence is right */
                 assert(id < 128); /* the model's numbers suffice */
                 reserved[lane]++
             }
             break
          :: atomic { cursor[lane] != seen_cursor -> seen_cursor = cursor[lane] }
          fi
       fi
    od;
    seen_cursor = 0; count = 0; known = 0; owner = 0; tries = 0
}

/* raise_written and take_chunk; leaves in id the first slot of the chunk, or 0. */
inline next_chunk_for(lane)
{
    id = 0;
    tries = 0;
    known = written[lane];
    if
#ifdef LOWER_WRITTEN
    :: true -> written[lane] = count
#else
    :: cursor[lane] == seen_cursor ->
       do
       :: known >= count -> break
       :: known < count ->
          atomic {
              if
              :: written[lane] == known -> written[lane] = count; known = count
              :: else -> known = written[lane]
              fi
          }
       od
    :: else
#endif
    fi;
    known = 0;
    do
    :: tries == ENOUGH || cursor[lane] != seen_cursor -> break
    :: else ->
       tries++;
       atomic { known = next_chunk; next_chunk++ }
       owner = owners[known % CHUNKS];
       if
       :: OWNER_CHUNK(owner) < known && !is_open(owner) ->
          atomic {
              if
              :: owners[known % CHUNKS] == owner -> owners[known % CHUNKS] = OWNER(known, lane); id = known * SLOTS
              :: else
              fi
          }
       :: else
       fi;
       if
       :: id != 0 -> break
       :: else
       fi
    od
}

/* Stores the words of a record, in any order. */
inline store()
{
    if
    :: slots[id % (CHUNKS * SLOTS)].content = id; slots[id % (CHUNKS * SLOTS)].seal = SEAL(id, id)
    :: slots[id % (CHUNKS * SLOTS)].seal = SEAL(id, id); slots[id % (CHUNKS * SLOTS)].content = id
    fi;
    id = 0
}

proctype writer(byte lane; byte records) provided (!over)
{
    short seen_cursor;
    byte count, id, known, owner, tries, n;
    do
    :: n < records ->
       reserve(lane);
       assert(id != 0); /* a slot is always to be had */
       store();
       n++
    :: else -> break
    od
}

/* Looks at any slot, at any time, and loads its words in any order. */
inline look()
{
    atomic {
        select(place : 0 .. CHUNKS * SLOTS - 1);
        id = OWNER_CHUNK(owners[place / SLOTS]) * SLOTS + place % SLOTS
    }
    if
    :: copy.content = slots[place].content; copy.seal = slots[place].seal
    :: copy.seal = slots[place].seal;
       if
       :: copy.seal / 128 == id -> copy.content = slots[place].content
       :: else /* the rest is no use */
       fi
    fi;
    atomic {
        assert(!WHOLE(copy, id) || copy.content == id); /* never mixed */
        copy.content = 0; copy.seal = 0; place = 0; id = 0
    }
}

/* Reads all that is there: what it prints, and what it counts as lost. */
inline read_all()
{
    printed = 0;
    place = 0;
    do
    :: place < CHUNKS * SLOTS ->
       id = OWNER_CHUNK(owners[place / SLOTS]) * SLOTS + place % SLOTS;
       if
       :: id >= SLOTS && WHOLE(slots[place], id) -> printed++
       :: else
       fi;
       place++
    :: else -> break
    od;
    total = 0;
    truth = 0;
    place = 0;
    do
    :: place < LANES ->
       total = total + EXTEND(written[place], cursor[place] % COUNT_RANGE);
       truth = truth + reserved[place];
       place++
    :: else -> break
    od;
    assert(printed <= total);
    lost = total - printed;
    assert(printed + lost == truth)
}

/* All others are dead from now on: are the sums exact, is a new writer alone
 * never held up, and does it get every slot but those of open chunks? */
inline afterwards()
{
    atomic {
        over = true;
        read_all();
        n = 0;
        do
        :: n < 2 * CHUNKS * SLOTS ->
           reserve(0);
           assert(id != 0);
           slots[id % (CHUNKS * SLOTS)].content = id;
           slots[id % (CHUNKS * SLOTS)].seal = SEAL(id, id);
           n++
        :: else -> break
        od;
        assert(WHOLE(slots[id % (CHUNKS * SLOTS)], id));
        read_all();
        assert(printed >= (CHUNKS - LANES) * SLOTS)
    }
}

proctype reader()
{
    record copy;
    short seen_cursor;
    byte count, id, known, owner, tries, n, place, printed, lost, total;
    do
    :: look()
    :: afterwards() -> break
    od
}

init
{
    atomic {
        run writer(0, RECORDS + MORE);
        run writer(LANES - 1, RECORDS);
        run reader()
    }
}
