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
#define HOPELESS(copy, number) false
#else
#define WHOLE(copy, number) (copy.id == number && copy.check == CHECK(copy.id, copy.content))
#define HOPELESS(copy, number) ((done & 4) != 0 && copy.check / 256 != number)
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

proctype writer(byte lane) provided (!over)
{
    short seen_cursor;
    byte count, id, known, owner, tries, done, n;
    do
    :: n < RECORDS ->
       reserve(lane);
       assert(id != 0); /* a slot is always to be had */
       store();
       n++
    :: else -> break
    od
}

/* Looks at any slot, at any time, as often as it likes; gives up as soon as the
 * copy cannot be whole any more. */
inline look()
{
    atomic {
        select(place : 0 .. CHUNKS * SLOTS - 1);
        number = OWNER_CHUNK(owners[place / SLOTS]) * SLOTS + place % SLOTS
    }
    do
    :: (done & 1) == 0 -> copy.id = slots[place].id; done = done | 1
    :: (done & 2) == 0 -> copy.content = slots[place].content; done = done | 2
    :: (done & 4) == 0 -> copy.check = slots[place].check; done = done | 4
    :: atomic {
           done == 7 || (done & 1) != 0 && copy.id != number || HOPELESS(copy, number) ->
           assert(done != 7 || !WHOLE(copy, number) || copy.content == number) /* never mixed */
       }
       break
    od;
    atomic { copy.id = 0; copy.content = 0; copy.check = 0; place = 0; number = 0; done = 0 }
}

/* Reads all that is there: what it prints, and what it counts as lost. */
inline read_all()
{
    printed = 0;
    place = 0;
    do
    :: place < CHUNKS * SLOTS ->
       number = OWNER_CHUNK(owners[place / SLOTS]) * SLOTS + place % SLOTS;
       if
       :: number >= SLOTS && WHOLE(slots[place], number) -> printed++
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
           slots[id % (CHUNKS * SLOTS)].id = id;
           slots[id % (CHUNKS * SLOTS)].content = id;
           slots[id % (CHUNKS * SLOTS)].check = CHECK(id, id);
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
    byte count, id, known, owner, tries, done, n, place, number, printed, lost, total;
    do
    :: look()
    :: afterwards() -> break
    od
}

init
{
    atomic {
        run writer(0);
        run writer(LANES - 1);
        run reader()
    }
}
