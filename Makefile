# fosip: see README.md.  `make` builds build/fosip, `make check` runs the tests.
#
# Targets    all check tests lint fuzz bench demo install uninstall clean
# Variables  CC, CFLAGS, LDFLAGS   as everywhere; CC=clang works
#            SANITIZE=1            address and undefined behaviour sanitizers, in build/sanitize
#            SANITIZE=thread       the thread sanitizer, in build/thread; its `check` runs the
#                                  tests that start threads
#            V=1                   say each command whole
#            WERROR=1              warnings are errors
#            BUILD=DIR             where everything made goes (build)
#            PREFIX, DESTDIR       where `make install` puts things (/usr/local, none)
#            BENCH="NAME..."       captures to measure with (scripts/make-bench-capture)
#            FUZZ_SECONDS=N        how long `make fuzz` runs each target (20)

VERSION := 0.1.0
SOVERSION := 0

BUILD ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
PKG_CONFIG ?= pkg-config
INSTALL ?= install
CC = gcc

CSTD := -std=c11 -D_GNU_SOURCE -pthread
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
ifdef WERROR
WARN += -Werror
endif
CFLAGS ?= -O3 -g
# The program is optimised as a whole; the static library's objects can be linked
# either way.  (clang would need another linker.)
ifeq ($(findstring clang,$(CC))$(SANITIZE)$(FUZZ),)
LTO := -flto=auto -ffat-lto-objects
NO_LTO := -fno-lto
endif
ifdef SANITIZE
CFLAGS := -O1 -g1 -fno-omit-frame-pointer
ifeq ($(SANITIZE),thread)
BUILD := build/thread
SAN := -fsanitize=thread
else
BUILD := build/sanitize
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
endif
endif
# Set by the `fuzz` target for the make that it starts.
ifdef FUZZ
CFLAGS := -O1 -g1 -fno-omit-frame-pointer
SAN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
endif

ifdef V
run = $(2)
else ifneq ($(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
run = @$(2)
else
run = @printf '  %-7s %s\n' '$(1)' '$@'; $(2)
endif

# ---- Libraries --------------------------------------------------------------
# Required ones; scripts/setup installs them.
PACKAGES := libpcap json-c
# Optional ones: what is found is used and said in HAVE_*; what is not found is
# missing in `fosip --version`, nothing else.
OPTIONAL := zlib:ZLIB libzstd:ZSTD liblz4:LZ4 liblzma:LZMA libcrypto:OPENSSL \
	libpcre2-8:PCRE2 libsrtp2:SRTP \
	cairo:CAIRO spandsp:SPANDSP opus:OPUS libbcg729:BCG729 opencore-amrnb:AMRNB opencore-amrwb:AMRWB
FOUND := $(foreach o,$(OPTIONAL),$(shell \
	$(PKG_CONFIG) --exists $(firstword $(subst :, ,$(o))) 2>/dev/null && echo $(o)))
DEFINES := $(foreach o,$(FOUND),-DHAVE_$(lastword $(subst :, ,$(o))))
FOUND_PACKAGES := $(foreach o,$(FOUND),$(firstword $(subst :, ,$(o))))
# Those that few runs need are not linked, but opened when they are asked for
# (base/library.h), by the name that a program would be linked to: CAIRO_FILE.
OPENED := $(filter %:SRTP %:CAIRO %:SPANDSP %:OPUS %:BCG729 %:AMRNB %:AMRWB,$(FOUND))
OPENED_PACKAGES := $(foreach o,$(OPENED),$(firstword $(subst :, ,$(o))))
LINKED_PACKAGES := $(PACKAGES) $(filter-out $(OPENED_PACKAGES),$(FOUND_PACKAGES))
so = lib$(patsubst lib%,%,$(1)).so
so_name = $(shell objdump -p "$$($(CC) -print-file-name=$(1))" 2>/dev/null | sed -n 's/^ *SONAME *//p')
DEFINES += $(foreach o,$(OPENED),-D$(lastword $(subst :, ,$(o)))_FILE='"$(strip \
	$(or $(call so_name,$(call so,$(firstword $(subst :, ,$(o))))),$(call so,$(firstword $(subst :, ,$(o))))))"')
# Debian 12's bzip2 has no pkg-config file: ask the compiler.
BZIP2 := $(shell echo '\#include <bzlib.h>' | $(CC) -E -x c - >/dev/null 2>&1 && echo -lbz2)
ifneq ($(BZIP2),)
DEFINES += -DHAVE_BZIP2
endif
LIB_CFLAGS := $(DEFINES) $(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(FOUND_PACKAGES) 2>/dev/null)
LIBS := $(shell $(PKG_CONFIG) --libs $(LINKED_PACKAGES) 2>/dev/null) $(BZIP2) -ldl -lm -pthread
CHECK_CFLAGS = $(shell $(PKG_CONFIG) --cflags check)
# The tests are many, and each is linked to all of the library: lld takes a third of
# what ld takes for that.  The program is linked by what the compiler chooses.
TEST_LINKER := $(shell $(CC) -fuse-ld=lld -Wl,--version >/dev/null 2>&1 && echo -fuse-ld=lld)
# Some tests need the encoders of what the library only opens.
CHECK_LIBS = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs check $(OPENED_PACKAGES))

# Nothing that compiles goes on without what it needs; the other targets do.
MISSING := $(filter-out $(shell for p in $(PACKAGES); do \
	$(PKG_CONFIG) --exists $$p 2>/dev/null && echo $$p; done),$(PACKAGES))
ifneq ($(MISSING),)
ifneq ($(filter-out check demo clean uninstall,$(or $(MAKECMDGOALS),all)),)
$(error not found by $(PKG_CONFIG): $(MISSING).  Run scripts/setup, which installs what is missing)
endif
endif

# ---- Sources ----------------------------------------------------------------
LAYERS := base capture net rtp sip stream call analysis filter report check diff anonymize extract audio
LIB_SRC := $(foreach l,$(LAYERS),$(wildcard src/$(l)/*.c))
CMD_SRC := $(wildcard src/cmd/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(BUILD)/%.o)
TEST_SRC := $(wildcard tests/*/test_*.c)
TEST_CLI := $(sort $(wildcard tests/cli/*.sh))
# The thread sanitizer has nothing to see where there is one thread: these start more.
ifeq ($(SANITIZE),thread)
TEST_SRC := $(addprefix tests/,$(addsuffix .c,base/test_handover capture/test_chunks \
	capture/test_decompress analysis/test_pipeline analysis/test_analysis analysis/test_short_ways \
	report/test_json_items diff/test_same))
TEST_CLI := tests/cli/threads.sh tests/cli/generated.sh
endif
TEST_BIN := $(TEST_SRC:%.c=$(BUILD)/%)
# What several tests share, linked to each of them.
TEST_HELP_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:%.c=$(BUILD)/%)
BENCH_BIN := $(patsubst scripts/bench/%.c,build/bench/%,$(wildcard scripts/bench/*.c))
MAN := $(wildcard man/*.[1-8])

# Everything is compiled once, position-independent and with hidden symbols, and
# serves the static library, the shared one and the program.
ALL_CFLAGS = $(CSTD) $(WARN) $(SAN) -fPIC -fvisibility=hidden -Iinclude -Isrc \
	-DFOSIP_VERSION='"$(VERSION)"' $(LIB_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(LTO)

SHARED := $(BUILD)/libfosip.so.$(VERSION)

# A sanitized program is for running here; a shared library of it would only
# ask for the sanitizer's run-time library.
all: $(BUILD)/fosip $(BUILD)/libfosip.a $(if $(SAN),,$(SHARED))

# ---- Compiling --------------------------------------------------------------
# The command line as it was: when it changes, what it made is made again.
FLAGS = $(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LIBS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@

# Tests are compiled quickly: it is the library that is to be fast.
$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call run,CC,$(CC) $(ALL_CFLAGS) $(NO_LTO) -O1 $(CHECK_CFLAGS) -Itests -MMD -MP -c $< -o $@)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call run,CC,$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@)

# ---- The library and the program --------------------------------------------
$(BUILD)/libfosip.a: $(LIB_OBJ)
	$(call run,AR,rm -f $@ && $(AR) rcs $@ $^)

SHARED_FLAGS := -Wl,-soname,libfosip.so.$(SOVERSION) -Wl,-z,defs -Wl,-z,relro,-z,now
$(SHARED): $(LIB_OBJ)
	$(call run,LINK,$(CC) -shared $(SHARED_FLAGS) $(CFLAGS) $(LTO) $(LDFLAGS) -o $@ $^ $(LIBS))
	@ln -sf libfosip.so.$(VERSION) $(BUILD)/libfosip.so.$(SOVERSION)
	@ln -sf libfosip.so.$(SOVERSION) $(BUILD)/libfosip.so

# The program is a user of the library like any other, by its public header
# alone.  It is linked to the static one: it runs from the build tree, from a
# DESTDIR and from any PREFIX without a library path, and one file can be copied
# to the machine where the capture is.
$(BUILD)/fosip: $(CMD_OBJ) $(BUILD)/libfosip.a
	$(call run,LINK,$(CC) $(SAN) $(CFLAGS) $(LTO) $(LDFLAGS) -o $@ $^ $(LIBS))

# ---- Tests ------------------------------------------------------------------
# One program a file, linked to the static library so that it reaches what is
# inside.  `make build/tests/sip/test_uri` builds one.
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_HELP_OBJ) $(BUILD)/libfosip.a
	$(call run,LINK,$(CC) $(SAN) $(CFLAGS) $(NO_LTO) $(TEST_LINKER) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(LIBS))

tests: $(TEST_BIN)

# All processors, unless the caller said how many.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

check:
	@scripts/setup
	@$(MAKE) $(PARALLEL) --no-print-directory run-tests

# A process each costs the address sanitizer more than most tests do.
run-tests: all tests
	@BUILD=$(BUILD) CC='$(CC)' $(if $(filter-out thread,$(SANITIZE)),CK_FORK=no) \
		scripts/run-tests $(TEST_BIN) $(TEST_CLI)

# ---- Fuzzing ----------------------------------------------------------------
FUZZ_SAN := -fsanitize=fuzzer,address,undefined
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libfosip.a
	$(call run,LINK,$(CC) $(FUZZ_SAN) $(TEST_LINKER) $(LDFLAGS) -o $@ $^ $(LIBS))

fuzz-targets: $(FUZZ_BIN)

FUZZ_SECONDS ?= 20
fuzz:
	$(MAKE) CC=clang BUILD=build/fuzz FUZZ=1 SANITIZE= fuzz-targets
	scripts/fuzz $(FUZZ_SECONDS) $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/tests/fuzz/%)

# ---- Checks, measurements, demonstration ------------------------------------
lint:
	@scripts/lint

build/bench/%: scripts/bench/%.c
	@mkdir -p $(@D)
	$(call run,CC,$(CC) $(CSTD) $(WARN) -O2 -o $@ $< -lpcap)

bench: all $(BENCH_BIN)
	@scripts/bench/run $(BUILD)/fosip $(BENCH)
	@$(if $(BENCH),:,scripts/bench/growth $(BUILD)/fosip)

DEMO := testdata/01a_basic_caller_bye.pcap
demo:
	@scripts/setup
	@$(MAKE) $(PARALLEL) --no-print-directory all
	$(BUILD)/fosip summary $(DEMO)
	$(BUILD)/fosip ladder $(DEMO)

# ---- Installing -------------------------------------------------------------
COMPLETIONS := \
	scripts/completions/fosip.bash:bash-completion/completions/fosip \
	scripts/completions/_fosip:zsh/site-functions/_fosip \
	scripts/completions/fosip.fish:fish/vendor_completions.d/fosip.fish
HERE_COMPLETIONS := $(foreach c,$(COMPLETIONS),$(if $(wildcard $(firstword $(subst :, ,$(c)))),$(c)))

$(BUILD)/fosip.pc: fosip.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
		-e 's|@REQUIRES@|$(LINKED_PACKAGES)|' -e 's|@LIBS@|$(BZIP2) -ldl -lm -pthread|' $< >$@

install: all $(BUILD)/fosip.pc
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)/fosip
	$(INSTALL) -m 755 $(BUILD)/fosip $(DESTDIR)$(BINDIR)/fosip
	$(INSTALL) -m 644 $(BUILD)/libfosip.a $(DESTDIR)$(LIBDIR)/libfosip.a
	$(INSTALL) -m 644 $(SHARED) $(DESTDIR)$(LIBDIR)/libfosip.so.$(VERSION)
	ln -sf libfosip.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libfosip.so.$(SOVERSION)
	ln -sf libfosip.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libfosip.so
	$(INSTALL) -m 644 include/fosip/*.h $(DESTDIR)$(INCLUDEDIR)/fosip/
	$(INSTALL) -m 644 $(BUILD)/fosip.pc $(DESTDIR)$(LIBDIR)/pkgconfig/fosip.pc
	$(foreach m,$(MAN),$(INSTALL) -D -m 644 $(m) \
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)) && ) true
	$(foreach c,$(HERE_COMPLETIONS),$(INSTALL) -D -m 644 $(firstword $(subst :, ,$(c))) \
		$(DESTDIR)$(DATADIR)/$(lastword $(subst :, ,$(c))) && ) true

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/fosip $(DESTDIR)$(LIBDIR)/libfosip.a $(DESTDIR)$(LIBDIR)/libfosip.so*
	rm -f $(DESTDIR)$(LIBDIR)/pkgconfig/fosip.pc
	rm -rf $(DESTDIR)$(INCLUDEDIR)/fosip
	rm -f $(foreach m,$(MAN),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -f $(foreach c,$(COMPLETIONS),$(DESTDIR)$(DATADIR)/$(lastword $(subst :, ,$(c))))

clean:
	rm -rf build

FORCE:
.PHONY: all tests check run-tests fuzz fuzz-targets lint bench demo install uninstall clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(TEST_BIN:=.d) $(TEST_HELP_OBJ:.o=.d) $(FUZZ_BIN:=.d)
