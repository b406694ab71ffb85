# sockspy - make help lists what there is to make.

VERSION := 0.1.0
CC      ?= cc
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man/man1
BUILD   := build
# SAN=address,undefined builds the viewer and the unit tests with sanitizers.
SAN     ?=

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
COMMON  := -std=gnu17 -D_GNU_SOURCE -O2 -g $(WARN) -DSOCKSPY_VERSION='"$(VERSION)"' -MMD -MP \
           -DSOCKSPY_MULTIARCH='"$(shell $(CC) -print-multiarch 2>/dev/null)"'
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -fno-omit-frame-pointer)

# The library: position-independent, nothing exported but what says so, no
# fortified or protector symbols that a foreign libc may lack, small frames.
LIB_CFLAGS := $(COMMON) -O3 -fno-tree-slp-vectorize -flto=auto -fPIC -fvisibility=hidden -U_FORTIFY_SOURCE -fno-stack-protector \
	-ftls-model=initial-exec -fno-delete-null-pointer-checks -fno-builtin-fork \
	-Wframe-larger-than=512 -Wno-nonnull-compare -Wno-stringop-overread
LIB_LDFLAGS := -shared -O3 -flto=auto -Wframe-larger-than=512 -Wl,-soname,libsockspy.so -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -Wl,--as-needed -Wl,-z,defs -Wl,-Bsymbolic-functions \
	-Wl,--version-script=preload/versions.map

LIB_OBJECTS    := $(patsubst preload/%,$(BUILD)/preload/%.o,$(wildcard preload/*.c preload/*.S))
# The viewer shares with the library what lies where in a ring, and the making of one
# (run makes it before the start), but not the writing.
SHARED_OBJECTS := $(patsubst %,$(BUILD)/viewer/%.o,ring_layout ring_file ring_create memory_room small_file settings sys)
VIEWER_OBJECTS := $(patsubst viewer/%.c,$(BUILD)/viewer/%.o,$(wildcard viewer/*.c viewer/*/*.c)) \
	$(SHARED_OBJECTS) $(BUILD)/viewer/report/report_page.o
VIEWER_ARCHIVE := $(BUILD)/viewer/viewer.a
SAMPLES        := $(patsubst samples/%.c,$(BUILD)/samples/%,$(wildcard samples/*.c))
PROGRAMS       := $(patsubst tests/programs/%.c,$(BUILD)/programs/%,$(wildcard tests/programs/*.c))
BENCHES        := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(filter-out %/standin.c,$(wildcard tests/bench/*.c))) \
	$(BUILD)/bench/standin.so
UNITS          := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
FUZZERS        := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))

# One short line for each file that is made; V=1 shows the commands.
say = @$(if $(V),set -x;,echo "  $(1)  $@";)

all: libsockspy.so sockspy samples ## build the library, the viewer and the samples

libsockspy.so: $(LIB_OBJECTS) preload/versions.map
	$(call say,LD)$(CC) $(LIB_LDFLAGS) -o $@ $(LIB_OBJECTS)

sockspy: $(VIEWER_OBJECTS)
	$(call say,LD)$(CC) $(SANFLAGS) -o $@ $^ -pthread

samples: $(SAMPLES)

# What a send or recv goes through is built for speed, the rest for size.
HOT  := event ring kept hooks_send hooks_receive
COLD := $(filter-out $(HOT:%=$(BUILD)/preload/%.c.o),$(LIB_OBJECTS))
$(COLD): LIB_CFLAGS += -Os

$(BUILD)/preload/%.c.o: preload/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(LIB_CFLAGS) -c -o $@ $<

$(BUILD)/preload/%.S.o: preload/%.S
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(LIB_CFLAGS) -c -o $@ $<

$(BUILD)/viewer/%.o: viewer/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) $(SANFLAGS) -Iviewer -c -o $@ $<

# The report's page, style and scripts, as they are.
$(BUILD)/viewer/report/report_page.o: viewer/report/report_page.S viewer/report.html $(wildcard viewer/report/*.css viewer/report/*.js viewer/report/*.def)
	@mkdir -p $(@D)
	$(call say,AS)$(CC) -Iviewer -Wa,-Iviewer -c -o $@ $<

$(BUILD)/viewer/ring.o $(SHARED_OBJECTS): $(BUILD)/viewer/%.o: preload/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) $(SANFLAGS) -c -o $@ $<

# For tests, which write rings as well.
$(VIEWER_ARCHIVE): $(filter-out %/main.o,$(VIEWER_OBJECTS)) $(BUILD)/viewer/ring.o
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/samples/%: samples/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) -std=gnu17 -O1 -g -Wall -Wextra -MMD -MP -o $@ $<

$(BUILD)/programs/%: tests/programs/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) -o $@ $< -pthread

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) -Iviewer -o $@ $< -pthread

$(BUILD)/bench/%.so: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) -shared -fPIC -o $@ $<

# The ring's own programs take their readers from the viewer.
$(BUILD)/programs/ring_%: tests/programs/ring_%.c $(VIEWER_ARCHIVE)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) $(SANFLAGS) -Iviewer -o $@ $< $(VIEWER_ARCHIVE) -pthread

# A unit test is one file that includes what it tests, and takes from the
# viewer's files (but its main) what else it needs.
$(BUILD)/unit/%: tests/unit/%.c $(VIEWER_ARCHIVE) $(wildcard preload/*.c preload/*.h)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) $(SANFLAGS) -Ipreload -Iviewer -o $@ $< $(VIEWER_ARCHIVE) -lcmocka -pthread

# A fuzz target is one file as well; its main is a fuzzer's, or one that replays.
FUZZ_MAIN := tests/fuzz/replay.c
$(BUILD)/fuzz/ring: FUZZ_LINK := -Wl,--wrap=source_open,--wrap=clock_gettime,--wrap=nanosleep
$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(wildcard tests/fuzz/*.h) $(VIEWER_ARCHIVE) $(wildcard preload/*.[ch])
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(COMMON) $(SANFLAGS) -Ipreload -Iviewer -o $@ $< $(FUZZ_MAIN) $(VIEWER_ARCHIVE) $(FUZZ_LINK) -pthread

demo: all ## record a real curl and a real server, print both ends, write the report
	@samples/demo.sh

test: ## build all and run every test; installs or names what is missing
	@tests/needs.sh test
	@$(MAKE) --no-print-directory all programs units
	@$(MAKE) --no-print-directory $(CHECKED) fuzzers
	@tests/run.sh

programs: $(PROGRAMS)

units: $(UNITS)

# What is hostile is tried out with the sanitizers' eyes open.
CHECKED := BUILD=$(BUILD)/checked SAN=address,undefined

fuzz: ## let a fuzzer look for what breaks the viewer (DURATION=seconds, of 10 minutes)
	@tests/needs.sh fuzz
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC="clang -fno-sanitize-coverage=trace-cmp" SAN=fuzzer-no-link,address,undefined \
		FUZZ_MAIN=-fsanitize=fuzzer fuzzers
	@tests/fuzz.sh

fuzzers: $(FUZZERS)

soak: ## the long storms (ten minutes and more)
	@tests/needs.sh soak
	@$(MAKE) --no-print-directory all programs units
	@tests/soak.sh

bench: ## what recording costs, in clocks (DURATION=quick; BENCH='--format=jsonl ...'; BASE=DIR: beside another checkout)
	@tests/needs.sh bench
	@$(MAKE) --no-print-directory all benches
	@$(if $(BASE),$(MAKE) --no-print-directory -C $(BASE) BASE= all)
	@tests/bench/bench.py $(if $(BASE),--base=$(BASE)) $(BENCH)

benches: $(BENCHES)

lint: ## clang-format and cppcheck, both silent
	@tests/lint.sh

install: libsockspy.so sockspy samples ## install under PREFIX (and DESTDIR)
	install -D -m 755 libsockspy.so $(DESTDIR)$(LIBDIR)/libsockspy.so
	install -D -m 755 sockspy $(DESTDIR)$(BINDIR)/sockspy
	install -D -m 644 viewer/sockspy.1 $(DESTDIR)$(MANDIR)/sockspy.1
	install -D -m 644 viewer/sockspy.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sockspy
	install -d $(DESTDIR)$(LIBDIR)/sockspy/samples
	install -m 755 $(SAMPLES) $(DESTDIR)$(LIBDIR)/sockspy/samples
	install -m 644 samples/*.c samples/README.md $(DESTDIR)$(LIBDIR)/sockspy/samples
	if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(LIBDIR)/libsockspy.so $(DESTDIR)$(BINDIR)/sockspy $(DESTDIR)$(MANDIR)/sockspy.1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sockspy
	rm -rf $(DESTDIR)$(LIBDIR)/sockspy

clean: ## remove what was built
	rm -rf $(BUILD) libsockspy.so sockspy sockspy-demo.html

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r t d; do printf '  make %-10s %s\n' "$$t" "$$d"; done

.PHONY: all samples demo test programs units fuzzers fuzz benches soak bench lint install uninstall clean help
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
