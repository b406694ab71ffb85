/* ring.pml - the protocol of preload/ring.h on a small scale, for spin.
 *
 * Two writers, a reader, a ring of CHUNKS x SLOTS slots, one record a slot. Each
 * load, store and compare-and-swap of ring.c is one step, and the words of a
 * record are stored, and loaded, in every order. Names are those of ring.c.
 *
 * A crash needs no step of its own: a writer that never runs again is dead, and
 * the search lets each of them stop at every step, for ever or for a while. In
 * every state that can be reached, `afterwards` may therefore stop the world,
 * and checks that the survivors could go on: that the sums are exact, that a new
 * writer alone is never held up, and that all slots are in use again.
 *
 * ACCEPT_BY_ID breaks the reader's check on purpose, LOWER_WRITTEN the care that
 * a sleeper needs: spin has to find both (run.sh).
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

#define COUNT_RANGE 4 /* 1 << CURSOR_SHIFT; more than the records of a chunk */
#define CURSOR(position, count) ((position) * COUNT_RANGE + (count) % COUNT_RANGE)
#define POSITION(cursor) ((cursor) / COUNT_RANGE)
#define EXTEND(known, low) ((known) + ((low) + COUNT_RANGE - (known) % COUNT_RANGE) % COUNT_RANGE)
#define OWNER(chunk, lane) ((chunk) * LANES + (lane))
#define OWNER_CHUNK(owner) ((owner) / LANES)
#define OWNER_LANE(owner) ((owner) % LANES)
#define CHECK(id, content) ((id) * 256 + (content))
#define ENOUGH (2 * LANES + 2) /* tries for a chunk */

#ifdef ACCEPT_BY_ID
#define WHOLE(copy, number) (copy.id == number)
#else
#define WHOLE(copy, number) (copy.id == number && copy.check == CHECK(copy.id, copy.content))
#endif

typedef record {
    byte id;
    byte content; /* the id once more: a mixed record differs from itself */
    short check
}

/* What lies in the ring. */
byte next_chunk = 1;
byte owners[CHUNKS];
short cursor[LANES];
byte written[LANES];
record slots[CHUNKS * SLOTS];

/* What nobody can see: the truth, to be compared. */
hidden byte truth; /* scratch of afterwards */
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
    :: count = EXTEND(written[lane], seen_cursor % COUNT_RANGE);
       id = POSITION(seen_cursor);
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
#define SLOT slots[id % (CHUNKS * SLOTS)]
inline store()
{
    do
    :: (done & 1) == 0 -> SLOT.id = id; done = done | 1
    :: (done & 2) == 0 -> SLOT.content = id; done = done | 2
    :: (done & 4) == 0 -> SLOT.check = CHECK(id, id); done = done | 4
    :: done == 7 -> break
    od;
    done = 0; id = 0
}

proctype writer(byte number) provided (!over)
{
    short seen_cursor;
    byte count, id, known, owner, tries, done, n;
    do
    :: n < RECORDS ->
       reserve(number % LANES);
       assert(id != 0); /* a slot is always to be had */
       store();
       n++
    :: else -> break
    od
}

/* Looks at any slot at any time, again and again; and at the lanes' totals. */
proctype reader() provided (!over)
{
    record copy;
    byte place, slot, done, chunk, before, truly, lane;
    short seen;
    do
    :: atomic {
           select(place : 0 .. CHUNKS - 1);
           select(slot : 0 .. SLOTS - 1);
           chunk = OWNER_CHUNK(owners[place]);
           chunk != 0
       }
       do
       :: (done & 1) == 0 -> copy.id = slots[place * SLOTS + slot].id; done = done | 1
       :: (done & 2) == 0 -> copy.content = slots[place * SLOTS + slot].content; done = done | 2
       :: (done & 4) == 0 -> copy.check = slots[place * SLOTS + slot].check; done = done | 4
       :: done == 7 -> break
       od;
       atomic {
           if
           :: WHOLE(copy, chunk * SLOTS + slot) -> assert(copy.id == copy.content)
           :: else
           fi;
           copy.id = 0; copy.content = 0; copy.check = 0;
           place = 0; slot = 0; chunk = 0; done = 0
       }
    :: atomic { select(lane : 0 .. LANES - 1); before = written[lane] }
       d_step { seen = cursor[lane]; truly = reserved[lane] }
       d_step {
           if
           :: written[lane] == before -> assert(EXTEND(before, seen % COUNT_RANGE) == truly)
           :: else
           fi;
           before = 0; seen = 0; truly = 0; lane = 0
       }
    od
}

/* Reads all that is there: printed, and lost by the lanes' totals. */
inline read_all()
{
    printed = 0;
    place = 0;
    do
    :: place < CHUNKS * SLOTS ->
       id = OWNER_CHUNK(owners[place / SLOTS]) * SLOTS + place % SLOTS;
       if
       :: id >= SLOTS && WHOLE(slots[place], id) ->
          assert(slots[place].id == slots[place].content);
          printed++
       :: else
       fi;
       place++
    :: else -> break
    od;
    lost = 0;
    lane = 0;
    truth = 0;
    do
    :: lane < LANES ->
       lost = lost + EXTEND(written[lane], cursor[lane] % COUNT_RANGE);
       truth = truth + reserved[lane];
       lane++
    :: else -> break
    od;
    lost = lost - printed;
    assert(lost >= 0 && printed + lost == truth)
}

/* In any state at all: everybody else is dead from now on. */
proctype afterwards()
{
    short seen_cursor, lost;
    byte count, id, known, owner, tries, done, n, printed, place, lane, newest;
    atomic {
        over = true;
        read_all();
        n = 0;
        do
        :: n < 2 * CHUNKS * SLOTS ->
           reserve(0);
           assert(id != 0);
           newest = id;
           SLOT.id = id;
           SLOT.content = id;
           SLOT.check = CHECK(id, id);
           n++
        :: else -> break
        od;
        read_all();
        /* Every slot is in use, but for those of the open chunk. */
        assert(WHOLE(slots[newest % (CHUNKS * SLOTS)], newest));
        assert(printed >= (CHUNKS - LANES) * SLOTS)
    }
}

init
{
    atomic {
        run writer(0);
        run writer(1);
        run reader();
        run afterwards()
    }
}
