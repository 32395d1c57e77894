# fosip: see README.md.  `make` builds build/fosip, `make check` runs the tests.
# Variables: CC, CFLAGS, SANITIZE=1, WERROR=1, PREFIX, DESTDIR.

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build
PKG_CONFIG ?= pkg-config
CC = gcc

PACKAGES := libpcap json-c
CSTD := -std=c11 -D_GNU_SOURCE
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
ifdef WERROR
WARN += -Werror
endif
CFLAGS ?= -O2 -g
ifdef SANITIZE
BUILD := build/sanitize
CFLAGS := -O1 -g -fno-omit-frame-pointer
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
endif

ALL_CFLAGS = $(CSTD) $(WARN) $(SAN) -fPIC -fvisibility=hidden -Iinclude -Isrc \
	-DFOSIP_VERSION='"$(VERSION)"' $(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lm

LIB_SRC := $(wildcard src/base/*.c src/capture/*.c src/net/*.c src/sip/*.c src/rtp/*.c \
	src/call/*.c src/stream/*.c src/analysis/*.c src/report/*.c)
CMD_SRC := $(wildcard src/cmd/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(BUILD)/%.o)
TEST_SRC := $(wildcard tests/*/test_*.c)
TEST_BIN := $(TEST_SRC:%.c=$(BUILD)/%)

all: $(BUILD)/fosip

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libfosip.a: $(LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/fosip: $(CMD_OBJ) $(BUILD)/libfosip.a
	$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS)

# Unit tests: one program a file, linked against the static library so that
# they reach what is inside it.
$(BUILD)/tests/%: tests/%.c $(BUILD)/libfosip.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP $< -o $@ $(BUILD)/libfosip.a \
		$(shell $(PKG_CONFIG) --cflags --libs check) $(LIBS)

tests: $(TEST_BIN)

clean:
	rm -rf build

.PHONY: all tests clean
-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(TEST_BIN:=.d)
